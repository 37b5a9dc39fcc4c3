//! Views of the leads list that people keep, and the columns each chose last.

use super::{ServiceError, Services};
use crate::{clock::new_id, context::Actor};
use model::{FieldError, ViewId, user::Right, view::SavedView};

/// Longest name, in characters.
const NAME_MAX: usize = 60;
/// Longest query, in bytes: the list writes none that is longer.
const QUERY_MAX: usize = 2_000;
/// Most views of one person.
const MOST: usize = 50;
/// How long a view that was taken away can be brought back, in milliseconds: a day.
const BACK_MS: i64 = 86_400_000;

impl Services {
    /// The views that somebody has, by name.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn views(&self, actor: &Actor) -> Result<Vec<SavedView>, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.views(actor.user.id).await?)
    }

    /// Keeps a view for somebody, or for everybody of the tenant.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; every fault of its name; shared without [`Right::Configure`]; one too many.
    pub async fn save_view(
        &self,
        actor: &Actor,
        name: &str,
        query: String,
        shared: bool,
    ) -> Result<SavedView, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let own = tenant.views(actor.user.id).await?.into_iter().filter(|view| view.user_id == actor.user.id).count();
        let fault = |path: &str, code: &str, message: &str| FieldError::new(format!("view.{path}"), code, message);
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > NAME_MAX || name.contains(char::is_control) {
            faults.push(fault("name", "not_allowed", "A name has 1 to 60 characters in one line."));
        }
        if shared && !actor.may(Right::Configure) {
            faults.push(fault("shared", "not_allowed", "Your role keeps views for itself only."));
        }
        if own >= MOST {
            faults.push(fault("name", "too_many", "You have fifty views: take one away first."));
        }
        if query.len() > QUERY_MAX {
            faults.push(fault("name", "too_long", "These filters are too long to be kept."));
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let now = self.clock.now();
        let id = ViewId::from_bits(new_id(now));
        let view = SavedView { id, user_id: actor.user.id, name: name.to_owned(), query, shared };
        tenant.forget_views(actor.user.id, now.plus_millis(-BACK_MS)).await?;
        tenant.add_view(&view).await?;
        Ok(view)
    }

    /// Takes a view away. It can be brought back for a day.
    ///
    /// # Errors
    /// Not found for one that the person does not have; forbidden for somebody else's without [`Right::Configure`].
    pub async fn drop_view(&self, actor: &Actor, id: ViewId) -> Result<(), ServiceError> {
        self.set_view(actor, id, false).await.map(|_| ())
    }

    /// Brings a view back.
    ///
    /// # Errors
    /// As [`Services::drop_view`].
    pub async fn restore_view(&self, actor: &Actor, id: ViewId) -> Result<SavedView, ServiceError> {
        self.set_view(actor, id, true).await
    }

    async fn set_view(&self, actor: &Actor, id: ViewId, there: bool) -> Result<SavedView, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let view = tenant.view(id).await?;
        let own = view.user_id == actor.user.id;
        if !own && !view.shared {
            return Err(ServiceError::NotFound);
        }
        if !own && !actor.may(Right::Configure) {
            return Err(ServiceError::Forbidden);
        }
        tenant.drop_view(id, (!there).then(|| self.clock.now())).await?;
        Ok(view)
    }

    /// The columns that somebody chose last, as the list writes them; none when nothing was chosen yet.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn list_columns(&self, actor: &Actor) -> Result<Option<String>, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.list_columns(actor.user.id).await?)
    }

    /// Remembers the columns that somebody chose.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn choose_columns(&self, actor: &Actor, columns: &str) -> Result<(), ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.put_list_columns(actor.user.id, columns).await?)
    }
}
