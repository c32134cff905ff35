//! *Provision on demand* (A7, C5.11).

use emulator::provisioner::{OnDemandError, OnDemandOutcome, StepType};
use serde_json::{Value, json};

use crate::harness::{World, lines, operations};

#[tokio::test]
async fn one_user_goes_through_all_steps_though_the_job_is_off() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    let done = world.job().provision_on_demand(ann).await.unwrap();
    assert_eq!(done.outcome(), OnDemandOutcome::Success);
    let steps: Vec<_> = done.entry.steps.iter().map(|step| step.kind).collect();
    assert_eq!(
        steps,
        [
            StepType::Import,
            StepType::Scoping,
            StepType::Matching,
            StepType::Export
        ]
    );
    assert!(done.entry.on_demand);
    assert_eq!(world.stub.users().len(), 1);
    let again = world.job().provision_on_demand(ann).await.unwrap();
    assert_eq!(again.outcome(), OnDemandOutcome::Skipped);
    let graph = again.graph();
    let key: Value = serde_json::from_str(graph["key"].as_str().unwrap()).unwrap();
    assert_eq!(
        key,
        json!({"result": "Skipped", "details": {
            "errorCode": "RedundantExport",
            "errorMessage": "The state of the user in both the source and target systems already match."
        }})
    );
    let value: Value = serde_json::from_str(graph["value"].as_str().unwrap()).unwrap();
    assert_eq!(value["targetSystem"]["name"], "customappsso");
    assert_eq!(value["reportableIdentifier"], "ann@contoso.com");
    world.assert_clean();
}

#[tokio::test]
async fn it_speaks_legacy_even_with_the_flag() {
    let world = World::empty().await;
    world
        .job()
        .reconfigure(|settings| settings.tenant_url.push_str("?aadOptscim062020"));
    let ann = world.hire("ann");
    world.job().provision_on_demand(ann).await.unwrap();
    world.tenant().disable(ann).unwrap();
    world.stub.requests();
    world.job().provision_on_demand(ann).await.unwrap();
    let sent = operations(&world.stub.requests());
    assert_eq!(
        sent,
        [json!({"op": "Replace", "path": "active", "value": "False"})]
    );
    world.assert_clean();
}

#[tokio::test]
async fn unassigned_users_are_disabled_deleted_ones_are_refused() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.job().provision_on_demand(ann).await.unwrap();
    world.tenant().unassign(ann).unwrap();
    world.job().provision_on_demand(ann).await.unwrap();
    assert_eq!(world.stub.users()[0]["active"], false);
    world.tenant().delete(ann).unwrap();
    assert_eq!(
        world.job().provision_on_demand(ann).await,
        Err(OnDemandError::NotFound)
    );
}

#[tokio::test]
async fn a_group_takes_up_to_five_of_its_members() {
    let world = World::empty().await;
    let people: Vec<_> = (0..6)
        .map(|n| world.hire_unassigned(&format!("user{n}")))
        .collect();
    let stranger = world.hire_unassigned("stranger");
    let team = world.group("Team", &people);
    let job = world.job();
    assert_eq!(
        job.provision_group_on_demand(team, &people).await,
        Err(OnDemandError::TooManyMembers)
    );
    assert_eq!(
        job.provision_group_on_demand(team, &[stranger]).await,
        Err(OnDemandError::NotAMember)
    );
    let done = job.provision_group_on_demand(team, &people[..5]).await.unwrap();
    assert_eq!(done.outcome(), OnDemandOutcome::Success);
    assert_eq!(world.stub.users().len(), 5);
    assert_eq!(world.stub.members("Team").len(), 5);
    let add = lines(&world.stub.requests())
        .into_iter()
        .filter(|line| line.starts_with("PATCH /Groups/"))
        .count();
    assert_eq!(add, 1, "five members in one PATCH");
    world.assert_clean();
}

#[tokio::test]
async fn five_in_ten_seconds_and_no_more() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    for _ in 0..5 {
        world.job().provision_on_demand(ann).await.unwrap();
    }
    assert_eq!(
        world.job().provision_on_demand(ann).await,
        Err(OnDemandError::TooManyRequests)
    );
    world.entra.clock().advance(std::time::Duration::from_secs(10));
    world.job().provision_on_demand(ann).await.unwrap();
}

#[tokio::test]
async fn the_manager_follows_if_it_is_there() {
    let world = World::empty().await;
    let (ann, boss) = (world.hire("ann"), world.hire("boss"));
    world.tenant().set_manager(ann, Some(boss)).unwrap();
    world.job().provision_on_demand(boss).await.unwrap();
    let done = world.job().provision_on_demand(ann).await.unwrap();
    assert_eq!(done.others.len(), 1);
    let held = world.stub.user("ann@contoso.com").unwrap();
    assert_eq!(
        held["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"]["value"],
        "u00001"
    );
    world.assert_clean();
}
