//! Setup links: made, shown once, listed and ended (threats T62, T63).

use contract::onboarding::ErpStep;
use contract::refusal::Why;
use contract::setup_links::{MAX_DAYS, Scope, SetupLink, SetupLinkState, SetupLinks, SetupOffer};
use contract::{Answer, Identity, Refusal, Setup, Viewer};
use store::ids::{OrganizationId, SetupLinkId};
use store::setup_links::{self, SetupLink as Row};
use store::{Operation, StoreError, Tx, apps, organizations, staff};

use super::House;
use super::may::Part;
use crate::directory::dismissal::end_link;
use crate::reach::{scope as scope_of, scope_words};
use crate::secrets::{TokenDigest, TokenKind, make, recognise};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

#[async_trait::async_trait]
impl SetupLinks for House {
    async fn setup_links(&self, viewer: &Viewer, organization: &str) -> Answer<Vec<SetupLink>> {
        let row = self.may_see(viewer, organization, Part::Console).await?;
        let links = self.read(List(row.id)).await?;
        Ok(links.into_iter().map(shown).collect())
    }

    async fn create_setup_link(
        &self,
        viewer: &Viewer,
        organization: &str,
        scope: Scope,
        days: u32,
    ) -> Answer<String> {
        let organization = self.may_touch_tokens(viewer, organization, Part::Links).await?;
        let own = viewer.reach.setup();
        sound(scope, days)?;
        if !own.is_none_or(|own| within(scope, own)) {
            return Err(Refusal::Forbidden);
        }
        let token = make(TokenKind::Setup, &self.randomness).map_err(|error| self.fault(&error))?;
        let now = self.clock.now();
        let link = Row {
            id: SetupLinkId::new(self.fresh("lnk")?),
            organization: organization.id.clone(),
            scope: scope_words(scope, own.map(|own| own.link.as_str())),
            created_by: viewer.person.clone(),
            created_at: now,
            expires_at: now + i64::from(days) * DAY,
            opened_at: None,
            redeemed_at: None,
            browser_hash: None,
            revoked_at: None,
            made_by: None,
        };
        let id = link.id.clone().into_string();
        let create = Create {
            digest: token.digest,
            link,
            from: own.map(|own| SetupLinkId::new(own.link.clone())),
            by: viewer.identity.clone(),
        };
        if !self.write(create).await? {
            return Err(Refusal::NotFound);
        }
        let url = format!("{}/setup/{}", self.public_url, token.reveal());
        self.reveals.keep(&viewer.session, &id, "", &url, now);
        self.recorder.pulse(organization.id);
        Ok(id)
    }

    async fn reveal_setup_link(&self, viewer: &Viewer, link: &str) -> Answer<Option<String>> {
        let found = self.read(Get(SetupLinkId::new(link))).await?;
        let organization = found.ok_or(Refusal::NotFound)?.organization;
        match self.may_change(viewer, organization.as_str(), Part::Links).await {
            Ok(_) => Ok(self.reveals.take_address(&viewer.session, link, self.clock.now())),
            // A page that support looks at asks too.
            Err(Refusal::Forbidden) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    async fn revoke_setup_link(&self, viewer: &Viewer, organization: &str, link: &str) -> Answer<()> {
        let row = self.may_change(viewer, organization, Part::Console).await?;
        let revoke = Revoke {
            organization: row.id.clone(),
            link: SetupLinkId::new(link),
            at: self.clock.now(),
        };
        let revoked = self.write(revoke).await?;
        self.recorder.pulse(row.id);
        if revoked { Ok(()) } else { Err(Refusal::NotFound) }
    }

    async fn setup_offer(&self, viewer: Option<&Viewer>, token: &str) -> Answer<SetupOffer> {
        let digest = recognise(TokenKind::Setup, token).ok_or(Refusal::NotFound)?;
        let (link, organization, app) = self.read(Find(digest)).await?.ok_or(Refusal::NotFound)?;
        let now = self.clock.now();
        if link.opened_at.is_none()
            // The page is there while nothing can be written (threats T81).
            && let Err(error) = self.store.write(Opened(digest, now)).await
        {
            tracing::warn!(%error, "that a setup link was looked at could not be noted");
        }
        let mine = viewer.and_then(|viewer| viewer.reach.setup());
        let mine = mine.is_some_and(|setup| setup.link == link.id.as_str());
        Ok(SetupOffer {
            app,
            organization,
            scope: scope_of(&link),
            expires_at: link.expires_at,
            state: state(&link, mine, now),
        })
    }
}

fn state(link: &Row, mine: bool, now: i64) -> SetupLinkState {
    if link.revoked_at.is_some() {
        SetupLinkState::Revoked
    } else if link.expires_at <= now {
        SetupLinkState::Expired
    } else if link.redeemed_at.is_some() && !mine {
        SetupLinkState::UsedElsewhere
    } else {
        SetupLinkState::Open
    }
}

/// Something is chosen, and it lives as long as a link may.
fn sound(scope: Scope, days: u32) -> Answer<()> {
    if !scope.erp && !scope.directory_sync {
        return Err(Refusal::invalid("scope", Why::NothingChosen));
    }
    if scope.step.is_some() && !scope.erp {
        return Err(Refusal::invalid("step", Why::NotOffered));
    }
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(Refusal::invalid("days", Why::NotOffered));
    }
    Ok(())
}

/// Does the link of whoever asks open all that they would hand on?
fn within(scope: Scope, own: &Setup) -> bool {
    let step = |own: ErpStep| scope.step == Some(own);
    (!scope.directory_sync || own.directory_sync) && (!scope.erp || (own.erp && own.step.is_none_or(step)))
}

fn shown(link: Row) -> SetupLink {
    SetupLink {
        scope: scope_of(&link),
        id: link.id.into_string(),
        created_by: link.created_by,
        created_at: link.created_at,
        expires_at: link.expires_at,
        opened_at: link.opened_at,
        redeemed_at: link.redeemed_at,
        revoked_at: link.revoked_at,
    }
}

struct List(OrganizationId);

impl Operation for List {
    type Output = Vec<Row>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Vec<Row>, StoreError> {
        setup_links::list(tx, &self.0).await
    }
}

struct Get(SetupLinkId);

impl Operation for Get {
    type Output = Option<Row>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Option<Row>, StoreError> {
        setup_links::get(tx, &self.0).await
    }
}

/// A link by its token, with the names of its organization and app.
struct Find(TokenDigest);

impl Operation for Find {
    type Output = Option<(Row, String, String)>;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Self::Output, StoreError> {
        let Some(link) = setup_links::find(tx, &self.0).await? else {
            return Ok(None);
        };
        let Some(organization) = organizations::get(tx, &link.organization).await? else {
            return Ok(None);
        };
        let app = apps::get(tx, &organization.app_id).await?;
        Ok(app.map(|app| (link, organization.name, app.name)))
    }
}

struct Opened(TokenDigest, i64);

impl Operation for Opened {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        setup_links::opened(tx, &self.0, self.1).await
    }
}

/// Makes a link; false when its organization, or the link whose holder makes it, is no more. What is handed on ends no
/// later than what it came from.
struct Create {
    digest: TokenDigest,
    link: Row,
    from: Option<SetupLinkId>,
    /// Who makes it, as Microsoft knows them.
    by: Option<Identity>,
}

impl Operation for Create {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        if organizations::get(tx, &self.link.organization).await?.is_none() {
            return Ok(false);
        }
        let mut link = self.link.clone();
        if let Some(from) = &self.from {
            let parent = setup_links::get(tx, from).await?;
            let Some(parent) = parent.filter(|parent| parent.is_alive(link.created_at)) else {
                return Ok(false);
            };
            link.expires_at = link.expires_at.min(parent.expires_at);
        } else if let Some(Identity { tenant_id, object_id }) = &self.by {
            link.made_by = staff::of_identity(tx, tenant_id, object_id)
                .await?
                .map(|person| person.id);
        }
        setup_links::create(tx, &self.digest, &link).await?;
        Ok(true)
    }
}

/// See [`end_link`].
struct Revoke {
    organization: OrganizationId,
    link: SetupLinkId,
    at: i64,
}

impl Operation for Revoke {
    type Output = bool;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<bool, StoreError> {
        end_link(tx, &self.organization, &self.link, self.at).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(erp: bool, directory_sync: bool, step: Option<ErpStep>) -> Scope {
        Scope {
            erp,
            directory_sync,
            step,
        }
    }

    #[test]
    fn nobody_hands_on_more_than_they_have() {
        let own = |scope: Scope| Setup {
            organization: "o".to_owned(),
            link: "l".to_owned(),
            erp: scope.erp,
            directory_sync: scope.directory_sync,
            step: scope.step,
            framed: false,
        };
        let (all, step) = (scope(true, true, None), Some(ErpStep::AppRole));
        let one = scope(true, false, step);
        assert!(within(all, &own(all)) && within(one, &own(all)) && within(one, &own(one)));
        for more in [
            all,
            scope(true, false, None),
            scope(false, true, None),
            scope(true, false, Some(ErpStep::SignIn)),
        ] {
            assert!(!within(more, &own(one)), "{more:?}");
        }
    }

    #[test]
    fn a_link_opens_something_and_lives_a_week_at_most() {
        let all = scope(true, true, None);
        for days in [1, MAX_DAYS] {
            assert_eq!(sound(all, days), Ok(()));
        }
        for (scope, days) in [
            (all, 0),
            (all, MAX_DAYS + 1),
            (scope(false, false, None), 1),
            (scope(false, true, Some(ErpStep::SignIn)), 1),
        ] {
            assert!(sound(scope, days).is_err(), "{scope:?} {days}");
        }
    }
}
