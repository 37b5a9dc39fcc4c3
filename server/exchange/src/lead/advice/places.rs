//! Which state a ZIP code begins in: the first three digits name a sectional centre, which with few exceptions serves one
//! state (USPS Publication 65). The exceptions are why a difference is a doubt and never a fault.

/// From and to, both included, with the state. Military and territorial codes are left out: no state is theirs.
const RANGES: [(u16, u16, &str); 61] = [
    (5, 5, "NY"),
    (10, 27, "MA"),
    (28, 29, "RI"),
    (30, 38, "NH"),
    (39, 49, "ME"),
    (50, 54, "VT"),
    (55, 55, "MA"),
    (56, 59, "VT"),
    (60, 69, "CT"),
    (70, 89, "NJ"),
    (100, 149, "NY"),
    (150, 196, "PA"),
    (197, 199, "DE"),
    (200, 200, "DC"),
    (201, 201, "VA"),
    (202, 205, "DC"),
    (206, 219, "MD"),
    (220, 246, "VA"),
    (247, 268, "WV"),
    (270, 289, "NC"),
    (290, 299, "SC"),
    (300, 319, "GA"),
    (320, 339, "FL"),
    (341, 349, "FL"),
    (350, 369, "AL"),
    (370, 385, "TN"),
    (386, 397, "MS"),
    (398, 399, "GA"),
    (400, 427, "KY"),
    (430, 459, "OH"),
    (460, 479, "IN"),
    (480, 499, "MI"),
    (500, 528, "IA"),
    (530, 549, "WI"),
    (550, 567, "MN"),
    (570, 577, "SD"),
    (580, 588, "ND"),
    (590, 599, "MT"),
    (600, 629, "IL"),
    (630, 658, "MO"),
    (660, 679, "KS"),
    (680, 693, "NE"),
    (700, 714, "LA"),
    (716, 729, "AR"),
    (730, 732, "OK"),
    (733, 733, "TX"),
    (734, 749, "OK"),
    (750, 799, "TX"),
    (800, 816, "CO"),
    (820, 831, "WY"),
    (832, 838, "ID"),
    (840, 847, "UT"),
    (850, 865, "AZ"),
    (870, 884, "NM"),
    (885, 885, "TX"),
    (889, 898, "NV"),
    (900, 961, "CA"),
    (967, 968, "HI"),
    (970, 979, "OR"),
    (980, 994, "WA"),
    (995, 999, "AK"),
];

/// The state that a ZIP code of five digits begins in; none when no state is known for it.
pub(super) fn state_of(zip: &str) -> Option<&'static str> {
    let prefix = zip.get(..3)?.parse::<u16>().ok()?;
    RANGES.iter().find(|(from, to, _)| (*from..=*to).contains(&prefix)).map(|(.., state)| *state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zips_begin_in_their_states() {
        for (zip, state) in [
            ("48226", Some("MI")),
            ("10001", Some("NY")),
            ("00501", Some("NY")),
            ("02108", Some("MA")),
            ("90210", Some("CA")),
            ("73301", Some("TX")),
            ("73101", Some("OK")),
            ("88510", Some("TX")),
            ("20001", Some("DC")),
            ("99501", Some("AK")),
            ("96813", Some("HI")),
            ("00901", None),
            ("34002", None),
            ("09012", None),
            ("0", None),
            ("abcde", None),
        ] {
            assert_eq!(state_of(zip), state, "{zip}");
        }
        for pair in RANGES.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{pair:?} overlap");
        }
    }
}
