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
    ContractId, ExampleId,
    bench::{AnswerAsked, AnswerRead, ExampleRun, ExampleWanted, Preview, PreviewAsked, TestAsked, TestLine, TestSent},
    import::{ImportAsked, Proposal},
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

    async fn send_test(&self, id: ContractId, asked: TestAsked) -> Result<TestSent, UiError> {
        let sent = self.services.admin().send_test(self.actor().await?, id, asked).await;
        sent.map_err(|error| self.told(error))
    }

    async fn tests(&self, id: ContractId) -> Result<Vec<TestLine>, UiError> {
        self.services.admin().tests(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn examples(&self, id: ContractId) -> Result<Vec<ExampleRun>, UiError> {
        self.services.admin().examples(self.actor().await?, id, None).await.map_err(|error| self.told(error))
    }

    async fn keep_example(&self, id: ContractId, wanted: ExampleWanted) -> Result<(), UiError> {
        let kept = self.services.admin().keep_example(self.actor().await?, id, wanted).await;
        kept.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn drop_example(&self, id: ContractId, example: ExampleId) -> Result<(), UiError> {
        let dropped = self.services.admin().drop_example(self.actor().await?, id, example).await;
        dropped.map_err(|error| self.told(error))
    }

    async fn import(&self, asked: ImportAsked) -> Result<Proposal, UiError> {
        self.services.admin().import(self.actor().await?, &asked).await.map_err(|error| self.told(error))
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
