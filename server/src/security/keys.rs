//! API keys: `gvl_live_` or `gvl_test_` and 52 characters (256 random bits), and operator tokens: `gvl_op_` and the
//! same; publishable keys: `gvl_pub_` and the same. Shown once; only the hash is kept.

use crate::clock::random;
use model::{intake::Platform, tenant::Mode};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SECRET: usize = 52;
const OPERATOR: &str = "gvl_op_";
/// What stands at the end of a hook's address. The mode is not in it: it is not a secret's business.
const HOOK: &str = "gvl_hook_";
/// What stands in pages that everybody can read. The mode is not in it: people who look at a page need not know.
const PUBLISHABLE: &str = "gvl_pub_";
/// What stands in a link of an invitation or a reset.
const LINK: &str = "gvl_link_";
/// What stands in the address of shared posting instructions.
const SHARE: &str = "gvl_share_";
/// Characters of the secret part that a hint shows: 20 bits, too few to guess the rest from.
const HINT: usize = 4;

/// A key that was just made.
pub struct NewKey {
    /// The whole key. This is the only time it can be shown.
    pub shown: String,
    /// What is stored.
    pub hash: [u8; 32],
    /// The first characters, to recognise it by.
    pub hint: String,
}

/// Makes a key.
#[must_use]
pub fn new_key(mode: Mode) -> NewKey {
    make(prefix(mode))
}

/// Makes an operator token.
#[must_use]
pub fn new_operator_token() -> NewKey {
    make(OPERATOR)
}

/// Makes the token of a hook.
#[must_use]
pub fn new_hook_token() -> NewKey {
    make(HOOK)
}

/// Makes a publishable key.
#[must_use]
pub fn new_publishable_key() -> NewKey {
    make(PUBLISHABLE)
}

/// The hash of a presented publishable key; none when it does not even look like one.
#[must_use]
pub fn publishable_hash(presented: &str) -> Option<[u8; 32]> {
    let secret = presented.strip_prefix(PUBLISHABLE)?;
    well_formed(secret).then(|| Sha256::digest(presented).into())
}

/// Makes what stands in a link that lets a person choose a password, with the hash that is stored.
#[must_use]
pub fn new_link() -> (String, String) {
    let made = make(LINK);
    (made.shown, hex::encode(made.hash))
}

/// The stored hash of what stands in such a link; none when it does not even look like one.
#[must_use]
pub fn link_hash(presented: &str) -> Option<String> {
    let secret = presented.strip_prefix(LINK)?;
    well_formed(secret).then(|| hex::encode(Sha256::digest(presented)))
}

/// What stands in the address of shared posting instructions, and the hash of it that is stored.
#[must_use]
pub fn new_share() -> (String, String) {
    let made = make(SHARE);
    (made.shown, hex::encode(made.hash))
}

/// The stored hash of what stands in such an address; none when it does not even look like one.
#[must_use]
pub fn share_hash(presented: &str) -> Option<String> {
    let secret = presented.strip_prefix(SHARE)?;
    well_formed(secret).then(|| hex::encode(Sha256::digest(presented)))
}

/// The hash of a presented hook token; none when it does not even look like one.
#[must_use]
pub fn hook_hash(presented: &str) -> Option<[u8; 32]> {
    let secret = presented.strip_prefix(HOOK)?;
    well_formed(secret).then(|| Sha256::digest(presented).into())
}

/// The hash of a credential that a seller's program already sends to a platform. The platform is part of it, so that it
/// opens nothing else.
#[must_use]
pub fn adopted_hash(platform: Platform, presented: &str) -> [u8; 32] {
    Sha256::digest(format!("gavel adopted\0{}\0{presented}", platform.name())).into()
}

/// The first characters of such a credential: few, it may be short.
#[must_use]
pub fn adopted_hint(presented: &str) -> String {
    presented.chars().take(HINT).chain(['…']).collect()
}

fn make(prefix: &str) -> NewKey {
    let bytes = Zeroizing::new(random::<32>());
    let shown = format!("{prefix}{}", base32(&bytes));
    NewKey { hash: Sha256::digest(&shown).into(), hint: hint(&shown), shown }
}

/// The first characters of a key, to recognise it by.
#[must_use]
pub fn hint(shown: &str) -> String {
    let known = [OPERATOR, HOOK, PUBLISHABLE].into_iter().find(|prefix| shown.starts_with(prefix));
    let prefix = known.unwrap_or(prefix(Mode::Live));
    let start: String = shown.chars().take(prefix.len() + HINT).collect();
    format!("{start}…")
}

/// The mode and hash of a presented key; none when it does not even look like one. A plain hash is enough: the key has
/// 256 random bits, nobody can try them out.
#[must_use]
pub fn hash(presented: &str) -> Option<(Mode, [u8; 32])> {
    let (mode, secret) = [Mode::Live, Mode::Test]
        .into_iter()
        .find_map(|mode| presented.strip_prefix(prefix(mode)).map(|secret| (mode, secret)))?;
    well_formed(secret).then(|| (mode, Sha256::digest(presented).into()))
}

/// The hash of a presented operator token; none when it does not even look like one.
#[must_use]
pub fn operator_hash(presented: &str) -> Option<[u8; 32]> {
    let secret = presented.strip_prefix(OPERATOR)?;
    well_formed(secret).then(|| Sha256::digest(presented).into())
}

fn well_formed(secret: &str) -> bool {
    secret.len() == SECRET && secret.bytes().all(|byte| ALPHABET.contains(&byte))
}

const fn prefix(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "gvl_live_",
        Mode::Test => "gvl_test_",
    }
}

/// Five bits a character, the last one filled up with zero bits.
fn base32(bytes: &[u8; 32]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| (byte >> (7 - at % 8)) & 1);
    (0..SECRET).map(|n| (0..5).fold(0, |digit, b| digit << 1 | bit(n * 5 + b))).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from(ALPHABET[usize::from(value)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_hashes_to_what_is_stored() {
        for mode in [Mode::Live, Mode::Test] {
            let key = new_key(mode);
            assert_eq!(hash(&key.shown), Some((mode, key.hash)));
            assert!(key.shown.starts_with(key.hint.trim_end_matches('…')) && key.hint.len() < 20);
            assert_ne!(new_key(mode).shown, key.shown);
        }
    }

    #[test]
    fn an_operator_token_is_no_key_and_a_key_no_token() {
        let token = new_operator_token();
        assert_eq!(operator_hash(&token.shown), Some(token.hash));
        assert_eq!(hash(&token.shown), None);
        assert_eq!(operator_hash(&new_key(Mode::Live).shown), None);
        assert!(token.shown.starts_with(token.hint.trim_end_matches('…')) && token.hint.len() < 20);
    }

    #[test]
    fn each_kind_of_credential_opens_its_own_door_only() {
        let (hook, key) = (new_hook_token(), new_key(Mode::Live));
        assert_eq!(hook_hash(&hook.shown), Some(hook.hash));
        assert_eq!((hash(&hook.shown), operator_hash(&hook.shown), hook_hash(&key.shown)), (None, None, None));
        let open = new_publishable_key();
        assert_eq!(publishable_hash(&open.shown), Some(open.hash));
        assert_eq!((hash(&open.shown), operator_hash(&open.shown), hook_hash(&open.shown)), (None, None, None));
        assert_eq!((publishable_hash(&key.shown), open.hint.chars().count()), (None, 13));
        assert!(hook.hint.starts_with("gvl_hook_") && hook.hint.chars().count() == 14);
        let old = "an-old-platforms-key";
        assert_ne!(adopted_hash(Platform::Boberdoo, old), adopted_hash(Platform::Leadspedia, old));
        assert_eq!(adopted_hint(old), "an-o…");
    }

    #[test]
    fn a_link_opens_nothing_else() {
        let (shown, hash) = new_link();
        assert_eq!(link_hash(&shown), Some(hash));
        assert_eq!((super::hash(&shown), operator_hash(&shown), hook_hash(&shown)), (None, None, None));
        assert_eq!((link_hash(&new_key(Mode::Live).shown), link_hash(&shown[..20])), (None, None));
    }

    #[test]
    fn what_is_no_key_has_no_hash() {
        let good = new_key(Mode::Live).shown;
        for bad in ["", "gvl_live_", &good[..good.len() - 1], &format!("{good}0"), &good.to_uppercase(), &good[4..]] {
            assert_eq!(hash(bad), None, "{bad}");
        }
        assert_eq!(hash(&good.replace("live", "lïve")), None);
    }

    #[test]
    fn every_bit_counts() {
        let mut seen = std::collections::HashSet::new();
        for at in 0..256 {
            let mut bytes = [0; 32];
            bytes[at / 8] = 1 << (at % 8);
            assert!(seen.insert(base32(&bytes)));
        }
    }
}
