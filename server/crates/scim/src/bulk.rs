//! Bulk requests (RFC 7644 §3.7): reading, the order in which references can be resolved, and the reply.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{Error, Map, ResourceType, Result, json, limits::MAX_BULK_OPERATIONS};

/// URN of the reply.
pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// A bulk request, read and put in order.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// After how many errors to stop; `None` for never.
    pub fail_on_errors: Option<usize>,
    /// The operations, as they were sent.
    pub operations: Vec<BulkOperation>,
    /// Their indexes in an order in which each comes after those it refers to; otherwise as they were sent.
    pub order: Vec<usize>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkMethod {
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Delete.
    Delete,
}

impl BulkMethod {
    /// The HTTP method.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkOperation {
    /// What to do.
    pub method: BulkMethod,
    /// The client's name for what is created, unique in the request.
    pub bulk_id: Option<String>,
    /// ETag the resource must have.
    pub version: Option<String>,
    /// To users or groups.
    pub resource: ResourceType,
    /// The id in the path, possibly `bulkId:…`; `None` for POST.
    pub id: Option<String>,
    /// The body; `null` for DELETE.
    data: Value,
}

/// The outcome of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkResult {
    /// The method that was asked for.
    pub method: BulkMethod,
    /// The client's name for what was created.
    pub bulk_id: Option<String>,
    /// URL of the resource, where there is one.
    pub location: Option<String>,
    /// Its ETag.
    pub version: Option<String>,
    /// HTTP status, or the refusal.
    pub outcome: std::result::Result<u16, Error>,
}

impl BulkRequest {
    /// Reads a bulk request.
    ///
    /// Errors: 413 for too large a body or too many operations (RFC 7644 §3.7.4); 400 `invalidSyntax` or `invalidValue`
    /// if an operation cannot be read; 409 if references go round in a circle.
    pub fn parse(body: &[u8]) -> Result<Self> {
        let mut message = json::object(body)?;
        let sent = match take(&mut message, "Operations") {
            Some(Value::Array(sent)) => sent,
            _ => {
                return Err(Error::invalid_syntax(
                    "A bulk request needs a list named Operations.",
                ));
            }
        };
        if sent.len() > MAX_BULK_OPERATIONS {
            return Err(Error::payload_too_large(format!(
                "More than {MAX_BULK_OPERATIONS} operations in one bulk request. Send several requests."
            )));
        }
        let fail_on_errors = fail_on_errors(take(&mut message, "failOnErrors"))?;
        let operations = sent.into_iter().map(operation).collect::<Result<Vec<_>>>()?;
        let order = order(&operations)?;
        Ok(Self {
            fail_on_errors,
            operations,
            order,
        })
    }

    /// Whether to stop after this many errors.
    pub fn stops_after(&self, errors: usize) -> bool {
        self.fail_on_errors.is_some_and(|limit| errors >= limit)
    }
}

impl BulkOperation {
    /// The body as JSON text, each `bulkId:name` in it replaced by the id found under `name`.
    ///
    /// 409 if a name is missing in `ids`: the operation that was to create it failed.
    pub fn data(&self, ids: &HashMap<String, String>) -> Result<Vec<u8>> {
        let mut data = self.data.clone();
        replace(&mut data, ids)?;
        Ok(data.to_string().into_bytes())
    }

    /// The id in the path, a reference replaced like those in [`BulkOperation::data`].
    pub fn resolved_id(&self, ids: &HashMap<String, String>) -> Result<Option<String>> {
        let Some(id) = &self.id else { return Ok(None) };
        match reference(id) {
            None => Ok(Some(id.clone())),
            Some(name) => ids.get(name).cloned().map(Some).ok_or_else(unresolved),
        }
    }

    /// The names this operation refers to.
    fn references(&self) -> Vec<&str> {
        let mut found = vec![];
        found.extend(self.id.as_deref().and_then(reference));
        collect(&self.data, &mut found);
        found
    }
}

fn take(map: &mut Map, name: &str) -> Option<Value> {
    let key = map.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    map.remove(&key).filter(|value| !value.is_null())
}

fn fail_on_errors(value: Option<Value>) -> Result<Option<usize>> {
    let Some(value) = value else { return Ok(None) };
    let number = value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| *number > 0);
    number
        .map(Some)
        .ok_or_else(|| Error::invalid_value("failOnErrors must be a whole number of at least 1."))
}

fn operation(value: Value) -> Result<BulkOperation> {
    let Value::Object(mut object) = value else {
        return Err(Error::invalid_syntax("Each bulk operation must be an object."));
    };
    let method = method(take(&mut object, "method"))?;
    let (resource, id) = path(take(&mut object, "path"), method)?;
    let bulk_id = text(&mut object, "bulkId")?;
    if method == BulkMethod::Post && bulk_id.is_none() {
        return Err(Error::invalid_value(
            "A bulk operation with the method POST needs a bulkId.",
        ));
    }
    let data = take(&mut object, "data").unwrap_or(Value::Null);
    if method != BulkMethod::Delete && !data.is_object() {
        return Err(Error::invalid_syntax(
            "A bulk operation needs an object named data, unless it deletes.",
        ));
    }
    Ok(BulkOperation {
        method,
        bulk_id,
        version: text(&mut object, "version")?,
        resource,
        id,
        data,
    })
}

fn method(value: Option<Value>) -> Result<BulkMethod> {
    let word = value.as_ref().and_then(Value::as_str).unwrap_or_default();
    let all = [
        BulkMethod::Post,
        BulkMethod::Put,
        BulkMethod::Patch,
        BulkMethod::Delete,
    ];
    all.into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(word))
        .ok_or_else(|| {
            Error::invalid_syntax("The method of a bulk operation must be POST, PUT, PATCH or DELETE.")
        })
}

/// `/Users` for POST, `/Users/{id}` for the others.
fn path(value: Option<Value>, method: BulkMethod) -> Result<(ResourceType, Option<String>)> {
    let refuse = || {
        Error::invalid_path(
            "The path of a bulk operation must be /Users, /Groups, /Users/{id} or /Groups/{id}.",
        )
    };
    let text = value.as_ref().and_then(Value::as_str).ok_or_else(refuse)?;
    let mut segments = text.strip_prefix('/').unwrap_or(text).split('/');
    let endpoint = segments.next().unwrap_or_default();
    let id = segments.next().filter(|id| !id.is_empty()).map(str::to_owned);
    let types = [ResourceType::User, ResourceType::Group];
    let resource = types
        .into_iter()
        .find(|resource| resource.endpoint() == endpoint)
        .ok_or_else(refuse)?;
    if segments.next().is_some() || id.is_some() == (method == BulkMethod::Post) {
        return Err(refuse());
    }
    Ok((resource, id))
}

fn text(object: &mut Map, name: &str) -> Result<Option<String>> {
    match take(object, name) {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= 256 => Ok(Some(text)),
        Some(_) => Err(Error::invalid_value(format!(
            "{name} of a bulk operation must be a short text."
        ))),
    }
}

fn reference(text: &str) -> Option<&str> {
    text.strip_prefix("bulkId:")
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.extend(reference(text)),
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        Value::Object(object) => object.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn replace(value: &mut Value, ids: &HashMap<String, String>) -> Result<()> {
    match value {
        Value::String(text) => {
            if let Some(name) = reference(text) {
                *text = ids.get(name).cloned().ok_or_else(unresolved)?;
            }
            Ok(())
        }
        Value::Array(list) => list.iter_mut().try_for_each(|value| replace(value, ids)),
        Value::Object(object) => object.values_mut().try_for_each(|value| replace(value, ids)),
        _ => Ok(()),
    }
}

fn unresolved() -> Error {
    Error::conflict("The operation refers to a bulkId whose resource was not created.")
}

/// Kahn's algorithm, smallest index first.
fn order(operations: &[BulkOperation]) -> Result<Vec<usize>> {
    let makers = makers(operations)?;
    let needs: Vec<Vec<usize>> = operations
        .iter()
        .map(|operation| needed(operation, &makers))
        .collect();
    let mut missing: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by = vec![vec![]; operations.len()];
    for (index, needs) in needs.iter().enumerate() {
        needs.iter().for_each(|need| needed_by[*need].push(index));
    }
    let mut ready: std::collections::BTreeSet<usize> =
        (0..missing.len()).filter(|index| missing[*index] == 0).collect();
    let mut order = Vec::with_capacity(operations.len());
    while let Some(index) = ready.pop_first() {
        order.push(index);
        for &next in &needed_by[index] {
            missing[next] -= 1;
            if missing[next] == 0 {
                ready.insert(next);
            }
        }
    }
    if order.len() < operations.len() {
        return Err(Error::conflict(
            "The bulkId references of the operations go round in a circle.",
        ));
    }
    Ok(order)
}

/// Which operation creates the resource of each name.
fn makers(operations: &[BulkOperation]) -> Result<HashMap<&str, usize>> {
    let mut makers = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let Some(name) = operation
            .bulk_id
            .as_deref()
            .filter(|_| operation.method == BulkMethod::Post)
        else {
            continue;
        };
        if makers.insert(name, index).is_some() {
            return Err(Error::invalid_value("Two bulk operations have the same bulkId."));
        }
    }
    Ok(makers)
}

/// The operations that have to come first. A name nobody makes is left to [`BulkOperation::data`] to refuse.
fn needed(operation: &BulkOperation, makers: &HashMap<&str, usize>) -> Vec<usize> {
    let mut needed: Vec<usize> = operation
        .references()
        .into_iter()
        .filter_map(|name| makers.get(name).copied())
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// Writes the reply; `results` in the order in which the operations were done.
pub fn bulk_response(results: &[BulkResult]) -> Vec<u8> {
    let operations: Vec<Value> = results.iter().map(result_document).collect();
    json!({"schemas": [BULK_RESPONSE], "Operations": operations})
        .to_string()
        .into_bytes()
}

fn result_document(result: &BulkResult) -> Value {
    let mut document = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        document.extend(value.map(|value| (name.to_owned(), Value::String(value))));
    };
    put("method", Some(result.method.as_str().to_owned()));
    put("bulkId", result.bulk_id.clone());
    put("location", result.location.clone());
    put("version", result.version.clone());
    match &result.outcome {
        Ok(status) => put("status", Some(status.to_string())),
        Err(error) => {
            put("status", Some(error.status.to_string()));
            document.insert("response".into(), error.to_value());
        }
    }
    Value::Object(document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScimType;

    fn parse(body: Value) -> Result<BulkRequest> {
        BulkRequest::parse(body.to_string().as_bytes())
    }

    fn operations(operations: Value) -> Result<BulkRequest> {
        parse(
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}),
        )
    }

    fn ids(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs
            .iter()
            .map(|(name, id)| ((*name).to_owned(), (*id).to_owned()))
            .collect()
    }

    fn post(bulk_id: &str, endpoint: &str, data: Value) -> Value {
        json!({"method": "POST", "path": endpoint, "bulkId": bulk_id, "data": data})
    }

    #[test]
    fn reads_every_method() {
        let request = operations(json!([
            {"method": "post", "path": "/Users", "bulkId": "q", "data": {"userName": "a"}},
            {"method": "PUT", "path": "/Users/1", "version": "W/\"3\"", "data": {"userName": "b"}},
            {"method": "PATCH", "path": "Groups/2", "data": {"Operations": []}},
            {"method": "DELETE", "path": "/Users/3"},
        ]))
        .unwrap();
        let read: Vec<_> = request
            .operations
            .iter()
            .map(|o| (o.method, o.resource, o.id.as_deref()))
            .collect();
        assert_eq!(
            read,
            [
                (BulkMethod::Post, ResourceType::User, None),
                (BulkMethod::Put, ResourceType::User, Some("1")),
                (BulkMethod::Patch, ResourceType::Group, Some("2")),
                (BulkMethod::Delete, ResourceType::User, Some("3")),
            ]
        );
        assert_eq!(request.operations[1].version.as_deref(), Some("W/\"3\""));
        assert_eq!(request.order, [0, 1, 2, 3]);
        assert_eq!(
            request.operations[0].data(&ids(&[])).unwrap(),
            br#"{"userName":"a"}"#
        );
    }

    #[test]
    fn references_set_the_order() {
        let request = operations(json!([
            post("g", "/Groups", json!({"displayName": "G", "members": [{"value": "bulkId:b"}, {"value": "bulkId:a"}]})),
            post("b", "/Users", json!({"userName": "b", "manager": {"value": "bulkId:a"}})),
            post("a", "/Users", json!({"userName": "a"})),
            {"method": "DELETE", "path": "/Users/bulkId:b"},
        ]));
        let request = request.unwrap();
        assert_eq!(request.order, [2, 1, 0, 3]);
    }

    #[test]
    fn references_are_replaced_everywhere() {
        let request = operations(json!([
            post("a", "/Users", json!({"userName": "a"})),
            {"method": "PATCH", "path": "/Groups/bulkId:a", "data": {"Operations": [
                {"op": "add", "path": "members", "value": [{"value": "bulkId:a"}, "bulkId:a", "x bulkId:a"]},
            ]}},
        ]))
        .unwrap();
        let known = ids(&[("a", "0190")]);
        let operation = &request.operations[1];
        assert_eq!(operation.resolved_id(&known), Ok(Some("0190".into())));
        assert_eq!(
            serde_json::from_slice::<Value>(&operation.data(&known).unwrap()).unwrap(),
            json!({"Operations": [{"op": "add", "path": "members", "value": [{"value": "0190"}, "0190", "x bulkId:a"]}]})
        );
        assert_eq!(operation.data(&ids(&[])).unwrap_err().status, 409);
        assert_eq!(operation.resolved_id(&ids(&[])).unwrap_err().status, 409);
        assert_eq!(request.operations[0].resolved_id(&known), Ok(None));
    }

    #[test]
    fn circles_are_a_conflict() {
        for circle in [
            json!([
                post("a", "/Users", json!({"manager": "bulkId:b"})),
                post("b", "/Users", json!({"manager": "bulkId:a"}))
            ]),
            json!([post("a", "/Users", json!({"manager": {"value": "bulkId:a"}}))]),
        ] {
            assert_eq!(operations(circle).unwrap_err().status, 409);
        }
    }

    #[test]
    fn a_long_chain_is_ordered_quickly() {
        let chain: Vec<Value> = (0..MAX_BULK_OPERATIONS)
            .map(|i| {
                post(
                    &format!("n{i}"),
                    "/Users",
                    json!({"manager": format!("bulkId:n{}", i + 1)}),
                )
            })
            .collect();
        let order = operations(Value::Array(chain)).unwrap().order;
        assert!(order.iter().rev().copied().eq(0..MAX_BULK_OPERATIONS));
    }

    #[test]
    fn a_name_that_nobody_makes_is_refused_when_it_is_used() {
        let request = operations(json!([post("a", "/Users", json!({"manager": "bulkId:nobody"}))])).unwrap();
        let error = request.operations[0].data(&ids(&[])).unwrap_err();
        assert_eq!(error.status, 409);
        assert!(!error.detail.contains("nobody"));
    }

    #[test]
    fn errors_are_counted() {
        let request = parse(json!({"failOnErrors": 2, "Operations": []})).unwrap();
        assert!(!request.stops_after(1));
        assert!(request.stops_after(2));
        assert!(!parse(json!({"Operations": []})).unwrap().stops_after(1000));
        assert_eq!(
            parse(json!({"failOnErrors": null, "Operations": []}))
                .unwrap()
                .fail_on_errors,
            None
        );
        for bad in [json!(0), json!(-1), json!("2"), json!(1.5)] {
            assert_eq!(
                parse(json!({"failOnErrors": bad, "Operations": []}))
                    .unwrap_err()
                    .scim_type,
                Some(ScimType::InvalidValue)
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for (operation, kind) in [
            (json!("x"), ScimType::InvalidSyntax),
            (
                json!({"method": "GET", "path": "/Users/1"}),
                ScimType::InvalidSyntax,
            ),
            (json!({"path": "/Users/1"}), ScimType::InvalidSyntax),
            (
                json!({"method": "POST", "path": "/Users", "data": {}}),
                ScimType::InvalidValue,
            ),
            (
                json!({"method": "POST", "path": "/Users/1", "bulkId": "a", "data": {}}),
                ScimType::InvalidPath,
            ),
            (
                json!({"method": "DELETE", "path": "/Users"}),
                ScimType::InvalidPath,
            ),
            (
                json!({"method": "DELETE", "path": "/Users/"}),
                ScimType::InvalidPath,
            ),
            (
                json!({"method": "DELETE", "path": "/Devices/1"}),
                ScimType::InvalidPath,
            ),
            (
                json!({"method": "DELETE", "path": "/Users/1/x"}),
                ScimType::InvalidPath,
            ),
            (json!({"method": "DELETE"}), ScimType::InvalidPath),
            (
                json!({"method": "PUT", "path": "/Users/1"}),
                ScimType::InvalidSyntax,
            ),
            (
                json!({"method": "PUT", "path": "/Users/1", "data": []}),
                ScimType::InvalidSyntax,
            ),
            (
                json!({"method": "DELETE", "path": "/Users/1", "version": 7}),
                ScimType::InvalidValue,
            ),
            (
                json!({"method": "POST", "path": "/Users", "bulkId": "x".repeat(257), "data": {}}),
                ScimType::InvalidValue,
            ),
        ] {
            let error = operations(json!([operation])).unwrap_err();
            assert_eq!((error.status, error.scim_type), (400, Some(kind)), "{operation}");
        }
        assert_eq!(
            parse(json!({})).unwrap_err().scim_type,
            Some(ScimType::InvalidSyntax)
        );
        let twice = json!([post("a", "/Users", json!({})), post("a", "/Users", json!({}))]);
        assert_eq!(
            operations(twice).unwrap_err().scim_type,
            Some(ScimType::InvalidValue)
        );
    }

    #[test]
    fn a_request_holds_1000_operations_and_no_more() {
        let many = |count: usize| {
            Value::from_iter((0..count).map(|i| json!({"method": "DELETE", "path": format!("/Users/{i}")})))
        };
        assert_eq!(
            operations(many(MAX_BULK_OPERATIONS)).unwrap().operations.len(),
            MAX_BULK_OPERATIONS
        );
        assert_eq!(operations(many(MAX_BULK_OPERATIONS + 1)).unwrap_err().status, 413);
    }

    #[test]
    fn the_reply_tells_the_outcome_of_each() {
        let results = [
            BulkResult {
                method: BulkMethod::Post,
                bulk_id: Some("q".into()),
                location: Some("https://x/Users/1".into()),
                version: Some("W/\"1\"".into()),
                outcome: Ok(201),
            },
            BulkResult {
                method: BulkMethod::Delete,
                bulk_id: None,
                location: Some("https://x/Users/2".into()),
                version: None,
                outcome: Err(Error::not_found("No such user.")),
            },
        ];
        let body: Value = serde_json::from_slice(&bulk_response(&results)).unwrap();
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
                "Operations": [
                    {"method": "POST", "bulkId": "q", "location": "https://x/Users/1", "version": "W/\"1\"", "status": "201"},
                    {"method": "DELETE", "location": "https://x/Users/2", "status": "404", "response": {
                        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404", "detail": "No such user.",
                    }},
                ],
            })
        );
    }
}
