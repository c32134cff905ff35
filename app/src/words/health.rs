//! The words of verdicts and checks.
#![expect(
    missing_docs,
    reason = "a field is named after the text it holds; `en` reads as its documentation"
)]

use contract::health::{CheckName, CheckResult, Verdict};

/// Verdicts, and the checks they rest on.
pub struct Health {
    pub verdict: fn(Verdict) -> &'static str,
    /// What a verdict means, in one sentence.
    pub meaning: fn(Verdict) -> &'static str,
    pub checks: &'static str,
    pub name: fn(CheckName) -> &'static str,
    pub result: fn(CheckResult) -> &'static str,
    /// What the check saw; the number is already written out.
    pub evidence: fn(CheckName, CheckResult, &str) -> String,
    /// What to do about a check that is not good.
    pub remedy: fn(CheckName, CheckResult) -> Option<&'static str>,
}
