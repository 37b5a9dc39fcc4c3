//! What every page of a configured document has: answering its form, the draft beside it, what was just done with its undo,
//! its history with rollback, and deleting it.

mod parts;

pub use parts::{Said, aside, delete_form, deleted_bar, draft_panel, history, warnings};

use super::Reply;
use crate::{
    backend::{Ui, configure::Opened},
    error::UiError,
    form::{Act, Form, Sent},
};
use http::StatusCode;
use model::document::{DocumentId, Kind};

/// A document's page in one request.
pub struct Desk {
    /// The backend.
    pub ui: Ui,
    /// What the browser is answered.
    pub reply: Reply,
    /// The document.
    pub id: DocumentId,
}

impl Desk {
    /// The page's path.
    pub fn here(&self) -> String {
        format!("/{}/{}", self.id.kind().plural(), self.id)
    }

    /// The document and its form, which shows the draft when there is one.
    ///
    /// # Errors
    /// Not found; not allowed.
    pub async fn open(&self) -> Result<(Opened, Form), UiError> {
        let opened = self.ui.document(self.id).await?;
        let value = opened.draft.as_ref().map_or(&opened.value, |draft| &draft.value).clone();
        Ok((opened, Form::new(value)))
    }

    /// Does what was asked for with a form. `tidy` puts the document right before it is sent. Afterwards the browser is sent
    /// on, or the form has its faults.
    ///
    /// # Errors
    /// What is not about what was entered.
    pub async fn answer(&self, form: &mut Form, sent: &Sent, tidy: fn(&mut Form)) -> Result<(), UiError> {
        let act = form.submit(sent);
        tidy(form);
        let Act::Do(word) = act else { return conceal(&self.ui, form).await };
        // What the page itself could not make sense of.
        if !form.faults.is_empty() {
            self.reply.status(StatusCode::UNPROCESSABLE_ENTITY);
            return conceal(&self.ui, form).await;
        }
        let (ui, id, here, version) = (&self.ui, self.id, self.here(), sent.version());
        let note = sent.text("note").trim().to_owned();
        let (what, rest) = word.split_once(':').unwrap_or((&word, ""));
        let done = match what {
            "draft" => ui.save_draft(id, form.value.clone(), version).await.map(|()| format!("{here}?done=draft")),
            "publish" => ui.publish_draft(id, note).await.map(|now| format!("{here}?done=published&v={now}")),
            "discard" => ui.discard_draft(id).await.map(|()| format!("{here}?done=discarded")),
            "rollback" => {
                let to = rest.parse().map_err(|_| UiError::NotFound)?;
                ui.roll_back(id, to, version, note).await.map(|()| format!("{here}?done=restored"))
            }
            "pause" | "resume" => {
                let set = ui.set_document_active(id, what == "resume").await;
                set.map(|()| format!("{here}?done={what}d"))
            }
            "delete" => {
                let list = format!("/{}?done=deleted", id.kind().plural());
                ui.delete_document(id, version).await.map(|()| list)
            }
            _ => {
                let saved = ui.save_document(id, form.value.clone(), version, note).await;
                saved.map(|now| format!("{here}?done=saved&v={now}"))
            }
        };
        match done {
            Ok(to) => self.reply.go(&to),
            Err(error) => {
                self.reply.faulty(form, error)?;
                conceal(ui, form).await?;
            }
        }
        Ok(())
    }
}

/// Keeps what was typed as a secret out of the page that is drawn again.
async fn conceal(ui: &Ui, form: &mut Form) -> Result<(), UiError> {
    form.value = ui.conceal(form.value.take()).await?;
    Ok(())
}

/// Makes a document from the form of a page `/…/new` and sends the browser to it.
///
/// # Errors
/// What is not about what was entered.
pub async fn create(
    (ui, reply): (&Ui, &Reply),
    kind: Kind,
    form: &mut Form,
    sent: &Sent,
    tidy: fn(&mut Form),
) -> Result<(), UiError> {
    let act = form.submit(sent);
    tidy(form);
    if act == Act::Edit {
        return conceal(ui, form).await;
    }
    if !form.faults.is_empty() {
        reply.status(StatusCode::UNPROCESSABLE_ENTITY);
        return conceal(ui, form).await;
    }
    match ui.create_document(kind, form.value.clone(), sent.text("note").trim().to_owned()).await {
        Ok(id) => reply.go(&format!("/{}/{id}?done=made", kind.plural())),
        Err(error) => {
            reply.faulty(form, error)?;
            conceal(ui, form).await?;
        }
    }
    Ok(())
}
