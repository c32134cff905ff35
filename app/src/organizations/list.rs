//! The list of organizations.

use super::api;
use crate::asked::{may_change, words};
use crate::layout::{ending, notice, page, query};
use crate::link;
use crate::live::{Live, follow_all};
use crate::ui::{
    Kind, cell, empty_state, heading, health_mark, link_button, number_cell, number_heading, row_heading,
    search, sorted_heading, table, timestamp_or,
};
use contract::organizations::OrganizationRow;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/organizations`
#[component]
pub fn OrganizationsPage() -> impl IntoView {
    let query = query();
    let asked = query.get("search").unwrap_or_default();
    let ending = ending();
    page(async move {
        let rows = api::organizations(asked.clone()).await?;
        Ok(view! {
            <Title text=words().organizations.title />
            {notice(ending.as_ref())}
            {top(rows.len())}
            {(!rows.is_empty() || !asked.is_empty()).then(|| find(asked.clone()))}
            {list(&rows, &asked)}
        }
        .into_any())
    })
}

fn top(count: usize) -> AnyView {
    let words = words();
    let organizations = words.organizations;
    let count = u64::try_from(count).unwrap_or_default();
    view! {
        <div class="page-top">
            <div>
                <h1>{organizations.title}</h1>
                <p class="count" role="status">{(organizations.count)(&words.number(count), count)}</p>
            </div>
            <div class="page-acts">
                <Live path=follow_all() live=words.frame.live.to_owned() lost=words.frame.live_lost.to_owned() what=words.frame.live_what.to_owned() />
                {may_change().then(|| link_button(Kind::Primary, link::new_organization().href(), organizations.new))}
            </div>
        </div>
    }
    .into_any()
}

fn find(asked: String) -> AnyView {
    search(
        link::organizations().href(),
        words().organizations.search,
        asked,
        ().into_any(),
    )
}

fn list(rows: &[OrganizationRow], asked: &str) -> AnyView {
    let words = words().organizations;
    if rows.is_empty() && asked.is_empty() {
        let act =
            may_change().then(|| link_button(Kind::Primary, link::new_organization().href(), words.new));
        return empty_state(
            "organization",
            words.empty_title.to_owned(),
            words.empty_text,
            act,
        );
    }
    if rows.is_empty() {
        let act = link_button(Kind::Secondary, link::organizations().href(), words.clear_search);
        return empty_state("search", (words.none_found)(asked), "", Some(act));
    }
    let head = view! {
        {sorted_heading(words.name, "ascending")}
        {heading(words.health)}
        {number_heading(words.users)}
        {number_heading(words.groups)}
        {heading(words.last_activity)}
        {heading(words.steps)}
    }
    .into_any();
    let several_apps = rows
        .iter()
        .any(|row| row.organization.app.id != rows[0].organization.app.id);
    let rows: Vec<_> = rows.iter().map(|row| line(row, several_apps)).collect();
    table(words.title, head, rows.into_any())
}

fn line(row: &OrganizationRow, several_apps: bool) -> AnyView {
    let all = words();
    let words = all.organizations;
    let organization = &row.organization;
    let app =
        several_apps.then(|| view! { <span class="second-line">{organization.app.name.clone()}</span> });
    let name = view! {
        <a class="row-link" href=link::directory_sync(&organization.id).href()>{organization.name.clone()}</a>
        {app}
    };
    view! {
        <tr data-key=organization.id.clone()>
            {row_heading(name.into_any())}
            {cell(words.health, health_mark(row.verdict))}
            {number_cell(words.users, all.number(row.users))}
            {number_cell(words.groups, all.number(row.groups))}
            {cell(words.last_activity, timestamp_or(row.last_activity, all.frame.never))}
            {cell(words.steps, steps(row.steps_done))}
        </tr>
    }
    .into_any()
}

fn steps((done, of): (u32, u32)) -> AnyView {
    if of == 0 {
        return view! { <span class="faint">"–"</span> }.into_any();
    }
    let told = (words().organizations.steps_done)(done, of);
    view! {
        <span class="steps-done">
            <progress max=of value=done aria-hidden="true"></progress>
            <span>{told}</span>
        </span>
    }
    .into_any()
}
