//! One step: its line with the state, and below it why it is asked for, what went wrong, and the ways to do it.

use super::{Shown, app_role, consent, service_user, sign_in, test_sign_in};
use crate::asked::words;
use crate::link;
use crate::ui::{Tone, callout, erp_mark, prose, timestamp};
use contract::onboarding::erp::ErpFailure;
use contract::onboarding::{ErpItem, ErpState, ErpStep};
use leptos::prelude::*;

pub(super) fn step(shown: &Shown, item: &ErpItem, open: bool) -> AnyView {
    let words = words().erp;
    let told = (words.step)(item.step);
    let slug = item.step.slug();
    let warnings: Vec<_> = item
        .warnings
        .iter()
        .map(|warning| callout(Tone::Warning, (words.warning)(warning), ()))
        .collect();
    view! {
        <details name="steps" open=open class="step" id=format!("step-{slug}") data-step=slug data-step-state=state_word(&item.state)>
            <summary>
                <span class="step-line">
                    {erp_mark(&item.state)}
                    <span class="step-title">{told.title}</span>
                    <span class="step-evidence">{evidence(&item.state)}</span>
                </span>
            </summary>
            <div class="step-body">
                <p>{told.why}</p>
                {remedy(shown, item)}
                {warnings}
                {body(shown, item)}
            </div>
        </details>
    }
    .into_any()
}

/// What each step offers: no step without its ways.
fn body(shown: &Shown, item: &ErpItem) -> AnyView {
    match item.step {
        ErpStep::SignIn => sign_in::body(shown),
        ErpStep::ServiceUser => service_user::body(shown),
        ErpStep::AdminConsent => consent::body(shown),
        ErpStep::AppRole => app_role::body(shown),
        ErpStep::TestSignIn => test_sign_in::body(shown),
    }
}

fn state_word(state: &ErpState) -> &'static str {
    match state {
        ErpState::ToDo => "to-do",
        ErpState::Checking => "checking",
        ErpState::Done { .. } => "done",
        ErpState::WaitingForMicrosoft { .. } => "waiting",
        ErpState::Failed { .. } => "failed",
        ErpState::NotNeeded => "not-needed",
    }
}

/// What proved it, or where it stands, on the step's own line. Names in it are the customer's.
fn evidence(state: &ErpState) -> AnyView {
    let words = words().erp;
    match state {
        ErpState::Done { evidence, at } => view! {
            <bdi>{(words.evidence)(evidence)}</bdi> " · " {timestamp(*at)}
        }
        .into_any(),
        ErpState::Failed { at, .. } | ErpState::WaitingForMicrosoft { since: at } => view! {
            {(words.state)(state)} " · " {timestamp(*at)}
        }
        .into_any(),
        other => (words.state)(other).into_any(),
    }
}

/// Why it failed and what to do, or what it waits for.
fn remedy(shown: &Shown, item: &ErpItem) -> AnyView {
    let words = words().erp;
    match &item.state {
        ErpState::Failed { reason, .. } => {
            let body = view! {
                <p>{prose((words.remedy)(reason))}</p>
                {mend(shown, item.step, reason)}
            };
            callout(Tone::Danger, (words.reason)(reason), body)
        }
        ErpState::WaitingForMicrosoft { .. } => callout(Tone::Notice, (words.waiting)(item.step), ()),
        _ => ().into_any(),
    }
}

/// The way to the step that mends it, or, once that one is done, that it is.
fn mend(shown: &Shown, here: ErpStep, reason: &ErpFailure) -> Option<AnyView> {
    let words = words().erp;
    let there = reason.mended_by();
    let done = |item: &&ErpItem| item.step == there && item.state.is_settled();
    if there == here {
        return None;
    }
    if shown.erp.items.iter().any(|item| done(&item)) {
        return Some(view! { <p>{words.mended}</p> }.into_any());
    }
    let href = link::erp(&shown.organization.id)
        .with("step", there.slug())
        .at(&format!("step-{}", there.slug()));
    let label = (words.mend)((words.step)(there).title);
    Some(view! { <p><a class="button" href=href.href()>{label}</a></p> }.into_any())
}
