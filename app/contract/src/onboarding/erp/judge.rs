//! Where each step of the ERP checklist stands: a pure function of the facts.

use super::{
    Consent, ERP_STEPS, ErpEvidence, ErpFacts, ErpFailure, ErpItem, ErpState, ErpStep, ErpWarning, PATIENCE,
    RoleFact, ServiceUser, TestFact, TestOutcome,
};
use crate::Micros;

/// The checklist of an organization: a pure function of the facts.
pub fn erp_checklist(facts: &ErpFacts) -> Vec<ErpItem> {
    ERP_STEPS
        .into_iter()
        .map(|step| ErpItem {
            step,
            state: state(step, facts),
            warnings: warnings(step, facts),
        })
        .collect()
}

/// How many steps are done or not needed, and how many there are.
pub fn erp_progress(items: &[ErpItem]) -> (u32, u32) {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let settled = items.iter().filter(|item| item.state.is_settled()).count();
    (count(settled), count(items.len()))
}

fn state(step: ErpStep, facts: &ErpFacts) -> ErpState {
    match step {
        ErpStep::SignIn => sign_in(facts),
        ErpStep::ServiceUser => facts.service_user.as_ref().map_or(ErpState::ToDo, service_user),
        ErpStep::AdminConsent => facts
            .consent
            .as_ref()
            .map_or(ErpState::ToDo, |consent| admin_consent(consent, facts.now)),
        ErpStep::AppRole => facts
            .role
            .as_ref()
            .map_or(ErpState::ToDo, |role| app_role(role, facts)),
        // Of a user who is not chosen any more a test says nothing.
        ErpStep::TestSignIn => facts
            .test
            .as_ref()
            .filter(|_| facts.service_user.is_some())
            .map_or(ErpState::ToDo, |test| test_sign_in(test, facts)),
    }
}

fn done(evidence: ErpEvidence, at: Micros) -> ErpState {
    ErpState::Done { evidence, at }
}

fn failed(reason: ErpFailure, at: Micros) -> ErpState {
    ErpState::Failed { reason, at }
}

/// A session's sign-in ends with the session; that the tenant is known does not.
fn sign_in(facts: &ErpFacts) -> ErpState {
    match (&facts.admin, &facts.tenant) {
        (Some(admin), Some(tenant)) if admin.tenant_id != tenant.id => {
            failed(ErpFailure::WrongTenant, admin.at)
        }
        (Some(admin), _) => done(
            ErpEvidence::SignedIn {
                name: admin.name.clone(),
                address: admin.address.clone(),
            },
            admin.at,
        ),
        (None, Some(tenant)) => done(
            ErpEvidence::Tenant {
                name: tenant.name.clone(),
            },
            tenant.at,
        ),
        (None, None) => ErpState::ToDo,
    }
}

fn service_user(user: &ServiceUser) -> ErpState {
    let reason = if !user.exists {
        ErpFailure::UserMissing
    } else if !user.enabled {
        ErpFailure::UserDisabled
    } else if user.guest {
        ErpFailure::UserIsGuest
    } else {
        let evidence = ErpEvidence::ServiceUser {
            name: user.name.clone(),
            address: user.address.clone(),
        };
        return done(evidence, user.at);
    };
    failed(reason, user.at)
}

/// What is proven holds, whatever a later attempt came to; a claim alone waits.
fn admin_consent(consent: &Consent, now: Micros) -> ErpState {
    let missing: Vec<String> = consent
        .permissions
        .iter()
        .filter(|permission| !permission.granted)
        .map(|permission| permission.name.clone())
        .collect();
    match (consent.proven_at, &consent.refused, consent.claimed_at) {
        (Some(at), ..) if missing.is_empty() => {
            let permissions = u32::try_from(consent.permissions.len()).unwrap_or(u32::MAX);
            done(ErpEvidence::Consent { permissions }, at)
        }
        (Some(_), ..) => failed(ErpFailure::PermissionsMissing(missing), consent.at),
        (None, Some(refusal), _) => failed(ErpFailure::ConsentRefused(refusal.clone()), consent.at),
        (None, None, Some(since)) => waiting(since, now, ErpFailure::ConsentNotVisible),
        (None, None, None) => ErpState::ToDo,
    }
}

fn waiting(since: Micros, now: Micros, too_long: ErpFailure) -> ErpState {
    if now.saturating_sub(since) > PATIENCE {
        failed(too_long, since)
    } else {
        ErpState::WaitingForMicrosoft { since }
    }
}

fn app_role(role: &RoleFact, facts: &ErpFacts) -> ErpState {
    if role.assigned {
        let value = facts.app.as_ref().map(|app| app.role.clone()).unwrap_or_default();
        return done(ErpEvidence::Role { role: value }, role.at);
    }
    match role.requested_at {
        Some(since) => waiting(since, facts.now, ErpFailure::RoleNotVisible),
        None if role.elsewhere.is_empty() => ErpState::ToDo,
        None => failed(ErpFailure::WrongPrincipal(role.elsewhere.clone()), role.at),
    }
}

fn test_sign_in(test: &TestFact, facts: &ErpFacts) -> ErpState {
    let reason = match &test.outcome {
        TestOutcome::Passed {
            tenant_id,
            object_id,
            address,
            roles,
        } => match passed(tenant_id, object_id, roles, facts) {
            Some(true) => {
                let evidence = ErpEvidence::TestPassed {
                    address: address.clone(),
                    roles: roles.clone(),
                };
                return done(evidence, test.at);
            }
            Some(false) => ErpFailure::AccessDenied { code: None },
            None => ErpFailure::WrongAccount {
                address: address.clone(),
            },
        },
        TestOutcome::ConsentRequired { code } => ErpFailure::ConsentRequired { code: *code },
        TestOutcome::AccessDenied { code } => ErpFailure::AccessDenied { code: *code },
        TestOutcome::WrongAccount { address } => ErpFailure::WrongAccount {
            address: address.clone(),
        },
        TestOutcome::Other { code, description } => ErpFailure::TestFailed {
            code: *code,
            description: description.clone(),
        },
    };
    failed(reason, test.at)
}

/// Whether the token carries the app's role; `None` when it is not the service user's token.
fn passed(tenant_id: &str, object_id: &str, roles: &[String], facts: &ErpFacts) -> Option<bool> {
    let user = facts.service_user.as_ref()?;
    let elsewhere = facts.tenant.as_ref().is_some_and(|tenant| tenant.id != tenant_id);
    (user.object_id == object_id && !elsewhere)
        .then(|| facts.app.as_ref().is_some_and(|app| roles.contains(&app.role)))
}

fn warnings(step: ErpStep, facts: &ErpFacts) -> Vec<ErpWarning> {
    let user_is_admin = || facts.service_user.as_ref().is_some_and(|user| user.is_admin);
    match (step, &facts.role) {
        (ErpStep::ServiceUser, _) if user_is_admin() => vec![ErpWarning::ServiceUserIsAdmin],
        (ErpStep::AppRole, Some(role)) if role.assigned && !role.elsewhere.is_empty() => {
            vec![ErpWarning::RoleAlsoElsewhere(role.elsewhere.clone())]
        }
        _ => Vec::new(),
    }
}
