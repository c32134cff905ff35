//! Both PATCH dialects over the wire (A4).

use emulator::tenant::Property;
use serde_json::json;

use crate::harness::{World, operations};

/// A rename, a new phone, another mail and a disable, all in one PATCH.
async fn changes(tenant_url_suffix: &str) -> (World, Vec<crate::stub::Recorded>) {
    let world = World::empty().await;
    world
        .job()
        .reconfigure(|settings| settings.tenant_url.push_str(tenant_url_suffix));
    let ann = world.hire("ann");
    world.cycle().await;
    world.tenant().rename(ann, "Änne", "Weiß").unwrap();
    world.tenant().change_address(ann, "aenne.weiss").unwrap();
    let to = [
        (Property::Mobile, Some("+49 89 555")),
        (Property::JobTitle, Some("部長")),
        (Property::EmployeeId, Some("7")),
    ];
    world.tenant().update(ann, &to).unwrap();
    world.tenant().disable(ann).unwrap();
    let requests = world.requests().await;
    (world, requests)
}

#[tokio::test]
async fn legacy_is_the_default() {
    let (world, requests) = changes("").await;
    insta::assert_json_snapshot!("wire_legacy", operations(&requests));
    world.assert_clean();
}

#[tokio::test]
async fn the_flag_turns_compliance_on_and_stays_out_of_the_requests() {
    let (world, requests) = changes("?aadOptscim062020").await;
    insta::assert_json_snapshot!("wire_compliant", operations(&requests));
    assert!(
        requests
            .iter()
            .all(|request| !request.raw_query.contains("aadOptscim"))
    );
    world.assert_clean();
}

#[tokio::test]
async fn the_flag_can_be_sent_along() {
    let world = World::empty().await;
    world.job().reconfigure(|settings| {
        settings.tenant_url.push_str("?aadOptscim062020");
        settings.flag_in_requests = true;
    });
    world.hire("ann");
    let requests = world.requests().await;
    assert_eq!(
        requests[0].raw_query,
        "aadOptscim062020&filter=userName%20eq%20%22ann%40contoso.com%22"
    );
    assert_eq!(requests[1].raw_query, "aadOptscim062020");
}

#[tokio::test]
async fn the_rollback_flag_is_legacy() {
    let (_, requests) = changes("?AzureAdScimPatch2017").await;
    assert_eq!(
        operations(&requests)[0],
        json!({"op": "Replace", "path": "active", "value": "False"})
    );
}

#[tokio::test]
async fn members_are_removed_by_value_or_by_filter() {
    for (suffix, expected) in [
        (
            "",
            json!([{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "u00001"}]}]),
        ),
        (
            "?aadOptscim062020",
            json!([{"op": "remove", "path": "members[value eq \"u00001\"]"}]),
        ),
    ] {
        let world = World::empty().await;
        world
            .job()
            .reconfigure(|settings| settings.tenant_url.push_str(suffix));
        let ann = world.hire("ann");
        let team = world.group("Team", &[ann]);
        world.cycle().await;
        world.tenant().remove_members(team, &[ann]).unwrap();
        assert_eq!(json!(operations(&world.requests().await)), expected);
        assert!(world.stub.members("Team").is_empty());
        world.assert_clean();
    }
}

#[tokio::test]
async fn null_values_flow_only_when_asked_to() {
    let world = World::empty().await;
    let ann = world.hire("ann");
    world
        .tenant()
        .update(ann, &[(Property::JobTitle, Some("Engineer"))])
        .unwrap();
    world.cycle().await;
    world.tenant().update(ann, &[(Property::JobTitle, None)]).unwrap();
    assert_eq!(
        operations(&world.requests().await),
        Vec::<serde_json::Value>::new()
    );
    assert_eq!(world.last_entry(ann).error.unwrap().error_code, "RedundantExport");
    world
        .job()
        .reconfigure(|settings| settings.flow_null_values = true);
    let sent = operations(&world.requests().await);
    assert_eq!(sent, [json!({"op": "Replace", "path": "title", "value": ""})]);
    assert!(world.stub.user("ann@contoso.com").unwrap().get("title").is_none());
    world.assert_clean();
}

#[tokio::test]
async fn references_can_be_asked_about_before_they_are_set() {
    let world = World::empty().await;
    world
        .job()
        .reconfigure(|settings| settings.reference_checks = true);
    let (ann, bob) = (world.hire("ann"), world.hire("bob"));
    world.cycle().await;
    world.tenant().set_manager(ann, Some(bob)).unwrap();
    let requests = world.requests().await;
    let [id, manager] = [ann, bob].map(|id| world.job().target_id(id).unwrap());
    assert_eq!(
        requests[0].query["filter"],
        format!("id eq \"{id}\" and manager eq \"{manager}\"")
    );
    assert_eq!(requests[0].query["attributes"], "id");
    world.assert_clean();
}
