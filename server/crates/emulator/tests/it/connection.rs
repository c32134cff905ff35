//! *Test connection* (A2).

use emulator::provisioner::ErrorCode;

use crate::harness::World;
use crate::stub::{Quirk, error};

#[tokio::test]
async fn it_searches_a_random_user_and_a_random_group() {
    let world = World::empty().await;
    let test = world.job().test_connection().await;
    assert_eq!(test.result, Ok(()));
    let requests = world.stub.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].path, "/Users");
    assert!(
        requests[0].raw_query.starts_with("filter=userName+eq+%22"),
        "{}",
        requests[0].raw_query
    );
    assert!(requests[0].raw_query.ends_with("%22"));
    assert_eq!(requests[1].path, "/Groups");
    assert_eq!(requests[1].query["excludedAttributes"], "members");
    assert!(requests[1].query["filter"].starts_with("displayName eq \""));
    let guid = requests[0].query["filter"].split('"').nth(1).unwrap().to_owned();
    assert_eq!(guid.parse::<uuid::Uuid>().unwrap().get_version_num(), 4);
    assert_eq!(test.probes[0].status, Some(200));
    world.assert_clean();
}

#[tokio::test]
async fn groups_are_left_alone_when_their_mapping_is_off() {
    let world = World::empty().await;
    world
        .job()
        .reconfigure(|settings| settings.groups_enabled = false);
    assert_eq!(world.job().test_connection().await.result, Ok(()));
    assert_eq!(world.stub.requests().len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_told_with_the_servers_answer() {
    let world = World::empty().await;
    world
        .job()
        .reconfigure(|settings| settings.secret_token = "wrong".to_owned());
    let failure = world.job().test_connection().await.result.unwrap_err();
    assert_eq!(
        failure.code,
        ErrorCode::SystemForCrossDomainIdentityManagementCredentialValidationUnavailable
    );
    for part in [
        "HTTP/401",
        "Received response from Web resource. Resource: http://",
        "Operation: GET Response Status Code: Unauthorized Response Headers: ",
        "content-type: application/scim+json",
        "The bearer token is not known.",
    ] {
        assert!(
            failure.message.contains(part),
            "{part} is not in {}",
            failure.message
        );
    }
    assert!(!failure.message.contains("wrong"), "the token must not be shown");
}

#[tokio::test]
async fn a_group_search_answered_404_fails_the_test() {
    let world = World::empty().await;
    world
        .stub
        .fault(|request| (request.path == "/Groups").then(|| error(404, "", "no groups here")));
    let failure = world.job().test_connection().await.result.unwrap_err();
    assert!(
        failure
            .message
            .contains("HTTP/404 was returned rather than the expected HTTP/200")
    );
    assert_eq!(world.job().witness().deviations()[0].fact, "A2");
}

#[tokio::test]
async fn a_refused_filter_is_a_validation_failure() {
    let world = World::empty().await;
    world
        .stub
        .fault(|_| Some(error(400, "invalidFilter", "userName cannot be searched")));
    let failure = world.job().test_connection().await.result.unwrap_err();
    assert_eq!(
        failure.code,
        ErrorCode::SystemForCrossDomainIdentityManagementCredentialValidationFailure
    );
}

#[tokio::test]
async fn a_web_page_is_no_scim_endpoint() {
    let world = World::empty().await;
    world.stub.misbehave(&[Quirk::Html]);
    let failure = world.job().test_connection().await.result.unwrap_err();
    assert!(failure.message.contains("<h1>Welcome</h1>"));
}

#[tokio::test]
async fn nobody_listening_is_told() {
    let world = World::empty().await;
    world
        .job()
        .reconfigure(|settings| settings.tenant_url = "http://127.0.0.1:1/scim".to_owned());
    let failure = world.job().test_connection().await.result.unwrap_err();
    assert!(
        failure
            .message
            .contains("An error occurred while sending the request."),
        "{failure}"
    );
    world
        .job()
        .reconfigure(|settings| settings.tenant_url = String::new());
    let failure = world.job().test_connection().await.result.unwrap_err();
    assert_eq!(failure.message, "Tenant URL is required.");
}

/// T21: a server that answers 200 to anybody, without looking at the token, must not pass as connected.
#[tokio::test]
async fn an_empty_object_is_no_success() {
    let world = World::empty().await;
    world
        .stub
        .fault(|_| Some(crate::stub::reply(200, &serde_json::json!({}))));
    let failure = world.job().test_connection().await.result.unwrap_err();
    assert!(
        failure.message.contains("the list response has no totalResults"),
        "{failure}"
    );
}
