use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::tenant::{TENANT_ID, TenantOptions};

fn cloud() -> (Cloud, Clock) {
    let clock = Clock::manual(Timestamp::constant(1_793_606_400, 0));
    let contoso = Tenant::generate(&TenantOptions::default(), clock.clone());
    (Cloud::demo(contoso, clock.clone()), clock)
}

fn person(cloud: &Cloud, upn: &str) -> Uuid {
    let found = cloud.people().iter().find(|person| person.upn.starts_with(upn));
    found.expect("a part of the demo").id
}

fn resource(cloud: &Cloud, tenant: Uuid, app: Uuid) -> Uuid {
    cloud.ensure_service_principal(tenant, app).unwrap()
}

fn role(cloud: &Cloud, app: Uuid, value: &str) -> Uuid {
    cloud
        .view()
        .application(app)
        .unwrap()
        .role_named(value)
        .unwrap()
        .id
}

#[test]
fn three_tenants_with_the_people_who_play_the_parts() {
    let (cloud, _) = cloud();
    let sizes: Vec<_> = cloud
        .tenants()
        .iter()
        .map(|tenant| (tenant.name().to_owned(), tenant.read().users().count()))
        .collect();
    let expected = [("Contoso", 250), ("Fabrikam", 20), ("Hero Industries", 8)];
    assert_eq!(sizes, expected.map(|(name, users)| (name.to_owned(), users)));
    assert_eq!(cloud.people().len(), 9);
    for person in cloud.people() {
        let user = cloud.account(person.tenant, &person.upn).unwrap();
        assert_eq!(user.id.0, person.id, "{}", person.upn);
        assert!(user.account_enabled);
        assert_eq!(user.guest, person.part == "Guest");
    }
    let guest = cloud.account(TENANT_ID, "Nestor.Wilke@fabrikam.com").unwrap();
    assert!(guest.guest);
    assert_eq!(cloud.home_of("nestor.wilke@FABRIKAM.com").unwrap().id(), FABRIKAM);
    assert_eq!(cloud.tenant_named("contoso.com").unwrap().id(), TENANT_ID);
    let roles = cloud.view().directory_roles(TENANT_ID, person(&cloud, "adele"));
    assert_eq!(ConsentPower::of(&roles), ConsentPower::Applications);
}

#[test]
fn two_runs_are_the_same() {
    let secrets = |cloud: &Cloud| -> Vec<_> {
        let view = cloud.view();
        let apps = view.applications().iter();
        apps.map(|app| (app.id, app.secrets.clone())).collect()
    };
    assert_eq!(secrets(&cloud().0), secrets(&cloud().0));
    assert_eq!(cloud().0.people(), cloud().0.people());
}

#[test]
fn a_role_is_assigned_once_and_only_to_whom_it_is_for() {
    let (cloud, _) = cloud();
    let truvio = resource(&cloud, TENANT_ID, TRUVIO);
    let graph = resource(&cloud, TENANT_ID, GRAPH_APP_ID);
    let user = person(&cloud, "svc-truvio");
    let wanted = role(&cloud, TRUVIO, "Truvio.SubscriptionService");
    let made = cloud.assign_app_role(TENANT_ID, user, truvio, wanted).unwrap();
    assert_eq!(made.principal_type, PrincipalType::User);
    let again = cloud.assign_app_role(TENANT_ID, user, truvio, wanted);
    assert_eq!(again, Err(CloudError::AlreadyAssigned));
    let read = role(&cloud, GRAPH_APP_ID, "User.Read.All");
    let refused = cloud.assign_app_role(TENANT_ID, user, graph, read);
    assert!(matches!(refused, Err(CloudError::NotAssignable { .. })));
    cloud.assign_app_role(TENANT_ID, truvio, graph, read).unwrap();
    let unknown = cloud.assign_app_role(TENANT_ID, user, truvio, read);
    assert_eq!(unknown, Err(CloudError::NoSuchRole(TRUVIO)));
    let default = cloud.assign_app_role(TENANT_ID, user, truvio, DEFAULT_ACCESS);
    assert_eq!(default, Err(CloudError::NoSuchRole(TRUVIO)));
    let nobody = cloud.assign_app_role(TENANT_ID, Uuid::nil(), truvio, wanted);
    assert!(matches!(nobody, Err(CloudError::NotFound(_))));
    let held = cloud.view().role_values(TENANT_ID, TRUVIO, &[user]);
    assert_eq!(held, ["Truvio.SubscriptionService"]);
    cloud.remove_app_role_assignment(TENANT_ID, &made.id).unwrap();
    assert_eq!(
        cloud.view().role_values(TENANT_ID, TRUVIO, &[user]),
        Vec::<String>::new()
    );
}

#[test]
fn a_disabled_role_cannot_be_assigned_and_only_then_be_taken_away() {
    let (cloud, _) = cloud();
    let truvio = resource(&cloud, TENANT_ID, TRUVIO);
    let wanted = role(&cloud, TRUVIO, "Truvio.SubscriptionService");
    let early = cloud.change_application(TRUVIO, |app| app.app_roles.clear());
    assert!(matches!(early, Err(CloudError::State(_))));
    cloud
        .change_application(TRUVIO, |app| app.app_roles[0].enabled = false)
        .unwrap();
    let refused = cloud.assign_app_role(TENANT_ID, person(&cloud, "alex"), truvio, wanted);
    assert!(matches!(refused, Err(CloudError::NotAssignable { .. })));
    cloud
        .change_application(TRUVIO, |app| app.app_roles.clear())
        .unwrap();
    cloud
        .assign_app_role(TENANT_ID, person(&cloud, "alex"), truvio, DEFAULT_ACCESS)
        .unwrap();
}

#[test]
fn a_grant_is_made_once_widened_by_consent_and_checked_against_the_resource() {
    let (cloud, _) = cloud();
    let client_id = resource(&cloud, TENANT_ID, TRUVIO);
    let resource_id = resource(&cloud, TENANT_ID, GRAPH_APP_ID);
    let new = NewGrant {
        client_id,
        principal_id: None,
        resource_id,
        scope: "User.Read openid".to_owned(),
    };
    let made = cloud.create_grant(TENANT_ID, new.clone()).unwrap();
    assert_eq!(
        cloud.create_grant(TENANT_ID, new.clone()),
        Err(CloudError::AlreadyGranted)
    );
    let wrong = NewGrant {
        scope: "Cook.Dinner".to_owned(),
        ..new
    };
    assert!(matches!(
        cloud.create_grant(TENANT_ID, wrong),
        Err(CloudError::Invalid("scope", _))
    ));
    let more = ["profile".to_owned(), "user.read".to_owned()];
    cloud
        .consent(TENANT_ID, TRUVIO, None, GRAPH_APP_ID, &more)
        .unwrap();
    let user = person(&cloud, "alex");
    let held = cloud.view().granted_scopes(TENANT_ID, TRUVIO, GRAPH_APP_ID, user);
    assert_eq!(held, ["User.Read", "openid", "profile"]);
    cloud.change_grant(TENANT_ID, &made.id, "openid").unwrap();
    let held = cloud.view().granted_scopes(TENANT_ID, TRUVIO, GRAPH_APP_ID, user);
    assert_eq!(held, ["openid"]);
    cloud.remove_grant(TENANT_ID, &made.id).unwrap();
    assert!(cloud.remove_grant(TENANT_ID, &made.id).is_err());
}

#[test]
fn what_is_consented_to_is_seen_after_the_delay() {
    let (cloud, clock) = cloud();
    cloud.set_replication_delay(SignedDuration::from_secs(30));
    let scopes = ["access_as_user".to_owned()];
    cloud.consent(TENANT_ID, TRUVIO, None, TRUVIO, &scopes).unwrap();
    let seen = |cloud: &Cloud| cloud.view().service_principal_of(TENANT_ID, TRUVIO).is_some();
    assert!(!seen(&cloud));
    assert!(cloud.view().principal_of(TENANT_ID, TRUVIO).is_some());
    clock.advance(Duration::from_secs(30));
    assert!(seen(&cloud));
}

#[test]
fn a_single_tenant_application_stays_at_home() {
    let (cloud, _) = cloud();
    let app = cloud.register(FABRIKAM, "Inventory").unwrap();
    assert_eq!(
        cloud.create_service_principal(TENANT_ID, app.app_id),
        Err(CloudError::NotAvailable(app.app_id))
    );
    cloud.create_service_principal(FABRIKAM, app.app_id).unwrap();
    assert!(matches!(
        cloud.create_service_principal(FABRIKAM, app.app_id),
        Err(CloudError::Taken(_))
    ));
    cloud.delete_application(app.app_id).unwrap();
    assert!(cloud.view().principal_of(FABRIKAM, app.app_id).is_none());
}

#[test]
fn secrets_have_entras_shape_and_end() {
    let (cloud, clock) = cloud();
    let secret = cloud.add_secret(TRUVIO, "second", None).unwrap();
    assert_eq!((secret.value.len(), &secret.value[3..6]), (40, "8Q~"));
    assert!(secret.value.starts_with(&secret.hint));
    assert!(cloud.add_secret(TRUVIO, "past", Some(clock.now())).is_err());
    assert_eq!(cloud.expire_secret(TRUVIO, Some(secret.key_id)), Ok(1));
    let app = cloud.view().application(TRUVIO).unwrap().clone();
    assert_eq!(app.secrets.last().unwrap().end, clock.now());
    cloud.remove_secret(TRUVIO, secret.key_id).unwrap();
    assert!(cloud.remove_secret(TRUVIO, secret.key_id).is_err());
}

#[test]
fn redirect_uris_are_https_or_on_this_machine() {
    let (cloud, _) = cloud();
    cloud
        .add_redirect_uri(ROLLCALL, "http://127.0.0.1:9/sign-in/callback")
        .unwrap();
    cloud
        .add_redirect_uri(ROLLCALL, "https://portal.example/callback")
        .unwrap();
    for bad in [
        "http://portal.example/callback",
        "nonsense",
        "https://a.example/#x",
    ] {
        assert!(cloud.add_redirect_uri(ROLLCALL, bad).is_err(), "{bad}");
    }
}
