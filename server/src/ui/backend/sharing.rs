//! [`Sharing`]: the pages' way to links of instructions and to trying them.

use super::{RequestBackend, configure::told};
use crate::{
    problem::Problem,
    service::{intake::Refusal, sharing::TriedLead},
};
use app::{
    backend::sharing::{ShareLine, Shared, Sharing, Tried},
    error::UiError,
};
use async_trait::async_trait;
use model::{CampaignId, ShareId, SourceId, share::Share};
use serde_json::{Map, Value};

/// What a program would be answered.
fn tried(tried: TriedLead) -> Tried {
    let TriedLead { curl, told } = tried;
    let problem = match told {
        Ok(answer) => {
            let body = serde_json::to_string_pretty(&answer).unwrap_or_default();
            return Tried { curl, status: 200, body, faults: Vec::new() };
        }
        Err(Refusal::Invalid(faults)) => {
            let problem = Problem::invalid(faults.clone());
            return Tried { curl, status: problem.status().as_u16(), body: pretty(&problem), faults };
        }
        Err(Refusal::UnknownCampaign) => Problem::not_found("There is no campaign of this name."),
        Err(Refusal::Overloaded { retry_after_s }) => Problem::unavailable("overloaded", retry_after_s),
        Err(_) => Problem::unavailable("unavailable", 5),
    };
    Tried { curl, status: problem.status().as_u16(), body: pretty(&problem), faults: Vec::new() }
}

fn pretty(problem: &Problem) -> String {
    serde_json::to_string_pretty(&problem.body()).unwrap_or_default()
}

#[async_trait]
impl Sharing for RequestBackend {
    async fn shares(&self, source: SourceId, campaign: CampaignId) -> Result<Vec<ShareLine>, UiError> {
        let actor = self.actor().await?;
        let found = self.services.shares(actor, source, campaign).await.map_err(|error| self.told(error))?;
        let authors = self.services.admin().authors(actor).await.map_err(|error| self.told(error))?;
        let now = self.clock.now();
        let line = |share: Share| ShareLine {
            id: share.id,
            works: share.works(now),
            author: authors.get(&share.author).cloned().unwrap_or(share.author),
            created_at: share.created_at,
            expires_at: share.expires_at,
            used_at: share.used_at,
            revoked: share.revoked_at.is_some(),
        };
        Ok(found.into_iter().map(line).collect())
    }

    async fn share(&self, source: SourceId, campaign: CampaignId, days: u16) -> Result<String, UiError> {
        let made = self.services.share(self.actor().await?, (source, campaign), days).await;
        let (_, token) = made.map_err(|error| self.told(error))?;
        let path = format!("/instructions/{token}");
        Ok(self.public_url.join(&path).map_or(path, String::from))
    }

    async fn unshare(&self, id: ShareId) -> Result<(), UiError> {
        self.services.unshare(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn shared(&self, token: String) -> Result<Shared, UiError> {
        self.services.opening(self.from).await.map_err(|error| self.refused(error))?;
        let found = self.services.shared(&token, &self.public_url).await.map_err(|error| self.told(error))?;
        let told = told(found.source, found.spec);
        Ok(Shared { tenant: found.tenant, zone: found.zone, expires_at: found.expires_at, told })
    }

    async fn try_lead(
        &self,
        source: Option<SourceId>,
        campaign: CampaignId,
        fields: Map<String, Value>,
    ) -> Result<Tried, UiError> {
        let actor = self.actor().await?;
        let sent = match source {
            Some(source) => self.services.try_lead(actor, (source, campaign), fields, &self.public_url).await,
            None => self.services.try_own_lead(actor, campaign, fields, &self.public_url).await,
        };
        sent.map(tried).map_err(|error| self.told(error))
    }
}
