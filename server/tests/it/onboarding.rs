//! The ERP checklist against the emulator: done for the admin, done by hand, its failures and their remedies, and what
//! must not work (threats T43, T45, T46, T49, T51).

use contract::onboarding::erp::{
    ConsentRefusal, ErpEvidence, ErpFailure, ErpWarning, Permission, PermissionKind,
};
use contract::onboarding::{ErpState, ErpStep};
use contract::refusal::Why;
use contract::{Reach, Refusal, Role, Setup, Viewer};
use emulator::cloud::{FABRIKAM, GRAPH_APP_ID, TRUVIO};
use emulator::tenant::{ObjectId, TENANT_ID};
use jiff::SignedDuration;

use crate::harness::Backend;
use crate::harness::entra::{ADELE, ALEX, MEGAN, OLIVIA, PATTI, SERVICE};
use crate::harness::erp::{ROLE, Truvio, done, state};

const CONSENT: &str = "/consent";
const TEST: &str = "/test-sign-in";

fn conflict<T>(why: Why) -> Result<T, Refusal> {
    Err(Refusal::Conflict { why })
}

async fn done_for_the_admin(backend: Backend) {
    let truvio = Truvio::on(backend).await;
    let (organization, portal) = (truvio.organization.as_str(), truvio.portal());
    let mut browser = truvio.browser().await;
    let viewer = truvio.viewer(&browser);
    let before = portal.erp(&viewer, organization).await.unwrap();
    assert!(before.items.iter().all(|item| item.state == ErpState::ToDo));
    assert!(before.can.create_user.is_err() && before.facts.app.is_some());

    assert_eq!(truvio.admin(&mut browser, MEGAN).await, "/organizations");
    let erp = truvio.look(&viewer).await;
    assert!(done(&erp, &[ErpStep::SignIn]));
    assert_eq!(erp.facts.tenant.as_ref().unwrap().id, TENANT_ID.to_string());
    assert!(erp.can.create_user.is_ok() && erp.can.consent.is_ok() && erp.can.assign_role.is_ok());

    let name = "svc-erp@contoso.com";
    portal
        .create_service_user(&viewer, organization, "ERP service", name)
        .await
        .unwrap();
    let password = portal
        .reveal_password(&viewer, organization)
        .await
        .unwrap()
        .unwrap();
    assert!(password.len() >= 28);
    assert_eq!(portal.reveal_password(&viewer, organization).await, Ok(None));
    let again = portal.create_service_user(&viewer, organization, "ERP service", name);
    assert_eq!(again.await, Err(Refusal::invalid("user_name", Why::NameTaken)));

    assert_eq!(
        portal.assign_role(&viewer, organization).await,
        conflict(Why::NoConsent)
    );
    assert_eq!(truvio.run(&mut browser, CONSENT, MEGAN).await, "/organizations");
    portal.assign_role(&viewer, organization).await.unwrap();
    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, name).await;
    let erp = truvio.look(&viewer).await;
    let steps = [
        ErpStep::SignIn,
        ErpStep::ServiceUser,
        ErpStep::AdminConsent,
        ErpStep::AppRole,
        ErpStep::TestSignIn,
    ];
    assert!(done(&erp, &steps), "{erp:#?}");
    assert!(erp.script.iter().any(|script| script.step == ErpStep::AppRole));
    assert!(erp.redirects.consent.ends_with("/consent/callback"));
    let granted = Permission {
        name: "access_as_user".to_owned(),
        kind: PermissionKind::Delegated,
        granted: true,
    };
    assert!(erp.facts.consent.unwrap().permissions.contains(&granted));

    portal
        .undo(&viewer, organization, ErpStep::AppRole)
        .await
        .unwrap();
    let erp = truvio.look(&viewer).await;
    assert_eq!(state(&erp, ErpStep::AppRole), &ErpState::ToDo);
    portal
        .undo(&viewer, organization, ErpStep::ServiceUser)
        .await
        .unwrap();
    assert!(truvio.at.entra.cloud().account(TENANT_ID, name).is_none());
    let nothing = portal.undo(&viewer, organization, ErpStep::ServiceUser).await;
    assert_eq!(nothing, conflict(Why::NotMadeHere));
    nothing_in_the_clear(&truvio, &password).await;
}

/// Neither log nor database holds a secret (threats T51, T73).
async fn nothing_in_the_clear(truvio: &Truvio, password: &str) {
    let server = &truvio.at.server;
    server.log.flush();
    let mut kept = server.log.captured().into_bytes();
    if let Some(path) = server.database.url().strip_prefix("sqlite:") {
        for file in [path.to_owned(), format!("{path}-wal")] {
            kept.extend(std::fs::read(file).unwrap_or_default());
        }
    }
    let holds = |text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("Truvio") || server.database.url().starts_with("postgres"));
    for secret in [truvio.secret.as_str(), password, "eyJ0eXAi", "eyJhbGci"] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_checklist_is_done_for_the_admin_on_sqlite() {
    done_for_the_admin(Backend::Sqlite).await;
}

#[tokio::test]
async fn the_checklist_is_done_for_the_admin_on_postgres() {
    done_for_the_admin(Backend::Postgres).await;
}

#[tokio::test]
async fn the_checklist_is_done_by_hand() {
    let truvio = Truvio::start().await;
    let (organization, portal) = (truvio.organization.as_str(), truvio.portal());
    let mut browser = truvio.browser().await;
    let viewer = truvio.viewer(&browser);
    truvio.admin(&mut browser, ADELE).await;
    let erp = truvio.look(&viewer).await;
    assert!(
        erp.can.create_user.is_err() && erp.can.consent.is_ok(),
        "her role"
    );

    let found = portal
        .find_service_users(&viewer, organization, "svc-tru")
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    let chosen = portal.choose_service_user(&viewer, organization, &found[0].object_id);
    chosen.await.unwrap();
    let cloud = truvio.at.entra.cloud();
    let scopes = ["access_as_user".to_owned()];
    cloud.consent(TENANT_ID, TRUVIO, None, TRUVIO, &scopes).unwrap();
    let scopes = ["openid", "profile", "User.Read"].map(str::to_owned);
    cloud
        .consent(TENANT_ID, TRUVIO, None, GRAPH_APP_ID, &scopes)
        .unwrap();
    truvio.assign(SERVICE);
    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, SERVICE).await;
    let erp = truvio.look(&viewer).await;
    let by_hand = [
        ErpStep::ServiceUser,
        ErpStep::AdminConsent,
        ErpStep::AppRole,
        ErpStep::TestSignIn,
    ];
    assert!(done(&erp, &by_hand), "{erp:#?}");
    let undone = portal.undo(&viewer, organization, ErpStep::AppRole).await;
    assert_eq!(undone, conflict(Why::NotMadeHere));
    let other = portal.choose_service_user(&viewer, organization, "x").await;
    assert_eq!(other, Err(Refusal::invalid("object_id", Why::NotOffered)));
}

/// An admin with the service user chosen.
async fn chosen(truvio: &Truvio) -> (crate::harness::entra::Browser, Viewer) {
    let mut browser = truvio.browser().await;
    let viewer = truvio.viewer(&browser);
    truvio.admin(&mut browser, MEGAN).await;
    let service = truvio.person(SERVICE).to_string();
    let chosen = truvio
        .portal()
        .choose_service_user(&viewer, &truvio.organization, &service);
    chosen.await.unwrap();
    (browser, viewer)
}

fn failure(state: &ErpState) -> &ErpFailure {
    match state {
        ErpState::Failed { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_named_failure_is_recognised_and_mended() {
    let truvio = Truvio::start().await;
    let (mut browser, viewer) = chosen(&truvio).await;
    let portal = truvio.portal();
    let step = ErpStep::TestSignIn;

    // Consent required: an administrator's approval is needed first.
    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, SERVICE).await;
    let erp = truvio.look(&viewer).await;
    let reason = failure(state(&erp, step));
    assert!(matches!(reason, ErpFailure::ConsentRequired { .. }), "{erp:#?}");
    assert_eq!(reason.mended_by(), ErpStep::AdminConsent);
    browser.leave_microsoft();
    truvio.run(&mut browser, CONSENT, MEGAN).await;

    // Access denied: a token without the role; or, where assignment is required, no token at all.
    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, SERVICE).await;
    let erp = truvio.look(&viewer).await;
    assert_eq!(
        failure(state(&erp, step)),
        &ErpFailure::AccessDenied { code: None }
    );
    let principal = truvio.principal().unwrap();
    let cloud = truvio.at.entra.cloud();
    cloud
        .change_service_principal(TENANT_ID, principal, None, Some(true))
        .unwrap();
    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, SERVICE).await;
    let erp = truvio.look(&viewer).await;
    let denied = ErpFailure::AccessDenied { code: Some(50_105) };
    assert_eq!(failure(state(&erp, step)), &denied);
    assert_eq!(denied.mended_by(), ErpStep::AppRole);
    portal.assign_role(&viewer, &truvio.organization).await.unwrap();

    // Wrong account: somebody else of the tenant, who holds the role too.
    truvio.assign(ALEX);
    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, ALEX).await;
    let erp = truvio.look(&viewer).await;
    let wrong = ErpFailure::WrongAccount {
        address: ALEX.to_owned(),
    };
    assert_eq!(failure(state(&erp, step)), &wrong);
    let role = erp
        .items
        .iter()
        .find(|item| item.step == ErpStep::AppRole)
        .unwrap();
    assert!(matches!(&role.warnings[..], [ErpWarning::RoleAlsoElsewhere(names)] if names.len() == 1));
    // Or somebody of another tenant.
    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, OLIVIA).await;
    let erp = truvio.look(&viewer).await;
    assert!(matches!(
        failure(state(&erp, step)),
        ErpFailure::WrongAccount { .. }
    ));

    browser.leave_microsoft();
    truvio.run(&mut browser, TEST, SERVICE).await;
    let erp = truvio.look(&viewer).await;
    let ErpState::Done {
        evidence: ErpEvidence::TestPassed { roles, .. },
        ..
    } = state(&erp, step)
    else {
        panic!("{erp:#?}");
    };
    assert_eq!(roles, &[ROLE]);
}

#[tokio::test]
async fn a_role_on_the_wrong_principal_is_named_and_a_lost_user_noticed() {
    let truvio = Truvio::start().await;
    let (mut browser, viewer) = chosen(&truvio).await;
    truvio.run(&mut browser, CONSENT, MEGAN).await;
    let assignment = truvio.assign(ALEX);
    let erp = truvio.look(&viewer).await;
    let wrong = ErpFailure::WrongPrincipal(vec!["Alex Wilber".to_owned()]);
    assert_eq!(failure(state(&erp, ErpStep::AppRole)), &wrong);
    let cloud = truvio.at.entra.cloud();
    cloud.remove_app_role_assignment(TENANT_ID, &assignment).unwrap();
    let erp = truvio.look(&viewer).await;
    assert_eq!(state(&erp, ErpStep::AppRole), &ErpState::ToDo);

    let service = ObjectId(truvio.person(SERVICE));
    let tenant = truvio.at.entra.tenant();
    tenant.disable(service).unwrap();
    let erp = truvio.look(&viewer).await;
    assert_eq!(
        failure(state(&erp, ErpStep::ServiceUser)),
        &ErpFailure::UserDisabled
    );
    tenant.delete(service).unwrap();
    let erp = truvio.look(&viewer).await;
    assert_eq!(
        failure(state(&erp, ErpStep::ServiceUser)),
        &ErpFailure::UserMissing
    );
    cloud
        .delete_service_principal(TENANT_ID, truvio.principal().unwrap())
        .unwrap();
    let erp = truvio.look(&viewer).await;
    assert_eq!(
        state(&erp, ErpStep::AdminConsent),
        &ErpState::ToDo,
        "consent was taken back"
    );
}

#[tokio::test]
async fn what_microsoft_shows_late_is_waited_for() {
    let truvio = Truvio::start().await;
    let (mut browser, viewer) = chosen(&truvio).await;
    let entra = &truvio.at.entra;
    entra.cloud().set_replication_delay(SignedDuration::from_secs(90));
    truvio.run(&mut browser, CONSENT, MEGAN).await;
    let erp = truvio.look(&viewer).await;
    let waiting = state(&erp, ErpStep::AdminConsent);
    assert!(
        matches!(waiting, ErpState::WaitingForMicrosoft { .. }),
        "{erp:#?}"
    );
    let mut pulses = truvio.at.server.state.recorder.pulses();
    entra.clock().advance(std::time::Duration::from_secs(91));
    // Nobody asks: we go on looking by ourselves, and wake the page.
    let woken = pulses.recv().await.unwrap();
    assert_eq!(woken.as_str(), truvio.organization);
    let erp = truvio.portal().erp(&viewer, &truvio.organization).await.unwrap();
    assert!(done(&erp, &[ErpStep::AdminConsent]), "{erp:#?}");
}

#[tokio::test]
async fn consent_that_is_claimed_proves_nothing() {
    let truvio = Truvio::start().await;
    let (mut browser, viewer) = chosen(&truvio).await;
    // A real beginning, and an answer that somebody made up.
    let forged = |to: &url::Url, tenant: &str| {
        let state = to.query_pairs().find(|(name, _)| name == "state").unwrap().1;
        let mut back = url::Url::parse(&truvio.at.server.url).unwrap();
        back.set_path("/consent/callback");
        back.query_pairs_mut()
            .append_pair("admin_consent", "True")
            .append_pair("tenant", tenant)
            .append_pair("state", &state);
        back
    };
    let to = browser.send_form(CONSENT, &truvio.errand()).await;
    assert!(to.path().starts_with(&format!("/{TENANT_ID}/adminconsent")));
    let back = forged(&to, &TENANT_ID.to_string());
    let mut other = truvio.browser().await;
    let expired = "/signed-out?failed=expired";
    assert_eq!(other.come_back(back.clone()).await, expired, "another browser");
    assert_eq!(browser.come_back(back.clone()).await, "/organizations");
    let erp = truvio.look(&viewer).await;
    assert!(
        matches!(
            state(&erp, ErpStep::AdminConsent),
            ErpState::WaitingForMicrosoft { .. }
        ),
        "claimed, not proven"
    );
    assert_eq!(browser.come_back(back).await, expired, "replayed");
    truvio.at.server.clock.advance(11 * 60);
    let (_, erp) = (
        truvio.admin(&mut browser, MEGAN).await,
        truvio.look(&viewer).await,
    );
    assert_eq!(
        failure(state(&erp, ErpStep::AdminConsent)),
        &ErpFailure::ConsentNotVisible
    );

    let to = browser.send_form(CONSENT, &truvio.errand()).await;
    browser.come_back(forged(&to, &FABRIKAM.to_string())).await;
    let erp = truvio.look(&viewer).await;
    let refused = ErpFailure::ConsentRefused(ConsentRefusal::Other("other_tenant".to_owned()));
    assert_eq!(failure(state(&erp, ErpStep::AdminConsent)), &refused);
    assert_eq!(erp.facts.tenant.unwrap().id, TENANT_ID.to_string());
}

#[tokio::test]
async fn every_refusal_of_consent_is_told() {
    let truvio = Truvio::start().await;
    let (mut browser, viewer) = chosen(&truvio).await;
    let answers = [
        (
            "error=permission_denied&error_description=The+admin+canceled+the+request",
            ConsentRefusal::Cancelled,
        ),
        (
            "error=access_denied&error_subcode=cancel",
            ConsentRefusal::Cancelled,
        ),
        (
            "admin_consent=True&error=consent_required&error_description=AADSTS65004%3A+declined",
            ConsentRefusal::Cancelled,
        ),
        (
            "admin_consent=True&error=access_denied&error_description=AADSTS90094%3A+x",
            ConsentRefusal::NeedsAdmin,
        ),
        (
            "error=invalid_resource&error_description=AADSTS650052%3A+x",
            ConsentRefusal::Other("AADSTS650052".to_owned()),
        ),
        ("code=x", ConsentRefusal::Other("unexpected_answer".to_owned())),
    ];
    for (answer, expected) in answers {
        let to = browser.send_form(CONSENT, &truvio.errand()).await;
        let state_of = to.query_pairs().find(|(name, _)| name == "state").unwrap().1;
        let back = format!(
            "{}/consent/callback?{answer}&state={state_of}",
            truvio.at.server.url
        );
        browser.come_back(back.parse().unwrap()).await;
        let erp = truvio.look(&viewer).await;
        let reason = failure(state(&erp, ErpStep::AdminConsent));
        assert_eq!(reason, &ErpFailure::ConsentRefused(expected), "{answer}");
    }
    let to = browser.send_form(CONSENT, &truvio.errand()).await;
    browser.leave_microsoft();
    let page = browser.go_on(to, ALEX).await.unwrap_err();
    let back = browser.give_up(&page).await;
    browser.come_back(back).await;
    let erp = truvio.look(&viewer).await;
    let reason = failure(state(&erp, ErpStep::AdminConsent));
    assert!(
        matches!(reason, ErpFailure::ConsentRefused(_)),
        "an ordinary user"
    );
}

#[tokio::test]
async fn nobody_acts_with_anothers_token() {
    let truvio = Truvio::start().await;
    let (_megan, _) = chosen(&truvio).await;
    let (organization, portal) = (truvio.organization.as_str(), truvio.portal());
    // Another owner, in a session of their own: the organization is the same, the token is not theirs.
    let mut browser = truvio.browser().await;
    let viewer = truvio.viewer(&browser);
    let needed = Why::MicrosoftSignInNeeded;
    let found = portal.find_service_users(&viewer, organization, "a").await;
    assert_eq!(found, conflict(needed));
    let made = portal.create_service_user(&viewer, organization, "x", "x@contoso.com");
    assert_eq!(made.await, conflict(needed));
    assert_eq!(portal.assign_role(&viewer, organization).await, conflict(needed));
    let erp = truvio.look(&viewer).await;
    assert!(erp.facts.admin.is_none() && erp.can.assign_role.is_err());

    // An admin of another tenant: named, and of no use here.
    truvio.admin(&mut browser, PATTI).await;
    let erp = truvio.look(&viewer).await;
    assert_eq!(failure(state(&erp, ErpStep::SignIn)), &ErpFailure::WrongTenant);
    assert_eq!(
        portal.find_service_users(&viewer, organization, "a").await,
        conflict(needed)
    );
    assert_eq!(erp.facts.tenant.unwrap().id, TENANT_ID.to_string());

    // Signing out takes the token along.
    truvio.admin(&mut browser, MEGAN).await;
    assert!(
        portal
            .find_service_users(&viewer, organization, "a")
            .await
            .is_ok()
    );
    browser.send_form("/sign-out", &[]).await;
    assert_eq!(
        portal.find_service_users(&viewer, organization, "a").await,
        conflict(needed)
    );
}

#[tokio::test]
async fn a_tenant_belongs_to_one_organization_of_an_app() {
    let mut truvio = Truvio::start().await;
    let (mut browser, viewer) = chosen(&truvio).await;
    let first = truvio.organization.clone();
    truvio.organization = truvio.customer("Contoso once more").await;
    assert_eq!(
        truvio.admin(&mut browser, MEGAN).await,
        "/organizations?failed=wrong_tenant"
    );
    let erp = truvio.look(&viewer).await;
    assert_eq!(erp.facts.tenant, None);
    // Whoever administers nothing may not even consent to be asked.
    assert_eq!(
        truvio.admin(&mut browser, ALEX).await,
        "/organizations?failed=consent"
    );
    assert_eq!(truvio.look(&viewer).await.facts.tenant, None);

    let portal = truvio.portal();
    portal.undo(&viewer, &first, ErpStep::SignIn).await.unwrap();
    assert_eq!(truvio.admin(&mut browser, MEGAN).await, "/organizations");
    let erp = truvio.look(&viewer).await;
    assert_eq!(erp.facts.tenant.unwrap().id, TENANT_ID.to_string());
    let erp = portal.erp(&viewer, &first).await.unwrap();
    assert_eq!((erp.facts.tenant, erp.facts.service_user), (None, None));
}

#[tokio::test]
async fn a_link_reaches_its_organization_and_support_changes_nothing() {
    let truvio = Truvio::start().await;
    let (browser, owner) = chosen(&truvio).await;
    let (organization, portal) = (truvio.organization.as_str(), truvio.portal());
    let setup = |organization: &str, erp, step| Viewer {
        role: Role::TenantAdmin,
        reach: Reach::Setup(Setup {
            organization: organization.to_owned(),
            link: "lnk_1".to_owned(),
            erp,
            directory_sync: true,
            step,
            framed: false,
        }),
        ..truvio.viewer(&browser)
    };
    for stranger in [setup("org_other", true, None), setup(organization, false, None)] {
        assert_eq!(portal.erp(&stranger, organization).await, Err(Refusal::NotFound));
        assert_eq!(
            portal.assign_role(&stranger, organization).await,
            Err(Refusal::NotFound)
        );
    }
    let one_step = setup(organization, true, Some(ErpStep::AdminConsent));
    assert!(portal.erp(&one_step, organization).await.is_ok());
    assert_eq!(
        portal.assign_role(&one_step, organization).await,
        Err(Refusal::Forbidden)
    );

    let support = Viewer {
        role: Role::Support,
        ..owner.clone()
    };
    assert!(portal.erp(&support, organization).await.is_ok());
    assert_eq!(portal.recheck(&support, organization).await, Ok(()));
    let no = Err(Refusal::Forbidden);
    assert_eq!(portal.assign_role(&support, organization).await, no);
    assert_eq!(portal.undo(&support, organization, ErpStep::SignIn).await, no);
    assert_eq!(portal.choose_service_user(&support, organization, "x").await, no);
    let created = portal.create_service_user(&support, organization, "x", "x@contoso.com");
    assert_eq!(created.await, no);
    let found = portal.find_service_users(&support, organization, "x").await;
    assert_eq!(found, Err(Refusal::Forbidden));
    let other_app = Viewer {
        reach: Reach::Apps(vec![("app_other".to_owned(), Role::Owner)]),
        ..owner
    };
    assert_eq!(portal.erp(&other_app, organization).await, Err(Refusal::NotFound));
}

#[tokio::test]
async fn an_errand_needs_a_session_that_may() {
    let truvio = Truvio::start().await;
    let mut stranger = truvio.at.browser();
    for errand in ["/admin/sign-in", CONSENT, TEST] {
        let to = stranger.send_form(errand, &truvio.errand()).await;
        assert!(to.as_str().ends_with("/signed-out?failed=expired"), "{to}");
    }
    let mut browser = truvio.browser().await;
    let nowhere = [("organization", "org_none"), ("return_to", "/")];
    for errand in ["/admin/sign-in", CONSENT, TEST] {
        let to = browser.send_form(errand, &nowhere).await;
        assert!(to.as_str().ends_with("/signed-out?failed=other"), "{to}");
    }
    let to = browser.send_form(TEST, &truvio.errand()).await;
    assert!(to.as_str().ends_with("failed=unavailable"), "no tenant yet: {to}");
}

#[tokio::test]
async fn an_unreadable_secret_sends_nothing() {
    let truvio = Truvio::start().await;
    let state = &truvio.at.server.state;
    let sealed = state
        .key
        .seal(
            server::checklists::CLIENT_SECRET.at("app_other"),
            &truvio.secret.clone().into(),
            &server::clock::Randomness::System,
        )
        .unwrap();
    truvio.seal(sealed).await;
    let mut browser = truvio.browser().await;
    truvio.admin(&mut browser, MEGAN).await;
    let to = browser.send_form(CONSENT, &truvio.errand()).await;
    assert!(to.as_str().ends_with("failed=unavailable"), "{to}");
}

/// What somebody does in Entra turns up on the page they have open, without a reload.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_watches_the_checklist_sees_what_is_done_by_hand() {
    let truvio = Truvio::start().await;
    let (mut browser, viewer) = chosen(&truvio).await;
    truvio.run(&mut browser, CONSENT, MEGAN).await;
    truvio.look(&viewer).await;
    let mut pulses = browser
        .watch(&contract::live::checklist_path(&truvio.organization))
        .await;
    assert!(pulses.chunk().await.unwrap().is_some(), "one at once");
    truvio.at.server.clock.advance(4);
    truvio.assign(SERVICE);
    let heard = tokio::time::timeout(std::time::Duration::from_secs(30), pulses.chunk()).await;
    assert!(heard.expect("a pulse").unwrap().is_some());
    let erp = truvio.portal().erp(&viewer, &truvio.organization).await.unwrap();
    assert!(done(&erp, &[ErpStep::AppRole]), "{erp:#?}");
}
