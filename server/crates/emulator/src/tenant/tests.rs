use std::time::Duration;

use super::*;

fn contoso() -> (Tenant, Clock) {
    let clock = Clock::manual(Timestamp::UNIX_EPOCH);
    (Tenant::generate(&TenantOptions::default(), clock.clone()), clock)
}

fn somebody(tenant: &Tenant) -> ObjectId {
    tenant.read().users().nth(30).unwrap().id
}

fn kinds(tenant: &Tenant) -> Vec<ChangeKind> {
    match tenant.read().changes_since(0) {
        Delta::Changes(changes) => changes.into_iter().map(|change| change.kind).collect(),
        Delta::Expired => panic!("the log is short"),
    }
}

#[test]
fn a_deleted_user_comes_back_whole_or_is_purged_after_thirty_days() {
    let (tenant, clock) = contoso();
    let user = somebody(&tenant);
    let everybody = tenant.find_group("All Contoso").unwrap();
    tenant.delete(user).unwrap();
    assert!(matches!(tenant.disable(user), Err(TenantError::State(_))));
    tenant.restore(user).unwrap();
    assert!(tenant.group(everybody.id).unwrap().members.contains(&user));
    tenant.delete(user).unwrap();
    clock.advance(Duration::from_secs(29 * 86_400));
    assert_eq!(tenant.purge_expired(), 0);
    clock.advance(Duration::from_secs(86_400));
    assert_eq!(tenant.purge_expired(), 1);
    assert_eq!(tenant.user(user), None);
    assert!(!tenant.group(everybody.id).unwrap().members.contains(&user));
    let log = kinds(&tenant);
    let expected = [
        ChangeKind::UserDeleted,
        ChangeKind::UserRestored,
        ChangeKind::UserDeleted,
        ChangeKind::UserPurged,
    ];
    assert_eq!(log[..4], expected);
}

#[test]
fn purging_a_manager_frees_the_reports() {
    let (tenant, _) = contoso();
    let report = tenant
        .read()
        .users()
        .find(|user| user.manager.is_some())
        .unwrap()
        .clone();
    let boss = report.manager.unwrap();
    tenant.delete(boss).unwrap();
    assert_eq!(tenant.user(report.id).unwrap().manager, Some(boss));
    tenant.purge(boss).unwrap();
    assert_eq!(tenant.user(report.id).unwrap().manager, None);
    assert!(kinds(&tenant).contains(&ChangeKind::ManagerChanged));
}

#[test]
fn names_cannot_be_taken_twice() {
    let (tenant, _) = contoso();
    let (a, b) = (somebody(&tenant), tenant.hire_somebody());
    let upn = tenant.user(a).unwrap().upn().to_uppercase();
    let to = [(Property::UserPrincipalName, Some(upn.as_str()))];
    assert_eq!(
        tenant.update(b, &to),
        Err(TenantError::Taken("userPrincipalName"))
    );
    assert_eq!(tenant.update(a, &to).unwrap(), [Property::UserPrincipalName]);
    assert_eq!(
        tenant.create_group("Sales", true),
        Err(TenantError::Taken("displayName"))
    );
    assert!(matches!(
        tenant.update(a, &[(Property::DisplayName, None)]),
        Err(TenantError::Invalid(..))
    ));
}

#[test]
fn a_change_that_changes_nothing_is_not_recorded() {
    let (tenant, _) = contoso();
    let user = tenant.user(somebody(&tenant)).unwrap();
    tenant.enable(user.id).unwrap();
    tenant.set_manager(user.id, user.manager).unwrap();
    assert_eq!(
        tenant
            .update(user.id, &[(Property::DisplayName, Some(user.display_name()))])
            .unwrap(),
        []
    );
    assert_eq!(kinds(&tenant), []);
}

#[test]
fn address_and_name_change_what_they_say() {
    let (tenant, _) = contoso();
    let user = somebody(&tenant);
    tenant.rename(user, "Zoé", "O'Neill").unwrap();
    tenant.change_address(user, "zoe.oneill").unwrap();
    let user = tenant.user(user).unwrap();
    assert_eq!(user.display_name(), "Zoé O'Neill");
    assert_eq!(tenant.find_user("ZOE.oneill@contoso.com").unwrap().id, user.id);
    assert_eq!(user.get(Property::Mail), Some("zoe.oneill@contoso.com"));
}

#[test]
fn members_and_assignments_are_counted_once() {
    let (tenant, _) = contoso();
    let group = tenant.create_group("New team", true).unwrap();
    let user = somebody(&tenant);
    assert_eq!(tenant.add_members(group, &[user, user]).unwrap(), 1);
    assert_eq!(tenant.add_members(group, &[user]).unwrap(), 0);
    assert!(tenant.add_members(group, &[group]).is_err());
    assert!(tenant.assign(group).unwrap());
    assert!(!tenant.assign(group).unwrap());
    assert_eq!(tenant.remove_members(group, &[user]).unwrap(), 1);
    assert_eq!(tenant.read().groups_of(user).filter(|g| g.id == group).count(), 0);
    tenant.delete_group(group).unwrap();
    assert!(tenant.read().assignments().is_empty());
    assert!(
        matches!(kinds(&tenant).last(), Some(ChangeKind::GroupDeleted { members }) if members.is_empty())
    );
}

#[test]
fn a_hire_needs_a_free_well_formed_address() {
    let (tenant, _) = contoso();
    let new = |upn: &str| NewUser {
        user_principal_name: upn.to_owned(),
        display_name: "New Person".to_owned(),
        ..NewUser::default()
    };
    let id = tenant.hire(new("new.person@contoso.com")).unwrap();
    assert_eq!(
        tenant.user(id).unwrap().get(Property::MailNickname),
        Some("new.person")
    );
    assert_eq!(
        tenant.hire(new("New.Person@contoso.com")),
        Err(TenantError::Taken("userPrincipalName"))
    );
    assert!(matches!(
        tenant.hire(new("nobody")),
        Err(TenantError::Invalid(..))
    ));
}

#[test]
fn nobody_hired_gets_an_address_somebody_had() {
    let (tenant, _) = contoso();
    let had: std::collections::BTreeSet<_> =
        tenant.read().users().map(|user| user.upn().to_owned()).collect();
    let everybody: Vec<_> = tenant.read().users().map(|user| user.id).collect();
    for (place, user) in everybody.into_iter().enumerate() {
        tenant.change_address(user, &format!("moved{place}")).unwrap();
    }
    for _ in 0..200 {
        let hired = tenant.hire_somebody();
        assert!(!had.contains(tenant.user(hired).unwrap().upn()));
    }
}
