//! Everything known of some directories, read in one look; the portal and the command line judge by it.

use store::directories::{self, Directory};
use store::ids::{DirectoryId, OrganizationId};
use store::{Operation, StoreError, Tx, signals, tokens};

use crate::directory::signals::Known;

/// Which directories to look at.
#[derive(Debug, Clone)]
pub enum Which {
    /// All there are.
    All,
    /// Those of an organization.
    Of(OrganizationId),
    /// One.
    One(DirectoryId),
}

/// Reads what is known; deleted directories are not there. Ask with [`store::Store::read_heavy`].
#[derive(Debug)]
pub struct Look {
    /// Which.
    pub which: Which,
    /// Now.
    pub now: i64,
}

impl Operation for Look {
    type Output = Vec<Known>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Known>, StoreError> {
        let directories = match &self.which {
            Which::All => directories::list(tx, None).await?,
            Which::Of(organization) => directories::list(tx, Some(organization)).await?,
            Which::One(id) => directories::get(tx, id).await?.into_iter().collect(),
        };
        let mut known = Vec::with_capacity(directories.len());
        for directory in directories {
            known.push(self.known(tx, directory).await?);
        }
        Ok(known)
    }
}

impl Look {
    async fn known<T: Tx>(&self, tx: &mut T, directory: Directory) -> Result<Known, StoreError> {
        let id = directory.id.clone();
        Ok(Known {
            tokens: tokens::list(tx, &id).await?,
            signals: signals::list(tx, &id).await?,
            counts: directories::counts(tx, &id).await?,
            now: self.now,
            directory,
        })
    }
}
