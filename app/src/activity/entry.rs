//! One entry: what changed, what was ignored and why, why it was refused and what to do, and the request itself.

use super::{api, phrase, subject};
use crate::asked::words;
use crate::layout::{page, parameter};
use crate::organizations::{self, Here};
use crate::ui::{Tone, callout, code_block, copy_value, diff, fact, facts, outcome_mark, timestamp};
use contract::activity::{ActivityEntry, Outcome};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/organizations/{organization}/activity/{entry}`
#[component]
pub fn ActivityEntryPage() -> impl IntoView {
    let (id, entry) = (parameter("organization"), parameter("entry"));
    page(async move {
        let organization = organizations::api::organization(id.clone()).await?;
        let entry = api::activity_entry(id.clone(), entry).await?;
        let title = phrase(&entry.row.action);
        Ok(view! {
            <Title text=format!("{} · {}", title, organization.name) />
            {organizations::head(&organization, Here::Activity, Some(title), None)}
            {why(&entry)}
            <div class="columns">
                <div class="column">
                    {changes(&entry)}
                    {ignored(&entry)}
                    {request(&entry)}
                </div>
                <div class="column">{about(&id, &entry)}</div>
            </div>
        }
        .into_any())
    })
}

/// Why it did not go through, and what to do.
fn why(entry: &ActivityEntry) -> Option<AnyView> {
    let words = words().activity;
    let reason = entry
        .row
        .reason
        .clone()
        .map(|reason| view! { <p class="told-reason"><bdi>{reason}</bdi></p> });
    match entry.row.outcome {
        Outcome::Ok => None,
        Outcome::Refused => {
            let remedy = (words.refused_what_to_do)(entry.row.status);
            Some(callout(
                Tone::Danger,
                words.refused_title,
                view! { {reason} <p>{remedy}</p> },
            ))
        }
        Outcome::Failed => {
            let body = view! { {reason} <p>{words.failed_what_to_do}</p> };
            Some(callout(Tone::Warning, words.failed_title, body))
        }
    }
}

fn about(organization: &str, entry: &ActivityEntry) -> AnyView {
    let all = words();
    let words = all.activity;
    let row = &entry.row;
    let milliseconds = format!("{}.{}", entry.duration_us / 1_000, entry.duration_us / 100 % 10);
    let mut rows = vec![
        fact(words.result, outcome_mark(row.outcome)),
        fact(words.subject, subject(organization, row)),
        fact(words.when, timestamp(row.at)),
        fact(words.origin_label, (words.origin)(row.origin).into_any()),
    ];
    // Of what was refused it stands above.
    let why = row.reason.clone().filter(|_| row.outcome == Outcome::Ok);
    rows.extend(why.map(|why| fact(words.reason, view! { <bdi>{why}</bdi> }.into_any())));
    if row.status > 0 {
        rows.push(fact(words.status, row.status.into_any()));
        rows.push(fact(
            words.duration,
            (words.milliseconds)(&milliseconds).into_any(),
        ));
    }
    if row.count > 1 {
        rows.push(fact(
            words.counted,
            (words.times)(&all.number(row.count.into())).into_any(),
        ));
    }
    rows.extend(
        entry
            .reference
            .clone()
            .map(|id| fact(words.reference, copy_value(id, words.reference))),
    );
    rows.push(fact(
        words.entry_id,
        view! { <code>{row.id.clone()}</code> }.into_any(),
    ));
    view! { <section class="card section">{facts(rows)}</section> }.into_any()
}

fn changes(entry: &ActivityEntry) -> AnyView {
    let words = words().activity;
    let body = match entry.changes.is_empty() {
        true => view! { <p class="faint">{words.entry_no_changes}</p> }.into_any(),
        false => diff(&entry.changes),
    };
    view! {
        <section class="card section" aria-labelledby="changes">
            <h2 id="changes">{words.entry_changes}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn ignored(entry: &ActivityEntry) -> Option<AnyView> {
    let words = words().activity;
    (!entry.ignored.is_empty()).then(|| {
        let rows: Vec<_> = entry
            .ignored
            .iter()
            .map(|one| {
                view! {
                    <div class="fact">
                        <dt><code>{one.path.clone()}</code></dt>
                        <dd><bdi>{one.reason.clone()}</bdi></dd>
                    </div>
                }
            })
            .collect();
        view! {
            <section class="card section" aria-labelledby="ignored">
                <h2 id="ignored">{words.entry_ignored}</h2>
                <p class="second-line">{words.entry_ignored_text}</p>
                <dl class="facts attributes">{rows}</dl>
            </section>
        }
        .into_any()
    })
}

fn request(entry: &ActivityEntry) -> AnyView {
    let words = words().activity;
    let body = match &entry.request {
        None => view! { <p class="faint">{words.no_request}</p> }.into_any(),
        Some(request) => code_block(words.request_text.into_any(), words.request, request.clone()),
    };
    view! {
        <section class="card section" aria-labelledby="request">
            <h2 id="request">{words.request}</h2>
            {body}
        </section>
    }
    .into_any()
}
