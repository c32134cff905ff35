//! Answers the pages: implements the contract, one file per noun. Every method first asks whether the viewer may.
//!
//! - `onboarding.rs`, `organizations.rs`, `directories.rs`, `people.rs`, `activity.rs`, `setup_links.rs`, `staff.rs` (with
//!   `staff_source.rs`), `support_views.rs`: the questions of the contract
//! - `may.rs`: whether the viewer may, decided in one place
//! - [`look`]: everything known of some directories, in one read
//! - `reveal.rs`: secrets that are shown once
//! - `answers.rs`: what the store says, as the contract says it

mod activity;
mod answers;
mod directories;
pub mod look;
mod may;
mod onboarding;
mod organizations;
mod people;
mod reveal;
mod setup_links;
mod staff;
mod staff_source;
mod support_views;

pub(crate) use staff_source::{GetSources, checked_tenant};

use contract::refusal::Why;
use contract::{Answer, Refusal};
use store::activity::Origin;
use store::ids::{DirectoryId, EventId, OrganizationId};
use store::{Operation, Store, StoreError};

use crate::checklists::Checklists;
use crate::clock::{Clock, NoRandomness, Randomness, prefixed_id};
use crate::directory::trace::Context;
use crate::tasks::record::Recorder;

/// The portal's answers, over a store.
#[derive(Debug)]
pub struct House {
    store: Store,
    clock: Clock,
    randomness: Randomness,
    recorder: Recorder,
    public_url: String,
    reauth_minutes: u32,
    reveals: reveal::Reveals,
    checklists: Checklists,
}

impl contract::Portal for House {}

impl House {
    /// A portal over a store. `reauth_minutes`: how old a sign-in may be for acts on tokens (threats T10).
    pub fn new(
        store: Store,
        clock: Clock,
        randomness: Randomness,
        recorder: Recorder,
        public_url: &str,
        reauth_minutes: u32,
        checklists: Checklists,
    ) -> Self {
        House {
            store,
            clock,
            randomness,
            recorder,
            public_url: public_url.to_owned(),
            reauth_minutes,
            reveals: reveal::Reveals::default(),
            checklists,
        }
    }

    async fn read<O: Operation<Error = StoreError>>(&self, operation: O) -> Answer<O::Output> {
        self.store
            .read(operation)
            .await
            .map_err(|error| self.fault(&error))
    }

    async fn read_heavy<O: Operation<Error = StoreError>>(&self, operation: O) -> Answer<O::Output> {
        self.store
            .read_heavy(operation)
            .await
            .map_err(|error| self.fault(&error))
    }

    async fn write<O: Operation<Error = StoreError>>(&self, operation: O) -> Answer<O::Output> {
        self.store
            .write(operation)
            .await
            .map_err(|error| self.fault(&error))
    }

    /// Logged once, here; the reader gets a reference.
    fn fault(&self, error: &dyn std::fmt::Display) -> Refusal {
        let reference = prefixed_id("ref", &self.clock, &self.randomness).unwrap_or_default();
        tracing::error!(reference, %error, "the portal could not answer");
        Refusal::Unavailable { reference }
    }

    fn fresh(&self, prefix: &str) -> Answer<String> {
        prefixed_id(prefix, &self.clock, &self.randomness).map_err(|error: NoRandomness| self.fault(&error))
    }

    fn context(
        &self,
        organization: &OrganizationId,
        app: &store::ids::AppId,
        directory: DirectoryId,
    ) -> Answer<Context> {
        Ok(Context {
            directory,
            organization: organization.clone(),
            app: app.clone(),
            origin: Origin::Console,
            at: self.clock.now(),
            event: EventId::new(self.fresh("evt")?),
            request: None,
            reference: None,
        })
    }
}

/// Longest name of an organization, directory or token, in characters.
const LONGEST_NAME: usize = 100;

/// A name as a person may give it: trimmed, not empty, not too long, no control or direction-changing characters (threats T35).
pub(crate) fn checked_name(field: &str, name: &str) -> Answer<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::invalid(field, Why::Empty));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Refusal::invalid(field, Why::TooLong));
    }
    if !readable(name) {
        return Err(Refusal::invalid(field, Why::BadCharacters));
    }
    Ok(name.to_owned())
}

/// Nothing in it that moves what stands around it.
fn readable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || changes_direction(c))
}

fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_checked() {
        assert_eq!(checked_name("name", "  Acme Corp ").as_deref(), Ok("Acme Corp"));
        assert_eq!(
            checked_name("name", " "),
            Err(Refusal::invalid("name", Why::Empty))
        );
        assert_eq!(
            checked_name("name", "a\u{202e}b"),
            Err(Refusal::invalid("name", Why::BadCharacters))
        );
        assert_eq!(
            checked_name("name", &"x".repeat(101)),
            Err(Refusal::invalid("name", Why::TooLong))
        );
        assert!(checked_name("name", "Ελλάδα — ١٢٣ — 株式会社").is_ok());
    }
}
