//! The Activity tab: filters and place in the address, each row leads to its entry.

use super::{api, phrase, subject, touched};
use crate::asked::words;
use crate::layout::{page, parameter, query};
use crate::link::{self, Link};
use crate::organizations::{self, Here};
use crate::ui::{
    Kind, Pager, cell, empty_state, heading, link_button, outcome_mark, page_request, pager, row_heading,
    search, sorted_heading, table, timestamp,
};
use contract::activity::{ActivityQuery, ActivityRow, Outcome};
use contract::page::Page;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::params::ParamsMap;

const OUTCOMES: [(Outcome, &str); 3] = [
    (Outcome::Ok, "ok"),
    (Outcome::Refused, "refused"),
    (Outcome::Failed, "failed"),
];

/// `/organizations/{organization}/activity`
#[component]
pub fn ActivityPage() -> impl IntoView {
    let id = parameter("organization");
    let asked = asked(&query());
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let found = api::activity(id.clone(), asked.clone()).await?;
        let filtered = address(Link::to(""), &asked) != Link::to("");
        let around = asked.page.after.is_some() || asked.page.before.is_some();
        let shown = found.total > 0 || filtered || around;
        Ok(view! {
            <Title text=format!("{} · {}", words().activity.title, organization.name) />
            {organizations::head(&organization, Here::Activity, None, None)}
            {shown.then(|| toolbar(&id, &asked))}
            {list(&id, &found, filtered)}
            {pager(&Pager::from(&found), &address(link::activity(&id), &asked))}
        }
        .into_any())
    })
}

/// The list that an address asks for.
fn asked(query: &ParamsMap) -> ActivityQuery {
    let outcome = OUTCOMES
        .into_iter()
        .find(|(_, word)| query.get_str("outcome") == Some(word));
    ActivityQuery {
        search: query.get("search").unwrap_or_default(),
        outcome: outcome.map(|(outcome, _)| outcome),
        changes_only: query.get_str("changes") == Some("only"),
        page: page_request(query),
    }
}

fn outcome_word(outcome: Option<Outcome>) -> &'static str {
    OUTCOMES
        .iter()
        .find(|(one, _)| Some(*one) == outcome)
        .map_or("", |(_, word)| word)
}

/// The list's address with its filters, without its place.
fn address(list: Link, asked: &ActivityQuery) -> Link {
    list.with("search", &asked.search)
        .with("outcome", outcome_word(asked.outcome))
        .with("changes", if asked.changes_only { "only" } else { "" })
}

fn toolbar(organization: &str, asked: &ActivityQuery) -> AnyView {
    let words = words().activity;
    let options: Vec<_> = OUTCOMES
        .into_iter()
        .map(|(outcome, word)| {
            let selected = asked.outcome == Some(outcome);
            view! { <option value=word selected=selected>{(words.outcome_word)(outcome)}</option> }
        })
        .collect();
    let filters = view! {
        <label class="visually-hidden" for="outcome">{words.outcome}</label>
        <select id="outcome" name="outcome">
            <option value="">{words.any_outcome}</option>
            {options}
        </select>
        <label class="check-field">
            <input type="checkbox" name="changes" value="only" checked=asked.changes_only />
            <span>{words.changes_only}</span>
        </label>
    };
    let address = link::activity(organization).href();
    view! {
        <div class="toolbar">{search(address, words.search, asked.search.clone(), filters.into_any())}</div>
    }
    .into_any()
}

fn list(organization: &str, found: &Page<ActivityRow>, filtered: bool) -> AnyView {
    let words = words().activity;
    if found.rows.is_empty() {
        return nothing(organization, filtered);
    }
    let head = view! {
        {sorted_heading(words.when, "descending")}
        {heading(words.what)}
        {heading(words.subject)}
        {heading(words.result)}
        {heading(words.changes)}
        {heading(words.origin_label)}
    };
    let rows: Vec<_> = found.rows.iter().map(|row| line(organization, row)).collect();
    table(words.title, head.into_any(), rows.into_any())
}

fn nothing(organization: &str, filtered: bool) -> AnyView {
    let words = words().activity;
    if filtered {
        let act = link_button(
            Kind::Secondary,
            link::activity(organization).href(),
            words.show_all,
        );
        return empty_state("search", words.none_match.to_owned(), "", Some(act));
    }
    empty_state("activity", words.empty_title.to_owned(), words.empty_text, None)
}

fn line(organization: &str, row: &ActivityRow) -> AnyView {
    let all = words();
    let words = all.activity;
    let href = link::activity_entry(organization, &row.id).href();
    let times = (row.count > 1).then(|| {
        view! { <span class="badge">{(words.times)(&all.number(row.count.into()))}</span> }
    });
    let what = view! { <a class="row-link" href=href>{phrase(&row.action)}</a> " " {times} };
    let status = (row.status > 0).then(|| view! { <span class="second-line">{row.status}</span> });
    let result = view! {
        <span class="result">{outcome_mark(row.outcome)} {status}</span>
        {row.reason.clone().map(|reason| view! { <bdi class="reason">{reason}</bdi> })}
    };
    view! {
        <tr data-key=row.id.clone()>
            {cell(words.when, timestamp(row.at))}
            {row_heading(what.into_any())}
            {cell(words.subject, subject(organization, row))}
            {cell(words.result, result.into_any())}
            {cell(words.changes, touched(row))}
            {cell(words.origin_label, (words.origin)(row.origin).into_any())}
        </tr>
    }
    .into_any()
}
