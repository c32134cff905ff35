//! One user: its three ids, its attributes, its groups, its history, and what the provider last sent.

use super::{api, last_sent};
use crate::activity::history;
use crate::asked::words;
use crate::layout::{page, parameter};
use crate::link;
use crate::organizations::{self, Here};
use crate::ui::{Tone, access_mark, callout, copy_value, fact, facts, timestamp};
use contract::people::User;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/organizations/{organization}/users/{user}`
#[component]
pub fn UserPage() -> impl IntoView {
    let (id, user) = (parameter("organization"), parameter("user"));
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let user = api::user(id.clone(), user).await?;
        let name = user
            .row
            .display_name
            .clone()
            .unwrap_or_else(|| user.row.user_name.clone());
        Ok(view! {
            <Title text=format!("{} · {}", name, organization.name) />
            {organizations::head(&organization, Here::Users, Some(name), None)}
            <div class="columns">
                <div class="column">
                    {who(&user)}
                    {attributes(&user)}
                    {last_sent(user.last_sent.as_ref())}
                </div>
                <div class="column">
                    {member_of(&id, &user)}
                    {history(&id, &user.history)}
                </div>
            </div>
        }
        .into_any())
    })
}

fn who(user: &User) -> AnyView {
    let words = words().people;
    let row = &user.row;
    let text = |value: &Option<String>| match value {
        Some(value) => view! { <bdi>{value.clone()}</bdi> }.into_any(),
        None => view! { <span class="faint">"–"</span> }.into_any(),
    };
    view! {
        <section class="card section" aria-labelledby="ids">
            {facts(vec![
                fact(words.access, access_mark(row.active)),
                fact(words.user_name, copy_value(row.user_name.clone(), words.user_name)),
                fact(words.email, text(&row.email)),
                fact(words.created, timestamp(user.created_at)),
                fact(words.changed, timestamp(row.updated_at)),
            ])}
            {(!row.active).then(|| callout(Tone::Notice, words.inactive_text, ()))}
            <h2 id="ids">{words.ids}</h2>
            {ids(user)}
        </section>
    }
    .into_any()
}

fn ids(user: &User) -> AnyView {
    let words = words().people;
    let explained =
        |value: AnyView, help: &'static str| view! { {value} <p class="help">{help}</p> }.into_any();
    let missing = || view! { <span class="faint">"–"</span> }.into_any();
    let external = user
        .external_id
        .clone()
        .map_or_else(missing, |id| copy_value(id, words.external_id));
    let (object, object_help) = match &user.entra_object_id {
        Some(id) => (copy_value(id.clone(), words.object_id), words.object_id_help),
        None => (missing(), words.object_id_missing),
    };
    facts(vec![
        fact(
            words.our_id,
            explained(copy_value(user.row.id.clone(), words.our_id), words.our_id_help),
        ),
        fact(words.external_id, explained(external, words.external_id_help)),
        fact(words.object_id, explained(object, object_help)),
    ])
}

fn attributes(user: &User) -> AnyView {
    let words = words().people;
    let rows: Vec<_> = user
        .attributes
        .iter()
        .map(|attribute| {
            view! {
                <div class="fact">
                    <dt><code>{attribute.path.clone()}</code></dt>
                    <dd><bdi>{attribute.value.clone()}</bdi></dd>
                </div>
            }
        })
        .collect();
    let none = rows.is_empty();
    view! {
        <section class="card section" aria-labelledby="attributes">
            <h2 id="attributes">{words.attributes}</h2>
            {if none {
                view! { <p class="faint">{words.no_attributes}</p> }.into_any()
            } else {
                view! { <dl class="facts attributes">{rows}</dl> }.into_any()
            }}
        </section>
    }
    .into_any()
}

fn member_of(organization: &str, user: &User) -> AnyView {
    let words = words().people;
    let rows: Vec<_> = user
        .groups
        .iter()
        .map(|group| {
            let href = link::group(organization, &group.id).href();
            view! { <li><a href=href><bdi>{group.display_name.clone()}</bdi></a></li> }
        })
        .collect();
    let none = rows.is_empty();
    view! {
        <section class="card section" aria-labelledby="member-of">
            <h2 id="member-of">{words.member_of}</h2>
            {if none {
                view! { <p class="faint">{words.no_memberships}</p> }.into_any()
            } else {
                view! { <ul class="links" role="list">{rows}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}
