//! Health: a verdict derived from named checks by a pure function. The list, the page, the API and the command line
//! all show what [`judge`] says.

use crate::Micros;
use serde::{Deserialize, Serialize};

/// How long a silence may last before it means something: three of Entra's 40-minute cycles (entra-facts A7).
pub const STALE_AFTER: Micros = 3 * 40 * 60 * 1_000_000;

/// How long a failure counts as present.
pub const RECENT: Micros = 60 * 60 * 1_000_000;

/// What is known of a connection's traffic, read from the store in one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Now.
    pub now: Micros,
    /// Is the directory switched off?
    pub disabled: bool,
    /// Tokens alive.
    pub tokens_alive: u32,
    /// The soonest end of a token that is alive, if all that are alive end.
    pub tokens_end_at: Option<Micros>,
    /// The last request that carried a valid token.
    pub last_request: Option<Micros>,
    /// The last request answered as asked.
    pub last_ok: Option<Micros>,
    /// The last request refused for its token, and how many were refused since the last valid one.
    pub token_refused: Option<(Micros, u64)>,
    /// The last request refused for its content, and how many in the last hour.
    pub refused: Option<(Micros, u64)>,
    /// The last fault of ours, and how many in the last hour.
    pub failed: Option<(Micros, u64)>,
    /// The first user that arrived.
    pub first_user: Option<Micros>,
}

/// The one word, worst last in [`Verdict::rank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is set up.
    NotConfigured,
    /// Set up, and no user has arrived yet.
    WaitingForFirstSync,
    /// Everything that should come, comes.
    Healthy,
    /// It works, and something wants attention.
    Degraded,
    /// It does not work.
    Failing,
    /// Silent for three cycles.
    Stale,
    /// Switched off by a person.
    Paused,
}

impl Verdict {
    /// For sorting worst first: higher is worse.
    pub fn rank(self) -> u8 {
        match self {
            Verdict::Failing => 6,
            Verdict::Stale => 5,
            Verdict::Degraded => 4,
            Verdict::WaitingForFirstSync => 3,
            Verdict::NotConfigured => 2,
            Verdict::Paused => 1,
            Verdict::Healthy => 0,
        }
    }
}

/// A verdict with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The word.
    pub verdict: Verdict,
    /// The named checks, in the order of the page.
    pub checks: Vec<Check>,
}

/// One named check with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// What it says.
    pub result: CheckResult,
    /// When its evidence was seen.
    pub at: Option<Micros>,
    /// How many, where it counts something.
    pub count: Option<u64>,
}

/// The checks of a SCIM directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// The directory is switched on.
    SwitchedOn,
    /// A token is alive, and does not end within 30 days.
    Token,
    /// The provider's token is accepted.
    Accepted,
    /// A user has arrived.
    FirstUser,
    /// The provider has asked within three cycles.
    Fresh,
    /// Requests are answered as asked.
    Answered,
    /// No fault of ours.
    NoFaults,
}

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// As it should be.
    Good,
    /// Not known yet.
    Waiting,
    /// Works, and wants attention.
    Warning,
    /// Broken.
    Bad,
}

const THIRTY_DAYS: Micros = 30 * 24 * 60 * 60 * 1_000_000;

/// The verdict that follows from the signals.
pub fn judge(signals: &Signals) -> Health {
    let checks = vec![
        switched_on(signals),
        token(signals),
        accepted(signals),
        first_user(signals),
        fresh(signals),
        answered(signals),
        no_faults(signals),
    ];
    Health {
        verdict: verdict(signals, &checks),
        checks,
    }
}

/// The worst of several verdicts; nothing at all is not configured.
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    verdicts
        .into_iter()
        .max_by_key(|verdict| verdict.rank())
        .unwrap_or(Verdict::NotConfigured)
}

fn verdict(signals: &Signals, checks: &[Check]) -> Verdict {
    let says = |name: CheckName, result: CheckResult| {
        checks
            .iter()
            .any(|check| check.name == name && check.result == result)
    };
    if signals.disabled {
        Verdict::Paused
    } else if says(CheckName::Token, CheckResult::Bad)
        || says(CheckName::Accepted, CheckResult::Bad)
        || says(CheckName::NoFaults, CheckResult::Bad)
    {
        Verdict::Failing
    } else if signals.first_user.is_none() {
        Verdict::WaitingForFirstSync
    } else if says(CheckName::Fresh, CheckResult::Bad) {
        Verdict::Stale
    } else if checks.iter().any(|check| check.result == CheckResult::Warning) {
        Verdict::Degraded
    } else {
        Verdict::Healthy
    }
}

fn check(name: CheckName, result: CheckResult, at: Option<Micros>, count: Option<u64>) -> Check {
    Check {
        name,
        result,
        at,
        count,
    }
}

fn switched_on(signals: &Signals) -> Check {
    let result = if signals.disabled {
        CheckResult::Bad
    } else {
        CheckResult::Good
    };
    check(CheckName::SwitchedOn, result, None, None)
}

fn token(signals: &Signals) -> Check {
    let soon = signals
        .tokens_end_at
        .is_some_and(|end| end - signals.now < THIRTY_DAYS);
    let result = match signals.tokens_alive {
        0 => CheckResult::Bad,
        _ if soon => CheckResult::Warning,
        _ => CheckResult::Good,
    };
    check(
        CheckName::Token,
        result,
        signals.tokens_end_at,
        Some(u64::from(signals.tokens_alive)),
    )
}

fn accepted(signals: &Signals) -> Check {
    match (signals.token_refused, signals.last_request) {
        (Some((at, count)), last) if last.is_none_or(|last| at > last) => {
            check(CheckName::Accepted, CheckResult::Bad, Some(at), Some(count))
        }
        (_, Some(at)) => check(CheckName::Accepted, CheckResult::Good, Some(at), None),
        (_, None) => check(CheckName::Accepted, CheckResult::Waiting, None, None),
    }
}

fn first_user(signals: &Signals) -> Check {
    let result = if signals.first_user.is_some() {
        CheckResult::Good
    } else {
        CheckResult::Waiting
    };
    check(CheckName::FirstUser, result, signals.first_user, None)
}

fn fresh(signals: &Signals) -> Check {
    let result = match signals.last_request {
        None => CheckResult::Waiting,
        Some(at) if signals.now - at > STALE_AFTER => CheckResult::Bad,
        Some(_) => CheckResult::Good,
    };
    check(CheckName::Fresh, result, signals.last_request, None)
}

fn answered(signals: &Signals) -> Check {
    match signals.refused {
        Some((at, count)) if signals.now - at <= RECENT => {
            check(CheckName::Answered, CheckResult::Warning, Some(at), Some(count))
        }
        _ if signals.last_ok.is_some() => {
            check(CheckName::Answered, CheckResult::Good, signals.last_ok, None)
        }
        _ => check(CheckName::Answered, CheckResult::Waiting, None, None),
    }
}

/// A fault that a later good answer has overtaken is a warning; one that has not is the present state.
fn no_faults(signals: &Signals) -> Check {
    match signals.failed {
        Some((at, count)) if signals.now - at <= RECENT => {
            let overtaken = signals.last_ok.is_some_and(|ok| ok > at);
            let result = if overtaken {
                CheckResult::Warning
            } else {
                CheckResult::Bad
            };
            check(CheckName::NoFaults, result, Some(at), Some(count))
        }
        _ => check(CheckName::NoFaults, CheckResult::Good, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Micros = 60 * 1_000_000;

    fn working() -> Signals {
        Signals {
            now: 1_000 * MINUTE,
            tokens_alive: 1,
            last_request: Some(990 * MINUTE),
            last_ok: Some(990 * MINUTE),
            first_user: Some(MINUTE),
            ..Signals::default()
        }
    }

    #[test]
    fn verdicts_follow_the_signals() {
        let cases = [
            (working(), Verdict::Healthy),
            (
                Signals {
                    disabled: true,
                    ..working()
                },
                Verdict::Paused,
            ),
            (
                Signals {
                    tokens_alive: 0,
                    ..working()
                },
                Verdict::Failing,
            ),
            (
                Signals {
                    token_refused: Some((995 * MINUTE, 214)),
                    ..working()
                },
                Verdict::Failing,
            ),
            (
                Signals {
                    token_refused: Some((900 * MINUTE, 214)),
                    ..working()
                },
                Verdict::Healthy,
            ),
            (
                Signals {
                    first_user: None,
                    ..working()
                },
                Verdict::WaitingForFirstSync,
            ),
            (
                Signals {
                    last_request: Some(800 * MINUTE),
                    ..working()
                },
                Verdict::Stale,
            ),
            (
                Signals {
                    refused: Some((980 * MINUTE, 3)),
                    ..working()
                },
                Verdict::Degraded,
            ),
            (
                Signals {
                    refused: Some((800 * MINUTE, 3)),
                    ..working()
                },
                Verdict::Healthy,
            ),
            (
                Signals {
                    failed: Some((995 * MINUTE, 1)),
                    ..working()
                },
                Verdict::Failing,
            ),
            (
                Signals {
                    failed: Some((985 * MINUTE, 1)),
                    ..working()
                },
                Verdict::Degraded,
            ),
            (
                Signals {
                    tokens_end_at: Some(1_001 * MINUTE),
                    ..working()
                },
                Verdict::Degraded,
            ),
        ];
        for (signals, expected) in cases {
            assert_eq!(judge(&signals).verdict, expected, "{signals:?}");
        }
    }

    #[test]
    fn a_verdict_that_is_not_good_always_has_a_check_that_says_why() {
        for signals in [
            Signals {
                tokens_alive: 0,
                ..working()
            },
            Signals {
                disabled: true,
                ..working()
            },
        ] {
            let health = judge(&signals);
            assert!(
                health.checks.iter().any(|check| check.result == CheckResult::Bad),
                "{health:?}"
            );
        }
    }

    #[test]
    fn the_worst_of_none_is_not_configured() {
        assert_eq!(worst([]), Verdict::NotConfigured);
        assert_eq!(
            worst([Verdict::Healthy, Verdict::Failing, Verdict::Stale]),
            Verdict::Failing
        );
    }
}
