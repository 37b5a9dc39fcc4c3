//! The parts of the page of people.

use super::{Names, faults};
use crate::{
    backend::people::SessionRow,
    components::{
        When,
        form::{checkbox, select, text},
    },
    form::Form,
    format::Clock,
    pages::{buyers::switch_badge, campaign::pairs},
};
use leptos::prelude::*;
use model::{
    UserId,
    user::{Right, Role, User},
};

const ROLES: [(Role, &str); 5] = [
    (Role::Admin, "Admin: everything"),
    (Role::Operator, "Operator: configures and watches"),
    (Role::Viewer, "Viewer: watches"),
    (Role::Buyer, "Buyer: only its own leads"),
    (Role::Affiliate, "Affiliate: only its own source"),
];

/// The extra rights in words.
const RIGHTS: [(Right, &str); 6] = [
    (Right::Export, "Take files away"),
    (Right::SeePersonal, "See personal values"),
    (Right::ExportPersonal, "Take personal values away in files"),
    (Right::Delete, "Delete"),
    (Right::Publish, "Publish"),
    (Right::Billing, "Move money"),
];

/// What was just done.
pub fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "off" => "The person cannot sign in any more.",
        "on" => "The person may sign in again.",
        "role" => "The role is changed; the person has to sign in again.",
        "ended" => "The session is ended.",
        "rights" => "The rights are switched; the person has to sign in again.",
        "invited" => "The invitation is on its way. It works for seven days.",
        "link" => "A link is on its way.",
        "factor" => "The person signs in without a second factor now, and can set up another.",
        "required" => "Everybody has to set up a second factor at the next page.",
        "relaxed" => "The second factor is left to everybody.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

/// A password that is shown once.
pub fn secret(secret: String) -> AnyView {
    view! {
        <div class="panel once" role="status">
            <p class="panel-title">"The password to begin with, shown this once. Hand it over safely; it is changed under Account."</p>
            <input class="copy" readonly=true value=secret aria-label="The password to begin with"/>
        </div>
    }
    .into_any()
}

/// Everybody.
pub fn people(people: &[User], own: UserId, names: &Names) -> AnyView {
    let rows = people.iter().cloned().map(|user| row(user, own, names)).collect_view();
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

/// The name of an id among these.
fn name_of(id: Option<String>, names: &[(String, String)]) -> Option<String> {
    id.and_then(|id| names.iter().find(|(have, _)| *have == id).map(|(_, name)| name.clone()))
}

fn state(user: &User) -> impl IntoView + use<> {
    let factor = user.second_factor.then(|| view! { <span class="hint">"second factor"</span> });
    let badge = if user.active && user.invited {
        view! { <span class="badge info">"Invited"</span> }.into_any()
    } else {
        switch_badge(user.active).into_any()
    };
    view! { {badge}{factor} }
}

/// The extra rights of somebody who works here, as far as they are not those of the role.
fn rights_said(user: &User) -> Option<String> {
    let differ = |(right, _): &&(Right, &str)| user.may(*right) != user.role.may(*right);
    let said = |(right, text): &(Right, &str)| {
        let sign = if user.may(*right) { "may" } else { "may not" };
        format!("{sign} {}", text.to_lowercase())
    };
    let all: Vec<_> = RIGHTS.iter().filter(differ).map(said).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn row(user: User, own: UserId, names: &Names) -> impl IntoView + use<> {
    let key = user.id.to_string();
    let role = ROLES.iter().find(|(role, _)| *role == user.role).map_or("", |(_, text)| text);
    let whose = name_of(user.buyer_id.map(|id| id.to_string()), &names.buyers)
        .or(name_of(user.source_id.map(|id| id.to_string()), &names.sources));
    let tools = (user.id != own).then(|| tools(&user, names));
    view! {
        <tr>
            <th scope="row">{user.name.clone()}<span class="hint">{user.email.clone()}</span></th>
            <td>{state(&user)}</td>
            <td>
                {role}
                {whose.map(|name| view! { <span class="hint">{name}</span> })}
                {user.superadmin.then(|| view! { <span class="hint">"looks after the server"</span> })}
                {rights_said(&user).map(|text| view! { <span class="hint">{text}</span> })}
            </td>
            <td id=key>{tools}</td>
        </tr>
    }
}

/// What can be done about somebody else.
fn tools(user: &User, names: &Names) -> AnyView {
    let key = user.id.to_string();
    let (word, text) = if user.active { ("off", "Switch off") } else { ("on", "Switch on") };
    let press = |word: &str, text: &'static str, about: String| {
        view! { <form method="post" action="/people"><button class="button small" type="submit" name="do" value=format!("{word}:{key}") aria-label=about>{text}</button></form> }
    };
    let roles =
        ROLES.map(|(role, text)| view! { <option value=role.name() selected=role == user.role>{text}</option> });
    let options = |list: &[(String, String)], chosen: Option<String>| {
        let option = |(id, name): (String, String)| {
            let selected = chosen.as_deref() == Some(id.as_str());
            view! { <option value=id selected=selected>{name}</option> }
        };
        list.iter().cloned().map(option).collect_view()
    };
    let (buyers, sources) = (
        options(&names.buyers, user.buyer_id.map(|id| id.to_string())),
        options(&names.sources, user.source_id.map(|id| id.to_string())),
    );
    let works = user.role.may(Right::SeeExchange);
    let switches = works.then(|| {
        let boxes = RIGHTS.map(|(right, text)| {
            view! { <label class="check"><input type="checkbox" name=format!("right-{}", right.name()) value="on" checked=user.may(right)/>{text}</label> }
        });
        view! {
            <form method="post" action="/people" class="stack">
                <fieldset class="checks"><legend>"Extra rights"</legend>{boxes}</fieldset>
                <div class="actions">
                    <button class="button small" type="submit" name="do" value=format!("rights:{key}")>"Switch them"</button>
                    <button class="button small quiet" type="submit" name="do" value=format!("usual:{key}")>"As the role has them"</button>
                </div>
            </form>
        }
    });
    let link = if user.invited { "Invite again" } else { "Send a link for a new password" };
    let factor = user.second_factor.then(|| {
        press("factor", "Take the second factor away", format!("Take the second factor of {} away", user.name))
    });
    view! {
        <div class="actions">
            {press(word, text, format!("{text} {}", user.name))}
            <details>
                <summary aria-label=format!("Change {}", user.name)>"Change…"</summary>
                <div class="stack">
                    <form method="post" action="/people" class="stack">
                        <label class="sr-only" for=format!("role-{key}")>"Role"</label>
                        <select id=format!("role-{key}") name="role">{roles}</select>
                        <label class="sr-only" for=format!("buyer-{key}")>"Buyer, for a buyer's person"</label>
                        <select id=format!("buyer-{key}") name="buyer"><option value="">"No buyer"</option>{buyers}</select>
                        <label class="sr-only" for=format!("source-{key}")>"Source, for an affiliate"</label>
                        <select id=format!("source-{key}") name="source"><option value="">"No source"</option>{sources}</select>
                        <div><button class="button small" type="submit" name="do" value=format!("role:{key}")>"Change the role"</button></div>
                    </form>
                    {switches}
                    <div class="actions">
                        {press("link", link, format!("{link}: {}", user.name))}
                        {press("reset", "New password", format!("New password for {}", user.name))}
                        {factor}
                    </div>
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// The form for another person.
pub fn new(form: &Form, names: &Names, most: Option<u32>) -> AnyView {
    let roles: Vec<_> = ROLES.iter().map(|(role, text)| (role.name(), *text)).collect();
    let choices = |list: &[(String, String)]| {
        let mut all = vec![(String::new(), "None".to_owned())];
        all.extend(list.iter().cloned());
        all
    };
    let rights = RIGHTS.map(|(right, text)| checkbox(form, &format!("rights.{}", right.name()), text, None));
    let most =
        most.map(|most| view! { <p class="hint">{format!("Your company may have {most} people who sign in.")}</p> });
    view! {
        <section class="card stack" aria-labelledby="new-person">
            <h2 id="new-person">"Invite somebody"</h2>
            {most}
            <form method="post" action="/people" class="form" novalidate>
                {faults(form)}
                <div class="fields">
                    {text(form, "name", "Name").view()}
                    {text(form, "email", "E-mail").kind("email").view()}
                    {select(form, "role", "Role", &pairs(&roles), None)}
                    {select(form, "buyer", "Buyer", &choices(&names.buyers), Some("For a buyer's person."))}
                    {select(form, "source", "Source", &choices(&names.sources), Some("For an affiliate."))}
                </div>
                <fieldset class="checks"><legend>"Extra rights, for people who work here"</legend>{rights}</fieldset>
                <div class="actions">
                    <button class="button primary" type="submit" name="do" value="invite">"Send the invitation"</button>
                    <button class="button" type="submit" name="do" value="make">"Make with a password instead"</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// Whether everybody has to have a second factor.
pub fn second_factor(required: bool, people: &[User]) -> AnyView {
    let active = people.iter().filter(|user| user.active && !user.invited);
    let (with, all) = active.fold((0, 0), |(with, all), user| (with + u32::from(user.second_factor), all + 1));
    let (word, text, said) = if required {
        ("relax", "Leave it to everybody", "Everybody has to sign in with a second factor.")
    } else {
        ("require", "Ask everybody for one", "Whoever wants to sets up a second factor under Account.")
    };
    view! {
        <section class="card stack" aria-labelledby="factor-title">
            <h2 id="factor-title">"Second factor"</h2>
            <p>{said}{format!(" {with} of {all} have one.")}</p>
            <form method="post" action="/people"><button class="button" type="submit" name="do" value=word>{text}</button></form>
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
