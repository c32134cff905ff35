//! The rows that an act leaves, written by the driver alone: the ceiling that `make bench` holds the store against.
//!
//! An [`Act`] is made from what the store itself left of a real one, so both write the same columns with the same lengths
//! through the same statements. What a driver does with it: [`RawSqlite`], [`RawPostgres`].

use store_sql::testing::READ_VERSION;
use store_sql::{Query, Value};

use crate::activity::Activity;
use crate::events::Event;
use crate::groups::Group;
use crate::ids::UserId;
use crate::queries;
use crate::users::User;

pub use store_postgres::testing::Raw as RawPostgres;
pub use store_sqlite::testing::Raw as RawSqlite;

/// Statements with their arguments, to be committed together.
#[derive(Debug, Clone)]
pub struct Act(Vec<(&'static Query, Vec<Arg>)>);

#[derive(Debug, Clone)]
enum Arg {
    Null,
    /// The version that the act itself has read.
    Version,
    Int(i64),
    Bool(bool),
    Text(String),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<A: Into<Self>> From<Option<A>> for Arg {
    fn from(arg: Option<A>) -> Self {
        arg.map_or(Self::Null, Into::into)
    }
}

impl Act {
    /// What creating a user left: its row, its addresses, an event, an entry of activity.
    #[must_use]
    pub fn creation(user: &User, event: &Event, activity: &Activity) -> Self {
        let mut row = vec![user.id.as_str().into()];
        row.extend(columns(user));
        row.extend([user.created_at.into(), user.body.as_str().into()]);
        let mut statements = vec![(&queries::users::INSERT, row)];
        for email in user.emails_fold.iter().flat_map(|emails| emails.split('\n')) {
            let row = vec![
                user.directory_id.as_str().into(),
                email.into(),
                user.id.as_str().into(),
            ];
            statements.push((&queries::users::INSERT_EMAIL, row));
        }
        statements.extend([told(event), noted(activity)]);
        Self(statements)
    }

    /// What changing a user's attributes left, beginning with the row that was read and held.
    #[must_use]
    pub fn change(before: &User, after: &User, event: &Event, activity: &Activity) -> Self {
        let directory = || Arg::from(before.directory_id.as_str());
        let lock = vec![directory(), before.id.as_str().into()];
        let mut row = vec![directory(), before.id.as_str().into()];
        row.extend(columns(after).into_iter().skip(1));
        row.extend([
            after.updated_at.into(),
            after.body.as_str().into(),
            before.version.into(),
        ]);
        let lock = (&queries::users::LOCK, lock);
        Self(vec![
            lock,
            (&queries::users::UPDATE, row),
            told(event),
            noted(activity),
        ])
    }

    /// What adding a user to a group left, beginning with the group that was read and held.
    #[must_use]
    pub fn addition(group: &Group, user: &UserId, event: &Event, activity: &Activity) -> Self {
        let group_of = || vec![group.directory_id.as_str().into(), Arg::from(group.id.as_str())];
        let (mut member, mut touch) = (group_of(), group_of());
        member.extend([user.as_str().into(), group.updated_at.into()]);
        touch.extend([group.updated_at.into(), Arg::Version]);
        let lock = (&queries::groups::LOCK, group_of());
        let (member, touch) = (
            (&queries::members::ADD_USER, member),
            (&queries::groups::TOUCH, touch),
        );
        Self(vec![lock, member, touch, noted(activity), told(event)])
    }

    /// Takes the member away again and leaves nothing.
    #[must_use]
    pub fn removal(group: &Group, user: &UserId) -> Self {
        let row = vec![
            group.directory_id.as_str().into(),
            group.id.as_str().into(),
            user.as_str().into(),
        ];
        Self(vec![(&queries::members::REMOVE_ONE, row)])
    }

    /// The same act with other digits where `sample` stood.
    #[must_use]
    pub fn with(&self, sample: &str, digits: &str) -> Self {
        let mut act = self.clone();
        for arg in act.0.iter_mut().flat_map(|(_, args)| args) {
            if let Arg::Text(text) = arg
                && text.contains(sample)
            {
                *text = text.replace(sample, digits);
            }
        }
        act
    }

    /// The statements as a driver takes them.
    #[must_use]
    pub fn statements(&self) -> Vec<(&'static Query, Vec<Value<'_>>)> {
        let value = |arg| match arg {
            &Arg::Null => Value::Null,
            &Arg::Version => READ_VERSION,
            &Arg::Int(number) => Value::Int(number),
            &Arg::Bool(truth) => Value::Bool(truth),
            Arg::Text(text) => Value::Text(text),
        };
        self.0
            .iter()
            .map(|(query, args)| (*query, args.iter().map(value).collect()))
            .collect()
    }
}

/// Directory, `userName`, `externalId`, `displayName`, addresses and `active`, in the order of both statements.
fn columns(user: &User) -> Vec<Arg> {
    let display_fold = user.display_name.as_deref().map(scim::fold);
    vec![
        user.directory_id.as_str().into(),
        user.user_name.as_str().into(),
        user.user_name_fold.as_str().into(),
        user.external_id.as_ref().map(|id| id.as_str()).into(),
        user.display_name.as_deref().into(),
        display_fold.as_deref().into(),
        user.emails_fold.as_deref().into(),
        Arg::Bool(user.active),
    ]
}

fn told(event: &Event) -> (&'static Query, Vec<Arg>) {
    let row = vec![
        event.id.as_str().into(),
        event.app_id.as_str().into(),
        event.organization_id.as_str().into(),
        event.directory_id.as_ref().map(|id| id.as_str()).into(),
        event.kind.as_str().into(),
        event.subject_id.as_deref().into(),
        event.at.into(),
        event.body.as_str().into(),
    ];
    (&queries::events::APPEND, row)
}

fn noted(entry: &Activity) -> (&'static Query, Vec<Arg>) {
    let subject_fold = entry.subject_name.as_deref().map(scim::fold);
    let row = vec![
        entry.directory_id.as_str().into(),
        entry.at.into(),
        entry.origin.as_str().into(),
        entry.action.as_str().into(),
        i64::from(entry.status).into(),
        entry.outcome.as_str().into(),
        entry.subject_kind.as_str().into(),
        entry.subject_id.as_deref().into(),
        entry.subject_name.as_deref().into(),
        subject_fold.as_deref().into(),
        entry.count.into(),
        entry.duration_us.into(),
        entry.request.as_deref().into(),
        entry.changes.as_deref().into(),
        entry.ignored.as_deref().into(),
        entry.reason.as_deref().into(),
        entry.reference.as_deref().into(),
    ];
    (&queries::activity::APPEND, row)
}
