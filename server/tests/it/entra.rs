//! Entra, as the emulator plays it, against a running server: what happens at the customer, and what our side makes of it.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::health::Verdict;
use contract::onboarding::{Evidence, Failure, StepId, StepState};
use contract::support_views::HIDDEN;
use contract::{Role, Viewer};
use emulator::provisioner::{CycleKind, CycleState, ExternalIdSource, OnDemandOutcome};
use emulator::tenant::{ObjectId, TenantOptions};
use emulator::{Config, Emulator};
use serde_json::Value;

use crate::harness::{
    Backend, Directory, Running,
    scim::{ENTERPRISE, Scim, on_both},
};

on_both! {
    a_connection_test_turns_the_first_steps_green, a_year_at_contoso_in_the_legacy_dialect, a_year_at_contoso_in_the_compliant_dialect,
    one_user_on_demand_is_known_for_one, external_ids_that_are_no_object_ids_are_told, a_revoked_token_fails_here_and_there_until_replaced,
    a_directory_switched_off_is_no_success, silence_becomes_stale,
}

struct World {
    server: Running,
    directory: Directory,
    entra: Emulator,
}

impl World {
    async fn new(backend: Backend, users: usize, groups: usize, flag: &str) -> Self {
        let server = Running::on(backend, &[]).await;
        let directory = server.directory().await;
        let tenant = TenantOptions {
            users,
            groups,
            members_per_group: None,
            seed: 7,
        };
        let entra = Emulator::start(Config {
            tenant,
            ..Config::manual()
        })
        .await
        .unwrap();
        entra.provisioner().reconfigure(|settings| {
            settings.tenant_url = format!("{}{flag}", directory.endpoint_url);
            settings.secret_token.clone_from(&directory.bearer_token);
            settings.external_id = ExternalIdSource::ObjectId;
            settings.reference_checks = true;
        });
        entra.tenant().assign_everything();
        Self {
            server,
            directory,
            entra,
        }
    }

    /// Both clocks move on.
    fn advance(&self, minutes: u32) {
        self.server.clock.advance(i64::from(minutes) * 60);
        self.entra
            .clock()
            .advance(Duration::from_secs(u64::from(minutes) * 60));
    }

    /// The next cycle, 40 minutes later, which must go well.
    async fn cycle(&self) -> CycleKind {
        self.entra.provisioner().start();
        self.advance(40);
        let cycle = self.entra.provisioner().run_cycle().await.unwrap();
        assert_eq!(
            (cycle.state, cycle.failed, cycle.failed_references),
            (CycleState::Succeeded, 0, 0),
            "{:?}",
            cycle.error
        );
        cycle.kind
    }

    async fn step(&self, id: StepId) -> StepState {
        let shown = self.server.shown(&self.directory).await;
        shown.steps.into_iter().find(|step| step.id == id).unwrap().state
    }

    async fn is_done(&self, id: StepId) -> bool {
        matches!(self.step(id).await, StepState::Done { .. })
    }

    async fn verdict(&self) -> Verdict {
        self.server.shown(&self.directory).await.health.verdict
    }

    fn scim(&self) -> Scim {
        Scim::of(&self.server, &self.directory)
    }

    /// What the tenant holds is what the directory holds, person by person, and Entra found nothing to complain about.
    async fn assert_in_step(&self) {
        let job = self.entra.provisioner();
        let scim = self.scim();
        let (people, groups) = {
            let tenant = self.entra.tenant().read();
            let people: Vec<_> = tenant.users().map(|user| (user.id, user.clone())).collect();
            let groups: Vec<_> = tenant.groups().map(|group| (group.id, group.clone())).collect();
            (people, groups)
        };
        let mut active = 0;
        for (id, person) in people {
            let Some(target) = job.target_id(id) else { continue };
            let held = scim.get(&format!("/Users/{target}")).await.is(200).json();
            assert_eq!(held["displayName"], person.display_name(), "{held}");
            assert_eq!(held["externalId"], id.to_string());
            assert_eq!(held["active"], person.account_enabled, "{held}");
            let manager = person.manager.and_then(|manager| job.target_id(manager));
            assert_eq!(
                held[ENTERPRISE]["manager"]["value"].as_str(),
                manager.as_deref(),
                "{held}"
            );
            active += u64::from(person.account_enabled);
        }
        for (id, group) in &groups {
            let target = job.target_id(*id).unwrap();
            let expected: BTreeSet<String> = group
                .members
                .iter()
                .filter_map(|member| job.target_id(*member))
                .collect();
            let held: BTreeSet<String> = scim.members(&target).await.into_iter().collect();
            assert_eq!(held, expected, "{}", group.display_name);
        }
        let shown = self.server.shown(&self.directory).await;
        assert_eq!((shown.active_users, shown.groups), (active, groups.len() as u64));
        assert_eq!(job.witness().deviations(), []);
    }

    /// The first so many people that are there.
    fn people(&self, count: usize) -> Vec<ObjectId> {
        let tenant = self.entra.tenant().read();
        tenant
            .users()
            .filter(|user| user.account_enabled)
            .take(count)
            .map(|user| user.id)
            .collect()
    }
}

async fn a_connection_test_turns_the_first_steps_green(backend: Backend) {
    let world = World::new(backend, 10, 2, "").await;
    assert_eq!(world.verdict().await, Verdict::WaitingForFirstSync);
    let test = world.entra.provisioner().test_connection().await;
    assert_eq!((test.probes.len(), test.result), (2, Ok(())));
    for id in [
        StepId::CreateEnterpriseApp,
        StepId::ProvisioningModeAutomatic,
        StepId::EnterCredentials,
        StepId::TestConnection,
    ] {
        assert!(world.is_done(id).await, "{id:?}");
    }
    assert_eq!(
        world.step(StepId::UsersAppear).await,
        StepState::WaitingForMicrosoft
    );
    assert_eq!(world.step(StepId::AssignPeople).await, StepState::ToDo);
    assert_eq!(world.verdict().await, Verdict::WaitingForFirstSync);
    world
        .entra
        .provisioner()
        .reconfigure(|settings| settings.secret_token.push('x'));
    world.advance(1);
    assert!(world.entra.provisioner().test_connection().await.result.is_err());
    let StepState::Failed { reason, .. } = world.step(StepId::EnterCredentials).await else {
        panic!("a wrong token is told")
    };
    assert_eq!(reason, Failure::TokenRefused);
}

async fn a_year_at_contoso_in_the_legacy_dialect(backend: Backend) {
    a_year_at_contoso(World::new(backend, 60, 6, "").await).await;
}

async fn a_year_at_contoso_in_the_compliant_dialect(backend: Backend) {
    a_year_at_contoso(World::new(backend, 60, 6, "?aadOptscim062020").await).await;
}

async fn a_year_at_contoso(world: World) {
    let (job, tenant) = (world.entra.provisioner(), world.entra.tenant());
    assert_eq!(world.cycle().await, CycleKind::Initial);
    world.assert_in_step().await;
    let group = tenant.read().groups().map(|group| group.id).next().unwrap();
    let [renamed, moved, led, paused, left, regrouped]: [ObjectId; 6] = world.people(6).try_into().unwrap();
    tenant.rename(renamed, "Zoë", "O'Neill \"Zo\"").unwrap();
    tenant.change_address(moved, "somewhere.else").unwrap();
    tenant.set_manager(led, Some(renamed)).unwrap();
    tenant.disable(paused).unwrap();
    tenant.remove_members(group, &[regrouped]).unwrap();
    let hired = tenant.hire_somebody();
    tenant.add_members(group, &[hired]).unwrap();
    tenant.assign(hired).unwrap();
    assert_eq!(world.cycle().await, CycleKind::Incremental);
    world.assert_in_step().await;
    let target = job.target_id(paused).unwrap();
    let groups_while_paused = world.scim().get(&format!("/Users/{target}")).await.json()["groups"].clone();
    tenant.enable(paused).unwrap();
    tenant.set_manager(led, None).unwrap();
    world.cycle().await;
    let back = world.scim().get(&format!("/Users/{target}")).await.json();
    assert_eq!(
        (&back["active"], &back["groups"]),
        (&Value::Bool(true), &groups_while_paused),
        "memberships are not sent again"
    );
    // Deleted softly: disabled here. Purged: deleted here. Come back under the same name: a new user.
    let gone = job.target_id(left).unwrap();
    let name = tenant.user(left).unwrap().upn().to_owned();
    tenant.delete(left).unwrap();
    tenant.rename_group(group, "A group, renamed").unwrap();
    world.cycle().await;
    assert_eq!(
        world.scim().get(&format!("/Users/{gone}")).await.is(200).json()["active"],
        false
    );
    tenant.purge(left).unwrap();
    world.cycle().await;
    world.scim().get(&format!("/Users/{gone}")).await.is(404);
    assert_eq!(
        world
            .scim()
            .find("Users", &format!("userName eq \"{name}\""))
            .await,
        [""; 0]
    );
    world.cycle().await;
    for id in [
        StepId::UserMapping,
        StepId::MapExternalId,
        StepId::AssignPeople,
        StepId::ProvisioningOn,
        StepId::UsersAppear,
    ] {
        assert!(world.is_done(id).await, "{id:?}");
    }
    assert_eq!(world.verdict().await, Verdict::Healthy);
    assert_eq!(job.witness().deviations(), []);
}

async fn one_user_on_demand_is_known_for_one(backend: Backend) {
    let world = World::new(backend, 10, 2, "").await;
    let [first, ..] = world.people(1)[..] else {
        panic!("nobody there")
    };
    let done = world
        .entra
        .provisioner()
        .provision_on_demand(first)
        .await
        .unwrap();
    assert_eq!(done.outcome(), OnDemandOutcome::Success);
    assert!(
        !world.is_done(StepId::ProvisionOnDemand).await,
        "it might be the first of a cycle"
    );
    world.server.clock.advance(5);
    let StepState::Done { evidence, .. } = world.step(StepId::ProvisionOnDemand).await else {
        panic!("seen after a silence")
    };
    let name = world.entra.tenant().user(first).unwrap().upn().to_owned();
    assert_eq!(evidence, Evidence::OnDemand { name });
    let support = Viewer {
        role: Role::Support,
        ..world.server.owner()
    };
    let portal = &world.server.state.portal;
    let shown = portal.directory(&support, &world.directory.id).await.unwrap();
    let listed = portal.directories(&support, &world.directory.organization).await;
    assert_eq!(listed.unwrap()[0].steps, shown.steps);
    let hidden = Evidence::OnDemand {
        name: HIDDEN.to_owned(),
    };
    assert!(
        shown
            .steps
            .iter()
            .any(|step| matches!(&step.state, StepState::Done { evidence, .. } if *evidence == hidden)),
        "support sees no name (threats T71)"
    );
    assert!(
        !world.is_done(StepId::ProvisioningOn).await,
        "one user alone is no cycle"
    );
    world.cycle().await;
    assert!(world.is_done(StepId::ProvisioningOn).await);
    assert!(world.is_done(StepId::ProvisionOnDemand).await);
}

async fn external_ids_that_are_no_object_ids_are_told(backend: Backend) {
    let world = World::new(backend, 10, 2, "").await;
    world
        .entra
        .provisioner()
        .reconfigure(|settings| settings.external_id = ExternalIdSource::MailNickname);
    world.cycle().await;
    let held = world.server.shown(&world.directory).await.users;
    let StepState::Failed { reason, .. } = world.step(StepId::MapExternalId).await else {
        panic!("mailNickname is told")
    };
    assert_eq!(
        reason,
        Failure::ExternalIdIsNotObjectId {
            without: held,
            of: held
        }
    );
}

async fn a_revoked_token_fails_here_and_there_until_replaced(backend: Backend) {
    let world = World::new(backend, 10, 2, "").await;
    world.cycle().await;
    assert_eq!(world.verdict().await, Verdict::Healthy);
    world.server.revoke(&world.directory, "Token 1").await;
    while world.scim().get("/ServiceProviderConfig").await.status != 401 {}
    assert_eq!(world.verdict().await, Verdict::Failing);
    world.advance(40);
    let failed = world.entra.provisioner().run_cycle().await.unwrap();
    assert_eq!(failed.state, CycleState::Failed);
    assert!(world.entra.provisioner().quarantine().is_some());
    assert_eq!(world.verdict().await, Verdict::Failing);
    let token = world.server.another_token(&world.directory, None).await;
    world
        .entra
        .provisioner()
        .reconfigure(|settings| settings.secret_token = token);
    world.advance(60 * 6);
    world.cycle().await;
    assert_eq!(
        world.entra.provisioner().quarantine(),
        None,
        "one good cycle lifts it"
    );
    assert_eq!(world.verdict().await, Verdict::Healthy);
}

/// Threats T21: Entra must note a failure.
async fn a_directory_switched_off_is_no_success(backend: Backend) {
    let world = World::new(backend, 10, 2, "").await;
    world.cycle().await;
    let held = world.server.shown(&world.directory).await.users;
    world
        .server
        .state
        .portal
        .disable_directory(&world.server.owner(), &world.directory.id)
        .await
        .unwrap();
    while world.scim().get("/ServiceProviderConfig").await.status != 403 {}
    world.entra.tenant().hire_somebody();
    world.advance(40);
    let failed = world.entra.provisioner().run_cycle().await.unwrap();
    assert_ne!(failed.state, CycleState::Succeeded);
    assert_eq!(world.verdict().await, Verdict::Paused);
    assert_eq!(
        world.server.shown(&world.directory).await.users,
        held,
        "nothing came and nothing went"
    );
}

async fn silence_becomes_stale(backend: Backend) {
    let world = World::new(backend, 10, 2, "").await;
    world.cycle().await;
    world.advance(100);
    assert_eq!(world.verdict().await, Verdict::Healthy);
    world.advance(30);
    assert_eq!(world.verdict().await, Verdict::Stale);
    world.cycle().await;
    assert_eq!(world.verdict().await, Verdict::Healthy);
}
