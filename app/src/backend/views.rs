//! What the leads list asks about views that people keep, and the columns they chose.

use crate::{
    error::UiError,
    query::{Columns, LeadsQuery},
};
use async_trait::async_trait;
use model::{ViewId, view::SavedView};

/// Views and columns of the leads list, for the person who is signed in.
#[async_trait]
pub trait Views {
    /// The views the person has, by name: the own ones and those that are shared.
    async fn views(&self) -> Result<Vec<SavedView>, UiError>;
    /// Keeps the filters and columns of a list under a name. [`UiError::Invalid`] by `view.name` and `view.shared`.
    async fn save_view(&self, name: String, query: LeadsQuery, shared: bool) -> Result<SavedView, UiError>;
    /// Takes a view away. Somebody else's needs `Right::Configure`.
    async fn drop_view(&self, id: ViewId) -> Result<(), UiError>;
    /// Brings it back.
    async fn restore_view(&self, id: ViewId) -> Result<SavedView, UiError>;
    /// The columns the person chose last; none when nothing was chosen yet.
    async fn columns(&self) -> Result<Option<Columns>, UiError>;
    /// Remembers them.
    async fn choose_columns(&self, columns: Columns) -> Result<(), UiError>;
}
