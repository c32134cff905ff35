//! The checklist judged: each rule once by name, then whatever facts come.

use super::*;
use proptest::prelude::*;

const ROLE: &str = "Truvio.SubscriptionService";
const NOW: Micros = 100 * PATIENCE;

fn user() -> ServiceUser {
    ServiceUser {
        object_id: "o-service".to_owned(),
        name: "ERP".to_owned(),
        address: "svc-erp@contoso.com".to_owned(),
        exists: true,
        enabled: true,
        guest: false,
        is_admin: false,
        made_by_us: false,
        at: 20,
    }
}

fn consent() -> Consent {
    let permission = |name: &str| Permission {
        name: name.to_owned(),
        kind: PermissionKind::Delegated,
        granted: true,
    };
    Consent {
        claimed_at: Some(30),
        proven_at: Some(31),
        principal_id: Some("sp".to_owned()),
        permissions: vec![permission("openid"), permission("User.Read")],
        refused: None,
        at: 32,
    }
}

fn role() -> RoleFact {
    RoleFact {
        assigned: true,
        requested_at: None,
        elsewhere: Vec::new(),
        made_by_us: false,
        at: 40,
    }
}

fn passing(object_id: &str, roles: &[&str]) -> TestFact {
    TestFact {
        outcome: TestOutcome::Passed {
            tenant_id: "t".to_owned(),
            object_id: object_id.to_owned(),
            address: "svc-erp@contoso.com".to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        },
        at: 50,
    }
}

fn finished() -> ErpFacts {
    ErpFacts {
        now: NOW,
        app: Some(ErpApp {
            client_id: "c".to_owned(),
            role: ROLE.to_owned(),
        }),
        admin: Some(Admin {
            name: "Megan Bowen".to_owned(),
            address: "megan@contoso.com".to_owned(),
            object_id: "o-admin".to_owned(),
            tenant_id: "t".to_owned(),
            roles: Vec::new(),
            at: 10,
        }),
        tenant: Some(Tenant {
            id: "t".to_owned(),
            name: "Contoso".to_owned(),
            at: 10,
        }),
        service_user: Some(user()),
        consent: Some(consent()),
        role: Some(role()),
        test: Some(passing("o-service", &[ROLE])),
    }
}

fn state_of(facts: &ErpFacts, step: ErpStep) -> ErpState {
    let items = erp_checklist(facts);
    items
        .into_iter()
        .find(|item| item.step == step)
        .expect("the step is listed")
        .state
}

fn failure_of(facts: &ErpFacts, step: ErpStep) -> ErpFailure {
    match state_of(facts, step) {
        ErpState::Failed { reason, .. } => reason,
        other => panic!("{step:?} is {other:?}"),
    }
}

#[test]
fn nothing_known_means_everything_to_do() {
    let items = erp_checklist(&ErpFacts::default());
    assert!(items.iter().all(|item| item.state == ErpState::ToDo));
    assert_eq!(erp_progress(&items), (0, 5));
}

#[test]
fn every_fact_in_place_finishes_the_checklist() {
    assert_eq!(erp_progress(&erp_checklist(&finished())), (5, 5));
}

#[test]
fn a_known_tenant_outlasts_the_session_and_another_tenant_is_refused() {
    let later = ErpFacts {
        admin: None,
        ..finished()
    };
    assert!(state_of(&later, ErpStep::SignIn).is_settled());
    let mut stranger = finished();
    stranger.tenant.as_mut().expect("a tenant").id = "other".to_owned();
    assert_eq!(failure_of(&stranger, ErpStep::SignIn), ErpFailure::WrongTenant);
}

#[test]
fn a_service_user_is_an_enabled_member() {
    type Change = fn(&mut ServiceUser);
    let cases: [(Change, ErpFailure); 3] = [
        (|user| user.exists = false, ErpFailure::UserMissing),
        (|user| user.enabled = false, ErpFailure::UserDisabled),
        (|user| user.guest = true, ErpFailure::UserIsGuest),
    ];
    for (change, expected) in cases {
        let mut facts = finished();
        change(facts.service_user.as_mut().expect("a user"));
        assert_eq!(failure_of(&facts, ErpStep::ServiceUser), expected);
    }
}

#[test]
fn the_admins_own_account_warns_and_does_not_fail() {
    let mut facts = finished();
    facts.service_user.as_mut().expect("a user").is_admin = true;
    let item = erp_checklist(&facts).swap_remove(1);
    assert!(item.state.is_settled());
    assert_eq!(item.warnings, [ErpWarning::ServiceUserIsAdmin]);
}

#[test]
fn a_claim_waits_for_ten_minutes_and_then_fails() {
    let claimed = |now| ErpFacts {
        now,
        consent: Some(Consent {
            proven_at: None,
            ..consent()
        }),
        ..finished()
    };
    assert_eq!(
        state_of(&claimed(30 + PATIENCE), ErpStep::AdminConsent),
        ErpState::WaitingForMicrosoft { since: 30 }
    );
    assert_eq!(
        failure_of(&claimed(31 + PATIENCE), ErpStep::AdminConsent),
        ErpFailure::ConsentNotVisible
    );
}

#[test]
fn consent_without_a_permission_names_it() {
    let mut facts = finished();
    facts.consent.as_mut().expect("consent").permissions[1].granted = false;
    assert_eq!(
        failure_of(&facts, ErpStep::AdminConsent),
        ErpFailure::PermissionsMissing(vec!["User.Read".to_owned()])
    );
}

#[test]
fn a_refusal_fails_unless_consent_is_proven() {
    let mut facts = finished();
    let consent = facts.consent.as_mut().expect("consent");
    consent.refused = Some(ConsentRefusal::Cancelled);
    assert!(state_of(&facts, ErpStep::AdminConsent).is_settled());
    facts.consent.as_mut().expect("consent").proven_at = None;
    assert_eq!(
        failure_of(&facts, ErpStep::AdminConsent),
        ErpFailure::ConsentRefused(ConsentRefusal::Cancelled)
    );
}

#[test]
fn a_role_on_somebody_else_is_named_and_a_requested_one_is_waited_for() {
    let with = |requested_at, now| ErpFacts {
        now,
        role: Some(RoleFact {
            assigned: false,
            requested_at,
            elsewhere: vec!["Adele Vance".to_owned()],
            ..role()
        }),
        ..finished()
    };
    assert_eq!(
        failure_of(&with(None, 60), ErpStep::AppRole),
        ErpFailure::WrongPrincipal(vec!["Adele Vance".to_owned()])
    );
    assert_eq!(
        state_of(&with(Some(55), 60), ErpStep::AppRole),
        ErpState::WaitingForMicrosoft { since: 55 }
    );
    assert_eq!(
        failure_of(&with(Some(55), NOW), ErpStep::AppRole),
        ErpFailure::RoleNotVisible
    );
}

#[test]
fn each_failed_test_names_the_step_that_mends_it() {
    let tested = |outcome| ErpFacts {
        test: Some(TestFact { outcome, at: 50 }),
        ..finished()
    };
    let wrong = TestOutcome::WrongAccount {
        address: "x@y".to_owned(),
    };
    let cases = [
        (
            TestOutcome::ConsentRequired { code: 65001 },
            ErpStep::AdminConsent,
        ),
        (TestOutcome::AccessDenied { code: Some(50105) }, ErpStep::AppRole),
        (wrong, ErpStep::TestSignIn),
        (passing("o-service", &[]).outcome, ErpStep::AppRole),
        (passing("o-other", &[ROLE]).outcome, ErpStep::TestSignIn),
    ];
    for (outcome, expected) in cases {
        let facts = tested(outcome);
        assert_eq!(failure_of(&facts, ErpStep::TestSignIn).mended_by(), expected);
        let nobody = ErpFacts {
            service_user: None,
            ..facts
        };
        assert_eq!(state_of(&nobody, ErpStep::TestSignIn), ErpState::ToDo);
    }
}

#[test]
fn steps_read_back_from_their_words() {
    for step in ERP_STEPS {
        assert_eq!(ErpStep::from_slug(step.slug()), Some(step));
    }
    assert_eq!(ErpStep::from_slug("nope"), None);
}

fn moment() -> impl Strategy<Value = Option<Micros>> {
    prop::option::of(1..NOW)
}

prop_compose! {
    fn some_user()(bools in any::<[bool; 4]>(), at in 1..NOW) -> ServiceUser {
        ServiceUser { exists: bools[0], enabled: bools[1], guest: bools[2], is_admin: bools[3], at, ..user() }
    }
}

prop_compose! {
    fn some_consent()(claimed_at in moment(), proven_at in moment(), granted in any::<bool>(),
                      refused in any::<bool>(), at in 1..NOW) -> Consent {
        let mut made = Consent { claimed_at, proven_at, at, ..consent() };
        made.permissions[0].granted = granted;
        made.refused = refused.then_some(ConsentRefusal::NeedsAdmin);
        made
    }
}

prop_compose! {
    fn some_role()(assigned in any::<bool>(), requested_at in moment(), elsewhere in any::<bool>(),
                   at in 1..NOW) -> RoleFact {
        let elsewhere = if elsewhere { vec!["Adele".to_owned()] } else { Vec::new() };
        RoleFact { assigned, requested_at, elsewhere, at, ..role() }
    }
}

fn some_test() -> impl Strategy<Value = TestFact> {
    let outcome = prop_oneof![
        Just(passing("o-service", &[ROLE]).outcome),
        Just(passing("o-service", &[]).outcome),
        Just(passing("o-other", &[ROLE]).outcome),
        Just(TestOutcome::ConsentRequired { code: 65001 }),
        Just(TestOutcome::AccessDenied { code: Some(50105) }),
        Just(TestOutcome::Other {
            code: None,
            description: String::new()
        }),
    ];
    (outcome, 1..NOW).prop_map(|(outcome, at)| TestFact { outcome, at })
}

prop_compose! {
    fn facts()(known in any::<[bool; 3]>(), service_user in prop::option::of(some_user()),
               consent in prop::option::of(some_consent()), role in prop::option::of(some_role()),
               test in prop::option::of(some_test())) -> ErpFacts {
        let all = finished();
        ErpFacts {
            now: NOW,
            app: all.app.filter(|_| known[0]),
            admin: all.admin.filter(|_| known[1]),
            tenant: all.tenant.filter(|_| known[2]),
            service_user, consent, role, test,
        }
    }
}

/// Whether the facts hold what proves a step, said once more in other words than [`erp_checklist`] says it.
fn is_proven(facts: &ErpFacts, step: ErpStep) -> bool {
    match step {
        ErpStep::SignIn => facts.admin.is_some() || facts.tenant.is_some(),
        ErpStep::ServiceUser => {
            matches!(&facts.service_user, Some(user) if user.exists && user.enabled && !user.guest)
        }
        ErpStep::AdminConsent => matches!(&facts.consent, Some(consent)
            if consent.proven_at.is_some() && consent.permissions.iter().all(|one| one.granted)),
        ErpStep::AppRole => matches!(&facts.role, Some(role) if role.assigned),
        ErpStep::TestSignIn => {
            let passed = passing("o-service", &[ROLE]).outcome;
            let known = facts.app.is_some() && facts.service_user.is_some();
            known && matches!(&facts.test, Some(test) if test.outcome == passed)
        }
    }
}

proptest! {
    #[test]
    fn a_step_is_done_exactly_when_a_fact_proves_it(facts in facts()) {
        for item in erp_checklist(&facts) {
            prop_assert_eq!(item.state.is_settled(), is_proven(&facts, item.step), "{:?}", item);
        }
    }

    #[test]
    fn a_done_step_carries_a_time_somebody_saw(facts in facts()) {
        let consent = facts.consent.as_ref();
        let seen = [
            facts.admin.as_ref().map(|one| one.at), facts.tenant.as_ref().map(|one| one.at),
            facts.service_user.as_ref().map(|one| one.at), consent.and_then(|one| one.proven_at),
            facts.role.as_ref().map(|one| one.at), facts.test.as_ref().map(|one| one.at),
        ];
        for item in erp_checklist(&facts) {
            if let ErpState::Done { at, .. } = item.state {
                prop_assert!(seen.contains(&Some(at)), "{:?}", item);
            }
        }
    }

    #[test]
    fn later_facts_never_undo_an_earlier_step(facts in facts(), later in facts()) {
        let mixed = ErpFacts { consent: later.consent, role: later.role, test: later.test, ..facts.clone() };
        for step in [ErpStep::SignIn, ErpStep::ServiceUser] {
            prop_assert_eq!(state_of(&facts, step), state_of(&mixed, step));
        }
        let mixed = ErpFacts { role: mixed.role, test: mixed.test, ..facts.clone() };
        prop_assert_eq!(state_of(&facts, ErpStep::AdminConsent), state_of(&mixed, ErpStep::AdminConsent));
    }

    #[test]
    fn progress_never_passes_the_number_of_steps(facts in facts()) {
        let (done, all) = erp_progress(&erp_checklist(&facts));
        prop_assert!(done <= all && all == 5);
    }

    #[test]
    fn support_reads_the_same_states_and_no_address(facts in facts()) {
        let hidden = facts.clone().without_names();
        let done = |facts: &ErpFacts| erp_progress(&erp_checklist(facts));
        prop_assert_eq!(done(&hidden), done(&facts));
        let told = format!("{:?} {:?}", hidden, erp_checklist(&hidden));
        prop_assert!(!told.contains('@'), "{}", told);
    }

    #[test]
    fn facts_survive_the_wire(facts in facts()) {
        let text = serde_json::to_string(&(facts.clone(), erp_checklist(&facts))).expect("it is written");
        let back: (ErpFacts, Vec<ErpItem>) = serde_json::from_str(&text).expect("it is read");
        prop_assert_eq!(back, (facts.clone(), erp_checklist(&facts)));
    }
}
