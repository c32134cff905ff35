//! The words of checklists and steps.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

use contract::onboarding::{Evidence, Failure, StepId, StepState};

/// A checklist's frame, and each step's prose.
pub struct Onboarding {
    pub title: fn(&str) -> String,
    pub progress: fn(u32, u32) -> String,
    pub all_done: &'static str,
    pub state: fn(&StepState) -> &'static str,
    /// What proved it; the function writes numbers out.
    pub evidence: fn(&Evidence, &dyn Fn(u64) -> String) -> String,
    pub step: fn(StepId) -> Step,
    pub failed: &'static str,
    pub reason: fn(Failure) -> String,
    pub remedy: fn(Failure) -> &'static str,
    pub waiting: &'static str,
    pub not_needed: &'static str,
    pub values: &'static str,
    pub source: &'static str,
    pub target: &'static str,
    pub open_new_app: &'static str,
    pub open_apps: &'static str,
    pub see_users: &'static str,
    pub app_name: &'static str,
    pub tenant_url: &'static str,
    pub secret_token: &'static str,
    pub token_hidden: &'static str,
    pub change_from: &'static str,
    pub change_to: &'static str,
}

/// A step's prose. `**words**` are names as they stand on the provider's pages.
pub struct Step {
    pub title: &'static str,
    /// Why it is asked for, or what it does.
    pub why: &'static str,
    /// What to do, one act a line.
    pub how: &'static [&'static str],
}
