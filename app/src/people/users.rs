//! The Users tab: search, filter and page, all in the address; the same rows as CSV.

use super::api;
use crate::asked::words;
use crate::layout::{page, parameter, query};
use crate::link::{self, Link};
use crate::organizations::{self, Here};
use crate::ui::{
    Kind, Pager, access_mark, cell, empty_state, heading, icon, link_button, page_request, pager,
    row_heading, search, sorted_heading, table, timestamp,
};
use contract::page::Page;
use contract::people::{UserRow, UsersQuery};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::params::ParamsMap;

/// `/organizations/{organization}/users`
#[component]
pub fn UsersPage() -> impl IntoView {
    let id = parameter("organization");
    let asked = asked(&query());
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let found = api::users(id.clone(), asked.clone()).await?;
        let filtered = !asked.search.is_empty() || asked.active.is_some();
        let around = asked.page.after.is_some() || asked.page.before.is_some();
        Ok(view! {
            <Title text=format!("{} · {}", words().people.users, organization.name) />
            {organizations::head(&organization, Here::Users, None, None)}
            {(found.total > 0 || filtered || around).then(|| toolbar(&id, &asked, found.total))}
            {list(&id, &found, filtered)}
            {pager(&Pager::from(&found), &address(link::users(&id), &asked))}
        }
        .into_any())
    })
}

/// The list that an address asks for.
fn asked(query: &ParamsMap) -> UsersQuery {
    let active = match query.get_str("active") {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    };
    UsersQuery {
        search: query.get("search").unwrap_or_default(),
        active,
        page: page_request(query),
    }
}

/// The list's address with its filters, without its place.
fn address(list: Link, asked: &UsersQuery) -> Link {
    list.with("search", &asked.search)
        .with("active", active_word(asked.active))
}

fn active_word(active: Option<bool>) -> &'static str {
    match active {
        Some(true) => "true",
        Some(false) => "false",
        None => "",
    }
}

fn toolbar(organization: &str, asked: &UsersQuery, total: u64) -> AnyView {
    let all = words();
    let words = all.people;
    let csv = address(link::users_csv(organization), asked).href();
    view! {
        <div class="toolbar">
            {search(link::users(organization).href(), words.search_users, asked.search.clone(), keep_filter(asked.active))}
            {filter(organization, asked)}
            <p class="count" role="status">{(words.count_users)(&all.number(total), total)}</p>
            <a class="button quiet" href=csv download="" rel="external">{icon("download")} {words.export_csv}</a>
        </div>
    }
    .into_any()
}

/// A search keeps the filter that is set.
fn keep_filter(active: Option<bool>) -> AnyView {
    active
        .map(|_| view! { <input type="hidden" name="active" value=active_word(active) /> })
        .into_any()
}

fn filter(organization: &str, asked: &UsersQuery) -> AnyView {
    let words = words().people;
    let choices: Vec<_> = [
        (None, words.all),
        (Some(true), words.active),
        (Some(false), words.inactive),
    ]
    .into_iter()
    .map(|(active, label)| {
        let to = UsersQuery {
            search: asked.search.clone(),
            active,
            ..UsersQuery::default()
        };
        let href = address(link::users(organization), &to).href();
        view! { <a href=href aria-current=(asked.active == active).then_some("true")>{label}</a> }
    })
    .collect();
    view! { <nav class="filter" aria-label=words.filter>{choices}</nav> }.into_any()
}

fn list(organization: &str, found: &Page<UserRow>, filtered: bool) -> AnyView {
    let words = words().people;
    if found.rows.is_empty() {
        return nobody(organization, filtered);
    }
    let head = view! {
        {heading(words.name)}
        {sorted_heading(words.user_name, "ascending")}
        {heading(words.email)}
        {heading(words.access)}
        {heading(words.changed)}
    };
    let rows: Vec<_> = found.rows.iter().map(|row| line(organization, row)).collect();
    table(words.users, head.into_any(), rows.into_any())
}

fn nobody(organization: &str, filtered: bool) -> AnyView {
    let words = words().people;
    if filtered {
        let act = link_button(Kind::Secondary, link::users(organization).href(), words.show_all);
        return empty_state("search", words.none_match.to_owned(), "", Some(act));
    }
    let act = link_button(
        Kind::Primary,
        link::directory_sync(organization).href(),
        words.go_to_sync,
    );
    empty_state(
        "user",
        words.no_users_title.to_owned(),
        words.no_users_text,
        Some(act),
    )
}

fn line(organization: &str, row: &UserRow) -> AnyView {
    let words = words().people;
    let href = link::user(organization, &row.id).href();
    let name = match &row.display_name {
        Some(name) => view! { <a class="row-link" href=href><bdi>{name.clone()}</bdi></a> }.into_any(),
        None => view! { <a class="row-link faint" href=href>{words.unnamed}</a> }.into_any(),
    };
    let email = match &row.email {
        Some(email) => view! { <bdi>{email.clone()}</bdi> }.into_any(),
        None => view! { <span class="faint">"–"</span> }.into_any(),
    };
    view! {
        <tr data-key=row.id.clone()>
            {row_heading(name)}
            {cell(words.user_name, view! { <bdi>{row.user_name.clone()}</bdi> }.into_any())}
            {cell(words.email, email)}
            {cell(words.access, access_mark(row.active))}
            {cell(words.changed, timestamp(row.updated_at))}
        </tr>
    }
    .into_any()
}
