//! What the fake finds.

use super::{Fake, Mood, buyer_id};
use crate::{backend::Finding, error::UiError};
use async_trait::async_trait;
use model::find::{Found, What};

#[async_trait]
impl Finding for Fake {
    async fn find(&self, wanted: String) -> Result<Vec<Found>, UiError> {
        self.answer((), ())?;
        let acme = Found { what: What::Buyer, id: buyer_id().to_string(), name: "Acme".into(), about: "acme".into() };
        let fits = self.mood == Mood::Full && "acme".contains(&wanted.to_lowercase()) && !wanted.is_empty();
        Ok(fits.then_some(acme).into_iter().collect())
    }
}
