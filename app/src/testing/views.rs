//! What the fake keeps of views of the leads list.

use super::Fake;
use crate::{
    backend::Views,
    error::UiError,
    query::{Columns, LeadsQuery},
};
use async_trait::async_trait;
use model::{FieldError, UserId, ViewId, view::SavedView};

/// The view that [`Fake`] knows as the person's own.
#[must_use]
pub const fn view_id() -> ViewId {
    ViewId::from_bits(11)
}

fn view(bits: u128, user: u128, name: &str, query: &str, shared: bool) -> SavedView {
    let (id, user_id) = (ViewId::from_bits(bits), UserId::from_bits(user));
    SavedView { id, user_id, name: name.into(), query: query.into(), shared }
}

fn own() -> SavedView {
    view(11, 1, "My <sold>", "state=sold&cols=came.margin", false)
}

#[async_trait]
impl Views for Fake {
    async fn views(&self) -> Result<Vec<SavedView>, UiError> {
        self.answer(vec![own(), view(12, 2, "Unsold of ours", "state=unsold", true)], Vec::new())
    }

    async fn save_view(&self, name: String, query: LeadsQuery, shared: bool) -> Result<SavedView, UiError> {
        if name.is_empty() {
            let message = "A name has 1 to 60 characters in one line.";
            return Err(UiError::Invalid(vec![FieldError::new("view.name", "not_allowed", message)]));
        }
        let made = view(13, 1, &name, &query.kept(), shared);
        self.answer(made.clone(), made)
    }

    async fn drop_view(&self, id: ViewId) -> Result<(), UiError> {
        if id == view_id() { Ok(()) } else { Err(UiError::NotFound) }
    }

    async fn restore_view(&self, id: ViewId) -> Result<SavedView, UiError> {
        if id == view_id() { Ok(own()) } else { Err(UiError::NotFound) }
    }

    async fn columns(&self) -> Result<Option<Columns>, UiError> {
        self.answer(None, Columns::read("came.state"))
    }

    async fn choose_columns(&self, _: Columns) -> Result<(), UiError> {
        self.answer((), ())
    }
}
