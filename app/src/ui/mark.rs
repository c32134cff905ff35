//! Marks: an icon and its word, for whatever has a state. Colour only repeats them.

use super::icon;
use crate::asked::words;
use contract::activity::Outcome;
use contract::health::{CheckResult, Verdict};
use contract::onboarding::{ErpState, StepState};
use leptos::prelude::*;

/// A verdict with its word.
pub fn health_mark(verdict: Verdict) -> AnyView {
    let (name, tone) = match verdict {
        Verdict::NotConfigured => ("to-do", "faint"),
        Verdict::WaitingForFirstSync => ("waiting", "notice"),
        Verdict::Healthy => ("done", "good"),
        Verdict::Degraded => ("warning", "warning"),
        Verdict::Failing => ("failed", "danger"),
        Verdict::Stale => ("stale", "warning"),
        Verdict::Paused => ("paused", "faint"),
    };
    let health = words().health;
    view! {
        <span class=format!("mark {tone}") title=(health.meaning)(verdict)>
            {icon(name)}
            <span>{(health.verdict)(verdict)}</span>
        </span>
    }
    .into_any()
}

/// A step's state; its word is there for those who do not see the icon.
pub fn step_mark(state: &StepState) -> AnyView {
    let (name, tone) = match state {
        StepState::ToDo => ("to-do", "faint"),
        StepState::Checking => ("checking", "notice"),
        StepState::Done { .. } => ("done", "good"),
        StepState::WaitingForMicrosoft => ("waiting", "notice"),
        StepState::Failed { .. } => ("failed", "danger"),
        StepState::NotNeeded => ("not-needed", "faint"),
    };
    silent(name, tone, (words().onboarding.state)(state))
}

/// The state of a step of the ERP checklist; its word is there for those who do not see the icon.
pub fn erp_mark(state: &ErpState) -> AnyView {
    let (name, tone) = match state {
        ErpState::ToDo => ("to-do", "faint"),
        ErpState::Checking => ("checking", "notice"),
        ErpState::Done { .. } => ("done", "good"),
        ErpState::WaitingForMicrosoft { .. } => ("waiting", "notice"),
        ErpState::Failed { .. } => ("failed", "danger"),
        ErpState::NotNeeded => ("not-needed", "faint"),
    };
    silent(name, tone, (words().erp.state)(state))
}

/// A check's result; its word is there for those who do not see the icon.
pub fn check_mark(result: CheckResult) -> AnyView {
    let (name, tone) = match result {
        CheckResult::Good => ("done", "good"),
        CheckResult::Waiting => ("waiting", "faint"),
        CheckResult::Warning => ("warning", "warning"),
        CheckResult::Bad => ("failed", "danger"),
    };
    silent(name, tone, (words().health.result)(result))
}

/// How a request or an act ended.
pub fn outcome_mark(outcome: Outcome) -> AnyView {
    let (name, tone) = match outcome {
        Outcome::Ok => ("done", "good"),
        Outcome::Refused => ("failed", "danger"),
        Outcome::Failed => ("warning", "warning"),
    };
    spoken(name, tone, (words().activity.outcome_word)(outcome))
}

/// Whether a user has access.
pub fn access_mark(active: bool) -> AnyView {
    let people = words().people;
    if active {
        spoken("done", "good", people.active)
    } else {
        spoken("not-needed", "faint", people.inactive)
    }
}

fn spoken(name: &'static str, tone: &'static str, word: &'static str) -> AnyView {
    view! {
        <span class=format!("mark {tone}")>
            {icon(name)}
            <span>{word}</span>
        </span>
    }
    .into_any()
}

fn silent(name: &'static str, tone: &'static str, word: &'static str) -> AnyView {
    view! {
        <span class=format!("mark {tone}")>
            {icon(name)}
            <span class="visually-hidden">{word}</span>
        </span>
    }
    .into_any()
}
