//! The named checks behind a verdict, each with its evidence, its time and, where it is not good, what to do.

use crate::asked::words;
use crate::ui::{check_mark, timestamp};
use contract::health::{Check, Health};
use leptos::prelude::*;

/// The checks in the order of the contract.
pub(super) fn checks(health: &Health) -> AnyView {
    let words = words().health;
    let rows: Vec<_> = health.checks.iter().map(line).collect();
    view! {
        <section class="checks" aria-labelledby="checks">
            <h2 class="minor" id="checks">{words.checks} " " <span class="second-line">{(words.meaning)(health.verdict)}</span></h2>
            <ul role="list">{rows}</ul>
        </section>
    }
    .into_any()
}

fn line(check: &Check) -> AnyView {
    let all = words();
    let words = all.health;
    let count = all.number(check.count.unwrap_or_default());
    let remedy = (words.remedy)(check.name, check.result);
    view! {
        <li class="check" data-check=format!("{:?}", check.name)>
            {check_mark(check.result)}
            <span class="check-text">
                <span class="check-name">{(words.name)(check.name)}</span>
                <span class="second-line">
                    {(words.evidence)(check.name, check.result, &count)}
                    {check.at.map(|at| view! { " · " {timestamp(at)} })}
                </span>
                {remedy.map(|remedy| view! { <span class="check-remedy">{remedy}</span> })}
            </span>
        </li>
    }
    .into_any()
}
