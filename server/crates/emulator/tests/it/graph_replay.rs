//! Whoever follows the deltas knows the tenant, whatever happens in it and whatever goes wrong on the way (`entra-facts`
//! C1, D3).

use std::collections::{BTreeMap, BTreeSet};

use emulator::faults::{Effect, Matcher};
use emulator::rng::Rng;
use emulator::tenant::{ObjectId, Tenant};
use serde_json::Value;

use crate::api::Api;
use crate::visitor::Visitor;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Person {
    name: String,
    enabled: bool,
    manager: Option<String>,
}

/// What is known of a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    users: BTreeMap<String, Person>,
    groups: BTreeMap<String, (String, BTreeSet<String>)>,
    devices: BTreeMap<String, (String, bool)>,
}

fn text(item: &Value, name: &str) -> Option<String> {
    item.get(name)?.as_str().map(str::to_owned)
}

impl Known {
    fn user(&mut self, item: &Value) {
        let id = text(item, "id").unwrap();
        if item.get("@removed").is_some() {
            self.users.remove(&id);
            return;
        }
        let user = self.users.entry(id).or_default();
        user.name = text(item, "displayName").unwrap();
        user.enabled = item["accountEnabled"].as_bool().unwrap();
        if let Some(manager) = item.get("manager@delta") {
            user.manager = match manager[0].get("@removed") {
                Some(_) => None,
                None => text(&manager[0], "id"),
            };
        }
    }

    fn group(&mut self, item: &Value) {
        let id = text(item, "id").unwrap();
        if item.get("@removed").is_some() {
            self.groups.remove(&id);
            return;
        }
        let (name, members) = self.groups.entry(id).or_default();
        *name = text(item, "displayName").unwrap();
        for member in item["members@delta"].as_array().into_iter().flatten() {
            let id = text(member, "id").unwrap();
            match member.get("@removed") {
                Some(_) => drop(members.remove(&id)),
                None => drop(members.insert(id)),
            }
        }
    }

    fn device(&mut self, item: &Value) {
        let id = text(item, "id").unwrap();
        if item.get("@removed").is_some() {
            self.devices.remove(&id);
            return;
        }
        let enabled = item["accountEnabled"].as_bool().unwrap();
        self.devices
            .insert(id, (text(item, "displayName").unwrap(), enabled));
    }

    /// How it is.
    fn of(tenant: &Tenant) -> Self {
        let directory = tenant.read();
        let person = |user: &emulator::tenant::User| Person {
            name: user.display_name().to_owned(),
            enabled: user.account_enabled,
            manager: user.manager.map(|id| id.to_string()),
        };
        let there = |id: &&ObjectId| directory.user(**id).is_none_or(|user| user.deleted.is_none());
        Self {
            users: directory
                .users()
                .map(|user| (user.id.to_string(), person(user)))
                .collect(),
            groups: directory
                .groups()
                .map(|group| {
                    let members = group.members.iter().filter(there).map(ToString::to_string);
                    (
                        group.id.to_string(),
                        (group.display_name.clone(), members.collect()),
                    )
                })
                .collect(),
            devices: directory
                .devices()
                .map(|device| {
                    (
                        device.id.to_string(),
                        (device.display_name.clone(), device.account_enabled),
                    )
                })
                .collect(),
        }
    }
}

/// A caller that follows one collection.
struct Follower {
    start: &'static str,
    next: Option<String>,
}

impl Follower {
    /// One request; `between` happens before every page but the first. Starts again where Graph says so.
    async fn round(&mut self, api: &Api<'_>, known: &mut Known, mut between: impl FnMut()) {
        let apply = match self.start {
            path if path.starts_with("/users") => Known::user,
            path if path.starts_with("/groups") => Known::group,
            _ => Known::device,
        };
        let mut at = self
            .next
            .clone()
            .unwrap_or_else(|| format!("/v1.0{}", self.start));
        loop {
            let page = api.send("GET", &at, &[], None).await;
            match page.refusal() {
                (200, _) => {}
                (410, _) => {
                    forget(known, self.start);
                    page.header("location").clone_into(&mut at);
                    continue;
                }
                (400, "syncStateNotFound") => {
                    forget(known, self.start);
                    at = format!("/v1.0{}", self.start);
                    continue;
                }
                (429 | 503, _) => continue,
                other => panic!("{other:?}"),
            }
            for item in page.body["value"].as_array().unwrap() {
                apply(known, item);
            }
            if let Some(delta) = text(&page.body, "@odata.deltaLink") {
                self.next = Some(delta);
                return;
            }
            at = text(&page.body, "@odata.nextLink").unwrap();
            between();
        }
    }
}

fn forget(known: &mut Known, start: &str) {
    match start {
        path if path.starts_with("/users") => known.users.clear(),
        path if path.starts_with("/groups") => known.groups.clear(),
        _ => known.devices.clear(),
    }
}

fn somebody(tenant: &Tenant, rng: &mut Rng) -> ObjectId {
    let directory = tenant.read();
    let all: Vec<_> = directory.all_users().map(|user| user.id).collect();
    *rng.pick(&all).unwrap()
}

/// Something happens; what cannot be is refused, which is all the same here.
fn happen(tenant: &Tenant, rng: &mut Rng) {
    let user = somebody(tenant, rng);
    let other = somebody(tenant, rng);
    let groups: Vec<_> = tenant.read().groups().map(|group| group.id).collect();
    let devices: Vec<_> = tenant.read().devices().take(40).map(|device| device.id).collect();
    let (group, inner) = (*rng.pick(&groups).unwrap(), *rng.pick(&groups).unwrap());
    let device = *rng.pick(&devices).unwrap();
    let name = format!("N{}", rng.below(1_000_000));
    let _ = match rng.below(19) {
        0 => tenant.rename(user, &name, "Other"),
        1 => tenant.disable(user),
        2 => tenant.enable(user),
        3 | 4 => tenant.delete(user),
        5 | 6 => tenant.restore(user),
        7 => tenant.purge(user),
        8 => tenant.set_manager(user, Some(other)),
        9 => tenant.set_manager(user, None),
        10 => tenant.add_members(group, &[user, other]).map(drop),
        11 => tenant.remove_members(group, &[user, other]).map(drop),
        12 => tenant.add_members(group, &[inner]).map(drop),
        13 => tenant.create_group(&name, true).map(drop),
        14 if groups.len() > 10 => tenant.delete_group(group),
        15 => tenant.rename_group(group, &name),
        16 => tenant.register_device(&name, Some(user)).map(drop),
        17 => tenant.disable_device(device),
        18 => tenant.delete_device(device),
        _ => {
            tenant.hire_somebody();
            Ok(())
        }
    };
}

fn fault(visitor: &Visitor, rng: &mut Rng) {
    let busy = Effect::Status {
        status: if rng.one_in(2) { 429 } else { 503 },
        retry_after: Some(0),
    };
    let effect = match rng.below(7) {
        0 => Effect::EmptyPage,
        1 => Effect::Repeat,
        2 => Effect::Reorder,
        3 => Effect::Resync,
        4 => Effect::LostState,
        _ => busy,
    };
    let matcher = Matcher {
        endpoint: Some("graph".to_owned()),
        detail: Some("/delta".to_owned()),
        ..Matcher::default()
    };
    visitor.entra.faults().once(matcher, effect);
}

#[tokio::test]
async fn a_follower_always_arrives() {
    for seed in 1..=6 {
        follows(seed).await;
    }
}

async fn follows(seed: u64) {
    let visitor = Visitor::new().await;
    let api = Api::app(&visitor, &["User.Read.All", "Group.Read.All", "Device.Read.All"]).await;
    let tenant = visitor.entra.tenant();
    let mut rng = Rng::new(seed);
    let mut followers = [
        "/users/delta?$select=displayName,accountEnabled,manager",
        "/groups/delta",
        "/devices/delta?$select=displayName,accountEnabled",
    ]
    .map(|start| Follower { start, next: None });
    let mut known = Known::default();
    for _ in 0..30 {
        for _ in 0..rng.below(40) {
            happen(tenant, &mut rng);
        }
        for _ in 0..rng.below(4) {
            fault(&visitor, &mut rng);
        }
        for follower in &mut followers {
            follower
                .round(&api, &mut known, || happen(tenant, &mut rng))
                .await;
        }
        // What happened between the pages comes in the next round.
        visitor.entra.faults().clear();
        for follower in &mut followers {
            follower.round(&api, &mut known, || {}).await;
        }
        assert_eq!(known, Known::of(tenant), "seed {seed}");
    }
}
