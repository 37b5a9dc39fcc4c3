//! [`Bench`]: the pages' way to trying a contract.

use super::RequestBackend;
use app::{
    backend::{
        Bench,
        bench::{Place, PresetView},
    },
    error::UiError,
};
use async_trait::async_trait;
use connectors::Preset;
use model::{
    ContractId,
    bench::{AnswerAsked, AnswerRead, Preview, PreviewAsked},
};

#[async_trait]
impl Bench for RequestBackend {
    async fn preview(&self, id: ContractId, asked: PreviewAsked) -> Result<Preview, UiError> {
        let shown = self.services.admin().preview(self.actor().await?, id, asked, None).await;
        shown.map_err(|error| self.told(error))
    }

    async fn read_answer(&self, id: ContractId, asked: AnswerAsked) -> Result<AnswerRead, UiError> {
        let read = self.services.admin().read_answer(self.actor().await?, id, asked, None).await;
        read.map_err(|error| self.told(error))
    }

    async fn presets(&self) -> Result<Vec<PresetView>, UiError> {
        let presets = self.services.admin().presets(self.actor().await?).map_err(|error| self.told(error))?;
        Ok(presets.iter().map(view).collect())
    }
}

fn view(preset: &Preset) -> PresetView {
    let places = preset.placeholders.iter().map(|place| Place {
        name: place.name.clone(),
        label: place.label.clone(),
        example: place.example.clone(),
        default: place.default.clone(),
        secret: place.secret,
    });
    PresetView {
        id: preset.id.clone(),
        name: preset.name.clone(),
        about: preset.about.clone(),
        kind: preset.kind,
        places: places.collect(),
    }
}
