//! What we do in a tenant as the signed-in admin when told to, and how it is taken back.

use contract::Refusal;
use contract::onboarding::erp::RoleFact;
use contract::onboarding::{Candidate, ErpStep};
use contract::refusal::Why;
use entra::graph::service_principals::{AppRole, ServicePrincipal};
use entra::graph::users::{NewUser, User};
use entra::{Graph, GraphError, GraphReason, http::is_guid};
use secrecy::SecretString;
use store::StoreError;

use super::facts::{Chosen, Forget};
use super::merge::shown;
use super::{Checklists, Subject};
use crate::clock::NoRandomness;

/// So many users are offered.
const OFFERED: u16 = 20;
/// Characters of a password: no two that look alike, nothing a shell or a form would change.
const LETTERS: &[u8; 64] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_.+=%#";
/// Of 64 letters, so many are 168 random bits.
const LENGTH: usize = 28;

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// For a reason the page has words for.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

fn conflict(why: Why) -> Trouble {
    Trouble::Refused(Refusal::Conflict { why })
}

/// Graph's no, as the page says it.
fn no(error: GraphError) -> Trouble {
    tracing::info!(%error, "Graph refused an act");
    conflict(match error.reason() {
        GraphReason::Forbidden => Why::DirectoryRoleTooSmall,
        GraphReason::Unauthorized => Why::MicrosoftSignInNeeded,
        _ => Why::MicrosoftRefused,
    })
}

impl Checklists {
    fn acting(&self, subject: &Subject, session: &str) -> Result<Graph, Trouble> {
        self.as_admin(subject, session)
            .ok_or_else(|| conflict(Why::MicrosoftSignInNeeded))
    }

    /// Users of the tenant who may become the service user.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn candidates(
        &self,
        subject: &Subject,
        session: &str,
        text: &str,
    ) -> Result<Vec<Candidate>, Trouble> {
        let graph = self.acting(subject, session)?;
        let found = graph.search_users(text, OFFERED).await.map_err(no)?;
        Ok(found.into_iter().map(candidate).collect())
    }

    /// Chooses a user of the tenant.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn choose(&self, subject: &Subject, session: &str, object_id: &str) -> Result<(), Trouble> {
        let graph = self.acting(subject, session)?;
        let not_offered = || Trouble::Refused(Refusal::invalid("object_id", Why::NotOffered));
        if !is_guid(object_id) {
            return Err(not_offered());
        }
        let user = graph
            .user(object_id)
            .await
            .map_err(|error| match error.reason() {
                GraphReason::NotFound => not_offered(),
                _ => no(error),
            })?;
        self.chosen(subject, &user, false).await?;
        Ok(self.look_now(&subject.organization.id, Some(session)).await?)
    }

    /// Makes a user and chooses it; answers its first password.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn create(
        &self,
        subject: &Subject,
        session: &str,
        name: &str,
        user_name: &str,
    ) -> Result<SecretString, Trouble> {
        let nickname = nickname(user_name)?;
        let graph = self.acting(subject, session)?;
        let password = self.password()?;
        let new = NewUser {
            display_name: name,
            user_principal_name: user_name,
            mail_nickname: nickname,
            password: &password,
            // Nobody sits at a service account to change it.
            must_change_password: false,
        };
        let user = graph
            .create_user(&new)
            .await
            .map_err(|error| match error.reason() {
                GraphReason::AlreadyExists => Trouble::Refused(Refusal::invalid("user_name", Why::NameTaken)),
                _ => no(error),
            })?;
        self.chosen(subject, &user, true).await?;
        self.look_now(&subject.organization.id, Some(session)).await?;
        Ok(password)
    }

    fn password(&self) -> Result<SecretString, NoRandomness> {
        let bytes: [u8; LENGTH] = self.randomness.bytes()?;
        let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 64)]);
        // The first four are of the four kinds that Entra asks for at least three of.
        let kinds = "Aa2-".chars();
        Ok(kinds.chain(bytes.iter().map(letter)).collect::<String>().into())
    }

    async fn chosen(&self, subject: &Subject, user: &User, made_by_us: bool) -> Result<(), StoreError> {
        let now = self.clock.now();
        let chosen = Chosen {
            user: shown(user, made_by_us, now),
            chosen_at: now,
        };
        // Whether the role is on the new one is another question.
        self.note(&subject.organization.id, move |known| {
            known.user = Some(chosen.clone());
            known.role = None;
        })
        .await
    }

    /// Assigns the app role to the service user.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn assign(&self, subject: &Subject, session: &str) -> Result<(), Trouble> {
        let user = subject.known.user.as_ref();
        let user = &user.ok_or_else(|| conflict(Why::NoServiceUser))?.user.object_id;
        let graph = self.acting(subject, session)?;
        let (principal, role) = offered(&graph, subject).await?;
        let made = match graph.assign_app_role(&principal.id, user, &role.id).await {
            Ok(_) => true,
            Err(error) if error.reason() == GraphReason::DuplicateAssignment => false,
            Err(error) => return Err(no(error)),
        };
        let now = self.clock.now();
        self.note(&subject.organization.id, move |known| {
            let before = known.role.take().unwrap_or_else(|| no_role(now));
            known.role = Some(RoleFact {
                requested_at: Some(now),
                made_by_us: made || before.made_by_us,
                ..before
            });
        })
        .await?;
        Ok(self.look_now(&subject.organization.id, Some(session)).await?)
    }

    /// Takes back what we made in a step.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn undo(&self, subject: &Subject, session: &str, step: ErpStep) -> Result<(), Trouble> {
        match step {
            ErpStep::SignIn => self.unbind(subject).await?,
            ErpStep::ServiceUser => self.delete_user(subject, session).await?,
            ErpStep::AppRole => self.unassign(subject, session).await?,
            ErpStep::AdminConsent | ErpStep::TestSignIn => return Err(conflict(Why::NotMadeHere)),
        }
        Ok(())
    }

    async fn unbind(&self, subject: &Subject) -> Result<(), Trouble> {
        if subject.tenant.is_none() {
            return Err(conflict(Why::NotMadeHere));
        }
        let organization = subject.organization.id.clone();
        self.store.write(Forget(organization.clone())).await?;
        self.callers.forget();
        self.recorder.pulse(organization);
        Ok(())
    }

    async fn delete_user(&self, subject: &Subject, session: &str) -> Result<(), Trouble> {
        let chosen = subject
            .known
            .user
            .as_ref()
            .filter(|chosen| chosen.user.made_by_us);
        let chosen = chosen.ok_or_else(|| conflict(Why::NotMadeHere))?;
        let graph = self.acting(subject, session)?;
        gone(graph.delete_user(&chosen.user.object_id).await)?;
        self.note(&subject.organization.id, |known| {
            (known.user, known.role) = (None, None);
        })
        .await?;
        Ok(())
    }

    async fn unassign(&self, subject: &Subject, session: &str) -> Result<(), Trouble> {
        let ours = subject.known.role.as_ref().is_some_and(|role| role.made_by_us);
        let (Some(chosen), true) = (&subject.known.user, ours) else {
            return Err(conflict(Why::NotMadeHere));
        };
        let graph = self.acting(subject, session)?;
        let (principal, role) = offered(&graph, subject).await?;
        let held = graph.app_roles_assigned_to(&principal.id).await.map_err(no)?;
        let ours = held
            .iter()
            .filter(|one| one.principal_id == chosen.user.object_id && one.app_role_id == role.id);
        for assignment in ours {
            gone(
                graph
                    .remove_app_role_assignment(&principal.id, &assignment.id)
                    .await,
            )?;
        }
        self.note(&subject.organization.id, |known| known.role = None)
            .await?;
        Ok(self.look_now(&subject.organization.id, Some(session)).await?)
    }
}

/// What is not there any more was taken back already.
fn gone(answer: Result<(), GraphError>) -> Result<(), Trouble> {
    match answer {
        Err(error) if error.reason() != GraphReason::NotFound => Err(no(error)),
        _ => Ok(()),
    }
}

/// The app in the tenant, and its role.
async fn offered(graph: &Graph, subject: &Subject) -> Result<(ServicePrincipal, AppRole), Trouble> {
    let app = subject.entra_app();
    let app = app.ok_or_else(|| conflict(Why::AppNotConfigured))?;
    let principal = graph.service_principal_by_app_id(&app.client_id).await;
    let principal = principal.map_err(no)?.ok_or_else(|| conflict(Why::NoConsent))?;
    let role = principal.role(&app.role).cloned();
    let role = role.ok_or_else(|| conflict(Why::AppNotConfigured))?;
    Ok((principal, role))
}

fn no_role(now: i64) -> RoleFact {
    RoleFact {
        assigned: false,
        requested_at: None,
        elsewhere: Vec::new(),
        made_by_us: false,
        at: now,
    }
}

fn candidate(user: User) -> Candidate {
    Candidate {
        name: user.display_name.clone().unwrap_or_default(),
        address: user.user_principal_name.clone().unwrap_or_default(),
        enabled: user.account_enabled.unwrap_or(true),
        guest: user.is_guest(),
        object_id: user.id,
    }
}

/// The part before the `@` of a user principal name: letters, digits and `'.-_!#^~` (Entra's own rule).
fn nickname(user_name: &str) -> Result<&str, Trouble> {
    let bad = |why| Trouble::Refused(Refusal::invalid("user_name", why));
    if user_name.is_empty() {
        return Err(bad(Why::Empty));
    }
    if user_name.len() > 113 {
        return Err(bad(Why::TooLong));
    }
    let (local, domain) = user_name.split_once('@').ok_or_else(|| bad(Why::BadCharacters))?;
    let plain = |text: &str, more: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    if plain(local, "'.-_!#^~") && plain(domain, ".-") {
        Ok(local)
    } else {
        Err(bad(Why::BadCharacters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_checked_before_anybody_is_asked() {
        assert_eq!(nickname("svc-erp@contoso.com").unwrap(), "svc-erp");
        for bad in [
            "",
            "svc",
            "@contoso.com",
            "svc@",
            "a b@c.com",
            "a@b@c",
            "a\"@b.c",
            "é@b.c",
        ] {
            assert!(nickname(bad).is_err(), "{bad}");
        }
        assert!(nickname(&format!("{}@b.c", "a".repeat(120))).is_err());
    }
}
