//! People of the app's own team: who they are, who is invited, who is signed in.

pub mod api;
mod sessions;
mod source;
mod team;

use crate::act::{Act, Done, Ending, refusal_of};
use crate::asked::{may_change, words};
use crate::failure::in_field;
use crate::layout::{ending, notice, page, parameter, query};
use crate::link;
use crate::ui::{Field, Kind, Tone, callout, copy_field, field, link_button, submit_button};
use api::Invite;
use contract::Role;
use contract::organizations::App;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// `/people`: leads on to the only app's people, or lets choose.
#[component]
pub fn StaffDoor() -> impl IntoView {
    page(async move {
        let apps = api::staff_door().await?;
        let words = words().staff;
        let links: Vec<_> = apps
            .iter()
            .map(|app| view! { <li><a href=link::staff(&app.id).href()>{app.name.clone()}</a></li> })
            .collect();
        Ok(view! {
            <Title text=words.title />
            <h1>{words.apps}</h1>
            <ul class="links" role="list">{links}</ul>
        }
        .into_any())
    })
}

/// `/apps/{app}/people`
#[component]
pub fn StaffPage() -> impl IntoView {
    let id = parameter("app");
    let (ending, made_id) = (ending(), query().get("made").unwrap_or_default());
    page(async move {
        let apps = crate::organizations::api::apps().await?;
        let team = api::staff(id.clone()).await?;
        let sources = api::staff_sources(id.clone()).await?;
        let sessions = api::sessions().await?;
        let url = match &ending {
            Some(Ending::Done(Done::InviteMade)) => api::reveal_invite(made_id).await?,
            _ => None,
        };
        let words = words().staff;
        let name = app_name(&apps, &id);
        Ok(view! {
            <Title text=words.title />
            <div class="page-top">
                <div>
                    <h1>{words.title}</h1>
                    <p class="lead">{(words.lead)(&name)}</p>
                </div>
            </div>
            {notice(ending.as_ref())}
            {url.map(|url| made(&id, url))}
            {team::team(&id, &team)}
            {may_change().then(|| form(&id, ending.as_ref()))}
            {source::source(&id, &sources, ending.as_ref())}
            {sessions::sessions(&id, &sessions)}
        }
        .into_any())
    })
}

fn app_name(apps: &[App], id: &str) -> String {
    let found = apps.iter().find(|app| app.id == id);
    found.map(|app| app.name.clone()).unwrap_or_default()
}

fn made(app: &str, url: String) -> AnyView {
    let words = words();
    view! {
        <section class="card secret" aria-labelledby="made" data-kept="">
            <h2 id="made">{words.staff.made_title}</h2>
            {copy_field(words.staff.made_label, url, String::new())}
            {callout(Tone::Warning, words.staff.made_text, ())}
            <div class="form-acts">
                {link_button(Kind::Primary, link::staff(app).href(), words.setup.stored)}
            </div>
        </section>
    }
    .into_any()
}

fn form(app: &str, ending: Option<&Ending>) -> AnyView {
    let words = words().staff;
    let refused = refusal_of(ending, Act::Invite);
    view! {
        <section class="card section new-invite" aria-labelledby="new-invite">
            <h2 id="new-invite">{words.invite}</h2>
            <form class="link-form" method="post" action=Invite::PATH>
                <input type="hidden" name="app" value=app.to_owned() />
                {field(Field {
                    id: "invite-note".to_owned(),
                    name: "note",
                    label: words.note.to_owned(),
                    help: Some(words.note_help),
                    value: refused.as_ref().map_or_else(String::new, |refused| refused.entered.clone()),
                    required: true,
                    error: refused.as_ref().and_then(in_field),
                    autocomplete: "off",
                    ..Field::default()
                })}
                <div class="field">
                    <label for="invite-role">{words.role}</label>
                    <select id="invite-role" name="role" aria-describedby="invite-role-help">
                        <option value="support" selected=true>{(words.role_word)(Role::Support)}</option>
                        <option value="owner">{(words.role_word)(Role::Owner)}</option>
                    </select>
                    <p class="help" id="invite-role-help">{words.role_help}</p>
                </div>
                <div class="form-acts">{submit_button(Kind::Primary, words.invite_do)}</div>
            </form>
        </section>
    }
    .into_any()
}
