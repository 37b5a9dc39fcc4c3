//! [`Views`]: the pages' way to views that people keep.

use super::RequestBackend;
use app::{
    backend::Views,
    error::UiError,
    query::{Columns, LeadsQuery},
};
use async_trait::async_trait;
use model::{ViewId, view::SavedView};

#[async_trait]
impl Views for RequestBackend {
    async fn views(&self) -> Result<Vec<SavedView>, UiError> {
        self.services.views(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn save_view(&self, name: String, query: LeadsQuery, shared: bool) -> Result<SavedView, UiError> {
        let saved = self.services.save_view(self.actor().await?, &name, query.kept(), shared).await;
        saved.map_err(|error| self.told(error))
    }

    async fn drop_view(&self, id: ViewId) -> Result<(), UiError> {
        self.services.drop_view(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn restore_view(&self, id: ViewId) -> Result<SavedView, UiError> {
        self.services.restore_view(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn columns(&self) -> Result<Option<Columns>, UiError> {
        let chosen = self.services.list_columns(self.actor().await?).await.map_err(|error| self.told(error))?;
        Ok(chosen.as_deref().and_then(Columns::read))
    }

    async fn choose_columns(&self, columns: Columns) -> Result<(), UiError> {
        let chosen = self.services.choose_columns(self.actor().await?, &columns.to_string()).await;
        chosen.map_err(|error| self.told(error))
    }
}
