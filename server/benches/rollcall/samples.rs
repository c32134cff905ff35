//! Each act done once through the server's own operations, and the rows it left: what the driver alone then writes again.

use anyhow::Context as _;
use scim::{Patch, ResourceType};
use server::directory::{
    groups::{GroupEdit, SaveGroup},
    trace::Context,
    users::{SaveUser, UserEdit},
};
use store::{
    Operation, Store, StoreError, Tx,
    activity::{self, Activity},
    events::{self, Event},
    groups::{self, Group},
    ids::{EventId, GroupId, UserId},
    testing::ceiling::Act,
    users::{self, User},
};

use crate::{
    filled::{Place, added, creation},
    people,
};

/// Digits of the user the acts were done to; they occur nowhere else.
pub(crate) const SAMPLE: &str = "77300412";

/// The rows of each act.
#[derive(Debug)]
pub(crate) struct Samples {
    pub(crate) creation: Act,
    pub(crate) change: Act,
    /// Of a member to the first group.
    pub(crate) addition: Act,
    pub(crate) removal: Act,
}

impl Samples {
    /// Does the acts and reads what they left.
    pub(crate) async fn take(place: &Place<'_>, store: &Store) -> anyhow::Result<Self> {
        let by = Context {
            event: EventId::new(format!("evt_{:032x}", u128::MAX)),
            reference: Some("req_0123456789abcdef".to_owned()),
            ..place.context()
        };
        let id = UserId::new(people::user_id(SAMPLE));
        store.write(creation(&by, SAMPLE.parse()?)?).await?;
        let made = left(store, &by, &id).await?;

        let patch = people::patch().replace(crate::client::WHAT, "31415926");
        let edit = UserEdit::Patch(Patch::parse(patch.as_bytes(), ResourceType::User)?);
        let by = Context {
            request: Some(patch),
            ..by
        };
        store
            .write(SaveUser {
                by: by.clone(),
                id: id.clone(),
                if_match: None,
                edit,
            })
            .await?;
        let changed = left(store, &by, &id).await?;

        let group = GroupId::new(people::group_id(0));
        let edit = GroupEdit::Patch(added([people::user_id(SAMPLE)].into_iter())?);
        let by = Context {
            request: Some(people::member("Add").replace(crate::client::WHO, SAMPLE)),
            ..by
        };
        store
            .write(SaveGroup {
                by: by.clone(),
                id: group.clone(),
                if_match: None,
                edit,
            })
            .await?;
        let joined = left_in_group(store, &by, &group).await?;
        Ok(Self {
            creation: Act::creation(&made.0, &made.1, &made.2),
            change: Act::change(&made.0, &changed.0, &changed.1, &changed.2),
            addition: Act::addition(&joined.0, &id, &joined.1, &joined.2),
            removal: Act::removal(&joined.0, &id),
        })
    }
}

async fn left(store: &Store, by: &Context, id: &UserId) -> anyhow::Result<(User, Event, Activity)> {
    let read = store.read(ReadUser(by.clone(), id.clone())).await?;
    let (event, activity) = newest(store, by, id.as_str()).await?;
    Ok((read.context("the user is not there")?, event, activity))
}

async fn left_in_group(
    store: &Store,
    by: &Context,
    id: &GroupId,
) -> anyhow::Result<(Group, Event, Activity)> {
    let read = store.read(ReadGroup(by.clone(), id.clone())).await?;
    let (event, activity) = newest(store, by, id.as_str()).await?;
    Ok((read.context("the group is not there")?, event, activity))
}

/// The newest event and entry. An event shows only when none before it can still come: soon, if not at once.
async fn newest(store: &Store, by: &Context, subject: &str) -> anyhow::Result<(Event, Activity)> {
    for _ in 0..100 {
        let (events, mut activities) = store.read(Newest(by.clone(), subject.to_owned())).await?;
        let event = events
            .into_iter()
            .find(|event| event.subject_id.as_deref() == Some(subject));
        if let (Some(event), Some(activity)) = (event, activities.pop()) {
            return Ok((event, activity));
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    anyhow::bail!("the act left no trace")
}

struct ReadUser(Context, UserId);

impl Operation for ReadUser {
    type Output = Option<User>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<User>, StoreError> {
        users::get(tx, &self.0.directory, &self.1).await
    }
}

struct ReadGroup(Context, GroupId);

impl Operation for ReadGroup {
    type Output = Option<Group>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Group>, StoreError> {
        groups::get(tx, &self.0.directory, &self.1).await
    }
}

struct Newest(Context, String);

impl Operation for Newest {
    type Output = (Vec<Event>, Vec<Activity>);
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let newest = events::newest(tx).await?;
        let events = events::after(tx, newest - 1, 1).await?;
        Ok((
            events,
            activity::of_subject(tx, &self.0.directory, &self.1, 1).await?,
        ))
    }
}
