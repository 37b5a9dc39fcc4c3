//! Leads for the demo: made up from their number, so that every run makes the same ones. Names are common ones, phone
//! numbers lie in the block that each area code keeps for fiction (555-0100 to 555-0199), mail goes to example.com.

use serde_json::{Value, json};

const FIRST: [&str; 16] = [
    "Dana", "Luis", "Priya", "Marcus", "Elena", "Tom", "Aisha", "Grace", "Victor", "Hannah", "Omar", "Ruth", "Kenji",
    "Clara", "Andre", "Molly",
];
const LAST: [&str; 16] = [
    "Reyes", "Nguyen", "Carter", "Okafor", "Schmidt", "Alvarez", "Johnson", "Kim", "Brooks", "Patel", "Novak",
    "Murphy", "Silva", "Hughes", "Cohen", "Barnes",
];
const STREETS: [&str; 8] =
    ["Main St", "Oak Ave", "Maple Dr", "Cedar Ln", "Park Rd", "Lake St", "Hill Ct", "Sunset Blvd"];
/// States and ZIP codes in them.
const PLACES: [(&str, [&str; 4]); 8] = [
    ("MI", ["48226", "48104", "49503", "48933"]),
    ("OH", ["43215", "44114", "45202", "43604"]),
    ("IL", ["60601", "62701", "61602", "60505"]),
    ("IN", ["46204", "46802", "47708", "46601"]),
    ("TX", ["75201", "77002", "78701", "78205"]),
    ("FL", ["33131", "32801", "33602", "32202"]),
    ("PA", ["19103", "15222", "17101", "18101"]),
    ("GA", ["30303", "31401", "31901", "30901"]),
];
/// Area codes are 200 to 989 without those whose second digit is 9 or that end in 11: 8 x (9 x 10 - 1).
const AREAS: u32 = 712;
const CARRIERS: [&str; 4] = ["Other", "State Farm", "Geico", "Progressive"];
const LABELS: [&str; 5] = ["fb-retarget", "search-brand", "native-12", "email-may", "tiktok-a"];

/// Spreads a number over 64 bits (SplitMix64), so that neighbours have little in common.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Draws numbers that follow from one seed.
pub struct Draw(u64);

impl Draw {
    /// Numbers that follow from `seed`.
    pub const fn from(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 up to but not including `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        self.0 = mix(self.0);
        u32::try_from(((self.0 >> 32) * u64::from(end)) >> 32).unwrap_or(0)
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        let end = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list[usize::try_from(self.below(end)).unwrap_or(0)]
    }
}

/// The body of lead `number`, as a source would send it to `POST /api/v1/leads`.
pub fn lead(number: u32) -> Value {
    let mut draw = Draw::from(u64::from(number) << 8);
    let (first, last) = (draw.of(&FIRST), draw.of(&LAST));
    let (state, zips) = draw.of(&PLACES);
    let insured = draw.below(4) > 0;
    let mut fields = json!({
        "zip": draw.of(&zips), "state": state, "age": 18 + draw.below(62),
        "currently_insured": insured, "vehicle_count": 1 + draw.below(3), "home_owner": draw.below(2) == 0,
        "first_name": first, "last_name": last,
        "email": format!("{}.{}.{number}@example.com", first.to_lowercase(), last.to_lowercase()),
        "phone": phone(number),
        "address": format!("{} {}", 1 + draw.below(9800), draw.of(&STREETS)),
    });
    if insured {
        fields["current_carrier"] = json!(draw.of(&CARRIERS));
    }
    json!({
        "campaign": super::market::CAMPAIGN,
        "external_id": format!("demo-{number}"),
        "source": { "sub1": draw.of(&LABELS), "sub2": format!("ad-{}", 10 + draw.below(40)), "click_id": format!("ck_{:08x}", mix(u64::from(number)) >> 32) },
        "fields": fields,
    })
}

/// A fictional number; 71 200 leads have one each.
fn phone(number: u32) -> String {
    let nth = number % AREAS;
    let (hundred, rest) = (2 + nth / 89, nth % 89);
    // The code ending in 11 is left out.
    let rest = if rest >= 11 { rest + 1 } else { rest };
    format!("({hundred}{rest:02}) 555-01{:02}", number / AREAS % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_number_always_makes_the_same_lead_and_no_two_the_same_person() {
        assert_eq!(lead(12), lead(12));
        let mut mails = HashSet::new();
        for number in 0..5000 {
            assert!(mails.insert(lead(number)["fields"]["email"].to_string()), "{number}");
        }
        let phones: HashSet<_> = (0..5000).map(|number| lead(number)["fields"]["phone"].to_string()).collect();
        assert_eq!(phones.len(), 5000);
        assert!(phones.iter().all(|phone| phone.len() == 16 && !phone.contains("11) ") && phone.contains(") 555-01")));
    }

    #[test]
    fn draws_stay_inside_and_reach_every_value() {
        let mut draw = Draw::from(1);
        let seen: HashSet<_> = (0..200).map(|_| draw.below(6)).collect();
        assert_eq!(seen, (0..6).collect());
    }
}
