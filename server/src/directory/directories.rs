//! Directories: made, renamed, switched off and on, deleted, by an owner or an operator.

use serde_json::json;
use store::activity::SubjectKind;
use store::directories::{self, Directory, Kind, NewDirectory, Provider, Status};
use store::ids::{DirectoryId, TokenId};
use store::{Operation, StoreError, Tx, tokens};

use super::changes::Change;
use super::staff;
use super::trace::{Context, Subject, Trace};

/// The digest and the marks of a token that was just made; its text is shown once and kept nowhere.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// What somebody named it.
    pub name: String,
    /// SHA-256 of its text.
    pub digest: [u8; 32],
    /// Its last four characters.
    pub last4: String,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
}

/// Makes a directory with its first token.
#[derive(Debug)]
pub struct CreateDirectory {
    /// On whose behalf; its `directory` is the new one's id.
    pub by: Context,
    /// Who will fill it.
    pub provider: Provider,
    /// Its name.
    pub name: String,
    /// Its first token.
    pub token: TokenRow,
}

impl Operation for CreateDirectory {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        let new = NewDirectory {
            id: self.by.directory.clone(),
            organization_id: self.by.organization.clone(),
            kind: Kind::Scim,
            provider: self.provider,
            name: self.name.clone(),
            created_at: self.by.at,
        };
        directories::create(tx, &new).await?;
        tokens::create(tx, &self.token.to_store(&self.by.directory, self.by.at)).await?;
        leave(
            tx,
            &self.by,
            self.provider,
            &self.name,
            "create_directory",
            Some("directory.created"),
            &[],
        )
        .await
    }
}

impl TokenRow {
    pub(crate) fn to_store(&self, directory: &DirectoryId, at: i64) -> tokens::NewToken {
        tokens::NewToken {
            id: self.id.clone(),
            directory_id: directory.clone(),
            name: self.name.clone(),
            hash: self.digest,
            last4: self.last4.clone(),
            created_at: at,
            expires_at: self.expires_at,
        }
    }
}

/// What is to be done with a directory that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryEdit {
    /// Give it another name.
    Rename(String),
    /// Refuse its provider with 403 and keep everything.
    Disable,
    /// Answer its provider again.
    Enable,
    /// Delete it with everything it holds; its tokens end at once (threats T11).
    Delete,
}

/// Changes or deletes a directory; answers whether there was such a directory.
#[derive(Debug)]
pub struct EditDirectory {
    /// On whose behalf, and which directory.
    pub by: Context,
    /// What to do.
    pub edit: DirectoryEdit,
}

impl Operation for EditDirectory {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        let Some(before) = directories::get(tx, &self.by.directory).await? else {
            return Ok(false);
        };
        if self.edit.is_done(&before) {
            return Ok(true);
        }
        let id = &self.by.directory;
        let (action, event, changes) = match &self.edit {
            DirectoryEdit::Rename(name) => {
                directories::rename(tx, id, name).await?;
                let change = Change {
                    path: "name".to_owned(),
                    old: Some(before.name.clone()),
                    new: Some(name.clone()),
                };
                ("rename_directory", None, vec![change])
            }
            DirectoryEdit::Disable => {
                directories::set_status(tx, id, Status::Disabled).await?;
                ("disable_directory", Some("directory.disabled"), Vec::new())
            }
            DirectoryEdit::Enable => {
                directories::set_status(tx, id, Status::Enabled).await?;
                ("enable_directory", Some("directory.enabled"), Vec::new())
            }
            DirectoryEdit::Delete => {
                directories::delete(tx, id, self.by.at).await?;
                staff::forget(tx, id, self.by.at).await?;
                ("delete_directory", Some("directory.deleted"), Vec::new())
            }
        };
        leave(
            tx,
            &self.by,
            before.provider,
            &before.name,
            action,
            event,
            &changes,
        )
        .await?;
        Ok(true)
    }
}

impl DirectoryEdit {
    fn is_done(&self, before: &Directory) -> bool {
        match self {
            DirectoryEdit::Rename(name) => *name == before.name,
            DirectoryEdit::Disable => before.status == Status::Disabled,
            DirectoryEdit::Enable => before.status == Status::Enabled,
            DirectoryEdit::Delete => false,
        }
    }
}

async fn leave<T: Tx>(
    tx: &mut T,
    by: &Context,
    provider: Provider,
    name: &str,
    action: &'static str,
    event: Option<&'static str>,
    changes: &[Change],
) -> Result<(), StoreError> {
    let body =
        json!({"directory": {"id": by.directory.as_str(), "provider": provider.as_str(), "name": name}})
            .to_string();
    let trace = Trace {
        subject: Subject {
            kind: SubjectKind::Directory,
            id: by.directory.as_str(),
            name,
        },
        action,
        status: 0,
        event: event.map(|kind| (kind, body.as_str())),
        changes,
        ignored: &[],
    };
    by.leave(tx, &trace).await
}
