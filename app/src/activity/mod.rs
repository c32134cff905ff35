//! Activity: what happened, as a list, as one entry, and as the history of one user or group.

pub mod api;
pub mod entry;
pub mod list;

use crate::asked::words;
use crate::link;
use crate::ui::{outcome_mark, timeline, timestamp};
use contract::activity::{ActivityRow, Outcome, SubjectKind};
use leptos::prelude::*;

/// An action in words: the catalogue's phrase, else the fixed word itself.
fn phrase(action: &str) -> String {
    match (words().activity.action)(action) {
        Some(phrase) => phrase.to_owned(),
        None => action.replace('_', " "),
    }
}

/// How much an entry changed and ignored; nothing for one that only read.
fn touched(row: &ActivityRow) -> AnyView {
    let all = words();
    let words = all.activity;
    let changed = (row.changed > 0).then(|| (words.changed)(&all.number(row.changed.into()), row.changed));
    let ignored = (row.ignored > 0).then(|| (words.ignored)(&all.number(row.ignored.into()), row.ignored));
    let parts = changed
        .into_iter()
        .chain(ignored)
        .map(|part| view! { <span class="touched">{part}</span> " " });
    parts.collect::<Vec<_>>().into_any()
}

/// What was acted on; a link to it where it has a page.
fn subject(organization: &str, row: &ActivityRow) -> AnyView {
    let name = row.subject_name.clone().or_else(|| row.subject_id.clone());
    let Some(name) = name else {
        let kind = (words().activity.subject_kind)(row.subject_kind);
        return (!kind.is_empty())
            .then(|| view! { <span class="faint">{kind}</span> })
            .into_any();
    };
    let href = row.subject_id.as_ref().and_then(|id| match row.subject_kind {
        SubjectKind::User => Some(link::user(organization, id).href()),
        SubjectKind::Group => Some(link::group(organization, id).href()),
        SubjectKind::Directory | SubjectKind::Token | SubjectKind::None => None,
    });
    match href {
        Some(href) => view! { <a href=href><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    }
}

/// The history of one user or group.
pub fn history(organization: &str, rows: &[ActivityRow]) -> AnyView {
    let words = words().people;
    let lines: Vec<_> = rows.iter().map(|row| history_line(organization, row)).collect();
    let none = lines.is_empty();
    view! {
        <section class="card section" aria-labelledby="history">
            <h2 id="history">{words.history}</h2>
            {if none { view! { <p class="faint">{words.no_history}</p> }.into_any() } else { timeline(lines) }}
        </section>
    }
    .into_any()
}

fn history_line(organization: &str, row: &ActivityRow) -> AnyView {
    let href = link::activity_entry(organization, &row.id).href();
    let mark = (row.outcome != Outcome::Ok).then(|| outcome_mark(row.outcome));
    view! {
        <a href=href>{phrase(&row.action)}</a> {mark}
        <span class="second-line">
            {timestamp(row.at)} " " {touched(row)}
        </span>
    }
    .into_any()
}
