//! The demo: three tenants, the vendor's applications, and the people who play the parts.
//!
//! Every id here is fixed, every secret follows from the seed: two runs are the same, to the last client secret.

use jiff::Timestamp;
use uuid::{Uuid, uuid};

use super::demo_apps::{
    HERO_SAAS, granted_to_truu_sync, graph, hero_saas, rollcall, truu, truu_sync, truvio,
};
use super::grant::NewGrant;
use super::graph_permissions::GRAPH_APP_ID;
use super::register::years_after;
use super::roles::DirectoryRole;
use super::state::State;
use super::{Cloud, ServicePrincipal};
use crate::clock::Clock;
use crate::tenant::{Identity, ObjectId, TENANT_ID, Tenant, TenantOptions};

/// Decides the ids and secrets of the demo's cloud.
pub const CLOUD_SEED: u64 = 0xC10D;
/// Fabrikam, the second customer.
pub const FABRIKAM: Uuid = uuid!("fab41ca0-0000-4000-8000-0fab41ca0fab");
/// Hero Industries, the vendor: its applications are registered here, its own people live here.
pub const HERO_INDUSTRIES: Uuid = uuid!("4e201d00-0000-4000-8000-4e201d0574e2");
/// Application id of *Rollcall*, the portal itself.
pub const ROLLCALL: Uuid = uuid!("4011ca11-0000-4000-8000-4011ca114011");
/// Application id of *Truvio*, the ERP demo.
pub const TRUVIO: Uuid = uuid!("74070100-0000-4000-8000-740701074070");
/// Application id of *TruU*, the directory demo.
pub const TRUU: Uuid = uuid!("74000000-0000-4000-8000-740740740740");
/// Application id of *TruU directory sync*, which Contoso itself registered for TruU.
pub const TRUU_SYNC: Uuid = uuid!("74000000-0000-4000-8000-c04705074000");
/// Object id of the service principal of *Hero SaaS*, the application the provisioning service fills.
pub const HERO_SAAS_PRINCIPAL: Uuid = uuid!("4e205aa5-0000-4000-8000-00004e205aa5");

/// Somebody with a part in the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The tenant of the account.
    pub tenant: Uuid,
    /// Object id.
    pub id: Uuid,
    /// User principal name.
    pub upn: String,
    /// What they are for, as in `Ordinary user`.
    pub part: &'static str,
}

/// Tenant, local part, given name, surname, part, directory roles.
type Cast = (
    Uuid,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [DirectoryRole],
);

const CAST: &[Cast] = {
    use DirectoryRole as R;
    &[
        (
            HERO_INDUSTRIES,
            "olivia.owner",
            "Olivia",
            "Owner",
            "Owner",
            &[R::GlobalAdministrator],
        ),
        (HERO_INDUSTRIES, "sam.support", "Sam", "Support", "Support", &[]),
        (
            TENANT_ID,
            "megan.bowen",
            "Megan",
            "Bowen",
            "Global Administrator",
            &[R::GlobalAdministrator],
        ),
        (
            TENANT_ID,
            "adele.vance",
            "Adele",
            "Vance",
            "Application Administrator",
            &[R::ApplicationAdministrator],
        ),
        (TENANT_ID, "alex.wilber", "Alex", "Wilber", "Ordinary user", &[]),
        (TENANT_ID, "svc-truvio", "Truvio", "Service", "Service user", &[]),
        (
            FABRIKAM,
            "patti.fernandez",
            "Patti",
            "Fernandez",
            "Global Administrator",
            &[R::GlobalAdministrator],
        ),
        (FABRIKAM, "nestor.wilke", "Nestor", "Wilke", "Ordinary user", &[]),
    ]
};

pub(super) fn make(contoso: Tenant, clock: Clock) -> Cloud {
    let small = |id, domain: &str, name: &str, seed, users| {
        let identity = Identity {
            id,
            domain: domain.to_owned(),
            name: name.to_owned(),
        };
        let options = TenantOptions {
            users,
            groups: 3,
            members_per_group: None,
            seed,
        };
        let made = Tenant::generate_as(identity, &options, contoso.clock().clone());
        made.equip(users * 4 / 5);
        made
    };
    let fabrikam = small(FABRIKAM, "fabrikam.com", "Fabrikam", 0xFAB, 20);
    let vendor = small(
        HERO_INDUSTRIES,
        "heroindustries.example",
        "Hero Industries",
        0x4E20,
        8,
    );
    let tenants = [contoso, fabrikam, vendor];
    let mut state = State::new(CLOUD_SEED);
    let people = cast(&tenants, &mut state);
    register(&mut state, &tenants, clock.now());
    Cloud {
        state: std::sync::Arc::new(std::sync::Mutex::new(state)),
        tenants: tenants.into(),
        people: people.into(),
        clock,
    }
}

/// Gives every part to somebody. A tenant too small for its parts leaves some without.
fn cast(tenants: &[Tenant], state: &mut State) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for (tenant_id, local, given, surname, part, roles) in CAST {
        let Some(tenant) = tenants.iter().find(|tenant| tenant.id() == *tenant_id) else {
            continue;
        };
        let upn = format!("{local}@{}", tenant.domain());
        let Some(id) = actor(tenant, &upn, (given, surname), &people) else {
            continue;
        };
        if !roles.is_empty() {
            state
                .directory_roles
                .insert((*tenant_id, id), roles.iter().copied().collect());
        }
        people.push(Person {
            tenant: *tenant_id,
            id,
            upn,
            part,
        });
    }
    people.extend(tenants.first().and_then(guest));
    people
}

/// Who has this address already, or the last ordinary member without a part, renamed.
fn actor(tenant: &Tenant, upn: &str, names: (&str, &str), cast: &[Person]) -> Option<Uuid> {
    let mut directory = tenant.read();
    if let Some(user) = directory.user_by_upn(upn)
        && user.account_enabled
    {
        return Some(user.id.0);
    }
    let free = |id: ObjectId| !cast.iter().any(|person| person.id == id.0);
    let managers: std::collections::BTreeSet<_> = directory.users().filter_map(|user| user.manager).collect();
    let plain: Vec<_> = directory
        .users()
        .filter(|user| !user.guest && user.account_enabled && free(user.id))
        .map(|user| user.id)
        .collect();
    let id = plain
        .iter()
        .rfind(|id| !managers.contains(*id))
        .or(plain.last())
        .copied()?;
    directory.recast(id, upn, upn, names);
    Some(id.0)
}

/// The first guest is Nestor of Fabrikam, so that the guest's home account exists.
fn guest(contoso: &Tenant) -> Option<Person> {
    let mut directory = contoso.read();
    let id = directory
        .users()
        .find(|user| user.guest && user.account_enabled)?
        .id;
    let upn = "nestor.wilke_fabrikam.com#EXT#@contoso.onmicrosoft.com";
    directory.recast(id, upn, "nestor.wilke@fabrikam.com", ("Nestor", "Wilke"));
    Some(Person {
        tenant: contoso.id(),
        id: id.0,
        upn: upn.to_owned(),
        part: "Guest",
    })
}

fn register(state: &mut State, tenants: &[Tenant], now: Timestamp) {
    let created = now
        .saturating_sub(jiff::SignedDuration::from_hours(24 * 90))
        .unwrap_or(now);
    state.applications = vec![
        graph(created),
        rollcall(created),
        truvio(created),
        truu(created),
        hero_saas(created),
    ];
    for app in [ROLLCALL, TRUVIO, TRUU] {
        let secret = state.new_secret("demo", created, years_after(now, 2));
        if let Ok(app) = state.application_mut(app) {
            app.secrets.push(secret);
        }
    }
    for tenant in tenants {
        state.add_principal(tenant.id(), GRAPH_APP_ID, created);
    }
    for app in [ROLLCALL, TRUVIO, TRUU] {
        state.add_principal(HERO_INDUSTRIES, app, created);
    }
    let visible_from = created;
    state.principals.push(ServicePrincipal {
        id: HERO_SAAS_PRINCIPAL,
        tenant: TENANT_ID,
        app_id: HERO_SAAS,
        account_enabled: true,
        app_role_assignment_required: true,
        created,
        visible_from,
    });
    consented_at_home(state, created);
    register_sync(state, created, now);
}

/// *TruU directory sync* in Contoso: a secret for twelve months, and some of what it asks for.
fn register_sync(state: &mut State, created: Timestamp, now: Timestamp) {
    state.applications.push(truu_sync(created));
    let secret = state.new_secret("TruU", created, years_after(now, 1));
    if let Ok(app) = state.application_mut(TRUU_SYNC) {
        app.secrets.push(secret);
    }
    state.add_principal(TENANT_ID, TRUU_SYNC, created);
    let of = |state: &State, app| state.principal_of(TENANT_ID, app).map(|found| found.id);
    let (Some(client), Some(resource)) = (of(state, TRUU_SYNC), of(state, GRAPH_APP_ID)) else {
        return;
    };
    for access in granted_to_truu_sync() {
        state.grant_role(TENANT_ID, client, resource, access.id, now);
    }
}

/// In its own tenant Rollcall signs people in without asking, and TruU has what it asks for.
fn consented_at_home(state: &mut State, now: Timestamp) {
    let of = |state: &State, app| state.principal_of(HERO_INDUSTRIES, app).map(|found| found.id);
    let (Some(client_id), Some(resource_id)) = (of(state, ROLLCALL), of(state, GRAPH_APP_ID)) else {
        return;
    };
    let grant = NewGrant {
        client_id,
        principal_id: None,
        resource_id,
        scope: "openid profile email offline_access User.Read".to_owned(),
    };
    state.widen(HERO_INDUSTRIES, grant, now);
    let Some(truu) = of(state, TRUU) else { return };
    let asked = state
        .application(TRUU)
        .map(|app| app.required_access.clone())
        .unwrap_or_default();
    for access in asked.iter().filter(|access| access.application) {
        state.grant_role(HERO_INDUSTRIES, truu, resource_id, access.id, now);
    }
}
