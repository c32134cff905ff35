//! Microsoft Graph: devices and whose they are (`entra-facts` C0, C4).

use crate::api::Api;
use crate::visitor::{MEGAN, Visitor};

#[tokio::test]
async fn devices_are_listed_with_their_owners() {
    let visitor = Visitor::new().await;
    let app = Api::app(&visitor, &["Device.Read.All", "User.Read.All"]).await;
    let first = app
        .get("/devices?$expand=registeredOwners($select=id)&$top=150")
        .await;
    assert_eq!(first.status, 200, "{first:?}");
    let next = first.body["@odata.nextLink"].as_str().unwrap();
    let second = app.send("GET", next, &[], None).await;
    assert_eq!(first.ids().len() + second.ids().len(), 200);
    let all = first.body["value"].as_array().unwrap().iter();
    let owned = all
        .clone()
        .filter(|device| device["registeredOwners"][0]["id"].is_string());
    assert!(owned.count() > 130);
    let device = all
        .clone()
        .find(|device| device["registeredOwners"][0].is_object())
        .unwrap();
    let (id, owner) = (
        device["id"].as_str().unwrap(),
        device["registeredOwners"][0]["id"].clone(),
    );
    assert_eq!(
        device["registeredOwners"][0].as_object().unwrap().len(),
        2,
        "type and id"
    );
    let owners = app.get(&format!("/devices/{id}/registeredOwners")).await;
    assert_eq!(owners.body["value"][0]["@odata.type"], "#microsoft.graph.user");
    assert_eq!(owners.body["value"][0]["id"], owner);
    let own = device["deviceId"].as_str().unwrap();
    let same = app
        .get(&format!(
            "/devices(deviceId='{own}')/registeredUsers/microsoft.graph.user"
        ))
        .await;
    assert_eq!(same.ids(), owners.ids());
    for relation in ["ownedDevices", "registeredDevices"] {
        let devices = app
            .get(&format!("/users/{}/{relation}", owner.as_str().unwrap()))
            .await;
        assert!(devices.ids().contains(&id.to_owned()), "{devices:?}");
        assert_eq!(devices.body["value"][0]["@odata.type"], "#microsoft.graph.device");
    }
    let filtered = app
        .get("/devices?$filter=operatingSystem eq 'Windows'&$select=id,operatingSystem")
        .await;
    assert_eq!(filtered.body["value"][0]["operatingSystem"], "Windows");
    assert_eq!(app.look("/devices/$count").await.body, 200);
}

#[tokio::test]
async fn the_control_surface_registers_disables_and_deletes() {
    let visitor = Visitor::new().await;
    let api = Api::with(&visitor, "");
    let new = serde_json::json!({"displayName": "Phone", "owner": MEGAN});
    let made = api.send("POST", "/control/devices", &[], Some(&new)).await;
    assert_eq!((made.status, &made.body["displayName"]), (201, &"Phone".into()));
    let id = made.body["id"].as_str().unwrap();
    let owned = api
        .send("GET", &format!("/control/devices?owner={MEGAN}"), &[], None)
        .await;
    assert!(owned.ids().contains(&id.to_owned()));
    for (action, status) in [
        ("disable", 200),
        ("enable", 200),
        ("delete", 200),
        ("delete", 404),
        ("paint", 404),
    ] {
        let done = api
            .send("POST", &format!("/control/devices/{id}/{action}"), &[], None)
            .await;
        assert_eq!(done.status, status, "{action}");
    }
}

#[tokio::test]
async fn who_may_not_read_a_side_sees_its_ids_at_most() {
    let visitor = Visitor::new().await;
    let users = Api::app(&visitor, &["User.Read.All"]).await;
    assert_eq!(
        users.get("/devices").await.refusal(),
        (403, "Authorization_RequestDenied")
    );
    assert_eq!(
        users.get("/devices/delta").await.refusal(),
        (403, "Authorization_RequestDenied")
    );
    let tenant = visitor.entra.tenant();
    let megan = tenant.find_user(MEGAN).unwrap().id;
    let phone = tenant.register_device("Megan's phone", Some(megan)).unwrap();
    let devices = users.get(&format!("/users/{MEGAN}/ownedDevices")).await;
    let named = devices.body["value"].as_array().unwrap().iter();
    let phone = named
        .clone()
        .find(|device| device["id"] == phone.to_string())
        .unwrap();
    assert_eq!(phone.as_object().unwrap().len(), 2, "{phone}");
    let other = Visitor::new().await;
    let devices = Api::app(&other, &["Device.Read.All"]).await;
    assert_eq!(devices.get("/users/delta").await.status, 403);
    let phone = other.entra.tenant().find_user(MEGAN).unwrap().id;
    let phone = other
        .entra
        .tenant()
        .register_device("Phone", Some(phone))
        .unwrap();
    let owners = devices.get(&format!("/devices/{phone}/registeredOwners")).await;
    let owner = &owners.body["value"][0];
    assert_eq!(owner.as_object().unwrap().len(), 2, "{owner}");
}
