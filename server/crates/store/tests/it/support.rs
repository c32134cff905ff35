//! What the tests share: a directory to work in, and operations in one line.

use store::apps::App;
use store::directories::{Kind, NewDirectory, Provider};
use store::ids::{AppId, DirectoryId, GroupId, OrganizationId, UserId};
use store::organizations::Organization;
use store::users::UserFields;
use store::{Store, apps, directories, groups, organizations, users};

/// Runs the body as an operation: `write!(store, (a: A, b: B) -> Output, |tx| …)`. Inside, `a` and `b` are references.
macro_rules! operation {
    (($($name:ident: $kind:ty),*) -> $output:ty, |$tx:ident| $body:expr) => {{
        #[expect(non_camel_case_types, reason = "one for each test")]
        struct operation { $($name: $kind),* }
        impl store::Operation for operation {
            type Output = $output;
            type Error = store::StoreError;
            async fn run<T: store::Tx>(&self, $tx: &mut T) -> Result<$output, store::StoreError> {
                let Self { $($name),* } = self;
                $body
            }
        }
        operation { $($name: $name.clone()),* }
    }};
}
pub(crate) use operation;

macro_rules! write {
    ($store:expr, $($rest:tt)*) => { $store.write(crate::support::operation!($($rest)*)).await };
}
pub(crate) use write;

macro_rules! read {
    ($store:expr, $($rest:tt)*) => { $store.read(crate::support::operation!($($rest)*)).await };
}
pub(crate) use read;

/// A directory of its own app and organization, whose ids end in `name`.
pub(crate) async fn directory(store: &Store, name: &str) -> DirectoryId {
    let app = App::named(AppId::new(format!("app_{name}")), name, 1);
    let organization = Organization {
        id: OrganizationId::new(format!("org_{name}")),
        app_id: app.id.clone(),
        name: name.to_owned(),
        created_at: 2,
    };
    let new = NewDirectory {
        id: DirectoryId::new(format!("dir_{name}")),
        organization_id: organization.id.clone(),
        kind: Kind::Scim,
        provider: Provider::EntraId,
        name: "Entra ID".to_owned(),
        created_at: 3,
    };
    let id = new.id.clone();
    write!(store, (app: App, organization: Organization, new: NewDirectory) -> (), |tx| {
        apps::create(tx, app).await?;
        organizations::create(tx, organization).await?;
        directories::create(tx, new).await
    })
    .unwrap();
    id
}

/// What a plain user is kept as.
pub(crate) fn plain<'a>(user_name: &'a str, emails: &'a [&'a str], body: &'a str) -> UserFields<'a> {
    UserFields {
        user_name,
        external_id: None,
        display_name: None,
        emails,
        active: true,
        body,
    }
}

/// Adds a plain user of this name and id.
pub(crate) async fn user(store: &Store, directory: &DirectoryId, id: &str) -> UserId {
    let id = UserId::new(id);
    write!(store, (directory: DirectoryId, id: UserId) -> (), |tx| {
        users::insert(tx, directory, id, &plain(id.as_str(), &[], "{}"), 10).await
    })
    .unwrap();
    id
}

/// Adds a group of this name and id.
pub(crate) async fn group(store: &Store, directory: &DirectoryId, id: &str) -> GroupId {
    let id = GroupId::new(id);
    write!(store, (directory: DirectoryId, id: GroupId) -> (), |tx| {
        let fields = groups::GroupFields { display_name: id.as_str(), external_id: None, body: "{}" };
        groups::insert(tx, directory, id, &fields, 10).await
    })
    .unwrap();
    id
}
