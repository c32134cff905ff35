//! Directories and their bearer tokens.

use contract::directories::{Directories, Directory, Provider, ShownOnce, Token};
use contract::onboarding::Step;
use contract::refusal::Why;
use contract::{Answer, Micros, Refusal, Viewer};
use store::ids::{DirectoryId, TokenId};
use store::{Operation, StoreError, Tx, Unique, apps};

use super::look::{Look, Which};
use super::may::{Part, not_by_link};
use super::{House, checked_name};
use crate::directory::directories::{CreateDirectory, DirectoryEdit, EditDirectory, TokenRow};
use crate::directory::signals::{Known, count, provider};
use crate::directory::tokens::{CreateToken, RevokeToken};
use crate::directory::trace::Context;
use crate::secrets::{NewToken, TokenKind, make};

/// Dead tokens shown below those alive.
const DEAD_SHOWN: usize = 5;

/// What somebody wants with a directory.
#[derive(Debug, Clone, Copy)]
enum Want {
    See,
    Change,
    TouchTokens,
    /// Rename it, switch it off and on.
    Manage,
    Delete,
}

#[async_trait::async_trait]
impl Directories for House {
    async fn directories(&self, viewer: &Viewer, organization: &str) -> Answer<Vec<Directory>> {
        let row = self.may_see(viewer, organization, Part::DirectorySync).await?;
        let names = self.sees_people(viewer, &row).await?;
        let which = Which::Of(row.id);
        let known = self
            .read_heavy(Look {
                which,
                now: self.clock.now(),
            })
            .await?;
        Ok(known.iter().map(|known| self.shown(known, names)).collect())
    }

    async fn directory(&self, viewer: &Viewer, directory: &str) -> Answer<Directory> {
        let known = self.known(viewer, directory, Want::See).await?;
        let organization = known.directory.organization_id.as_str();
        let row = self.may_see(viewer, organization, Part::DirectorySync).await?;
        let names = self.sees_people(viewer, &row).await?;
        Ok(self.shown(&known, names))
    }

    async fn configure(&self, viewer: &Viewer, organization: &str, provider: Provider) -> Answer<String> {
        let row = self
            .may_touch_tokens(viewer, organization, Part::DirectorySync)
            .await?;
        let id = DirectoryId::new(self.fresh("dir")?);
        let (token, secret) = self.make_token("Token 1", None)?;
        let token_id = token.id.clone();
        let create = CreateDirectory {
            by: self.context(&row.id, &row.app_id, id.clone())?,
            provider: store::directories::Provider::ALL
                .iter()
                .copied()
                .find(|known| known.as_str() == provider.slug())
                .ok_or(Refusal::invalid("provider", Why::NotOffered))?,
            name: provider.name().to_owned(),
            token,
        };
        self.write(create).await?;
        self.keep(viewer, &id, &token_id, &secret);
        self.recorder.pulse(row.id);
        Ok(id.into_string())
    }

    async fn reveal(&self, viewer: &Viewer, directory: &str) -> Answer<Option<ShownOnce>> {
        match self.known(viewer, directory, Want::Change).await {
            Ok(_) => Ok(self.reveals.take(&viewer.session, directory, self.clock.now())),
            // A page that support looks at asks too.
            Err(Refusal::Forbidden) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    async fn create_token(
        &self,
        viewer: &Viewer,
        directory: &str,
        name: &str,
        expires_at: Option<Micros>,
    ) -> Answer<()> {
        let known = self.known(viewer, directory, Want::TouchTokens).await?;
        let name = checked_name("name", name)?;
        if expires_at.is_some_and(|end| end <= self.clock.now()) {
            return Err(Refusal::invalid("expires_at", Why::InThePast));
        }
        let (token, secret) = self.make_token(&name, expires_at)?;
        let (id, by) = (token.id.clone(), self.by(&known)?);
        match self.store.write(CreateToken { by, token }).await {
            Ok(true) => {}
            Ok(false) => return Err(Refusal::NotFound),
            Err(StoreError::Conflict {
                constraint: Unique::LiveTokens,
            }) => {
                return Err(Refusal::Conflict {
                    why: Why::TwoTokensAlive,
                });
            }
            Err(error) => return Err(self.fault(&error)),
        }
        self.keep(viewer, &known.directory.id, &id, &secret);
        self.recorder.pulse(known.directory.organization_id);
        Ok(())
    }

    async fn revoke_token(&self, viewer: &Viewer, directory: &str, token: &str) -> Answer<()> {
        let known = self.known(viewer, directory, Want::TouchTokens).await?;
        let revoke = RevokeToken {
            by: self.by(&known)?,
            token: TokenId::new(token),
        };
        let revoked = self.write(revoke).await?;
        self.recorder.pulse(known.directory.organization_id);
        if revoked { Ok(()) } else { Err(Refusal::NotFound) }
    }

    async fn rename_directory(&self, viewer: &Viewer, directory: &str, name: &str) -> Answer<()> {
        let known = self.known(viewer, directory, Want::Manage).await?;
        let name = checked_name("name", name)?;
        self.edit(&known, DirectoryEdit::Rename(name)).await
    }

    async fn disable_directory(&self, viewer: &Viewer, directory: &str) -> Answer<()> {
        let known = self.known(viewer, directory, Want::Manage).await?;
        self.edit(&known, DirectoryEdit::Disable).await
    }

    async fn enable_directory(&self, viewer: &Viewer, directory: &str) -> Answer<()> {
        let known = self.known(viewer, directory, Want::Manage).await?;
        self.edit(&known, DirectoryEdit::Enable).await
    }

    async fn delete_directory(&self, viewer: &Viewer, directory: &str, confirm_name: &str) -> Answer<()> {
        let known = self.known(viewer, directory, Want::Delete).await?;
        if confirm_name.trim() != known.directory.name {
            return Err(Refusal::invalid("confirm_name", Why::NameDoesNotMatch));
        }
        self.is_no_staff_directory(&known.directory.id).await?;
        self.edit(&known, DirectoryEdit::Delete).await?;
        self.purge();
        Ok(())
    }
}

impl House {
    /// Everything known of a directory, for whoever may do with its organization's Directory Sync what they want to.
    async fn known(&self, viewer: &Viewer, directory: &str, want: Want) -> Answer<Known> {
        let look = Look {
            which: Which::One(DirectoryId::new(directory)),
            now: self.clock.now(),
        };
        let known = self.read_heavy(look).await?.pop().ok_or(Refusal::NotFound)?;
        let organization = known.directory.organization_id.as_str();
        let part = Part::DirectorySync;
        // Whoever fills this directory decides who comes into the console: that is no customer's to do.
        if !matches!(want, Want::See) && viewer.reach.setup().is_some() {
            self.may_change(viewer, organization, part).await?;
            let staff = self.is_no_staff_directory(&known.directory.id).await;
            staff.map_err(|refusal| match refusal {
                Refusal::Conflict { .. } => Refusal::Forbidden,
                refusal => refusal,
            })?;
        }
        match want {
            Want::See => self.may_see(viewer, organization, part).await?,
            Want::Change => self.may_change(viewer, organization, part).await?,
            Want::Manage => self.may_change(viewer, organization, part).await?,
            Want::TouchTokens | Want::Delete => self.may_touch_tokens(viewer, organization, part).await?,
        };
        if matches!(want, Want::Manage | Want::Delete) {
            not_by_link(viewer)?;
        }
        Ok(known)
    }

    /// Fails for a directory that an app takes its own people from.
    pub(super) async fn is_no_staff_directory(&self, directory: &DirectoryId) -> Answer<()> {
        if self.read(TakenBy(directory.clone())).await?.is_empty() {
            return Ok(());
        }
        Err(Refusal::Conflict {
            why: Why::StaffDirectory,
        })
    }

    fn by(&self, known: &Known) -> Answer<Context> {
        let directory = &known.directory;
        self.context(
            &directory.organization_id,
            &directory.app_id,
            directory.id.clone(),
        )
    }

    async fn edit(&self, known: &Known, edit: DirectoryEdit) -> Answer<()> {
        let by = self.by(known)?;
        let done = self.write(EditDirectory { by, edit }).await?;
        self.recorder.pulse(known.directory.organization_id.clone());
        if done { Ok(()) } else { Err(Refusal::NotFound) }
    }

    fn make_token(&self, name: &str, expires_at: Option<Micros>) -> Answer<(TokenRow, NewToken)> {
        let secret = make(TokenKind::Scim, &self.randomness).map_err(|error| self.fault(&error))?;
        let row = TokenRow {
            id: TokenId::new(self.fresh("tok")?),
            name: name.to_owned(),
            digest: secret.digest,
            last4: secret.last_four.clone(),
            expires_at,
        };
        Ok((row, secret))
    }

    fn keep(&self, viewer: &Viewer, directory: &DirectoryId, token: &TokenId, secret: &NewToken) {
        let now = self.clock.now();
        self.reveals.keep(
            &viewer.session,
            directory.as_str(),
            token.as_str(),
            secret.reveal(),
            now,
        );
    }

    /// `names`: whether the viewer sees those of people.
    fn shown(&self, known: &Known, names: bool) -> Directory {
        let row = &known.directory;
        let steps = known.steps().into_iter();
        Directory {
            id: row.id.as_str().to_owned(),
            organization: row.organization_id.as_str().to_owned(),
            provider: provider(row.provider),
            name: row.name.clone(),
            enabled: row.status == store::directories::Status::Enabled,
            created_at: row.created_at,
            endpoint_url: format!("{}/scim/v2/{}", self.public_url, row.id),
            tokens: tokens(known),
            users: count(known.counts.users),
            active_users: count(known.counts.active_users),
            groups: count(known.counts.groups),
            health: known.health(),
            steps: match names {
                true => steps.collect(),
                false => steps.map(Step::without_names).collect(),
            },
            requests_by_hour: known.requests_by_hour(),
            last_request: known.last_request(),
        }
    }
}

struct TakenBy(DirectoryId);

impl Operation for TakenBy {
    type Output = Vec<apps::App>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<apps::App>, StoreError> {
        apps::of_staff_directory(tx, &self.0).await
    }
}

/// Newest first; of the dead only the last few.
fn tokens(known: &Known) -> Vec<Token> {
    let mut dead = 0;
    let newest_first = known.tokens.iter().rev();
    let shown = newest_first.filter(|token| {
        dead += usize::from(!token.is_alive(known.now));
        token.is_alive(known.now) || dead <= DEAD_SHOWN
    });
    shown
        .map(|token| Token {
            id: token.id.as_str().to_owned(),
            name: token.name.clone(),
            last4: token.last4.clone(),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
        })
        .collect()
}
