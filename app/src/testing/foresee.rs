//! What the fake foresees.

use super::Fake;
use crate::{backend::Foreseeing, error::UiError};
use async_trait::async_trait;
use model::effects::{CapEffect, Effects, Failing, Sample};
use serde_json::Value;

#[async_trait]
impl Foreseeing for Fake {
    async fn effects(&self, _: Value) -> Result<Effects, UiError> {
        let full = Effects {
            filter: "Age is 25 to 64.".into(),
            sample: Sample {
                leads: 500,
                pass: 320,
                failing: vec![Failing { rule: "age: 25 to 64".into(), leads: 180 }],
            },
            opening: "Open now, counted in UTC.".into(),
            caps: vec![CapEffect {
                sentence: "This contract: at most 25 leads in a day; 5 of 25 used.".into(),
                filled: Some(200),
            }],
        };
        let empty =
            Effects { sample: Sample { leads: 0, pass: 0, failing: Vec::new() }, caps: Vec::new(), ..full.clone() };
        self.answer(full, empty)
    }
}
