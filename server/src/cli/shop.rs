//! The store, opened and ready, for one command.

use anyhow::Context as _;
use store::activity::Origin;
use store::ids::{AppId, DirectoryId, EventId, OrganizationId};
use store::{Operation, Store, StoreError};

use crate::clock::{Clock, Randomness, prefixed_id};
use crate::config::Config;
use crate::directory::trace::Context;

/// What a command works with.
pub(super) struct Shop {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) randomness: Randomness,
}

impl Shop {
    /// Opens the database of these settings and brings its schema up to date.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Self> {
        let store = crate::serve::open_store(config).await?;
        Ok(Shop {
            store,
            clock: Clock::System,
            randomness: Randomness::System,
        })
    }

    pub(super) fn fresh(&self, prefix: &str) -> anyhow::Result<String> {
        Ok(prefixed_id(prefix, &self.clock, &self.randomness)?)
    }

    pub(super) async fn read<O: Operation<Error = StoreError>>(
        &self,
        operation: O,
    ) -> anyhow::Result<O::Output> {
        self.store
            .read_heavy(operation)
            .await
            .context("the database could not be read")
    }

    pub(super) async fn write<O: Operation<Error = StoreError>>(
        &self,
        operation: O,
    ) -> anyhow::Result<O::Output> {
        self.store.write(operation).await.context("nothing was changed")
    }

    pub(super) fn by(
        &self,
        app: AppId,
        organization: OrganizationId,
        directory: DirectoryId,
    ) -> anyhow::Result<Context> {
        Ok(Context {
            directory,
            organization,
            app,
            origin: Origin::CommandLine,
            at: self.clock.now(),
            event: EventId::new(self.fresh("evt")?),
            request: None,
            reference: None,
        })
    }
}

/// A name as an operator gives it, under the same rules as in the console.
pub(super) fn checked_name(name: &str) -> anyhow::Result<String> {
    crate::portal::checked_name("name", name)
        .map_err(|refusal| anyhow::anyhow!("this name cannot be taken: {refusal}"))
}
