//! Initial and incremental cycles (A3, A7).

use std::collections::BTreeSet;

use emulator::provisioner::{
    Action, Clause, CycleKind, CycleState, ExternalIdSource, NotRun, Operator, Reset, Scope, ScopingFilter,
    Status,
};
use emulator::tenant::{HOSTILE_NAME, Property};
use serde_json::json;

use crate::harness::{World, lines, masked, operations};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[tokio::test]
async fn an_initial_cycle_creates_users_then_groups_then_references() {
    let world = World::empty().await;
    let (ann, bob) = (world.hire("ann"), world.hire("bob"));
    world.tenant().set_manager(ann, Some(bob)).unwrap();
    world.group("Team", &[ann, bob]);
    let requests = world.requests().await;
    let mut order = lines(&requests);
    // Users come in the order of their random object ids.
    order[..4].sort();
    insta::assert_json_snapshot!(order);
    let bodies: Vec<_> = requests
        .iter()
        .filter(|r| !r.body.is_null() && r.path != "/Users")
        .map(|r| &r.body)
        .collect();
    insta::assert_json_snapshot!("initial_bodies", bodies);
    world.assert_clean();
}

#[tokio::test]
async fn all_of_contoso_arrives_as_it_is() {
    let world = World::contoso().await;
    world.job().reconfigure(|settings| {
        settings.concurrency = 8;
        settings.external_id = ExternalIdSource::ObjectId;
    });
    world.tenant().assign_everything();
    let cycle = world.cycle().await;
    assert_eq!(
        (cycle.kind, cycle.state, cycle.entitled),
        (CycleKind::Initial, CycleState::Succeeded, 270)
    );
    let users = world.stub.users();
    assert_eq!(users.len(), 250 - 12, "disabled users are never created");
    assert_eq!(world.stub.groups().len(), 20);
    assert_eq!(
        users
            .iter()
            .filter(|user| user["displayName"] == HOSTILE_NAME)
            .count(),
        1
    );
    assert!(
        users.iter().any(|user| user.get("emails").is_none()),
        "users without mail have no emails"
    );
    let directory = world.tenant().read();
    for user in directory.users().filter(|user| user.account_enabled) {
        let held = users
            .iter()
            .find(|held| held["externalId"] == user.id.to_string())
            .unwrap();
        let manager = user.manager.and_then(|id| world.job().target_id(id));
        assert_eq!(held[ENTERPRISE]["manager"]["value"].as_str(), manager.as_deref());
    }
    for group in directory.groups() {
        let expected: BTreeSet<_> = group
            .members
            .iter()
            .filter_map(|id| world.job().target_id(*id))
            .collect();
        assert_eq!(world.stub.members(&group.display_name), expected);
    }
    drop(directory);
    world.assert_clean();
}

#[tokio::test]
async fn nothing_changed_means_nothing_but_the_probe() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.group("Team", &[ann]);
    world.cycle().await;
    assert_eq!(lines(&world.requests().await), Vec::<String>::new());
    world.stub.requests();
    let cycle = world.cycle().await;
    assert_eq!(
        (cycle.kind, cycle.exported, cycle.imported),
        (CycleKind::Incremental, 0, 0)
    );
    assert_eq!(
        world.stub.requests().len(),
        2,
        "the random user and group of every run"
    );
}

#[tokio::test]
async fn a_rename_is_read_then_patched_with_the_cached_id() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.cycle().await;
    world.tenant().rename(ann, "Ann", "O'Neill").unwrap();
    let requests = world.requests().await;
    assert_eq!(lines(&requests), ["GET /Users/u00001", "PATCH /Users/u00001"]);
    assert_eq!(world.last_entry(ann).action, Action::Update);
    assert_eq!(
        world.stub.user("ann@contoso.com").unwrap()["displayName"],
        "Ann O'Neill"
    );
    world.assert_clean();
}

/// The four causes of a disable (A7).
#[tokio::test]
async fn four_causes_disable_and_only_two_end_in_a_delete() {
    let world = World::empty().await;
    let [blocked, deleted, unassigned, filtered] =
        ["blocked", "deleted", "unassigned", "filtered"].map(|n| world.hire(n));
    world.job().reconfigure(|settings| {
        let clause = Clause {
            property: Property::Department,
            operator: Operator::NotEquals,
            value: "Departed".to_owned(),
        };
        settings.filter = Some(ScopingFilter {
            clauses: vec![clause],
        });
    });
    world.cycle().await;
    world.tenant().disable(blocked).unwrap();
    world.tenant().delete(deleted).unwrap();
    world.tenant().unassign(unassigned).unwrap();
    world
        .tenant()
        .update(filtered, &[(Property::Department, Some("Departed"))])
        .unwrap();
    let requests = world.requests().await;
    let off = operations(&requests)
        .into_iter()
        .filter(|op| op["path"] == "active" && op["value"] == "False")
        .count();
    assert_eq!(off, 4);
    assert!(
        world
            .stub
            .users()
            .iter()
            .all(|user| user["active"] == json!(false))
    );
    for id in [blocked, deleted, unassigned, filtered] {
        assert_eq!(world.last_entry(id).action, Action::Disable);
    }
    for id in [blocked, unassigned, filtered] {
        world.tenant().delete(id).unwrap();
    }
    assert_eq!(
        lines(&world.requests().await).len(),
        1,
        "the blocked one is read, the forgotten ones are not"
    );
    world.advance_hours(31 * 24);
    let gone = world.requests().await;
    let mut deletes: Vec<_> = lines(&gone);
    deletes.sort();
    assert_eq!(deletes.len(), 2, "who left the scope was forgotten: {deletes:?}");
    assert!(deletes.iter().all(|line| line.starts_with("DELETE /Users/")));
    let left: BTreeSet<_> = world
        .stub
        .users()
        .iter()
        .map(|user| user["userName"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        left,
        ["filtered@contoso.com", "unassigned@contoso.com"]
            .map(str::to_owned)
            .into()
    );
    world.assert_clean();
}

#[tokio::test]
async fn a_restored_user_is_enabled_without_memberships_being_sent_again() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    let team = world.group("Team", &[ann]);
    world.cycle().await;
    world.tenant().delete(ann).unwrap();
    world.cycle().await;
    assert_eq!(
        world.stub.members("Team").len(),
        1,
        "a soft delete sends no member removal"
    );
    world.tenant().restore(ann).unwrap();
    let requests = world.requests().await;
    assert_eq!(
        operations(&requests),
        [json!({"op": "Replace", "path": "active", "value": "True"})]
    );
    assert_eq!(world.last_entry(ann).action, Action::Update);
    // Purged for good: DELETE, and no PATCH of the group.
    world.tenant().delete(ann).unwrap();
    world.tenant().purge(ann).unwrap();
    assert_eq!(lines(&world.requests().await), ["DELETE /Users/u00001"]);
    assert_eq!(world.last_entry(ann).action, Action::Delete);
    world.tenant().remove_members(team, &[ann]).unwrap();
    assert_eq!(lines(&world.requests().await), Vec::<String>::new());
    world.assert_clean();
}

#[tokio::test]
async fn who_comes_back_is_matched_not_created_again() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.cycle().await;
    world.tenant().unassign(ann).unwrap();
    world.cycle().await;
    assert_eq!(world.job().target_id(ann), None);
    world.tenant().assign(ann).unwrap();
    let requests = world.requests().await;
    assert_eq!(
        lines(&requests),
        [
            "GET /Users?filter=userName eq \"ann@contoso.com\"",
            "PATCH /Users/u00001"
        ]
    );
    assert_eq!(operations(&requests)[0]["value"], "True");
    assert_eq!(world.stub.users().len(), 1);
    world.assert_clean();
}

#[tokio::test]
async fn a_user_is_matched_by_each_attribute_in_its_precedence() {
    use emulator::provisioner::Matching;
    let world = World::empty().await;
    let planted = world.stub.plant_user(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "old.name@contoso.com",
        "active": true,
        "emails": [{"type": "work", "value": "ann@contoso.com"}],
    }));
    let ann = world.hire("ann");
    world
        .job()
        .reconfigure(|s| s.matching = vec![Matching::ExternalId, Matching::UserName, Matching::WorkMail]);
    let requests = world.requests().await;
    let searches: Vec<_> = requests
        .iter()
        .filter_map(|request| request.query.get("filter"))
        .collect();
    assert_eq!(
        searches,
        [
            "externalId eq \"ann\"",
            "userName eq \"ann@contoso.com\"",
            "emails[type eq \"work\"].value eq \"ann@contoso.com\""
        ]
    );
    assert_eq!(world.job().target_id(ann), Some(planted));
    assert_eq!(world.stub.users()[0]["userName"], "ann@contoso.com");
    world.assert_clean();
}

#[tokio::test]
async fn groups_are_renamed_deleted_and_their_members_follow() {
    let world = World::empty().await;
    let [ann, bob, eve] = ["ann", "bob", "eve"].map(|name| world.hire(name));
    let team = world.group("Team", &[ann, bob]);
    world.cycle().await;
    world.tenant().rename_group(team, "Équipe \"A\"").unwrap();
    world.tenant().add_members(team, &[eve]).unwrap();
    world.tenant().remove_members(team, &[ann]).unwrap();
    let requests = world.requests().await;
    assert_eq!(
        lines(&requests),
        [
            "GET /Groups/g00004?excludedAttributes=members",
            "PATCH /Groups/g00004",
            "PATCH /Groups/g00004",
            "PATCH /Groups/g00004"
        ]
    );
    let expected = [bob, eve].map(|id| world.job().target_id(id).unwrap());
    assert_eq!(world.stub.members("Équipe \"A\""), expected.into());
    world.tenant().delete_group(team).unwrap();
    assert_eq!(lines(&world.requests().await), ["DELETE /Groups/g00004"]);
    world.assert_clean();
}

#[tokio::test]
async fn leaving_an_assigned_group_removes_the_member_and_disables_the_user() {
    let world = World::empty().await;
    let ann = world.hire_unassigned("ann");
    let team = world.group("Team", &[ann]);
    world.cycle().await;
    world.tenant().remove_members(team, &[ann]).unwrap();
    let requests = world.requests().await;
    assert_eq!(
        operations(&requests),
        [
            json!({"op": "Replace", "path": "active", "value": "False"}),
            json!({"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "u00001"}]}),
        ]
    );
    world.assert_clean();
}

#[tokio::test]
async fn members_go_in_batches() {
    let world = World::empty().await;
    let people: Vec<_> = (0..250).map(|n| world.hire(&format!("user{n}"))).collect();
    let team = world.group("Team", &people);
    world.cycle().await;
    world.tenant().remove_members(team, &people[..120]).unwrap();
    let sizes: Vec<_> = operations(&world.requests().await)
        .iter()
        .map(|op| op["value"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [100, 20]);
    assert_eq!(world.stub.members("Team").len(), 130);
    world.assert_clean();
}

#[tokio::test]
async fn nested_groups_are_members_but_are_not_expanded() {
    let world = World::empty().await;
    let ann = world.hire_unassigned("ann");
    let inner = world.tenant().create_group("Inner", true).unwrap();
    world.tenant().add_members(inner, &[ann]).unwrap();
    let outer = world.group("Outer", &[inner]);
    world.cycle().await;
    assert_eq!(
        world.stub.users().len(),
        0,
        "members of a nested group are not in scope"
    );
    assert!(world.stub.members("Outer").is_empty());
    world.tenant().assign(inner).unwrap();
    world.cycle().await;
    assert!(
        world.stub.members("Outer").is_empty(),
        "who comes into scope later is not linked until a restart"
    );
    world.job().restart(Reset::default());
    world.cycle().await;
    assert_eq!(
        world.stub.members("Outer"),
        [world.job().target_id(inner).unwrap()].into()
    );
    assert!(world.job().target_id(outer).is_some());
    world.assert_clean();
}

#[tokio::test]
async fn a_manager_out_of_scope_is_linked_only_by_a_restart() {
    let world = World::empty().await;
    let (ann, boss) = (world.hire("ann"), world.hire_unassigned("boss"));
    world.tenant().set_manager(ann, Some(boss)).unwrap();
    world.cycle().await;
    world.tenant().assign(boss).unwrap();
    world.cycle().await;
    assert!(
        world.stub.user("ann@contoso.com").unwrap()[ENTERPRISE]
            .get("manager")
            .is_none()
    );
    world.job().restart(Reset::default());
    assert_eq!(world.cycle().await.kind, CycleKind::Initial);
    assert_eq!(
        world.stub.user("ann@contoso.com").unwrap()[ENTERPRISE]["manager"]["value"],
        "u00002"
    );
    world.tenant().set_manager(ann, None).unwrap();
    let requests = world.requests().await;
    assert_eq!(
        operations(&requests),
        [json!({"op": "Replace", "path": format!("{ENTERPRISE}:manager"), "value": ""})]
    );
    world.assert_clean();
}

#[tokio::test]
async fn a_disabled_user_is_skipped_until_enabled() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.tenant().disable(ann).unwrap();
    assert_eq!(world.cycle().await.skipped, 1);
    let entry = world.last_entry(ann);
    assert_eq!(
        (entry.status, entry.error.unwrap().error_code.as_str()),
        (Status::Skipped, "EntrySynchronizationSkipped")
    );
    world.tenant().enable(ann).unwrap();
    world.cycle().await;
    assert_eq!(world.stub.users().len(), 1);
    world.assert_clean();
}

#[tokio::test]
async fn scope_changes_follow_microsofts_rules() {
    let world = World::empty().await;
    world.hire_unassigned("ann");
    let bob = world.hire("bob");
    world.cycle().await;
    assert_eq!(world.stub.users().len(), 1);
    world
        .job()
        .reconfigure(|settings| settings.scope = Scope::SyncAll);
    assert_eq!(
        world.cycle().await.kind,
        CycleKind::Initial,
        "widening the scope looks at everything"
    );
    assert_eq!(world.stub.users().len(), 2);
    world
        .job()
        .reconfigure(|settings| settings.scope = Scope::AssignedOnly);
    assert_eq!(
        lines(&world.requests().await),
        Vec::<String>::new(),
        "narrowing it needs a restart"
    );
    world.job().restart(Reset::default());
    world.cycle().await;
    assert_eq!(world.stub.user("ann@contoso.com").unwrap()["active"], false);
    assert_eq!(world.stub.user("bob@contoso.com").unwrap()["active"], true);
    world
        .job()
        .reconfigure(|settings| settings.skip_out_of_scope_deletions = true);
    world.tenant().unassign(bob).unwrap();
    assert_eq!(lines(&world.requests().await), Vec::<String>::new());
    assert_eq!(
        world.last_entry(bob).error.unwrap().error_code,
        "SkipOutOfScopeDeletions"
    );
    world.assert_clean();
}

#[tokio::test]
async fn a_full_restart_matches_everything_again_and_creates_nothing() {
    let world = World::contoso().await;
    world.tenant().assign_everything();
    world.cycle().await;
    let (users, groups) = (world.stub.users(), world.stub.groups());
    world.job().restart(Reset {
        full: true,
        force_deletes: false,
    });
    let requests = world.requests().await;
    assert!(requests.iter().all(|request| request.method != "POST"));
    assert_eq!((world.stub.users(), world.stub.groups()), (users, groups));
    world.assert_clean();
}

#[tokio::test]
async fn a_stopped_job_runs_no_cycle() {
    let world = World::empty().await;
    assert_eq!(world.job().run_cycle().await, Err(NotRun::Stopped));
    assert!(world.job().start());
    assert!(!world.job().start());
    world.job().run_cycle().await.unwrap();
    let next = world.job().next_cycle().unwrap();
    assert_eq!(world.job().run_due().await, Err(NotRun::NotDue(next)));
    world.advance_minutes(40);
    world.job().run_due().await.unwrap();
    world.job().stop();
    assert_eq!(world.job().next_cycle(), None);
    world.job().reconfigure(|settings| settings.tenant_url.clear());
    assert!(matches!(
        world.job().run_cycle().await,
        Err(NotRun::NotConfigured(_))
    ));
}

#[tokio::test]
async fn a_group_that_is_no_security_group_is_not_provisioned() {
    let world = World::empty().await;
    let group = world.tenant().create_group("Newsletter", false).unwrap();
    world.tenant().assign(group).unwrap();
    assert_eq!(lines(&world.requests().await), Vec::<String>::new());
}

#[tokio::test]
async fn the_job_tells_its_status_as_graph_does() {
    let world = World::empty().await;
    world.hire("ann");
    world.cycle().await;
    insta::assert_json_snapshot!(world.job().graph_job());
}

#[tokio::test]
async fn the_log_tells_every_step_as_graph_does() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world.cycle().await;
    let entry = world
        .last_entry(ann)
        .graph(emulator::tenant::TENANT_ID, world.job().application());
    insta::assert_json_snapshot!(masked(entry, "durationInMilliseconds"));
}
