//! Verdicts and checks, in English.

use crate::words::health::Health;
use contract::health::{CheckName, CheckResult, Verdict};

pub(super) static WORDS: Health = Health {
    verdict: |verdict| match verdict {
        Verdict::NotConfigured => "Not configured",
        Verdict::WaitingForFirstSync => "Waiting for first sync",
        Verdict::Healthy => "Healthy",
        Verdict::Degraded => "Degraded",
        Verdict::Failing => "Failing",
        Verdict::Stale => "Stale",
        Verdict::Paused => "Paused",
    },
    meaning: |verdict| match verdict {
        Verdict::NotConfigured => "No directory is connected.",
        Verdict::WaitingForFirstSync => "Set up here; no user has arrived yet.",
        Verdict::Healthy => "Everything that should come, comes.",
        Verdict::Degraded => "It works, and something wants attention.",
        Verdict::Failing => "It does not work.",
        Verdict::Stale => "Silent for more than three provisioning cycles.",
        Verdict::Paused => "Disabled by a person. Everything it holds is kept.",
    },
    checks: "Checks",
    name: |name| match name {
        CheckName::SwitchedOn => "Enabled",
        CheckName::Token => "Token alive",
        CheckName::Accepted => "Token accepted",
        CheckName::FirstUser => "First user",
        CheckName::Fresh => "In touch",
        CheckName::Answered => "Requests answered",
        CheckName::NoFaults => "No faults here",
    },
    result: |result| match result {
        CheckResult::Good => "passed",
        CheckResult::Waiting => "waiting",
        CheckResult::Warning => "wants attention",
        CheckResult::Bad => "failed",
    },
    evidence,
    remedy,
};

fn evidence(name: CheckName, result: CheckResult, count: &str) -> String {
    match (name, result) {
        (CheckName::SwitchedOn, CheckResult::Bad) => "Disabled: the provider is refused with 403".to_owned(),
        (CheckName::SwitchedOn, _) => "The endpoint answers".to_owned(),
        (CheckName::Token, CheckResult::Bad) => "No token is alive".to_owned(),
        (CheckName::Token, CheckResult::Warning) => "The last token ends within 30 days".to_owned(),
        (CheckName::Token, _) => format!("{count} of at most 2 alive"),
        (CheckName::Accepted, CheckResult::Bad) => {
            format!("Refused {count} times since the last good request")
        }
        (CheckName::Accepted, CheckResult::Waiting) => "No request with a token yet".to_owned(),
        (CheckName::Accepted, _) => "The last request carried a valid token".to_owned(),
        (CheckName::FirstUser, CheckResult::Waiting) => "No user has arrived yet".to_owned(),
        (CheckName::FirstUser, _) => "A user has arrived".to_owned(),
        (CheckName::Fresh, CheckResult::Waiting) => "No request yet".to_owned(),
        (CheckName::Fresh, CheckResult::Bad) => "Silent for more than three cycles of 40 minutes".to_owned(),
        (CheckName::Fresh, _) => "Heard from within three cycles".to_owned(),
        (CheckName::Answered, CheckResult::Warning) => format!("{count} refused within the last hour"),
        (CheckName::Answered, CheckResult::Waiting) => "No request yet".to_owned(),
        (CheckName::Answered, _) => "Answered as asked".to_owned(),
        (CheckName::NoFaults, CheckResult::Good | CheckResult::Waiting) => {
            "None within the last hour".to_owned()
        }
        (CheckName::NoFaults, CheckResult::Warning) => format!("{count} within the last hour, over by now"),
        (CheckName::NoFaults, CheckResult::Bad) => format!("{count} within the last hour"),
    }
}

fn remedy(name: CheckName, result: CheckResult) -> Option<&'static str> {
    match (name, result) {
        (_, CheckResult::Good | CheckResult::Waiting) => None,
        (CheckName::SwitchedOn, _) => Some("Enable the directory to let its provider in again."),
        (CheckName::Token, CheckResult::Warning) => {
            Some("Make a second token and change over before the first one ends.")
        }
        (CheckName::Token, _) => Some("Make a token and paste it into the provider."),
        (CheckName::Accepted, _) => {
            Some("Make a second token, paste it into the provider and test the connection.")
        }
        (CheckName::FirstUser, _) => None,
        (CheckName::Fresh, _) => {
            Some("Look whether provisioning is on at the provider, and not in quarantine.")
        }
        (CheckName::Answered, _) => Some("The activity says for each one what was wrong and what to do."),
        (CheckName::NoFaults, _) => {
            Some("The provider tries again by itself. If it lasts, look the reference up in the log.")
        }
    }
}
