//! Failures: escrow, quarantine, retries and the words of the log (A8).

use axum::http::HeaderValue;
use axum::response::Response;
use emulator::provisioner::{CycleState, NotRun, QuarantineReason, Reset, Status};
use serde_json::json;

use crate::harness::{World, lines, masked};
use crate::stub::{Recorded, error};

fn creating(request: &Recorded) -> bool {
    request.method == "POST" && request.path == "/Users"
}

#[tokio::test]
async fn a_conflict_goes_to_escrow_and_the_log_shows_the_servers_words() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world
        .stub
        .fault(|request| creating(request).then(|| error(409, "uniqueness", "Rename one of the two.")));
    let cycle = world.cycle().await;
    assert_eq!(
        (cycle.state, cycle.failed, cycle.escrowed),
        (CycleState::EntryLevelErrors, 1, 1)
    );
    let entry = world.last_entry(ann);
    assert_eq!(entry.status, Status::Failure);
    let failure = entry.error.unwrap();
    assert_eq!(failure.error_code, "EntryConflict");
    insta::assert_snapshot!(failure.reason);
}

#[tokio::test]
async fn escrow_waits_longer_each_time_until_it_works() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world
        .stub
        .fault(|request| creating(request).then(|| error(500, "", "down")));
    let mut tried = Vec::new();
    for number in 0..16 {
        world.stub.requests();
        world.cycle().await;
        if world.stub.requests().iter().any(creating) {
            tried.push(number);
        }
    }
    assert_eq!(
        tried,
        [0, 1, 3, 7, 15],
        "the spacing doubles: 40, 80, 160, 320 minutes"
    );
    assert_eq!(world.job().escrow(ann).unwrap().attempts, 5);
    world.stub.heal();
    world.tenant().rename(ann, "Ann", "Changed").unwrap();
    world.cycle().await;
    assert_eq!(
        world.job().escrow(ann),
        None,
        "a change of the object is tried at once"
    );
    assert_eq!(world.stub.users().len(), 1);
}

#[tokio::test]
async fn a_reference_to_somebody_in_escrow_waits_for_them() {
    let world = World::empty().await;
    let (ann, boss) = (world.hire("ann"), world.hire("boss"));
    world.tenant().set_manager(ann, Some(boss)).unwrap();
    world.group("Team", &[ann, boss]);
    world.stub.fault(|request| {
        (creating(request) && request.body["userName"] == "boss@contoso.com").then(|| error(500, "", "no"))
    });
    world.cycle().await;
    assert_eq!(world.stub.members("Team").len(), 1);
    world.stub.heal();
    world.cycle().await;
    assert_eq!(world.stub.members("Team").len(), 2);
    let held = world.stub.user("ann@contoso.com").unwrap();
    let manager = &held["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"]["value"];
    assert_eq!(manager, &json!(world.job().target_id(boss).unwrap()));
}

#[tokio::test]
async fn a_failed_member_patch_is_sent_again() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.group("Team", &[ann]);
    world
        .stub
        .fault(|request| request.path.starts_with("/Groups/").then(|| error(500, "", "no")));
    let cycle = world.cycle().await;
    assert_eq!((cycle.failed, cycle.failed_references), (0, 1));
    world.stub.heal();
    world.cycle().await;
    assert_eq!(world.stub.members("Team").len(), 1);
}

#[tokio::test]
async fn a_vanished_user_is_an_invalid_anchor_and_comes_back() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.cycle().await;
    world.stub.lose("u00001");
    world.tenant().rename(ann, "Ann", "New").unwrap();
    world.cycle().await;
    assert_eq!(world.last_entry(ann).error.unwrap().error_code, "InvalidAnchor");
    let requests = world.requests().await;
    assert_eq!(
        lines(&requests),
        ["GET /Users?filter=userName eq \"ann@contoso.com\"", "POST /Users"]
    );
    assert_eq!(world.job().target_id(ann).as_deref(), Some("u00002"));
}

#[tokio::test]
async fn two_hits_are_duplicate_target_entries() {
    let world = World::empty().await;
    for _ in 0..2 {
        world
            .stub
            .plant_user(json!({"userName": "ann@contoso.com", "active": true}));
    }
    let ann = world.hire("ann");
    world.cycle().await;
    assert_eq!(
        world.last_entry(ann).error.unwrap().error_code,
        "DuplicateTargetEntries"
    );
}

#[tokio::test]
async fn two_people_with_one_match_are_duplicate_source_entries() {
    use emulator::provisioner::Matching;
    let world = World::empty().await;
    world.hire("ann");
    world.cycle().await;
    let other = world.hire("other");
    let mail = [(emulator::tenant::Property::Mail, Some("ann@contoso.com"))];
    world.tenant().update(other, &mail).unwrap();
    world
        .job()
        .reconfigure(|settings| settings.matching = vec![Matching::WorkMail]);
    world.cycle().await;
    assert_eq!(
        world.last_entry(other).error.unwrap().error_code,
        "DuplicateSourceEntries"
    );
}

#[tokio::test]
async fn refused_credentials_quarantine_at_once_and_success_lifts_it() {
    let world = World::empty().await;
    world.hire("ann");
    world.cycle().await;
    let good = world.job().settings().secret_token;
    world
        .job()
        .reconfigure(|settings| settings.secret_token = "expired".to_owned());
    let cycle = world.any_cycle().await;
    assert_eq!(cycle.state, CycleState::Failed);
    let quarantine = world.job().quarantine().unwrap();
    assert_eq!(
        quarantine.reason,
        QuarantineReason::EncounteredQuarantineException
    );
    let told = world.job().graph_job()["status"]["quarantine"].clone();
    insta::assert_json_snapshot!(masked(told, "message"));
    world.job().reconfigure(|settings| settings.secret_token = good);
    assert!(matches!(world.job().run_due().await, Err(NotRun::NotDue(_))));
    world.advance_hours(6);
    world.job().run_due().await.unwrap();
    assert_eq!(world.job().quarantine(), None);
    world.advance_minutes(40);
    world.job().run_due().await.unwrap();
}

#[tokio::test]
async fn a_quarantined_job_backs_off_and_is_disabled_after_28_days() {
    let world = World::empty().await;
    world
        .job()
        .reconfigure(|settings| settings.secret_token = "expired".to_owned());
    world.job().start();
    let began = world.entra.clock().now();
    let mut hours = Vec::new();
    for hour in 0..=29 * 24 {
        if world.job().run_due().await.is_ok() {
            hours.push(hour);
        }
        world.advance_hours(1);
    }
    let expected: Vec<_> = [0, 6, 12]
        .into_iter()
        .chain((1..=28).map(|day| day * 24))
        .collect();
    assert_eq!(hours, expected);
    assert_eq!(world.job().quarantine().unwrap().series_began, began);
    assert_eq!(world.job().run_cycle().await, Err(NotRun::Disabled));
    assert_eq!(world.job().graph_job()["schedule"]["state"], "Disabled");
    world.job().restart(Reset::default());
    world
        .job()
        .reconfigure(|settings| settings.secret_token = crate::stub::TOKEN.to_owned());
    world.job().run_due().await.unwrap();
}

#[tokio::test]
async fn a_token_that_dies_in_the_middle_ends_the_cycle() {
    let world = World::empty().await;
    for n in 0..20 {
        world.hire(&format!("user{n}"));
    }
    let mut created = 0;
    world.stub.fault(move |request| {
        created += usize::from(creating(request));
        (created > 5).then(|| error(401, "", "revoked"))
    });
    let cycle = world.any_cycle().await;
    assert_eq!(cycle.state, CycleState::Failed);
    assert_eq!(world.stub.users().len(), 5);
    assert!(
        world.stub.requests().len() < 20,
        "nothing is sent after the refusal"
    );
    world.stub.heal();
    world.cycle().await;
    assert_eq!(world.stub.users().len(), 20);
}

#[tokio::test]
async fn too_many_deletes_wait_for_the_admin() {
    let world = World::empty().await;
    let people: Vec<_> = (0..10).map(|n| world.hire(&format!("user{n}"))).collect();
    world.cycle().await;
    world
        .job()
        .reconfigure(|settings| settings.delete_threshold = Some(3));
    people[..4]
        .iter()
        .for_each(|id| assert!(world.tenant().unassign(*id).unwrap()));
    world.any_cycle().await;
    assert_eq!(
        world.job().quarantine().unwrap().reason,
        QuarantineReason::TooManyDeletes
    );
    assert!(world.stub.users().iter().all(|user| user["active"] == true));
    world.job().restart(Reset {
        full: false,
        force_deletes: true,
    });
    world.cycle().await;
    assert_eq!(
        world
            .stub
            .users()
            .iter()
            .filter(|user| user["active"] == false)
            .count(),
        4
    );
    assert_eq!(world.job().quarantine(), None);
}

fn throttled(seconds: Option<&'static str>) -> Response {
    let mut response = error(429, "", "slow down");
    if let Some(seconds) = seconds {
        response
            .headers_mut()
            .insert("retry-after", HeaderValue::from_static(seconds));
    }
    response
}

#[tokio::test]
async fn a_429_is_repeated_as_the_server_asks() {
    let world = World::empty().await;
    world.hire("ann");
    let mut refusals = 2;
    world.stub.fault(move |request| {
        if !creating(request) || refusals == 0 {
            return None;
        }
        refusals -= 1;
        Some(throttled(Some("1")))
    });
    assert_eq!(world.cycle().await.failed, 0);
    assert_eq!(world.job().witness().throttle_count(), 2);
    world.assert_clean();
}

#[tokio::test]
async fn a_429_for_ever_goes_to_escrow() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world
        .stub
        .fault(|request| creating(request).then(|| throttled(None)));
    world.cycle().await;
    let failure = world.last_entry(ann).error.unwrap();
    assert_eq!(failure.error_code, "TooManyRequests");
    assert!(
        failure.reason.contains("This operation was retried 2 times."),
        "{}",
        failure.reason
    );
    assert!(
        world
            .job()
            .witness()
            .deviations()
            .iter()
            .all(|deviation| deviation.what == "429 without Retry-After")
    );
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    // A server that takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let taken = tokio::spawn(async move {
        let mut taken = Vec::new();
        while let Ok((stream, _)) = silent.accept().await {
            taken.push(stream);
        }
    });
    world.job().reconfigure(|settings| {
        settings.tenant_url = url;
        settings.request_timeout = std::time::Duration::from_millis(100);
    });
    let done = world.job().provision_on_demand(ann).await.unwrap();
    assert_eq!(done.entry.error.unwrap().error_code, "Timeout");
    assert_eq!(world.job().witness().deviations()[0].what, "no answer: Timeout");
    taken.abort();
}
