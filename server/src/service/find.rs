//! Finding a lead or anything that is configured by a few words.

use super::{ServiceError, Services};
use crate::context::Actor;
use model::{
    find::{Found, What, fit, plain},
    user::Right,
};

/// So many are looked at, and so many told of.
const LOOKED_AT: u16 = 500;
const TOLD: usize = 20;
/// A name has no more words than this, and nobody needs them all.
const WORDS: usize = 8;

impl Services {
    /// What fits the words best: leads by id first, then what is configured. Nothing for no words.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn find(&self, actor: &Actor, wanted: &str) -> Result<Vec<Found>, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let words = plain(wanted);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for lead in tenant.leads_called(wanted.trim()).await? {
            let about = format!("{} from {}, {}", lead.campaign, lead.source, lead.state.name());
            all.push(Found { what: What::Lead, id: lead.id.to_string(), name: lead.id.to_string(), about });
        }
        let words: Vec<_> = words.split(' ').take(WORDS).collect();
        let things = tenant.find(&words, LOOKED_AT).await?;
        let mut ranked: Vec<_> = things
            .into_iter()
            .filter_map(|thing| fit(&words.join(" "), &thing.name, &thing.about).map(|fit| (fit, thing)))
            .collect();
        ranked.sort_by(|a, b| (a.0, a.1.what, &a.1.name, &a.1.id).cmp(&(b.0, b.1.what, &b.1.name, &b.1.id)));
        all.extend(ranked.into_iter().map(|(_, thing)| thing));
        all.truncate(TOLD);
        Ok(all)
    }
}
