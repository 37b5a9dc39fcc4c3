//! A Merkle tree over the records of a batch, as in RFC 6962, section 2.1: one hash stands for all of them, and a few
//! hashes prove that one is among them.

use super::Digest;

const LEAF: u8 = 0;
const NODE: u8 = 1;

/// The hash of a record.
#[must_use]
pub fn leaf(record: &[u8]) -> Digest {
    Digest::tagged(LEAF, &[record])
}

fn node(left: Digest, right: Digest) -> Digest {
    Digest::tagged(NODE, &[left.bytes(), right.bytes()])
}

/// Where a tree of more than one leaf parts: the largest power of two that is smaller than the number of leaves.
const fn part(leaves: usize) -> usize {
    1 << (leaves - 1).ilog2()
}

/// The root over the leaves of a batch, in order. Over nothing it is the hash of nothing.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(&[]),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(part(leaves.len()));
            node(root(left), root(right))
        }
    }
}

/// The hashes beside the way from a leaf to the root, from the bottom. None when there is no such leaf.
#[must_use]
pub fn path(leaves: &[Digest], position: usize) -> Option<Vec<Digest>> {
    if position >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut rest, mut position) = (leaves, position);
    while rest.len() > 1 {
        let (left, right) = rest.split_at(part(rest.len()));
        if position < left.len() {
            path.push(root(right));
            rest = left;
        } else {
            path.push(root(left));
            position -= left.len();
            rest = right;
        }
    }
    path.reverse();
    Some(path)
}

/// The root that follows from a leaf, its position among so many leaves, and the hashes beside its way up. None when the
/// path is too long or too short for that position, or there is no such position.
#[must_use]
pub fn root_from(leaf: Digest, position: u32, leaves: u32, path: &[Digest]) -> Option<Digest> {
    if position >= leaves {
        return None;
    }
    // RFC 9162, section 2.1.3.2.
    let (mut here, mut last, mut hash) = (position, leaves - 1, leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if here % 2 == 1 || here == last {
            hash = node(*beside, hash);
            while here % 2 == 0 && here != 0 {
                here /= 2;
                last /= 2;
            }
        } else {
            hash = node(hash, *beside);
        }
        here /= 2;
        last /= 2;
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(count: u32) -> Vec<Digest> {
        (0..count).map(|n| leaf(&n.to_be_bytes())).collect()
    }

    fn flipped(digest: Digest, bit: usize) -> Digest {
        let mut bytes = *digest.bytes();
        bytes[bit / 8 % 32] ^= 1 << (bit % 8);
        Digest::new(bytes)
    }

    #[test]
    fn the_vectors_of_certificate_transparency() {
        // Inputs and roots of the reference implementation of RFC 6962.
        let inputs: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let all: Vec<Digest> = inputs.iter().map(|input| leaf(input)).collect();
        for (count, expected) in (1..).zip(roots) {
            assert_eq!(root(&all[..count]).to_string(), expected, "{count} leaves");
        }
    }

    #[test]
    fn every_leaf_of_every_batch_is_proved_and_at_no_other_place() {
        for count in 1..=70 {
            let all = leaves(count);
            let top = root(&all);
            for position in 0..count {
                let own = all[position as usize];
                let path = path(&all, position as usize).unwrap();
                assert_eq!(root_from(own, position, count, &path), Some(top), "{position} of {count}");
                for other in (0..count + 2).filter(|other| *other != position) {
                    assert_ne!(root_from(own, other, count, &path), Some(top), "{position} as {other} of {count}");
                }
                let longer = [&path[..], &[own]].concat();
                assert_ne!(root_from(own, position, count, &longer), Some(top));
                if let Some((_, shorter)) = path.split_last() {
                    assert_ne!(root_from(own, position, count, shorter), Some(top));
                }
            }
            assert_eq!(path(&all, count as usize), None);
        }
    }

    proptest! {
        #[test]
        fn a_flipped_bit_never_passes(count in 1_u32..=70, at in any::<u32>(), bit in 0_usize..256, which in any::<usize>()) {
            let (all, position) = (leaves(count), at % count);
            let (top, own) = (root(&all), all[position as usize]);
            let mut path = path(&all, position as usize).unwrap();
            prop_assert_ne!(root_from(flipped(own, bit), position, count, &path), Some(top));
            prop_assert_ne!(root_from(own, position, count, &path), Some(flipped(top, bit)));
            if !path.is_empty() {
                let which = which % path.len();
                path[which] = flipped(path[which], bit);
                prop_assert_ne!(root_from(own, position, count, &path), Some(top));
            }
        }

        #[test]
        fn a_flipped_bit_of_a_record_is_another_leaf(record in proptest::collection::vec(any::<u8>(), 1..300), at in any::<usize>()) {
            let mut bent = record.clone();
            let bit = at % (record.len() * 8);
            bent[bit / 8] ^= 1 << (bit % 8);
            prop_assert_ne!(leaf(&record), leaf(&bent));
        }
    }
}
