//! The Setup links tab: make one, copy it once, see when it was opened, revoke it.

pub mod api;

use crate::act::{Act, Done, Ending, refusal_of};
use crate::asked::{may_change, now, words};
use crate::failure::in_field;
use crate::layout::{ending, notice, page, parameter, query};
use crate::link::{self, Link};
use crate::organizations::{self, Here};
use crate::ui::{
    Dialog, Kind, Tone, callout, cell, copy_field, dialog, empty_state, heading, icon, link_button,
    open_button, row_heading, submit_button, table, timestamp,
};
use api::{CreateSetupLink, RevokeSetupLink};
use contract::organizations::Organization;
use contract::setup_links::{DEFAULT_DAYS, MAX_DAYS, Scope, SetupLink};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// `/organizations/{organization}/setup-links`
#[component]
pub fn SetupLinksPage() -> impl IntoView {
    let id = parameter("organization");
    let (ending, made_id) = (ending(), query().get("made").unwrap_or_default());
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let links = api::setup_links(id.clone()).await?;
        let url = match &ending {
            Some(Ending::Done(Done::SetupLinkMade)) => api::reveal_setup_link(made_id).await?,
            _ => None,
        };
        Ok(view! {
            <Title text=format!("{} · {}", words().setup.tab, organization.name) />
            {organizations::head(&organization, Here::SetupLinks, None, None)}
            {notice(ending.as_ref())}
            {url.map(|url| made(url, &link::setup_links(&id)))}
            {may_change().then(|| form(&organization, ending.as_ref()))}
            {list(&organization, &links)}
        }
        .into_any())
    })
}

/// The address of a link just made, shown this once. *I stored it* leads to the same page without it.
pub fn made(url: String, back: &Link) -> AnyView {
    let words = words().setup;
    view! {
        <section class="card secret" aria-labelledby="made" data-kept="">
            <h2 id="made">{words.made_title}</h2>
            {copy_field(words.made_label, url, String::new())}
            {callout(Tone::Warning, words.made_text, ())}
            <div class="form-acts">
                {link_button(Kind::Primary, back.clone().href(), words.stored)}
            </div>
        </section>
    }
    .into_any()
}

fn form(organization: &Organization, ending: Option<&Ending>) -> AnyView {
    let words = words().setup;
    let refused = refusal_of(ending, Act::CreateSetupLink);
    let error = refused.as_ref().and_then(in_field);
    let described = error.as_ref().map(|_| "scope-error");
    view! {
        <section class="card section new-link" aria-labelledby="new-link">
            <h2 id="new-link">{words.new}</h2>
            <p class="second-line">{words.new_text}</p>
            <form class="link-form" method="post" action=CreateSetupLink::PATH>
                <input type="hidden" name="organization" value=organization.id.clone() />
                <fieldset aria-describedby=described>
                    <legend>{words.opens}</legend>
                    {check("erp", words.erp)}
                    {check("directory_sync", words.directory_sync)}
                    {error.map(|error| view! {
                        <p class="field-error" id="scope-error">{icon("failed")} {error}</p>
                    })}
                </fieldset>
                {days()}
                <div class="form-acts">{submit_button(Kind::Primary, words.create)}</div>
            </form>
        </section>
    }
    .into_any()
}

fn check(name: &'static str, label: &'static str) -> AnyView {
    view! {
        <label class="check-field">
            <input type="checkbox" name=name value="true" checked=true />
            {label}
        </label>
    }
    .into_any()
}

fn days() -> AnyView {
    let words = words().setup;
    view! {
        <div class="field days">
            <label for="days">{words.days}</label>
            <input id="days" name="days" type="number" min="1" max=MAX_DAYS value=DEFAULT_DAYS required=true
                aria-describedby="days-help" />
            <p class="help" id="days-help">{words.days_help}</p>
        </div>
    }
    .into_any()
}

fn list(organization: &Organization, links: &[SetupLink]) -> AnyView {
    let words = words().setup;
    if links.is_empty() {
        return empty_state("link", words.empty_title.to_owned(), words.empty_text, None);
    }
    let head = view! {
        {heading(words.opens)}
        {heading(words.state)}
        {heading(words.ends)}
        {heading(words.created)}
        <th scope="col"><span class="visually-hidden">{words.acts}</span></th>
    };
    let rows: Vec<_> = links.iter().map(line).collect();
    let alive = links.iter().filter(|link| may_change() && is_alive(link));
    let dialogs: Vec<_> = alive.map(|link| revoke(organization, link)).collect();
    view! {
        {table(words.list, head.into_any(), rows.into_any())}
        {dialogs}
    }
    .into_any()
}

fn is_alive(link: &SetupLink) -> bool {
    link.revoked_at.is_none() && link.expires_at > now()
}

fn line(link: &SetupLink) -> AnyView {
    let words = words().setup;
    let alive = is_alive(link);
    let by = (words.by)(&link.created_by);
    let made = view! { {timestamp(link.created_at)} <span class="second-line"><bdi>{by}</bdi></span> };
    view! {
        <tr data-key=link.id.clone() class:ended=!alive>
            {row_heading(scope_words(link.scope).into_any())}
            {cell(words.state, state(link))}
            {cell(words.ends, timestamp(link.expires_at))}
            {cell(words.created, made.into_any())}
            <td class="row-acts">
                {(alive && may_change()).then(|| open_button(Kind::Quiet, revoke_id(link), words.revoke))}
            </td>
        </tr>
    }
    .into_any()
}

/// What a link opens, in words.
pub fn scope_words(scope: Scope) -> String {
    let all = words();
    let erp = match scope.step {
        Some(step) => (all.setup.only_step)((all.erp.step)(step).title),
        None => all.setup.erp.to_owned(),
    };
    let parts = [
        scope.erp.then_some(erp),
        scope.directory_sync.then(|| all.setup.directory_sync.to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn state(link: &SetupLink) -> AnyView {
    let words = words().setup;
    let told = |word: &'static str, at| view! { {word} " " {timestamp(at)} }.into_any();
    if let Some(at) = link.revoked_at {
        return told(words.revoked, at);
    }
    if link.expires_at <= now() {
        return words.expired.into_any();
    }
    match (link.redeemed_at, link.opened_at) {
        (Some(at), _) => told(words.redeemed, at),
        (None, Some(at)) => told(words.opened, at),
        (None, None) => view! { <span class="faint">{words.not_opened}</span> }.into_any(),
    }
}

fn revoke_id(link: &SetupLink) -> String {
    format!("revoke-{}", link.id)
}

fn revoke(organization: &Organization, link: &SetupLink) -> AnyView {
    let words = words().setup;
    let hidden = view! {
        <input type="hidden" name="organization" value=organization.id.clone() />
        <input type="hidden" name="link" value=link.id.clone() />
    };
    dialog(Dialog {
        id: revoke_id(link),
        title: words.revoke_title.to_owned(),
        body: vec![
            view! { <p>{scope_words(link.scope)} ": " {state(link)}</p> }.into_any(),
            view! { <p>{words.revoke_text}</p> }.into_any(),
        ],
        action: RevokeSetupLink::PATH,
        form: Some(hidden.into_any()),
        kind: Kind::Danger,
        label: words.revoke_do,
        open: false,
    })
}
