//! *Directory Sync by SCIM* (checklist 1). What we cannot see (a blade in the customer's Entra) is inferred only from
//! what it must have caused here, and the evidence says so.

use crate::Micros;
use crate::directories::Provider;
use crate::support_views::HIDDEN;
use serde::{Deserialize, Serialize};

/// One thing to do. The order of [`STEPS`] is the order on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepId {
    /// Create a non-gallery enterprise application in Entra.
    CreateEnterpriseApp,
    /// Set the provisioning mode to Automatic.
    ProvisioningModeAutomatic,
    /// Paste the endpoint URL and the bearer token.
    EnterCredentials,
    /// Press *Test Connection*.
    TestConnection,
    /// Leave the user mapping enabled.
    UserMapping,
    /// Map `externalId` from `objectId`.
    MapExternalId,
    /// Assign users or groups to the application.
    AssignPeople,
    /// Set Provisioning Status to On.
    ProvisioningOn,
    /// Provision one user on demand.
    ProvisionOnDemand,
    /// The users appear here.
    UsersAppear,
    /// Any other provider: paste the two values into its SCIM settings.
    GenericCredentials,
    /// Any other provider: push one user.
    GenericFirstUser,
}

/// The steps for Entra ID, in order.
pub const STEPS: [StepId; 10] = [
    StepId::CreateEnterpriseApp,
    StepId::ProvisioningModeAutomatic,
    StepId::EnterCredentials,
    StepId::TestConnection,
    StepId::UserMapping,
    StepId::MapExternalId,
    StepId::AssignPeople,
    StepId::ProvisionOnDemand,
    StepId::ProvisioningOn,
    StepId::UsersAppear,
];

/// The steps for every other provider, in order.
pub const GENERIC_STEPS: [StepId; 3] = [
    StepId::GenericCredentials,
    StepId::GenericFirstUser,
    StepId::UsersAppear,
];

/// What is known of one directory, read from the store in one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The first request that carried a valid token.
    pub first_request: Option<Micros>,
    /// The last request refused for its token, if it came after the last accepted one.
    pub token_refused: Option<Micros>,
    /// The last connection test that arrived and was answered.
    pub connection_test: Option<Micros>,
    /// The first user that arrived.
    pub first_user: Option<Micros>,
    /// A user that arrived alone, as *Provision on demand* sends it: when, and its name.
    pub on_demand: Option<(Micros, String)>,
    /// The last cycle in which more than one object was matched or sent.
    pub last_cycle: Option<Micros>,
    /// The first group that arrived.
    pub first_group: Option<Micros>,
    /// Users held.
    pub users: u64,
    /// Users held that are active.
    pub active_users: u64,
    /// Groups held.
    pub groups: u64,
    /// Users whose `externalId` has the form of an Entra object id.
    pub users_with_object_id: u64,
}

/// A step with its derived state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which step.
    pub id: StepId,
    /// Where it stands.
    pub state: StepState,
}

/// Where a step stands, in the words of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StepState {
    /// Nothing seen yet.
    ToDo,
    /// Something is under way here.
    Checking,
    /// Proven.
    Done {
        /// By what.
        evidence: Evidence,
        /// When it was seen.
        at: Micros,
    },
    /// Done on the customer's side, not yet visible on ours.
    WaitingForMicrosoft,
    /// Proven wrong.
    Failed {
        /// Why; the catalogue holds the sentence and the remedy.
        reason: Failure,
        /// When it was seen.
        at: Option<Micros>,
    },
    /// Overtaken by a later step.
    NotNeeded,
}

impl Step {
    /// The same, without the name of whoever arrived (threats T71).
    #[must_use]
    pub fn without_names(mut self) -> Self {
        if let StepState::Done {
            evidence: Evidence::OnDemand { name },
            ..
        } = &mut self.state
        {
            HIDDEN.clone_into(name);
        }
        self
    }
}

/// What proves a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A request with a valid token arrived: it can only come from an application with provisioning set up.
    FirstRequest,
    /// A connection test arrived.
    ConnectionTest,
    /// A user arrived.
    FirstUser,
    /// The object ids that arrived.
    ObjectIds {
        /// Users with one.
        with: u64,
        /// Users in all.
        of: u64,
    },
    /// One user arrived alone.
    OnDemand {
        /// The user's name. Untrusted text.
        name: String,
    },
    /// A cycle ran.
    Cycle,
    /// People are here.
    People {
        /// Active users.
        users: u64,
        /// Groups.
        groups: u64,
    },
}

/// Why a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Somebody knocked at this endpoint with a token that is not, or no longer, valid.
    TokenRefused,
    /// `externalId` carries something else than the object id (Entra's default mapping sends mailNickname).
    ExternalIdIsNotObjectId {
        /// Users that lack it.
        without: u64,
        /// Users in all.
        of: u64,
    },
}

/// The checklist of a directory: a pure function of the facts.
pub fn checklist(provider: Provider, facts: &Facts) -> Vec<Step> {
    let steps: &[StepId] = if provider == Provider::EntraId {
        &STEPS
    } else {
        &GENERIC_STEPS
    };
    steps
        .iter()
        .map(|&id| Step {
            id,
            state: state(id, facts),
        })
        .collect()
}

/// How many steps are done or not needed, and how many there are.
pub fn progress(steps: &[Step]) -> (u32, u32) {
    let settled = |step: &&Step| matches!(step.state, StepState::Done { .. } | StepState::NotNeeded);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    (count(steps.iter().filter(settled).count()), count(steps.len()))
}

fn state(id: StepId, facts: &Facts) -> StepState {
    match id {
        StepId::CreateEnterpriseApp | StepId::ProvisioningModeAutomatic => {
            seen(facts.first_request, Evidence::FirstRequest)
        }
        StepId::EnterCredentials | StepId::GenericCredentials => match facts.token_refused {
            Some(at) => StepState::Failed {
                reason: Failure::TokenRefused,
                at: Some(at),
            },
            None => seen(facts.first_request, Evidence::FirstRequest),
        },
        StepId::TestConnection => connection_test(facts),
        StepId::UserMapping | StepId::AssignPeople => seen(facts.first_user, Evidence::FirstUser),
        StepId::GenericFirstUser => seen(facts.first_user, Evidence::FirstUser),
        StepId::MapExternalId => external_id(facts),
        StepId::ProvisionOnDemand => on_demand(facts),
        StepId::ProvisioningOn => seen(facts.last_cycle, Evidence::Cycle),
        StepId::UsersAppear => people(facts),
    }
}

fn seen(at: Option<Micros>, evidence: Evidence) -> StepState {
    at.map_or(StepState::ToDo, |at| StepState::Done { evidence, at })
}

/// Users prove the connection as well as a test does: whoever skipped the button need not go back.
fn connection_test(facts: &Facts) -> StepState {
    match (facts.connection_test, facts.first_user) {
        (Some(at), _) => StepState::Done {
            evidence: Evidence::ConnectionTest,
            at,
        },
        (None, Some(_)) => StepState::NotNeeded,
        (None, None) => StepState::ToDo,
    }
}

fn external_id(facts: &Facts) -> StepState {
    let without = facts.users.saturating_sub(facts.users_with_object_id);
    match facts.first_user {
        None => StepState::ToDo,
        Some(_) if facts.users == 0 => StepState::ToDo,
        Some(at) if without == 0 => StepState::Done {
            evidence: Evidence::ObjectIds {
                with: facts.users_with_object_id,
                of: facts.users,
            },
            at,
        },
        Some(at) => StepState::Failed {
            reason: Failure::ExternalIdIsNotObjectId {
                without,
                of: facts.users,
            },
            at: Some(at),
        },
    }
}

fn on_demand(facts: &Facts) -> StepState {
    match (&facts.on_demand, facts.last_cycle) {
        (Some((at, name)), _) => StepState::Done {
            evidence: Evidence::OnDemand { name: name.clone() },
            at: *at,
        },
        (None, Some(_)) => StepState::NotNeeded,
        (None, None) => StepState::ToDo,
    }
}

fn people(facts: &Facts) -> StepState {
    match facts.first_user {
        Some(at) if facts.users > 0 => StepState::Done {
            evidence: Evidence::People {
                users: facts.active_users,
                groups: facts.groups,
            },
            at,
        },
        _ if facts.connection_test.is_some() => StepState::WaitingForMicrosoft,
        _ => StepState::ToDo,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn state_of(facts: &Facts, id: StepId) -> StepState {
        let steps = checklist(Provider::EntraId, facts);
        steps
            .into_iter()
            .find(|step| step.id == id)
            .expect("the step is listed")
            .state
    }

    #[test]
    fn nothing_known_means_everything_to_do() {
        let steps = checklist(Provider::EntraId, &Facts::default());
        assert!(steps.iter().all(|step| step.state == StepState::ToDo));
        assert_eq!(progress(&steps), (0, 10));
    }

    #[test]
    fn a_connection_test_proves_the_first_four_steps_and_waits_for_users() {
        let facts = Facts {
            first_request: Some(1),
            connection_test: Some(1),
            ..Facts::default()
        };
        let steps = checklist(Provider::EntraId, &facts);
        assert_eq!(progress(&steps), (4, 10));
        assert_eq!(
            state_of(&facts, StepId::UsersAppear),
            StepState::WaitingForMicrosoft
        );
    }

    #[test]
    fn mail_nicknames_as_external_id_fail_with_their_number() {
        let facts = Facts {
            first_user: Some(5),
            users: 3,
            users_with_object_id: 1,
            ..Facts::default()
        };
        let expected = Failure::ExternalIdIsNotObjectId { without: 2, of: 3 };
        assert_eq!(
            state_of(&facts, StepId::MapExternalId),
            StepState::Failed {
                reason: expected,
                at: Some(5)
            }
        );
    }

    #[test]
    fn a_refused_token_shows_where_the_credentials_are_entered() {
        let facts = Facts {
            first_request: Some(1),
            token_refused: Some(9),
            ..Facts::default()
        };
        assert_eq!(
            state_of(&facts, StepId::EnterCredentials),
            StepState::Failed {
                reason: Failure::TokenRefused,
                at: Some(9)
            }
        );
    }

    fn micros() -> impl Strategy<Value = Option<Micros>> {
        prop::option::of(1..1_000_000_i64)
    }

    prop_compose! {
        fn facts()(first_request in micros(), connection_test in micros(), first_user in micros(),
                   last_cycle in micros(), users in 0..5_u64, groups in 0..5_u64, with in 0..5_u64) -> Facts {
            Facts { first_request, connection_test, first_user, last_cycle, users, groups,
                    active_users: users, users_with_object_id: with.min(users), ..Facts::default() }
        }
    }

    proptest! {
        #[test]
        fn no_step_is_done_without_a_fact(facts in facts()) {
            for step in checklist(Provider::EntraId, &facts) {
                if let StepState::Done { at, .. } = step.state {
                    let known = [facts.first_request, facts.connection_test, facts.first_user, facts.last_cycle];
                    prop_assert!(known.contains(&Some(at)), "{step:?} names a time nobody saw");
                }
            }
        }

        #[test]
        fn progress_never_passes_the_number_of_steps(facts in facts()) {
            for provider in Provider::ALL {
                let (done, all) = progress(&checklist(provider, &facts));
                prop_assert!(done <= all);
            }
        }
    }
}
