//! What the buttons of the bench do.

use super::Reply;
use crate::{
    backend::Ui,
    error::UiError,
    form::{Act, Form},
};
use model::{
    ContractId,
    bench::{AnswerAsked, AnswerRead, ExampleWanted, Phase, Preview, PreviewAsked, TestAsked, TestSent},
};

/// What was asked for and is shown on this page only.
#[derive(Default)]
pub struct Shows {
    pub preview: Option<Preview>,
    pub sent: Option<TestSent>,
    pub read: Option<AnswerRead>,
}

/// Without a form the examples are shown; every button shows what it is about and nothing else.
///
/// # Errors
/// What was entered wrong; what may not be done.
pub async fn answer(
    (ui, reply): (&Ui, &Reply),
    id: ContractId,
    form: &mut Form,
    act: Option<&Act>,
    shows: &mut Shows,
) -> Result<(), UiError> {
    let word = match act {
        Some(Act::Do(word)) => word.as_str(),
        _ => "show",
    };
    match word.split_once(':').unwrap_or((word, "")) {
        ("read", _) => shows.read = Some(ui.read_answer(id, asked(form)).await?),
        ("test", phase) => {
            let phase = if phase == "ping" { Phase::Ping } else { Phase::Post };
            let lead = some(form, "lead").filter(|_| phase == Phase::Ping);
            let sent = ui.send_test(id, TestAsked { phase, lead }).await?;
            take_over(form, &sent);
            shows.sent = Some(sent);
        }
        ("keep", _) => {
            let AnswerAsked { phase, status, content_type, body } = asked(form);
            let wanted = ExampleWanted { name: text(form, "name"), phase, status, content_type, body, expected: None };
            ui.keep_example(id, wanted).await?;
            reply.go(&format!("/contracts/{id}/try?done=kept#kept"));
        }
        ("drop", example) => {
            let example = example.parse().map_err(|_| UiError::NotFound)?;
            ui.drop_example(id, example).await?;
            reply.go(&format!("/contracts/{id}/try?done=dropped#kept"));
        }
        _ => {
            let asked = PreviewAsked {
                lead: some(form, "lead"),
                personal: act.is_some() && form.at("personal") == true,
                test: form.at("test") == true,
            };
            shows.preview = Some(ui.preview(id, asked).await?);
        }
    }
    Ok(())
}

fn text(form: &Form, path: &str) -> String {
    form.at(path).as_str().unwrap_or_default().to_owned()
}

fn some(form: &Form, path: &str) -> Option<String> {
    Some(text(form, path)).filter(|text| !text.is_empty())
}

fn asked(form: &Form) -> AnswerAsked {
    AnswerAsked {
        phase: if form.at("phase") == "ping" { Phase::Ping } else { Phase::Post },
        // No HTTP status: what is refused beside its field.
        status: form.at("status").as_u64().and_then(|status| status.try_into().ok()).unwrap_or_default(),
        content_type: some(form, "content_type"),
        body: text(form, "body"),
    }
}

/// The last answer to a test stands where answers are read, so that it can be kept.
fn take_over(form: &mut Form, sent: &TestSent) {
    let (phase, call) = match (&sent.ping, &sent.post) {
        (_, Some(post)) => ("post", post),
        (Some(ping), None) => ("ping", ping),
        (None, None) => return,
    };
    // What is not shown whole would be kept in part.
    let Some(answer) = call.answer.as_ref().filter(|answer| !answer.cut) else { return };
    let kind = answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone());
    form.value["phase"] = phase.into();
    form.value["status"] = answer.status.into();
    form.value["content_type"] = kind.into();
    form.value["body"] = answer.body.clone().into();
}
