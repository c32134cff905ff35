//! A small SCIM server that takes exactly what Entra sends and nothing else, and can be told to misbehave.
//!
//! Written from RFC 7644 and `entra-facts` A2–A7, sharing no code with the emulator. What it does not recognise it
//! refuses with 400 and remembers as a violation; a test ends with `stub.assert_obeyed()`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const TOKEN: &str = "stub-secret-token";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Quirk {
    /// 404 for a search without hits.
    NotFoundForEmpty,
    /// Members in every answer.
    MembersAlways,
    /// The manager as a bare string.
    ManagerAsString,
    /// No id in answers.
    NoId,
    /// A web page instead of JSON.
    Html,
    /// Every search finds everything.
    IgnoresFilter,
    /// Phone numbers are thrown away.
    DropsPhones,
    /// `Remove` of some members clears all.
    RemoveClearsAll,
    /// The text "False" counts as true.
    TruthyFalse,
    /// Paging gives the first page for ever.
    SamePage,
    /// A delete that is only pretended.
    DeletesNothing,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) raw_query: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Recorded {
    /// `METHOD /path?query`, decoded.
    pub(crate) fn line(&self) -> String {
        let query: Vec<_> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let sign = if query.is_empty() { "" } else { "?" };
        format!("{} {}{sign}{}", self.method, self.path, query.join("&"))
    }
}

type Fault = Box<dyn FnMut(&Recorded) -> Option<Response> + Send>;

#[derive(Default)]
struct Store {
    users: BTreeMap<String, Value>,
    groups: BTreeMap<String, Value>,
    next: usize,
    requests: Vec<Recorded>,
    violations: Vec<String>,
    quirks: BTreeSet<Quirk>,
    fault: Option<Fault>,
}

pub(crate) struct Stub {
    store: Arc<Mutex<Store>>,
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let store = Arc::new(Mutex::new(Store::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/scim/v2", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(store.clone());
        // Without this every answer waits 40 ms for the client's delayed acknowledgement.
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { store, url, task }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap()
    }

    /// Forgets the requests seen so far and returns them.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.store().requests)
    }

    /// Like [`Stub::requests`], without the probes every cycle begins with.
    pub(crate) fn work(&self) -> Vec<Recorded> {
        let guid = |value: &String| {
            value
                .rsplit('"')
                .nth(1)
                .is_some_and(|v| v.len() == 36 && v.contains('-'))
        };
        let probe = |r: &Recorded| {
            r.method == "GET" && !r.path.contains("s/") && r.query.get("filter").is_some_and(guid)
        };
        self.requests()
            .into_iter()
            .filter(|request| !probe(request))
            .collect()
    }

    pub(crate) fn misbehave(&self, quirks: &[Quirk]) {
        self.store().quirks = quirks.iter().copied().collect();
    }

    /// Answers instead of the server wherever the closure gives something.
    pub(crate) fn fault(&self, fault: impl FnMut(&Recorded) -> Option<Response> + Send + 'static) {
        self.store().fault = Some(Box::new(fault));
    }

    pub(crate) fn heal(&self) {
        let mut store = self.store();
        store.fault = None;
        store.quirks.clear();
    }

    pub(crate) fn users(&self) -> Vec<Value> {
        self.store().users.values().cloned().collect()
    }

    pub(crate) fn user(&self, user_name: &str) -> Option<Value> {
        self.users()
            .into_iter()
            .find(|user| user["userName"] == user_name)
    }

    pub(crate) fn groups(&self) -> Vec<Value> {
        self.store().groups.values().cloned().collect()
    }

    pub(crate) fn group(&self, name: &str) -> Option<Value> {
        self.groups()
            .into_iter()
            .find(|group| group["displayName"] == name)
    }

    /// Members of a group, by id.
    pub(crate) fn members(&self, name: &str) -> BTreeSet<String> {
        let group = self.group(name).unwrap();
        let members = group["members"].as_array().cloned().unwrap_or_default();
        members
            .iter()
            .map(|member| member["value"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Puts a user there behind everybody's back.
    pub(crate) fn plant_user(&self, user: Value) -> String {
        let mut store = self.store();
        let id = store.fresh("u");
        let mut user = user;
        user["id"] = json!(id);
        store.users.insert(id.clone(), user);
        id
    }

    /// Removes a user or group behind everybody's back.
    pub(crate) fn lose(&self, id: &str) {
        let mut store = self.store();
        assert!(
            store.users.remove(id).is_some() | store.groups.remove(id).is_some(),
            "{id} is not there"
        );
    }

    pub(crate) fn assert_obeyed(&self) {
        assert_eq!(self.store().violations, Vec::<String>::new());
    }
}

pub(crate) fn error(status: u16, kind: &str, detail: &str) -> Response {
    let mut body = json!({"schemas": [ERROR], "status": status.to_string(), "detail": detail});
    if !kind.is_empty() {
        body["scimType"] = json!(kind);
    }
    reply(status, &body)
}

pub(crate) fn reply(status: u16, body: &Value) -> Response {
    let kind = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/scim+json"),
    )];
    (StatusCode::from_u16(status).unwrap(), kind, body.to_string()).into_response()
}

async fn answer(State(store): State<Arc<Mutex<Store>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.unwrap();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let recorded = Recorded {
        method: parts.method.to_string(),
        path: parts
            .uri
            .path()
            .strip_prefix("/scim/v2")
            .unwrap_or("?")
            .to_owned(),
        query: url::form_urlencoded::parse(raw_query.as_bytes())
            .into_owned()
            .collect(),
        raw_query,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    };
    let mut store = store.lock().unwrap();
    store.check_headers(&parts.method, &parts.headers, &bytes);
    store.requests.push(recorded.clone());
    let fault = store.fault.as_mut().and_then(|fault| fault(&recorded));
    if let Some(response) = fault {
        return response;
    }
    if parts
        .headers
        .get(header::AUTHORIZATION)
        .is_none_or(|value| value != &format!("Bearer {TOKEN}"))
    {
        return error(401, "", "The bearer token is not known.");
    }
    if store.quirks.contains(&Quirk::Html) {
        return axum::response::Html("<h1>Welcome</h1>").into_response();
    }
    match store.handle(&recorded) {
        Ok(response) => response,
        Err(Refused(status, kind, detail)) => {
            if status == 400 {
                store
                    .violations
                    .push(format!("{}: {detail}: {}", recorded.line(), recorded.body));
            }
            error(status, kind, &detail)
        }
    }
}

struct Refused(u16, &'static str, String);

fn refuse<T>(kind: &'static str, detail: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(400, kind, detail.into()))
}

impl Store {
    fn check_headers(&mut self, method: &Method, headers: &HeaderMap, body: &Bytes) {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let with_body = matches!(*method, Method::POST | Method::PATCH);
        if with_body && text(header::CONTENT_TYPE) != "application/scim+json; charset=utf-8" {
            self.violations
                .push(format!("Content-Type {:?}", text(header::CONTENT_TYPE)));
        }
        if with_body == body.is_empty() {
            self.violations
                .push(format!("{method} with a body of {} bytes", body.len()));
        }
        if !text(header::ACCEPT).contains("application/scim+json") {
            self.violations.push(format!("Accept {:?}", text(header::ACCEPT)));
        }
        if !text(header::IF_MATCH).is_empty() {
            self.violations.push("If-Match is not used by Entra".to_owned());
        }
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{:05}", self.next)
    }

    fn handle(&mut self, request: &Recorded) -> Result<Response, Refused> {
        let mut parts = request.path.trim_start_matches('/').splitn(2, '/');
        let (kind, id) = (parts.next().unwrap_or_default(), parts.next());
        if !matches!(kind, "Users" | "Groups") {
            return Err(Refused(404, "", format!("no resource type {kind}")));
        }
        match (request.method.as_str(), id) {
            ("GET", None) => self.search(kind, request),
            ("POST", None) => self.create(kind, &request.body),
            ("GET", Some(id)) => self.read(kind, id, request),
            ("PATCH", Some(id)) => self.patch(kind, id, &request.body),
            ("DELETE", Some(id)) => self.delete(kind, id),
            _ => Err(Refused(405, "", "not a method Entra uses".to_owned())),
        }
    }

    fn of(&mut self, kind: &str) -> &mut BTreeMap<String, Value> {
        if kind == "Users" {
            &mut self.users
        } else {
            &mut self.groups
        }
    }

    fn show(&self, kind: &str, resource: &Value, without_members: bool) -> Value {
        let mut shown = resource.clone();
        if kind == "Groups" && without_members && !self.quirks.contains(&Quirk::MembersAlways) {
            shown.as_object_mut().unwrap().remove("members");
        }
        if self.quirks.contains(&Quirk::ManagerAsString)
            && let Some(manager) = shown
                .get_mut(ENTERPRISE)
                .and_then(|extension| extension.get_mut("manager"))
        {
            *manager = manager["value"].take();
        }
        if self.quirks.contains(&Quirk::NoId) {
            shown.as_object_mut().unwrap().remove("id");
        }
        shown
    }

    fn search(&mut self, kind: &str, request: &Recorded) -> Result<Response, Refused> {
        let excluded = request.query.get("excludedAttributes").map(String::as_str);
        if kind == "Groups" && excluded != Some("members") && !request.query.contains_key("attributes") {
            return refuse("", "groups are searched with excludedAttributes=members");
        }
        let clauses = match request.query.get("filter") {
            Some(filter) => parse_filter(filter)?,
            None => Vec::new(),
        };
        let everything = self.quirks.contains(&Quirk::IgnoresFilter);
        let all: Vec<_> = self.of(kind).values().cloned().collect();
        let hits: Vec<_> = all
            .into_iter()
            .filter(|resource| {
                everything || clauses.iter().all(|(name, value)| matches(resource, name, value))
            })
            .collect();
        if hits.is_empty() && self.quirks.contains(&Quirk::NotFoundForEmpty) {
            return Err(Refused(404, "", "nothing found".to_owned()));
        }
        let number = |name: &str, default| {
            request
                .query
                .get(name)
                .map_or(default, |text| text.parse().unwrap())
        };
        let (mut start, count): (usize, usize) = (number("startIndex", 1), number("count", 100));
        if self.quirks.contains(&Quirk::SamePage) {
            start = 1;
        }
        let page: Vec<_> = hits
            .iter()
            .skip(start - 1)
            .take(count)
            .map(|hit| self.show(kind, hit, excluded.is_some()))
            .collect();
        let body = json!({
            "schemas": [LIST],
            "totalResults": hits.len(),
            "startIndex": start,
            "itemsPerPage": page.len(),
            "Resources": page,
        });
        Ok(reply(200, &body))
    }

    fn read(&mut self, kind: &str, id: &str, request: &Recorded) -> Result<Response, Refused> {
        let found = self
            .of(kind)
            .get(id)
            .cloned()
            .ok_or(Refused(404, "", format!("no {id}")))?;
        let without = request
            .query
            .get("excludedAttributes")
            .is_some_and(|names| names == "members");
        Ok(reply(200, &self.show(kind, &found, without)))
    }

    fn create(&mut self, kind: &str, body: &Value) -> Result<Response, Refused> {
        let unique = if kind == "Users" {
            check_new_user(body)?
        } else {
            check_new_group(body)?
        };
        let fold = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
        if kind == "Users"
            && self
                .users
                .values()
                .any(|user| fold(&user[unique]) == fold(&body[unique]))
        {
            return Err(Refused(
                409,
                "uniqueness",
                format!("userName {} is taken", body[unique]),
            ));
        }
        let id = self.fresh(if kind == "Users" { "u" } else { "g" });
        let mut resource = body.clone();
        resource["id"] = json!(id);
        if self.quirks.contains(&Quirk::DropsPhones) {
            resource.as_object_mut().unwrap().remove("phoneNumbers");
        }
        self.of(kind).insert(id, resource.clone());
        Ok(reply(201, &self.show(kind, &resource, false)))
    }

    fn delete(&mut self, kind: &str, id: &str) -> Result<Response, Refused> {
        if self.quirks.contains(&Quirk::DeletesNothing) {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        self.of(kind)
            .remove(id)
            .ok_or(Refused(404, "", format!("no {id}")))?;
        for group in self.groups.values_mut() {
            if let Some(members) = group["members"].as_array_mut() {
                members.retain(|member| member["value"] != id);
            }
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    fn patch(&mut self, kind: &str, id: &str, body: &Value) -> Result<Response, Refused> {
        if body["schemas"] != json!([PATCH]) || body.as_object().unwrap().len() != 2 {
            return refuse("invalidSyntax", "a PATCH has schemas and Operations");
        }
        let mut resource = self
            .of(kind)
            .get(id)
            .cloned()
            .ok_or(Refused(404, "", format!("no {id}")))?;
        let operations = body["Operations"].as_array().filter(|list| !list.is_empty());
        let Some(operations) = operations else {
            return refuse("invalidSyntax", "no Operations");
        };
        for operation in operations {
            if kind == "Users" {
                patch_user(
                    &mut resource,
                    operation,
                    self.quirks.contains(&Quirk::TruthyFalse),
                )?;
            } else {
                self.patch_group(&mut resource, operation)?;
            }
        }
        self.of(kind).insert(id.to_owned(), resource.clone());
        if kind == "Users" {
            Ok(reply(200, &self.show(kind, &resource, false)))
        } else {
            Ok(StatusCode::NO_CONTENT.into_response())
        }
    }

    fn patch_group(&mut self, group: &mut Value, operation: &Value) -> Result<(), Refused> {
        let (name, path) = (text(operation, "op")?, text(operation, "path")?);
        let members: Vec<Value> = group["members"].as_array().cloned().unwrap_or_default();
        let kept = |gone: &[String]| -> Vec<Value> {
            let stays = |member: &&Value| !gone.iter().any(|id| member["value"] == **id);
            members.iter().filter(stays).cloned().collect()
        };
        match (name, path) {
            ("Add" | "add", "members") => {
                let mut all = members.clone();
                for id in member_ids(&operation["value"])? {
                    if !self.users.contains_key(&id) && !self.groups.contains_key(&id) {
                        return refuse("invalidValue", format!("member {id} does not exist"));
                    }
                    if !all.iter().any(|member| member["value"] == *id) {
                        all.push(json!({ "value": id }));
                    }
                }
                group["members"] = json!(all);
            }
            ("Remove", "members") if self.quirks.contains(&Quirk::RemoveClearsAll) => {
                group["members"] = json!([])
            }
            ("Remove", "members") => group["members"] = json!(kept(&member_ids(&operation["value"])?)),
            ("remove", path) if operation.get("value").is_none() => {
                let id = path
                    .strip_prefix("members[value eq \"")
                    .and_then(|rest| rest.strip_suffix("\"]"));
                let Some(id) = id else {
                    return refuse("invalidPath", path);
                };
                group["members"] = json!(kept(&[id.to_owned()]));
            }
            ("Add" | "Replace" | "add" | "replace", "displayName" | "externalId") => {
                group[path] = json!(text(operation, "value")?);
            }
            _ => return refuse("invalidPath", format!("{name} {path}")),
        }
        Ok(())
    }
}

fn text<'a>(object: &'a Value, name: &str) -> Result<&'a str, Refused> {
    match object.get(name) {
        Some(Value::String(text)) => Ok(text),
        other => refuse("invalidSyntax", format!("{name} is {other:?}")),
    }
}

/// `[{"$ref": null, "value": id}, …]`, nothing else.
fn member_ids(value: &Value) -> Result<Vec<String>, Refused> {
    let Some(list) = value.as_array() else {
        return refuse("invalidValue", "members are no array");
    };
    list.iter()
        .map(|member| match member.as_object() {
            Some(object) if object.len() == 2 && object.get("$ref") == Some(&Value::Null) => {
                Ok(text(member, "value")?.to_owned())
            }
            _ => refuse("invalidValue", format!("member {member}")),
        })
        .collect()
}

fn check_new_user(body: &Value) -> Result<&'static str, Refused> {
    const KNOWN: &[&str] = &[
        "schemas",
        "externalId",
        "userName",
        "active",
        "displayName",
        "title",
        "emails",
        "meta",
        "name",
        "roles",
        "addresses",
        "phoneNumbers",
        "preferredLanguage",
        ENTERPRISE,
    ];
    if body["schemas"] != json!([CORE_USER, ENTERPRISE]) {
        return refuse("invalidSyntax", "schemas of a new user");
    }
    if body["meta"] != json!({"resourceType": "User"}) || body["roles"] != json!([]) {
        return refuse("invalidSyntax", "meta and roles are sent along");
    }
    if body["active"] != json!(true) {
        return refuse("invalidValue", "a disabled user is never created");
    }
    if text(body, "userName")?.contains("#EXT#") {
        return refuse("invalidValue", "#EXT# is stripped");
    }
    if body
        .get(ENTERPRISE)
        .is_some_and(|extension| extension.get("manager").is_some())
    {
        return refuse("invalidValue", "the manager comes with a PATCH of its own");
    }
    if let Some(unknown) = body
        .as_object()
        .unwrap()
        .keys()
        .find(|key| !KNOWN.contains(&key.as_str()))
    {
        return refuse(
            "invalidSyntax",
            format!("{unknown} is not in the default mapping"),
        );
    }
    no_nulls(body)?;
    Ok("userName")
}

fn no_nulls(value: &Value) -> Result<(), Refused> {
    match value {
        Value::Null => refuse("invalidValue", "null values do not flow"),
        Value::String(text) if text.is_empty() => refuse("invalidValue", "empty values do not flow"),
        Value::Array(list) => list.iter().try_for_each(no_nulls),
        Value::Object(object) => object.values().try_for_each(no_nulls),
        _ => Ok(()),
    }
}

fn check_new_group(body: &Value) -> Result<&'static str, Refused> {
    let schemas = json!([
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
    ]);
    if body["schemas"] != schemas || body["meta"] != json!({"resourceType": "Group"}) {
        return refuse("invalidSyntax", "schemas and meta of a new group");
    }
    if body.get("members").is_some() || body.as_object().unwrap().len() != 4 {
        return refuse(
            "invalidSyntax",
            "a new group has externalId and displayName and no members",
        );
    }
    text(body, "externalId")?;
    text(body, "displayName")?;
    Ok("externalId")
}

/// `a eq "x"` and `a eq "x" and b eq "y"`: Entra uses no other operator (A3).
fn parse_filter(filter: &str) -> Result<Vec<(String, String)>, Refused> {
    let mut rest = filter;
    let mut clauses = Vec::new();
    loop {
        let Some((name, after)) = split_name(rest) else {
            return refuse("invalidFilter", filter);
        };
        let mut values = serde_json::Deserializer::from_str(after).into_iter::<String>();
        let Some(Ok(value)) = values.next() else {
            return refuse("invalidFilter", filter);
        };
        let end = values.byte_offset();
        clauses.push((name.to_owned(), value));
        match after[end..].strip_prefix(" and ") {
            Some(more) => rest = more,
            None if after[end..].is_empty() => return Ok(clauses),
            None => return refuse("invalidFilter", filter),
        }
    }
}

fn split_name(text: &str) -> Option<(&str, &str)> {
    const NAMES: &[&str] = &[
        "userName",
        "externalId",
        "displayName",
        "emails[type eq \"work\"].value",
        "id",
        "manager",
        "members",
    ];
    NAMES
        .iter()
        .find_map(|name| Some((*name, text.strip_prefix(name)?.strip_prefix(" eq ")?)))
}

fn matches(resource: &Value, name: &str, value: &str) -> bool {
    match name {
        "userName" => resource[name]
            .as_str()
            .is_some_and(|held| held.to_lowercase() == value.to_lowercase()),
        "manager" => resource[ENTERPRISE]["manager"]["value"] == value,
        "members" => resource["members"]
            .as_array()
            .is_some_and(|all| all.iter().any(|member| member["value"] == value)),
        name if name.starts_with("emails") => {
            let emails = resource["emails"].as_array();
            emails.is_some_and(|emails| emails.iter().any(|email| email["value"] == value))
        }
        _ => resource[name] == value,
    }
}

fn patch_user(user: &mut Value, operation: &Value, truthy: bool) -> Result<(), Refused> {
    let name = text(operation, "op")?;
    if !matches!(name, "Add" | "Replace" | "add" | "replace") {
        return refuse("invalidSyntax", format!("op {name}"));
    }
    let legacy = name.starts_with(char::is_uppercase);
    match operation.get("path") {
        Some(Value::String(path)) => set(user, path, &operation["value"], legacy, truthy),
        None if !legacy => {
            let Some(values) = operation["value"].as_object().filter(|values| values.len() > 1) else {
                return refuse("invalidValue", "an operation without path carries several values");
            };
            values
                .iter()
                .try_for_each(|(path, value)| set(user, path, value, false, truthy))
        }
        other => refuse("invalidPath", format!("{other:?}")),
    }
}

fn set(user: &mut Value, path: &str, value: &Value, legacy: bool, truthy: bool) -> Result<(), Refused> {
    let extension = path
        .strip_prefix(ENTERPRISE)
        .and_then(|rest| rest.strip_prefix(':'));
    match (path, extension, value) {
        ("active", _, Value::String(text)) if legacy && matches!(text.as_str(), "True" | "False") => {
            user["active"] = json!(truthy || text == "True");
        }
        ("active", _, Value::Bool(active)) if !legacy => user["active"] = json!(active),
        ("active", ..) => return refuse("invalidValue", "active"),
        (_, Some("manager"), Value::String(id)) if id.is_empty() => {
            user[ENTERPRISE].as_object_mut().unwrap().remove("manager");
        }
        (_, Some("manager"), Value::String(id)) => user[ENTERPRISE]["manager"] = json!({ "value": id }),
        (_, Some(name @ ("employeeNumber" | "department")), value) => put(&mut user[ENTERPRISE], name, value),
        ("userName" | "displayName" | "title" | "externalId" | "preferredLanguage", ..) => {
            put(user, path, value)
        }
        ("name.givenName" | "name.familyName" | "name.formatted", ..) => {
            put(&mut user["name"], &path[5..], value)
        }
        _ => return set_element(user, path, value),
    }
    Ok(())
}

/// Empty text and null clear.
fn put(holder: &mut Value, name: &str, value: &Value) {
    if !holder.is_object() {
        *holder = json!({});
    }
    let object: &mut Map<_, _> = holder.as_object_mut().unwrap();
    if value.is_null() || value == "" {
        object.remove(name);
    } else {
        object.insert(name.to_owned(), value.clone());
    }
}

/// `list[type eq "kind"].key`, creating the element if it is not there (A4.4).
fn set_element(user: &mut Value, path: &str, value: &Value) -> Result<(), Refused> {
    let parts = path
        .split_once("[type eq \"")
        .and_then(|(list, rest)| Some((list, rest.split_once("\"].")?)));
    let Some((list, (kind, key))) = parts else {
        return refuse("invalidPath", path);
    };
    let known = match list {
        "emails" => kind == "work" && key == "value",
        "phoneNumbers" => matches!(kind, "work" | "mobile" | "fax") && key == "value",
        "addresses" => kind == "work",
        _ => false,
    };
    if !known {
        return refuse("invalidPath", path);
    }
    if !user[list].is_array() {
        user[list] = json!([]);
    }
    let elements = user[list].as_array_mut().unwrap();
    if !elements.iter().any(|element| element["type"] == kind) {
        elements.push(json!({ "type": kind }));
    }
    let element = elements
        .iter_mut()
        .find(|element| element["type"] == kind)
        .unwrap();
    put(element, key, value);
    Ok(())
}
