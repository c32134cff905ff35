//! Microsoft Graph: deltas of users, groups and devices (`entra-facts` C1).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use emulator::tenant::{ObjectId, Property};
use serde_json::Value;

use crate::api::{Answered, Api};
use crate::visitor::{ADELE, ALEX, MEGAN, Visitor};

const SELECT: &str = "$select=id,displayName,userPrincipalName,accountEnabled,jobTitle,manager";

/// Every page from here to the delta link, and the link.
pub(crate) async fn round(api: &Api<'_>, start: &str) -> (Vec<Vec<Value>>, String) {
    let mut pages = Vec::new();
    let mut at = if start.starts_with("http") {
        start.to_owned()
    } else {
        format!("/v1.0{start}")
    };
    for _ in 0..1000 {
        let page = api.send("GET", &at, &[], None).await;
        assert_eq!(page.status, 200, "{page:?}");
        pages.push(page.body["value"].as_array().unwrap().clone());
        let link = |name: &str| page.body[name].as_str().map(str::to_owned);
        match (link("@odata.nextLink"), link("@odata.deltaLink")) {
            (Some(next), None) => at = next,
            (None, Some(delta)) => return (pages, delta),
            _ => panic!("not exactly one link: {page:?}"),
        }
    }
    panic!("no end");
}

fn ids(pages: &[Vec<Value>]) -> Vec<String> {
    let items = pages.iter().flatten();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Members that a caller knows after these pages.
fn members(pages: &[Vec<Value>], known: &mut BTreeMap<String, BTreeSet<String>>) {
    for group in pages.iter().flatten() {
        let of = known.entry(group["id"].as_str().unwrap().to_owned()).or_default();
        for member in group["members@delta"].as_array().into_iter().flatten() {
            let id = member["id"].as_str().unwrap().to_owned();
            match member.get("@removed") {
                Some(removed) => {
                    assert_eq!(removed["reason"], "deleted");
                    of.remove(&id);
                }
                None => drop(of.insert(id)),
            }
        }
    }
}

async fn reader(visitor: &Visitor) -> Api<'_> {
    Api::app(visitor, &["User.Read.All", "Group.Read.All", "Device.Read.All"]).await
}

fn id(visitor: &Visitor, upn: &str) -> ObjectId {
    visitor.entra.tenant().find_user(upn).unwrap().id
}

#[tokio::test]
async fn users_are_walked_once_and_then_only_changes_come() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let tenant = visitor.entra.tenant();
    let bin = id(&visitor, ALEX);
    tenant.delete(bin).unwrap();
    let (pages, delta) = round(&api, &format!("/users/delta?{SELECT}")).await;
    assert!(pages.len() > 1);
    let all = ids(&pages);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 250);
    let of = |id: ObjectId| {
        pages
            .iter()
            .flatten()
            .find(|item| item["id"] == id.to_string())
            .unwrap()
    };
    assert_eq!(of(bin)["@removed"]["reason"], "changed");
    let adele = id(&visitor, ADELE);
    assert_eq!(of(adele)["accountEnabled"], true);
    assert!(of(adele).get("mail").is_none(), "not selected");
    assert_eq!(
        of(adele)["manager@delta"][0]["@odata.type"],
        "#microsoft.graph.user"
    );
    let (none, delta) = round(&api, &delta).await;
    assert_eq!(none, [Vec::<Value>::new()]);
    tenant.disable(adele).unwrap();
    tenant.update(adele, &[(Property::JobTitle, None)]).unwrap();
    tenant
        .update(id(&visitor, MEGAN), &[(Property::Department, Some("Elsewhere"))])
        .unwrap();
    let (changes, delta) = round(&api, &delta).await;
    assert_eq!(
        ids(&changes),
        [adele.to_string()],
        "a department was not selected"
    );
    assert_eq!(
        (&changes[0][0]["accountEnabled"], &changes[0][0]["jobTitle"]),
        (&Value::from(false), &Value::Null)
    );
    assert!(changes[0][0].get("jobTitle").is_some());
    assert!(changes[0][0].get("manager@delta").is_none(), "unchanged");
    let new = tenant.hire_somebody();
    tenant.restore(bin).unwrap();
    tenant.set_manager(adele, None).unwrap();
    tenant.delete(new).unwrap();
    tenant.purge(new).unwrap();
    let (changes, _) = round(&api, &delta).await;
    assert_eq!(
        ids(&changes),
        [new.to_string(), bin.to_string(), adele.to_string()]
    );
    assert_eq!(changes[0][0]["@removed"]["reason"], "deleted");
    assert_eq!(changes[0][1]["userPrincipalName"], ALEX);
    assert_eq!(changes[0][2]["manager@delta"][0]["@removed"]["reason"], "deleted");
}

#[tokio::test]
async fn without_options_the_default_properties_come_and_minimal_is_what_changed() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let start = format!("/v1.0/users/delta?$filter=id eq '{}'", id(&visitor, ADELE));
    let page = api
        .send("GET", &start, &[("Prefer", "return=minimal")], None)
        .await;
    let one = page.body["value"][0].as_object().unwrap().clone();
    assert_eq!(page.ids().len(), 1);
    assert!(
        one.contains_key("mail") && !one.contains_key("accountEnabled"),
        "{one:?}"
    );
    let delta = page.body["@odata.deltaLink"].as_str().unwrap();
    let tenant = visitor.entra.tenant();
    tenant.rename(id(&visitor, ADELE), "Adele", "Vanced").unwrap();
    tenant.rename(id(&visitor, MEGAN), "Megan", "Other").unwrap();
    let (changes, _) = round(&api, delta).await;
    assert_eq!(ids(&changes).len(), 1, "the filter is part of the token");
    let names: Vec<_> = changes[0][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["id", "displayName", "surname"]);
}

#[tokio::test]
async fn groups_come_in_slices_and_members_come_and_go() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let tenant = visitor.entra.tenant();
    for _ in 0..1100 {
        tenant.hire_somebody();
    }
    let everybody: Vec<_> = tenant.read().users().map(|user| user.id).collect();
    let large = tenant.create_group("Large", true).unwrap();
    tenant.add_members(large, &everybody).unwrap();
    let mut known = BTreeMap::new();
    let (pages, delta) = round(&api, "/groups/delta").await;
    members(&pages, &mut known);
    assert_eq!(known.len(), 21);
    assert!(
        ids(&pages).iter().filter(|id| **id == large.to_string()).count() > 1,
        "split"
    );
    let check = |known: &BTreeMap<String, BTreeSet<String>>| {
        for group in tenant.read().groups() {
            let expected: BTreeSet<_> = group.members.iter().map(ToString::to_string).collect();
            assert_eq!(known[&group.id.to_string()], expected, "{}", group.display_name);
        }
    };
    check(&known);
    let empty = tenant.find_group("Contractors (new)").unwrap().id;
    let of = pages
        .iter()
        .flatten()
        .find(|group| group["id"] == empty.to_string())
        .unwrap();
    assert!(of.get("members@delta").is_none());
    let board = tenant.find_group("Board").unwrap();
    tenant.add_members(empty, &everybody[..1200]).unwrap();
    tenant.remove_members(large, &everybody[5..]).unwrap();
    tenant.rename_group(board.id, "The board").unwrap();
    let made = tenant.create_group("New", true).unwrap();
    tenant.add_members(made, &[everybody[3], board.id]).unwrap();
    let (pages, delta) = round(&api, &delta).await;
    assert!(pages.len() > 2, "the members of one change do not fit a page");
    members(&pages, &mut known);
    check(&known);
    let with_group = pages
        .iter()
        .flatten()
        .flat_map(|group| group["members@delta"].as_array().cloned().unwrap_or_default());
    assert!(
        with_group
            .clone()
            .any(|member| member["@odata.type"] == "#microsoft.graph.group")
    );
    tenant.delete_group(made).unwrap();
    let gone = *board.members.first().unwrap();
    tenant.delete(gone).unwrap();
    let (pages, delta) = round(&api, &delta).await;
    members(&pages, &mut known);
    assert!(!known[&board.id.to_string()].contains(&gone.to_string()));
    let deleted = pages
        .iter()
        .flatten()
        .find(|group| group["id"] == made.to_string())
        .unwrap();
    assert_eq!(deleted["@removed"]["reason"], "deleted");
    tenant.restore(gone).unwrap();
    let (pages, _) = round(&api, &delta).await;
    members(&pages, &mut known);
    assert!(known[&board.id.to_string()].contains(&gone.to_string()));
    let (pages, _) = round(&api, "/groups/delta?$select=displayName").await;
    assert!(
        pages
            .iter()
            .flatten()
            .all(|group| group.get("members@delta").is_none())
    );
}

#[tokio::test]
async fn devices_are_tracked() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let tenant = visitor.entra.tenant();
    let (pages, delta) = round(&api, "/devices/delta?$select=displayName,accountEnabled,deviceId").await;
    assert_eq!(ids(&pages).len(), 200);
    let device = tenant.read().devices().next().unwrap().id;
    tenant.disable_device(device).unwrap();
    let new = tenant
        .register_device("Phone", Some(id(&visitor, MEGAN)))
        .unwrap();
    let old = tenant.read().devices().nth(7).unwrap().id;
    tenant.delete_device(old).unwrap();
    tenant.hire_somebody();
    let (pages, _) = round(&api, &delta).await;
    assert_eq!(ids(&pages), [device, new, old].map(|id| id.to_string()));
    assert_eq!(pages[0][0]["accountEnabled"], false);
    assert_eq!(pages[0][2]["@removed"]["reason"], "deleted");
}

#[tokio::test]
async fn from_now_on_and_what_happens_during_a_walk() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let tenant = visitor.entra.tenant();
    let (pages, delta) = round(&api, "/users/delta?$deltatoken=latest").await;
    assert_eq!(pages, [Vec::<Value>::new()]);
    let first = api.get("/users/delta").await;
    let seen: ObjectId = first.ids()[0].parse().unwrap();
    tenant.rename(seen, "Changed", "Meanwhile").unwrap();
    let next = first.body["@odata.nextLink"].as_str().unwrap();
    assert!(
        next.starts_with(&format!("{}/v1.0/users/delta?$skiptoken=", visitor.entra.url())),
        "{next}"
    );
    let (_, after) = round(&api, next).await;
    for link in [delta, after] {
        let (pages, _) = round(&api, &link).await;
        assert_eq!(ids(&pages), [seen.to_string()], "it comes again");
    }
    let (_, delta) = round(&api, "/users/delta?$deltatoken=latest").await;
    for _ in 0..2100 {
        tenant
            .create_group(&format!("G{}", tenant.read().last_change()), true)
            .unwrap();
    }
    let new = tenant.hire_somebody();
    let (pages, _) = round(&api, &delta).await;
    assert_eq!(
        (pages[0].len(), ids(&pages)),
        (0, vec![new.to_string()]),
        "an empty page with a next link"
    );
}

fn resync(answer: &Answered) -> (u16, String) {
    (answer.refusal().0, answer.header("location").to_owned())
}

#[tokio::test]
async fn tokens_live_seven_days_and_only_here() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    let (_, delta) = round(&api, &format!("/users/delta?{SELECT}")).await;
    let week = Duration::from_secs(7 * 86_400);
    for (wrong, why) in [
        (delta.replace("/users/", "/groups/"), "another collection"),
        (delta.replace("deltatoken=", "deltatoken=A"), "changed"),
        (
            format!("{}/v1.0/users/delta?$deltatoken=nonsense", visitor.entra.url()),
            "invented",
        ),
    ] {
        let refused = api.send("GET", &wrong, &[], None).await;
        assert_eq!(refused.refusal(), (400, "syncStateNotFound"), "{why}");
    }
    let other = Visitor::new().await;
    other.entra.clock().advance(Duration::from_secs(5));
    visitor.entra.clock().advance(week);
    let api = reader(&visitor).await;
    let gone = api.send("GET", &delta, &[], None).await;
    let (status, location) = resync(&gone);
    assert_eq!(status, 410, "{gone:?}");
    let expected = format!("{}/v1.0/users/delta?{SELECT}&$deltatoken=", visitor.entra.url());
    assert_eq!(location, expected);
    let (pages, _) = round(&api, &location).await;
    assert_eq!(ids(&pages).len(), 250, "from the beginning");
}

#[tokio::test]
async fn what_is_not_supported_is_refused() {
    let visitor = Visitor::new().await;
    let api = reader(&visitor).await;
    for (query, refusal) in [
        ("$top=5", (400, "Request_UnsupportedQuery")),
        ("$orderby=displayName", (400, "Request_UnsupportedQuery")),
        ("$expand=manager", (400, "Request_UnsupportedQuery")),
        ("$filter=displayName eq 'x'", (400, "Request_UnsupportedQuery")),
        ("$select=nonsense", (400, "Request_BadRequest")),
        ("$select=id,skills", (501, "NotImplemented")),
    ] {
        assert_eq!(
            api.get(&format!("/users/delta?{query}")).await.refusal(),
            refusal,
            "{query}"
        );
    }
    let many = vec![format!("id eq '{}'", id(&visitor, MEGAN)); 51].join(" or ");
    assert_eq!(api.get(&format!("/users/delta?$filter={many}")).await.status, 400);
}
