//! What a server has kept, read past its pages.

use contract::directories::Directory as Shown;
use store::{
    Operation, StoreError, Tx,
    activity::{self, Activity, ActivityQuery},
    events::{self, Event},
    ids::DirectoryId,
    page::Start,
};

use super::{Directory, Running};

impl Running {
    /// Every event, oldest first.
    pub(crate) async fn events(&self) -> Vec<Event> {
        self.state.store.read(Events).await.unwrap()
    }

    /// The activity of a directory, newest first, with all that was told so far.
    pub(crate) async fn activity(&self, directory: &Directory) -> Vec<Activity> {
        self.state.recorder.flush().await;
        self.state
            .store
            .read_heavy(Entries(DirectoryId::new(directory.id.clone())))
            .await
            .unwrap()
    }

    /// A directory as its page shows it.
    pub(crate) async fn shown(&self, directory: &Directory) -> Shown {
        self.state.recorder.flush().await;
        self.state
            .portal
            .directory(&self.owner(), &directory.id)
            .await
            .unwrap()
    }

    /// Revokes the token of this name: the first is called `Token 1`.
    pub(crate) async fn revoke(&self, directory: &Directory, name: &str) {
        let shown = self.shown(directory).await;
        let token = shown
            .tokens
            .iter()
            .find(|token| token.name == name && token.revoked_at.is_none())
            .unwrap();
        self.state
            .portal
            .revoke_token(&self.owner(), &directory.id, &token.id)
            .await
            .unwrap();
    }

    /// Makes a further token, called `another`; its text.
    pub(crate) async fn another_token(&self, directory: &Directory, expires_at: Option<i64>) -> String {
        let (portal, owner) = (&self.state.portal, self.owner());
        portal
            .create_token(&owner, &directory.id, "another", expires_at)
            .await
            .unwrap();
        portal
            .reveal(&owner, &directory.id)
            .await
            .unwrap()
            .unwrap()
            .bearer_token
    }
}

/// Every event of a database.
pub(crate) struct Events;

impl Operation for Events {
    type Output = Vec<Event>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Event>, StoreError> {
        events::after(tx, 0, 10_000_000).await
    }
}

/// Every entry of a directory's activity, newest first.
pub(crate) struct Entries(pub(crate) DirectoryId);

impl Operation for Entries {
    type Output = Vec<Activity>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Activity>, StoreError> {
        let (own, all) = ([self.0.clone()], ActivityQuery::default());
        Ok(activity::page(tx, &own, &all, &Start::First, 10_000_000)
            .await?
            .rows)
    }
}
