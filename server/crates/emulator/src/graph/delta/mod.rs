//! `users/delta`, `groups/delta`, `devices/delta` (`entra-facts` C1).
//!
//! | file | what it holds |
//! |---|---|
//! | `token` | skip and delta tokens: what was asked and how far it came |
//! | `ask` | the first request: its options, checked |
//! | `walk` | pages of everything there is |
//! | `log` | pages of what changed since |
//! | `item` `users` `groups` `devices` | one object, written straight as text |
//!
//! A round is a walk or a stretch of the change log; the token alone says which, so nothing is kept here. A page costs
//! what is on it: a walk goes on from the last object id, a stretch from the last change number. What changes during a
//! walk comes again in the next round.

mod ask;
mod devices;
mod groups;
mod item;
mod log;
mod quirks;
mod token;
mod users;
mod walk;

use axum::http::{Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use super::call::{Answer, Answered, Call};
use super::error::GraphError;
use super::needs;
use super::routes::Routed;
use crate::tenant::Directory;
use ask::Asked;
use token::{Place, Token, Unreadable};

/// Objects on a page. Callers cannot choose.
const PAGE: usize = 200;
/// Members on a page of groups: a group with more continues on the next.
const MEMBERS: usize = 1000;
/// Changes that a page looks at; if none of them matters, it is empty and has a next link.
const SCAN: usize = 2000;
/// How long a token lives: seven days.
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Which collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Users,
    Groups,
    Devices,
}

impl Set {
    fn name(self) -> &'static str {
        match self {
            Set::Users => "users",
            Set::Groups => "groups",
            Set::Devices => "devices",
        }
    }

    fn allow(self, call: &Call<'_>) -> Result<(), GraphError> {
        call.allow(match self {
            Set::Users => needs::READ_USERS,
            Set::Groups => needs::READ_GROUPS,
            Set::Devices => needs::READ_DEVICES,
        })
    }
}

/// What a page holds and how the round goes on.
#[derive(Debug, Default)]
struct Page {
    items: item::Items,
    /// Where the next page begins; the place of the next round if `done`.
    next: Place,
    done: bool,
}

pub(super) fn answer(call: &Call<'_>, set: Set) -> Routed {
    (call.method == Method::GET).then(|| page(call, set))
}

fn page(call: &Call<'_>, set: Set) -> Answered {
    set.allow(call)?;
    let asked = Asked::read(call, set)?;
    let directory = call.home.read();
    let seen = horizon(call, &directory);
    let token = match asked {
        Asked::First(token) => token.at(Place::walk(seen.seq)),
        Asked::Latest(token) => {
            let nothing = Page {
                done: true,
                ..Page::default()
            };
            return Ok(quirks::answer(call, set, nothing, token.at(Place::log(seen.seq))));
        }
        Asked::Next(text) => match Token::read(&text, call, &directory, set) {
            Ok(token) => token,
            Err(Unreadable::Expired(token)) => return Ok(gone(call, set, &token)),
            Err(Unreadable::Unknown) => return Err(lost()),
        },
    };
    if let Some(refused) = quirks::refusal(call, set, &token) {
        return refused;
    }
    let page = match &token.at {
        at if quirks::empty(call) => Some(Page {
            next: at.clone(),
            ..Page::default()
        }),
        Place::Walk { .. } => Some(walk::page(&directory, set, &token, &seen)),
        Place::Log { .. } => log::page(&directory, set, &token, &seen),
    };
    let Some(page) = page else {
        return Ok(gone(call, set, &token));
    };
    let next = token.at(page.next.clone());
    Ok(quirks::answer(call, set, page, next))
}

/// What is replicated: the number of the newest change, and until when.
#[derive(Clone, Copy, Debug)]
struct Horizon {
    seq: u64,
    at: Timestamp,
}

/// The delay counts on the cloud's clock, changes carry the tenant's time, which may run faster.
fn horizon(call: &Call<'_>, directory: &Directory) -> Horizon {
    let now = call.home.clock().now();
    let delay = call.cloud().view().delay() + SignedDuration::from_secs(quirks::lag(call));
    if delay.is_zero() {
        let seq = directory.last_change();
        return Horizon { seq, at: now };
    }
    let pace = match (call.home.clock().factor(), call.cloud().clock().factor()) {
        (Some(tenant), Some(cloud)) if cloud > 0.0 => tenant / cloud,
        _ => 1.0,
    };
    let delay = SignedDuration::try_from_secs_f64(delay.as_secs_f64() * pace).unwrap_or(delay);
    let at = now.saturating_sub(delay).unwrap_or(now);
    Horizon {
        seq: directory.last_change_at(at),
        at,
    }
}

/// 410: start again, at `Location`, with the same options and an empty token.
fn gone(call: &Call<'_>, set: Set, token: &Token) -> Answer {
    let error = GraphError::new(
        StatusCode::GONE,
        "resyncRequired",
        "The sync state generation has changed. Restart the synchronization from the beginning.",
    );
    let mut answer = call.refused(&error);
    let query = token.options();
    answer.headers.push((
        header::LOCATION,
        format!("{}/{}/delta?{query}$deltatoken=", call.base, set.name()),
    ));
    answer
}

/// 400: the token is not one of ours.
fn lost() -> GraphError {
    GraphError::new(
        StatusCode::BAD_REQUEST,
        "syncStateNotFound",
        "The sync state is not found. Restart the synchronization from the beginning.",
    )
}
