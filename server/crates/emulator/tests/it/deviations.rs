//! What Entra would choke on is noticed, with the number of the fact it contradicts.

use emulator::provisioner::QuarantineReason;

use crate::harness::World;
use crate::stub::Quirk;

/// Ann with a manager and a team, provisioned by a good server; then the server turns bad and everything changes.
async fn turned(quirk: Quirk) -> (World, Vec<(&'static str, String)>) {
    let world = World::empty().await;
    let (ann, boss) = (world.hire("ann"), world.hire("boss"));
    world.tenant().set_manager(ann, Some(boss)).unwrap();
    let team = world.group("Team", &[ann, boss]);
    world.cycle().await;
    world.assert_clean();
    world.stub.misbehave(&[quirk]);
    world.tenant().rename(ann, "Ann", "New").unwrap();
    world.tenant().rename_group(team, "Other").unwrap();
    world.hire("new");
    world.any_cycle().await;
    let deviations = world.job().witness().deviations();
    (
        world,
        deviations
            .into_iter()
            .map(|deviation| (deviation.fact, deviation.what))
            .collect(),
    )
}

fn has(deviations: &[(&'static str, String)], fact: &str, part: &str) -> bool {
    deviations
        .iter()
        .any(|(f, what)| *f == fact && what.contains(part))
}

#[tokio::test]
async fn a_manager_as_a_string() {
    let (_, deviations) = turned(Quirk::ManagerAsString).await;
    assert!(has(&deviations, "A4.7", "manager"), "{deviations:?}");
}

#[tokio::test]
async fn members_though_excluded() {
    let (world, deviations) = turned(Quirk::MembersAlways).await;
    assert!(has(&deviations, "A3", "members are returned"), "{deviations:?}");
    let team = world.tenant().find_group("Other").unwrap();
    assert_eq!(
        world.last_entry(team.id).error.unwrap().error_code,
        "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"
    );
}

#[tokio::test]
async fn a_404_for_an_empty_search_quarantines() {
    let (world, deviations) = turned(Quirk::NotFoundForEmpty).await;
    assert!(has(&deviations, "A2", "404 rather than 200"), "{deviations:?}");
    assert_eq!(
        world.job().quarantine().unwrap().reason,
        QuarantineReason::EncounteredQuarantineException
    );
}

#[tokio::test]
async fn a_resource_without_id() {
    let (_, deviations) = turned(Quirk::NoId).await;
    assert!(has(&deviations, "A3", "without an id"), "{deviations:?}");
}

#[tokio::test]
async fn a_web_page_instead_of_json() {
    let (world, deviations) = turned(Quirk::Html).await;
    assert!(has(&deviations, "A3", "not JSON"), "{deviations:?}");
    assert!(world.job().quarantine().is_some());
}

#[tokio::test]
async fn a_filter_that_is_ignored() {
    let (_, deviations) = turned(Quirk::IgnoresFilter).await;
    assert!(
        has(&deviations, "A2", "random value found something"),
        "{deviations:?}"
    );
}

#[tokio::test]
async fn a_value_that_was_not_kept() {
    let world = World::empty().await;
    world.stub.misbehave(&[Quirk::DropsPhones]);
    let ann = world.hire("ann");
    world
        .tenant()
        .update(ann, &[(emulator::tenant::Property::Mobile, Some("+1 555"))])
        .unwrap();
    world.cycle().await;
    let deviations = world.job().witness().deviations();
    assert_eq!(deviations.len(), 1);
    assert!(
        deviations[0]
            .what
            .contains("phoneNumbers[type eq \"mobile\"].value"),
        "{deviations:?}"
    );
    assert!(!format!("{deviations:?}").contains(crate::stub::TOKEN));
}
