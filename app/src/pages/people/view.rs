//! The parts of the page of people.

use super::faults;
use crate::{
    backend::people::SessionRow,
    components::{
        When,
        form::{select, text},
    },
    form::{Form, id},
    format::Clock,
    pages::{buyers::switch_badge, campaign::pairs},
};
use leptos::prelude::*;
use model::{
    UserId,
    user::{Role, User},
};

const ROLES: [(Role, &str); 4] = [
    (Role::Admin, "Admin: everything"),
    (Role::Operator, "Operator: configures and watches"),
    (Role::Viewer, "Viewer: watches"),
    (Role::Buyer, "Buyer: only its own leads"),
];

/// What was just done.
pub fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "off" => "The person cannot sign in any more.",
        "on" => "The person may sign in again.",
        "role" => "The role is changed; the person has to sign in again.",
        "ended" => "The session is ended.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

/// A password that is shown once.
pub fn secret(secret: String) -> AnyView {
    view! {
        <div class="panel once" role="status">
            <p class="panel-title">"The password to begin with, shown this once. Hand it over safely; it can be changed on this page."</p>
            <input class="copy" readonly=true value=secret aria-label="The password to begin with"/>
        </div>
    }
    .into_any()
}

/// Everybody.
pub fn people(people: &[User], own: UserId, buyers: &[(String, String)]) -> AnyView {
    let rows = people.iter().cloned().map(|user| row(user, own, buyers)).collect_view();
    view! {
        <section class="card" aria-labelledby="people-title">
            <h2 id="people-title">"Everybody"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="People">
                <table class="list">
                    <caption class="sr-only">"Who may sign in, by address"</caption>
                    <thead><tr>
                        <th scope="col">"Person"</th><th scope="col">"State"</th><th scope="col">"Role"</th><th scope="col">"Action"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(user: User, own: UserId, buyers: &[(String, String)]) -> impl IntoView + use<> {
    let key = user.id.to_string();
    let role = ROLES.iter().find(|(role, _)| *role == user.role).map_or("", |(_, text)| text);
    let buyer = user
        .buyer_id
        .and_then(|id| buyers.iter().find(|(have, _)| *have == id.to_string()).map(|(_, name)| name.clone()));
    let (word, text) = if user.active { ("off", "Switch off") } else { ("on", "Switch on") };
    let press = |word: &str, text: &'static str, about: String| {
        view! { <form method="post" action="/people"><button class="button small" type="submit" name="do" value=format!("{word}:{key}") aria-label=about>{text}</button></form> }
    };
    let roles =
        ROLES.map(|(role, text)| view! { <option value=role.name() selected=role == user.role>{text}</option> });
    let mine = user.buyer_id.map(|id| id.to_string());
    let options = buyers.iter().cloned().map(|(id, name)| {
        let selected = mine.as_deref() == Some(id.as_str());
        view! { <option value=id selected=selected>{name}</option> }
    });
    let tools = (user.id != own).then(|| {
        view! {
            <div class="actions">
                {press(word, text, format!("{text} {}", user.name))}
                <details>
                    <summary aria-label=format!("Change {}", user.name)>"Change…"</summary>
                    <form method="post" action="/people">
                        <label class="sr-only" for=format!("role-{key}")>"Role"</label>
                        <select id=format!("role-{key}") name="role">{roles}</select>
                        <label class="sr-only" for=format!("buyer-{key}")>"Buyer, for a buyer's person"</label>
                        <select id=format!("buyer-{key}") name="buyer"><option value="">"No buyer"</option>{options.collect_view()}</select>
                        <button class="button small" type="submit" name="do" value=format!("role:{key}")>"Change the role"</button>
                    </form>
                    {press("reset", "New password", format!("New password for {}", user.name))}
                </details>
            </div>
        }
    });
    view! {
        <tr>
            <th scope="row">{user.name}<span class="hint">{user.email}</span></th>
            <td>{switch_badge(user.active)}</td>
            <td>{role}{buyer.map(|name| view! { <span class="hint">{name}</span> })}</td>
            <td>{tools}</td>
        </tr>
    }
}

/// The form for another person.
pub fn new(form: &Form, buyers: &[(String, String)]) -> AnyView {
    let roles: Vec<_> = ROLES.iter().map(|(role, text)| (role.name(), *text)).collect();
    let mut choices = vec![(String::new(), "None".to_owned())];
    choices.extend(buyers.iter().cloned());
    view! {
        <section class="card stack" aria-labelledby="new-person">
            <h2 id="new-person">"New person"</h2>
            <form method="post" action="/people" class="form" novalidate>
                {faults(form)}
                <div class="fields">
                    {text(form, "name", "Name").view()}
                    {text(form, "email", "E-mail").kind("email").view()}
                    {select(form, "role", "Role", &pairs(&roles), None)}
                    {select(form, "buyer", "Buyer", &choices, Some("For a buyer's person."))}
                </div>
                <div><button class="button primary" type="submit" name="do" value="new">"Make the person"</button></div>
            </form>
        </section>
    }
    .into_any()
}

/// Where people are signed in.
pub fn sessions(sessions: Vec<SessionRow>, people: &[User], clock: &Clock) -> AnyView {
    let row = |session: SessionRow| {
        let who =
            people.iter().find(|user| user.id == session.user_id).map(|user| user.name.clone()).unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{who.clone()}</th>
                <td><When at=session.seen clock=clock.clone()/></td>
                <td>
                    <form method="post" action="/people">
                        <button class="button small" type="submit" name="do" value=format!("end:{}", session.id) aria-label=format!("End a session of {who}")>"End"</button>
                    </form>
                </td>
            </tr>
        }
    };
    let rows = sessions.into_iter().map(row).collect_view();
    view! {
        <section class="card" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Signed in"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Sessions">
                <table class="list">
                    <caption class="sr-only">"Sessions, the latest used first"</caption>
                    <thead><tr><th scope="col">"Person"</th><th scope="col">"Last used"</th><th scope="col">"Action"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// One's own password.
pub fn own_password(form: &Form) -> AnyView {
    let field = |name: &'static str, label: &'static str, complete: &'static str| {
        let fault = form.fault(name);
        let invalid = fault.is_some().then_some("true");
        view! {
            <div class="field">
                <label for=id(name)>{label}</label>
                <input id=id(name) name=name type="password" autocomplete=complete aria-invalid=invalid/>
                {fault.map(|text| view! { <p class="fault">{text}</p> })}
            </div>
        }
    };
    view! {
        <section class="card stack" aria-labelledby="own-password">
            <h2 id="own-password">"Your own password"</h2>
            <form method="post" action="/people" class="form" novalidate>
                {faults(form)}
                <div class="fields">
                    {field("old", "Present password", "current-password")}
                    {field("new", "New password, at least 12 characters", "new-password")}
                    {field("again", "The new one again", "new-password")}
                </div>
                <div><button class="button" type="submit" name="do" value="password">"Change it and sign in again"</button></div>
            </form>
        </section>
    }
    .into_any()
}
