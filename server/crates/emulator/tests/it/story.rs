//! `rollcall-emulator provision` against good and bad servers.

use std::time::Duration;

use emulator::story::{Report, Speech, Story};
use emulator::tenant::TenantOptions;

use crate::stub::{Quirk, Stub, TOKEN};

async fn tell(stub: &Stub, speech: Speech, cycles: usize) -> Report {
    Story {
        endpoint: stub.url.clone(),
        token: TOKEN.to_owned(),
        tenant: TenantOptions {
            users: 120,
            groups: 20,
            members_per_group: None,
            seed: 11,
        },
        speech,
        cycles,
        concurrency: 8,
        changes: 40,
        members_per_patch: 20,
        reference_checks: speech == Speech::Mixed,
        flag_in_requests: false,
        request_timeout: Duration::from_secs(10),
        time_limit: Duration::from_secs(120),
    }
    .tell()
    .await
}

#[tokio::test]
async fn a_good_server_is_flawless_in_every_dialect() {
    for speech in [Speech::Legacy, Speech::Compliant, Speech::Mixed] {
        let stub = Stub::start().await;
        let report = tell(&stub, speech, 4).await;
        assert!(report.flawless(), "{report}");
        stub.assert_obeyed();
        assert_eq!(report.cycles.len(), 5);
        let v = &report.verified;
        assert!(
            v.users > 200 && v.groups > 20 && v.members > 100 && v.deleted > 0 && v.on_demand == 12,
            "{v:?}"
        );
        let json = report.json();
        assert_eq!(json["ok"], true);
        assert!(json["operations"]["patchUser"]["count"].as_u64() > Some(0));
        assert!(json["operations"]["deleteUser"]["p99Ms"].as_f64() > Some(0.0));
        assert!(!json.to_string().contains(TOKEN));
    }
}

/// The classic mistakes of SCIM servers (`entra-facts` E4, E6 and others) must not pass.
#[tokio::test]
async fn the_classic_mistakes_are_found() {
    for (quirk, fact) in [
        (Quirk::RemoveClearsAll, "A4.6"),
        (Quirk::TruthyFalse, "A3"),
        (Quirk::ManagerAsString, "A4.7"),
        (Quirk::DropsPhones, "A3"),
        (Quirk::SamePage, "A5"),
        (Quirk::DeletesNothing, "A3"),
        (Quirk::Html, "A2"),
    ] {
        let stub = Stub::start().await;
        stub.misbehave(&[quirk]);
        let report = tell(&stub, Speech::Legacy, 3).await;
        assert!(
            report.deviations_by_fact.contains_key(fact),
            "{quirk:?} was not found: {report}"
        );
        assert!(!report.flawless());
    }
}

#[tokio::test]
async fn a_story_that_takes_too_long_is_ended() {
    let stub = Stub::start().await;
    let story = Story {
        endpoint: stub.url.clone(),
        token: TOKEN.to_owned(),
        tenant: TenantOptions::default(),
        speech: Speech::Legacy,
        cycles: 1,
        concurrency: 1,
        changes: 10,
        members_per_patch: 100,
        reference_checks: false,
        flag_in_requests: false,
        request_timeout: Duration::from_secs(10),
        time_limit: Duration::from_millis(20),
    };
    let report = story.tell().await;
    assert!(report.deviations[0].what.contains("was not over"), "{report}");
}
