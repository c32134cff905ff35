//! Apps: the software being onboarded.

use store_sql::{Columns, FromRow, StoreError, Tx};

use crate::args;
use crate::ids::{AppId, DirectoryId};
use crate::queries::apps as q;

/// An app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: i64,
    /// Its Entra application (client) id.
    pub client_id: Option<String>,
    /// The value of the app role its API wants, such as `Truvio.SubscriptionService`.
    pub app_role: Option<String>,
    /// Its accent colour: `#rrggbb`.
    pub accent: Option<String>,
    /// Origins that may embed its setup portal, separated by blanks.
    pub embed_origins: Option<String>,
    /// The directory its own people come from.
    pub staff_directory: Option<DirectoryId>,
    /// The Entra tenant those people sign in from.
    pub staff_tenant: Option<String>,
    /// Whether it has a logo; [`logo`] reads it.
    pub has_logo: bool,
}

impl App {
    /// An app of which no more than its name is known.
    #[must_use]
    pub fn named(id: AppId, name: impl Into<String>, created_at: i64) -> Self {
        Self {
            id,
            name: name.into(),
            created_at,
            client_id: None,
            app_role: None,
            accent: None,
            embed_origins: None,
            staff_directory: None,
            staff_tenant: None,
            has_logo: false,
        }
    }
}

impl FromRow for App {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text(0)?.into(),
            name: row.string(1)?,
            created_at: row.int(2)?,
            client_id: row.maybe_string(3)?,
            app_role: row.maybe_string(4)?,
            accent: row.maybe_string(5)?,
            embed_origins: row.maybe_string(6)?,
            staff_directory: row.maybe_text(7)?.map(Into::into),
            staff_tenant: row.maybe_string(8)?,
            has_logo: row.maybe_int(9)?.is_some(),
        })
    }
}

/// Makes an app.
pub async fn create<T: Tx>(tx: &mut T, app: &App) -> Result<(), StoreError> {
    tx.execute(&q::CREATE, args![&app.id, &app.name, app.created_at])
        .await?;
    set(tx, app).await.map(drop)
}

/// Writes all that can be set of an app but secret and logo; whether there is such an app.
pub async fn set<T: Tx>(tx: &mut T, app: &App) -> Result<bool, StoreError> {
    let row = args![
        &app.id,
        &app.name,
        app.client_id.as_ref(),
        app.app_role.as_ref(),
        app.accent.as_ref(),
        app.embed_origins.as_ref(),
        app.staff_directory.as_ref(),
        app.staff_tenant.as_ref()
    ];
    Ok(tx.execute(&q::SET, row).await? > 0)
}

struct Bytes(Option<Vec<u8>>);

impl FromRow for Bytes {
    fn from_row<C: Columns>(row: &C) -> Result<Self, StoreError> {
        Ok(Self(row.maybe_blob(0)?.map(<[u8]>::to_vec)))
    }
}

/// The client secret of an app, as it was sealed; `None` when it has none.
pub async fn sealed_secret<T: Tx>(tx: &mut T, id: &AppId) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Option<Bytes> = tx.first(&q::SECRET, args![id]).await?;
    Ok(found.and_then(|Bytes(secret)| secret))
}

/// Keeps the sealed client secret of an app; whether there is such an app.
pub async fn set_sealed_secret<T: Tx>(tx: &mut T, id: &AppId, sealed: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::SET_SECRET, args![id, sealed]).await? > 0)
}

/// The logo of an app: a picture's bytes; `None` when it has none.
pub async fn logo<T: Tx>(tx: &mut T, id: &AppId) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Option<Bytes> = tx.first(&q::LOGO, args![id]).await?;
    Ok(found.and_then(|Bytes(logo)| logo))
}

/// Gives an app another logo, or takes it away; whether there is such an app.
pub async fn set_logo<T: Tx>(tx: &mut T, id: &AppId, logo: Option<&[u8]>) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::SET_LOGO, args![id, logo]).await? > 0)
}

/// The apps that a token of this audience may be for.
pub async fn of_client<T: Tx>(tx: &mut T, client_id: &str) -> Result<Vec<App>, StoreError> {
    tx.all(&q::OF_CLIENT, args![client_id]).await
}

/// The apps that take their own people from this directory.
pub async fn of_staff_directory<T: Tx>(tx: &mut T, directory: &DirectoryId) -> Result<Vec<App>, StoreError> {
    tx.all(&q::OF_STAFF_DIRECTORY, args![directory]).await
}

/// All apps, oldest first.
pub async fn list<T: Tx>(tx: &mut T) -> Result<Vec<App>, StoreError> {
    tx.all(&q::LIST, &[]).await
}

/// One app.
pub async fn get<T: Tx>(tx: &mut T, id: &AppId) -> Result<Option<App>, StoreError> {
    tx.first(&q::GET, args![id]).await
}

/// Gives an app another name; whether there is such an app.
pub async fn rename<T: Tx>(tx: &mut T, id: &AppId, name: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::RENAME, args![id, name]).await? > 0)
}

/// Deletes an app without organizations; one that has some is [`StoreError::Internal`].
pub async fn delete<T: Tx>(tx: &mut T, id: &AppId) -> Result<bool, StoreError> {
    Ok(tx.execute(&q::DELETE, args![id]).await? > 0)
}
