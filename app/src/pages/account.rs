//! One's own account: password, second factor, where one is signed in.

use super::{Reply, Shown, door, framed};
use crate::{
    backend::{
        Ui,
        account::{Enrolment, OwnAccount},
        people::SessionRow,
    },
    components::{Nav, When},
    error::UiError,
    form::{Form, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::FieldError;
use serde_json::json;

/// The forms of the page, each with what was wrong with it.
#[derive(Default)]
struct Forms {
    password: Form,
    factor: Form,
}

/// One's own account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    let done = use_query_map().get_untracked().get("done").filter(|_| sent.is_none());
    framed(Nav::Account, "Account", move |ui, signed| async move {
        let mut forms = Forms { password: Form::new(json!({})), factor: Form::new(json!({})) };
        let mut codes = None;
        if let Some(sent) = &sent {
            codes = answer(&ui, &reply, &mut forms, sent).await?;
        }
        let account = ui.own_account().await?;
        // The codes were just made: the factor is on, though this request began without it.
        let missing = account.required && !account.second_factor && codes.is_none();
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let missing = missing.then(|| {
            view! { <div class="panel warning" role="status"><p class="panel-title">"Your company asks for a second factor."</p><p>"Set it up here to go on."</p></div> }
        });
        Ok(Shown::new(
            "Account",
            view! {
                <div class="stack">
                    {said(done.as_deref())}
                    {missing}
                    {codes.map(shown_once)}
                    {second_factor(&account, &forms.factor)}
                    {own_password(&forms.password)}
                    {sessions(account.sessions, &clock)}
                </div>
            },
        ))
    })
}

/// Does what a button asks; recovery codes are shown on this page only.
async fn answer(ui: &Ui, reply: &Reply, forms: &mut Forms, sent: &Sent) -> Result<Option<Vec<String>>, UiError> {
    let word = sent.text("do");
    let code = || sent.text("code").trim().to_owned();
    let (what, id) = word.split_once(':').unwrap_or((word, ""));
    let done = match what {
        "begin" => ui.begin_factor().await.map(|()| "begun"),
        "confirm" | "codes" => {
            let made = if what == "confirm" { ui.confirm_factor(code()).await } else { ui.renew_codes(code()).await };
            match made {
                Ok(codes) => return Ok(Some(codes)),
                Err(error) => Err(error),
            }
        }
        "remove" => ui.remove_factor(code()).await.map(|()| "removed"),
        "end" => ui.end_own_session(id.to_owned()).await.map(|()| "ended"),
        _ => {
            change(ui, reply, &mut forms.password, sent).await?;
            return Ok(None);
        }
    };
    match done {
        Ok("begun") => reply.go("/account"),
        Ok(word) => reply.go(&format!("/account?done={word}")),
        Err(error) => reply.faulty(&mut forms.factor, error)?,
    }
    Ok(None)
}

/// Changes one's own password. Passwords are never put back into the page.
async fn change(ui: &Ui, reply: &Reply, own: &mut Form, sent: &Sent) -> Result<(), UiError> {
    let (old, new, again) = (sent.text("old"), sent.text("new"), sent.text("again"));
    if new != again {
        own.faults = vec![FieldError::new("again", "not_allowed", "This is not the same as the new password.")];
        reply.status(http::StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(());
    }
    match ui.change_password(old.to_owned(), new.to_owned()).await {
        Ok(()) => reply.go("/sign-in?done=chosen"),
        Err(error) => reply.faulty(own, error)?,
    }
    Ok(())
}

fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "removed" => "The second factor is off.",
        "ended" => "The session is ended.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

fn shown_once(codes: Vec<String>) -> AnyView {
    let all = codes.join("\n");
    view! {
        <div class="panel once" role="status">
            <p class="panel-title">"Your recovery codes, shown this once"</p>
            <p>"Each of them signs you in once when the app is lost. Keep them where only you find them: print them, or put them into your password manager."</p>
            <textarea class="copy codes" readonly=true rows=codes.len().to_string() aria-label="Recovery codes">{format!("\n{all}")}</textarea>
            <p><a class="button" href="/account">"I have kept them"</a></p>
        </div>
    }
    .into_any()
}

fn second_factor(account: &OwnAccount, form: &Form) -> AnyView {
    let body = match (&account.enrolment, account.second_factor) {
        (_, true) => on(account),
        (Some(enrolment), false) => set_up(enrolment),
        (None, false) => view! {
            <p>"With a second factor, signing in takes your password and a code from an app on your phone. Who learns your password alone gets nowhere."</p>
            <form method="post" action="/account"><button class="button primary" type="submit" name="do" value="begin">"Set it up"</button></form>
        }
        .into_any(),
    };
    view! {
        <section class="card stack" aria-labelledby="factor-title">
            <h2 id="factor-title">"Second factor"</h2>
            {door::faults(form)}
            {body}
        </section>
    }
    .into_any()
}

fn set_up(enrolment: &Enrolment) -> AnyView {
    let groups: Vec<String> =
        enrolment.secret.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let picture = enrolment.picture.clone().map(|(side, path)| {
        view! {
            <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label="The secret as a picture for the app" shape-rendering="crispEdges">
                <rect class="qr-light" width=side.to_string() height=side.to_string()/>
                <path class="qr-dark" d=path/>
            </svg>
        }
    });
    view! {
        <ol class="guide stack">
            <li>"Open your authenticator app and let it look at this picture, or type the secret."
                <div class="enrol">
                    {picture}
                    <div class="field"><label for="secret">"Secret"</label><input id="secret" class="copy" readonly=true value=groups.join(" ")/></div>
                </div>
            </li>
            <li>"Enter the six digits that it shows now."
                <form method="post" action="/account" class="line">
                    {code()}
                    <button class="button primary" type="submit" name="do" value="confirm">"Verify"</button>
                    <button class="button quiet" type="submit" name="do" value="begin">"Another secret"</button>
                </form>
            </li>
        </ol>
    }
    .into_any()
}

fn code() -> AnyView {
    view! {
        <div class="field short">
            <label for="code">"Code"</label>
            <input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code"/>
        </div>
    }
    .into_any()
}

fn on(account: &OwnAccount) -> AnyView {
    let left = match account.codes {
        0 => "No recovery code is left: make new ones.".to_owned(),
        1 => "1 recovery code is left.".to_owned(),
        more => format!("{more} recovery codes are left."),
    };
    let off = (!account.required)
        .then(|| view! { <button class="button" type="submit" name="do" value="remove">"Switch it off"</button> });
    let asked = account
        .required
        .then(|| view! { <p class="hint">"Your company asks everybody for it, so it cannot be switched off."</p> });
    view! {
        <p>"It is on. "{left}</p>
        <form method="post" action="/account" class="line">
            {code()}
            <button class="button" type="submit" name="do" value="codes">"New recovery codes"</button>
            {off}
        </form>
        <p class="hint">"Either takes a code that the app shows now."</p>
        {asked}
    }
    .into_any()
}

fn own_password(form: &Form) -> AnyView {
    view! {
        <section class="card stack" aria-labelledby="own-password">
            <h2 id="own-password">"Password"</h2>
            <form method="post" action="/account" class="form" novalidate>
                {door::faults(form)}
                <div class="fields">
                    {door::field(form, "old", "Present password", "password", "current-password")}
                    {door::field(form, "new", "New password, at least 12 characters", "password", "new-password")}
                    {door::field(form, "again", "The new one again", "password", "new-password")}
                </div>
                <div><button class="button" type="submit" name="do" value="password">"Change it and sign in again"</button></div>
            </form>
        </section>
    }
    .into_any()
}

fn sessions(sessions: Vec<SessionRow>, clock: &Clock) -> AnyView {
    let rows = sessions.into_iter().map(|session| {
        view! {
            <li class="line">
                <span>"Last used "<When at=session.seen clock=clock.clone()/></span>
                <form method="post" action="/account"><button class="button small" type="submit" name="do" value=format!("end:{}", session.id)>"End"</button></form>
            </li>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="own-sessions">
            <h2 id="own-sessions">"Where you are signed in"</h2>
            <ul class="plain stack">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}
