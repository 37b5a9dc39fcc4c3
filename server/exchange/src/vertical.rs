//! Vertical templates: what a campaign of an industry begins from, one data file each in `verticals/`. Field names and values
//! follow what buyers' posting documents ask for.

use model::{field::Field, filter::Filter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// A condition that buyers of such leads often have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StarterFilter {
    /// What it says.
    pub name: String,
    /// The filter, as a contract takes it.
    pub filter: Filter,
}

/// A lead as a form would send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleLead {
    /// What it shows.
    pub name: String,
    /// Its `fields`.
    pub fields: Map<String, Value>,
}

/// What a campaign begins from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its short name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The kind of business: `insurance`, `loans`, `legal`, `home services` or `other`.
    pub group: String,
    /// What its leads are, in a sentence.
    pub about: String,
    /// The least revenue at which a lead is sold, as a decimal; a beginning.
    pub floor: String,
    /// Words of consent to begin from; what stands in square brackets has to be filled in, and a lawyer has to agree.
    pub consent: String,
    /// What a lead consists of.
    pub fields: Vec<Field>,
    /// Filters that buyers often have.
    pub filters: Vec<StarterFilter>,
    /// Leads that are taken.
    pub samples: Vec<SampleLead>,
}

const FILES: [&str; 19] = [
    include_str!("../verticals/auto-insurance.json"),
    include_str!("../verticals/home-insurance.json"),
    include_str!("../verticals/health-insurance.json"),
    include_str!("../verticals/medicare.json"),
    include_str!("../verticals/life-insurance.json"),
    include_str!("../verticals/final-expense.json"),
    include_str!("../verticals/mortgage.json"),
    include_str!("../verticals/refinance.json"),
    include_str!("../verticals/personal-loan.json"),
    include_str!("../verticals/debt-settlement.json"),
    include_str!("../verticals/personal-injury.json"),
    include_str!("../verticals/mass-tort.json"),
    include_str!("../verticals/social-security-disability.json"),
    include_str!("../verticals/solar.json"),
    include_str!("../verticals/roofing.json"),
    include_str!("../verticals/windows.json"),
    include_str!("../verticals/hvac.json"),
    include_str!("../verticals/home-warranty.json"),
    include_str!("../verticals/contact.json"),
];

// A test reads every file.
static TEMPLATES: LazyLock<Vec<Template>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| serde_json::from_str(file).ok()).collect());

/// Every template.
#[must_use]
pub fn templates() -> &'static [Template] {
    &TEMPLATES
}

/// The template of this short name.
#[must_use]
pub fn template(id: &str) -> Option<&'static Template> {
    templates().iter().find(|template| template.id == id)
}

impl Template {
    /// A campaign that begins from it, in the shape the admin API takes.
    #[must_use]
    pub fn campaign(&self) -> Value {
        json!({
            "slug": self.id, "name": self.name, "currency": "USD", "fallback_url": "", "consent_required": true,
            "fields": self.fields,
            // Closed until somebody has filled the words in.
            "hosted_form": { "consent_text": self.consent },
            "duplicates": { "same_buyer_days": 30, "cross_buyer_days": 7, "by": ["phone", "email"] },
            "auction": {
                "floor": self.floor, "posts": 3, "deadline_ms": 3000, "post_reserve_ms": 1000, "tiers": [],
                "look_ahead": "off", "max_buyers": 1, "min_margin": "0.00", "doubts": { "most": 5, "of": 20 },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_template() {
        for file in FILES {
            let read = serde_json::from_str::<Template>(file);
            assert!(read.is_ok(), "{:?} in {}", read.err(), &file[..60]);
        }
        assert_eq!(templates().len(), FILES.len());
    }
}
