//! Ids for programs that want a number or a shorter text. Nothing is stored for them: each is computed from the id, and an
//! id is found again by the range it must lie in.

/// The first instant that a number can say, in Unix milliseconds: the year 2020.
const EPOCH_MS: u128 = 1_577_836_800_000;
/// Bits of chance in a number. With the milliseconds it has 53 bits until 2037: exact in every program, also where numbers
/// are floating.
const CHANCE: u32 = 14;
/// Bits of an id below its milliseconds.
const BELOW: u32 = 80;

/// A number for the 128 bits of an id.
#[must_use]
pub fn to_number(bits: u128) -> u64 {
    let ms = (bits >> BELOW).saturating_sub(EPOCH_MS);
    u64::try_from((ms << CHANCE) | (bits & ((1 << CHANCE) - 1))).unwrap_or(u64::MAX)
}

/// The first and last id that could have this number; those that do are told by [`to_number`].
#[must_use]
pub fn from_number(number: u64) -> (u128, u128) {
    let ms = (u128::from(number) >> CHANCE) + EPOCH_MS;
    (ms << BELOW, ((ms + 1) << BELOW) - 1)
}

/// Twenty-four hexadecimal digits: the time and 48 further bits.
pub(super) fn hex24(bits: u128) -> String {
    format!("{:024x}", bits >> 32)
}

/// The id as a GUID.
pub(super) fn guid(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::uuid_v7;

    #[test]
    fn a_number_leads_back_to_its_id() {
        let id = uuid_v7(1_795_000_000_000, [0xfe, 2, 3, 4, 5, 6, 7, 8, 9, 0xab]);
        let number = to_number(id);
        assert!(number < 1 << 53, "{number}");
        let (first, last) = from_number(number);
        assert!(first <= id && id <= last);
        assert_eq!(to_number(first) >> CHANCE, number >> CHANCE);
        let other = uuid_v7(1_795_000_000_000, [0xfe, 2, 3, 4, 5, 6, 7, 8, 9, 0xac]);
        assert_ne!(to_number(other), number);
    }

    #[test]
    fn texts_have_the_length_their_platforms_know() {
        let id = uuid_v7(1_795_000_000_000, [1; 10]);
        assert_eq!(hex24(id).len(), 24);
        assert_eq!(guid(id), "01a1ee56-5e00-7101-8101-010101010101");
    }
}
