//! How a tenant wants its configuration to be changed.

use super::{Admin, ServiceError};
use crate::context::Actor;
use model::user::Right;
use serde::{Deserialize, Serialize};

/// How a tenant wants its configuration to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Whether whoever publishes a draft must be somebody else than who wrote it. Changes without a draft are refused
    /// then, but for pausing.
    pub four_eyes: bool,
}

impl Admin {
    /// The options.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn options(&self, actor: &Actor) -> Result<Options, ServiceError> {
        Ok(Options { four_eyes: self.rows(actor, Right::SeeExchange)?.four_eyes().await? })
    }

    /// Changes the options.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]: who may configure may not take the second pair of eyes away.
    pub async fn set_options(&self, actor: &Actor, options: Options) -> Result<Options, ServiceError> {
        self.rows(actor, Right::ManagePeople)?.set_four_eyes(options.four_eyes).await?;
        tracing::info!(four_eyes = options.four_eyes, by = %actor.by(), "configuration: options");
        Ok(options)
    }
}
