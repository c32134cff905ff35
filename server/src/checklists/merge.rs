//! What Microsoft's answers make of the findings. Pure.

use contract::onboarding::erp::{Consent, PATIENCE, RoleFact, ServiceUser};
use entra::graph::users::User;

use super::facts::{Chosen, Known};
use super::gather::{Read, others};

impl Known {
    /// Takes in what was read at `now`; what was not read stays.
    pub(super) fn take(&mut self, read: &Read, now: i64) {
        if let (Some(chosen), Some(user)) = (&mut self.user, &read.user) {
            take_user(chosen, user.as_ref(), now);
        }
        self.take_consent(read, now);
        self.take_role(read, now);
    }

    fn take_consent(&mut self, read: &Read, now: i64) {
        let Some(principal) = &read.principal else {
            return;
        };
        let mut consent = self.consent.clone().unwrap_or_else(|| no_consent(now));
        consent.at = now;
        if let Some(permissions) = &read.permissions {
            consent.permissions.clone_from(permissions);
        }
        if principal.is_none() {
            consent.permissions.clear();
        }
        // A service principal alone was made by somebody; consent is what was granted to it.
        let granted = read.permissions.is_none() || consent.permissions.iter().any(|one| one.granted);
        consent.principal_id.clone_from(principal);
        if principal.is_some() && granted {
            consent.proven_at = consent.proven_at.or(Some(now));
            (consent.claimed_at, consent.refused) = (None, None);
        } else {
            consent.proven_at = None;
        }
        let nothing =
            consent.proven_at.is_none() && consent.claimed_at.is_none() && consent.refused.is_none();
        self.consent = (!nothing || self.consent.is_some()).then_some(consent);
    }

    fn take_role(&mut self, read: &Read, now: i64) {
        let Some(chosen) = &self.user else {
            self.role = None;
            return;
        };
        let gone = matches!(read.principal, Some(None));
        let holders = match (&read.holders, gone) {
            (Some(holders), _) => holders.as_slice(),
            (None, true) => &[],
            (None, false) => return,
        };
        let user = Some(chosen.user.object_id.as_str());
        let assigned = holders.iter().any(|holder| Some(holder.id.as_str()) == user);
        let before = self.role.take();
        let requested_at = before.as_ref().and_then(|role| role.requested_at);
        let made_by_us = before.as_ref().is_some_and(|role| role.made_by_us);
        self.role = Some(RoleFact {
            assigned,
            requested_at: requested_at.filter(|_| !assigned),
            elsewhere: others(holders, user),
            made_by_us: made_by_us && (assigned || requested_at.is_some()),
            at: now,
        });
    }
}

fn no_consent(now: i64) -> Consent {
    Consent {
        claimed_at: None,
        proven_at: None,
        principal_id: None,
        permissions: Vec::new(),
        refused: None,
        at: now,
    }
}

/// Somebody we made a moment ago may not be on every replica yet (entra-facts C0).
fn take_user(chosen: &mut Chosen, user: Option<&User>, now: i64) {
    match user {
        Some(user) => chosen.user = shown(user, chosen.user.made_by_us, now),
        None if chosen.user.made_by_us && now - chosen.chosen_at < PATIENCE => {}
        None => {
            chosen.user.exists = false;
            chosen.user.at = now;
        }
    }
}

/// A user as the contract shows them. What Graph does not say counts as good: it says so of those who are not.
pub(super) fn shown(user: &User, made_by_us: bool, now: i64) -> ServiceUser {
    ServiceUser {
        object_id: user.id.clone(),
        name: user.display_name.clone().unwrap_or_default(),
        address: user.user_principal_name.clone().unwrap_or_default(),
        exists: true,
        enabled: user.account_enabled.unwrap_or(true),
        guest: user.is_guest(),
        is_admin: false,
        made_by_us,
        at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklists::gather::Holder;

    fn chosen(id: &str, made_by_us: bool) -> Known {
        let user = User {
            id: id.to_owned(),
            user_principal_name: None,
            display_name: None,
            mail: None,
            user_type: Some("Member".to_owned()),
            account_enabled: Some(true),
        };
        let user = shown(&user, made_by_us, 0);
        Known {
            user: Some(Chosen { user, chosen_at: 0 }),
            ..Known::default()
        }
    }

    fn holders(ids: &[&str]) -> Read {
        let holder = |id: &&str| Holder {
            id: (*id).to_owned(),
            name: format!("name of {id}"),
        };
        Read {
            holders: Some(ids.iter().map(holder).collect()),
            ..Read::default()
        }
    }

    #[test]
    fn what_was_not_read_stays() {
        let mut known = chosen("u", false);
        known.take(&holders(&["u"]), 1);
        let before = known.clone();
        known.take(&Read::default(), 2);
        assert_eq!(known, before);
    }

    #[test]
    fn a_role_on_somebody_else_is_named() {
        let mut known = chosen("u", false);
        known.take(&holders(&["v"]), 1);
        let role = known.role.clone().unwrap();
        assert_eq!(
            (role.assigned, role.elsewhere),
            (false, vec!["name of v".to_owned()])
        );
        known.take(&holders(&["u"]), 2);
        assert!(known.role.unwrap().assigned);
    }

    #[test]
    fn a_user_just_made_may_be_late_and_another_may_not() {
        let gone = Read {
            user: Some(None),
            ..Read::default()
        };
        let (mut made, mut found) = (chosen("u", true), chosen("u", false));
        made.take(&gone, 1);
        found.take(&gone, 1);
        assert!(made.user.as_ref().unwrap().user.exists && !found.user.unwrap().user.exists);
        made.take(&gone, PATIENCE);
        assert!(!made.user.unwrap().user.exists);
    }

    #[test]
    fn consent_is_proven_by_presence_and_ends_with_it() {
        let read = |principal: Option<&str>| Read {
            principal: Some(principal.map(str::to_owned)),
            ..Read::default()
        };
        let mut known = Known::default();
        known.take(&read(None), 1);
        assert_eq!(known.consent, None);
        known.consent = Some(Consent {
            claimed_at: Some(1),
            ..no_consent(1)
        });
        known.take(&read(None), 2);
        assert_eq!(known.consent.as_ref().unwrap().claimed_at, Some(1));
        known.take(&read(Some("sp")), 3);
        let consent = known.consent.clone().unwrap();
        assert_eq!((consent.proven_at, consent.claimed_at), (Some(3), None));
        known.take(&read(None), 4);
        assert_eq!(known.consent.unwrap().proven_at, None);
    }
}
