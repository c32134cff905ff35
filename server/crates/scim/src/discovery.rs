//! The discovery documents (RFC 7644 §4, RFC 7643 §5–§7), generated from the constants that enforce what they say (threats
//! T34): camel case, no `null` (entra-facts A5).

use serde_json::{Value, json};

use crate::{
    ResourceType,
    error::{Error, Result},
    limits,
    page::LIST_RESPONSE,
    schema::{Attribute, Kind, Mutability, Returned, SCHEMAS, Schema, Uniqueness},
};

const CONFIG_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// `/ServiceProviderConfig`. `base_url` is the endpoint URL, without a slash at its end.
pub fn service_provider_config(base_url: &str) -> Value {
    json!({
        "schemas": [CONFIG_SCHEMA],
        "patch": {"supported": true},
        "bulk": {
            "supported": true,
            "maxOperations": limits::MAX_BULK_OPERATIONS,
            "maxPayloadSize": limits::MAX_BODY_BYTES,
        },
        "filter": {"supported": true, "maxResults": limits::MAX_PAGE_SIZE},
        "changePassword": {"supported": false},
        "sort": {"supported": true},
        "etag": {"supported": true},
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": limits::DEFAULT_PAGE_SIZE,
            "maxPageSize": limits::MAX_PAGE_SIZE,
            "cursorTimeout": limits::CURSOR_LIFETIME_SECONDS,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "The bearer token of the directory, in the Authorization header.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base_url}/ServiceProviderConfig"),
        },
    })
}

/// `/ResourceTypes`, as a list.
pub fn resource_types(base_url: &str) -> Value {
    let types = [ResourceType::User, ResourceType::Group];
    list(
        types
            .iter()
            .map(|resource| resource_type_document(*resource, base_url))
            .collect(),
    )
}

/// `/ResourceTypes/{id}`; 404 if there is no such type.
pub fn resource_type(id: &str, base_url: &str) -> Result<Value> {
    let types = [ResourceType::User, ResourceType::Group];
    let found = types.into_iter().find(|resource| resource.name() == id);
    found
        .map(|resource| resource_type_document(resource, base_url))
        .ok_or_else(|| Error::not_found("There is no such resource type. There are User and Group."))
}

/// `/Schemas`, as a list.
pub fn schemas(base_url: &str) -> Value {
    list(
        SCHEMAS
            .iter()
            .map(|schema| schema_document(schema, base_url))
            .collect(),
    )
}

/// `/Schemas/{id}`, the URN in any case; 404 if there is no such schema.
pub fn schema(id: &str, base_url: &str) -> Result<Value> {
    let found = SCHEMAS
        .into_iter()
        .find(|schema| schema.id.eq_ignore_ascii_case(id));
    found
        .map(|schema| schema_document(schema, base_url))
        .ok_or_else(|| Error::not_found("There is no such schema. /Schemas lists those there are."))
}

fn list(resources: Vec<Value>) -> Value {
    json!({
        "schemas": [LIST_RESPONSE],
        "totalResults": resources.len(),
        "itemsPerPage": resources.len(),
        "startIndex": 1,
        "Resources": resources,
    })
}

fn resource_type_document(resource: ResourceType, base_url: &str) -> Value {
    let name = resource.name();
    let mut document = json!({
        "schemas": [RESOURCE_TYPE_SCHEMA],
        "id": name,
        "name": name,
        "description": resource.schema().description,
        "endpoint": format!("/{}", resource.endpoint()),
        "schema": resource.schema().id,
        "meta": {"resourceType": "ResourceType", "location": format!("{base_url}/ResourceTypes/{name}")},
    });
    if let Some(extension) = resource.extension() {
        document["schemaExtensions"] = json!([{"schema": extension.id, "required": false}]);
    }
    document
}

fn schema_document(schema: &Schema, base_url: &str) -> Value {
    json!({
        "schemas": [SCHEMA_SCHEMA],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": schema.attributes.iter().map(attribute_document).collect::<Vec<_>>(),
        "meta": {"resourceType": "Schema", "location": format!("{base_url}/Schemas/{}", schema.id)},
    })
}

fn attribute_document(attribute: &Attribute) -> Value {
    let mut document = json!({
        "name": attribute.name,
        "type": kind(attribute.kind),
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "caseExact": attribute.case_exact,
        "mutability": mutability(attribute.mutability),
        "returned": returned(attribute.returned),
        "uniqueness": uniqueness(attribute.uniqueness),
    });
    if !attribute.canonical_values.is_empty() {
        document["canonicalValues"] = json!(attribute.canonical_values);
    }
    if !attribute.reference_types.is_empty() {
        document["referenceTypes"] = json!(attribute.reference_types);
    }
    if !attribute.sub_attributes.is_empty() {
        document["subAttributes"] = attribute.sub_attributes.iter().map(attribute_document).collect();
    }
    document
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "string",
        Kind::Boolean => "boolean",
        Kind::DateTime => "dateTime",
        Kind::Reference => "reference",
        Kind::Binary => "binary",
        Kind::Complex => "complex",
    }
}

fn mutability(mutability: Mutability) -> &'static str {
    match mutability {
        Mutability::ReadOnly => "readOnly",
        Mutability::ReadWrite => "readWrite",
        Mutability::WriteOnly => "writeOnly",
        Mutability::Immutable => "immutable",
    }
}

fn returned(returned: Returned) -> &'static str {
    match returned {
        Returned::Always => "always",
        Returned::Never => "never",
        Returned::Default => "default",
        Returned::Request => "request",
    }
}

fn uniqueness(uniqueness: Uniqueness) -> &'static str {
    match uniqueness {
        Uniqueness::None => "none",
        Uniqueness::Server => "server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://rollcall.example/scim/v2/dir_1";

    #[test]
    fn one_document_is_the_same_alone_and_in_the_list() {
        for document in schemas(BASE)["Resources"].as_array().unwrap() {
            let id = document["id"].as_str().unwrap();
            assert_eq!(&schema(id, BASE).unwrap(), document);
            assert_eq!(&schema(&id.to_uppercase(), BASE).unwrap(), document);
        }
        for document in resource_types(BASE)["Resources"].as_array().unwrap() {
            assert_eq!(
                &resource_type(document["id"].as_str().unwrap(), BASE).unwrap(),
                document
            );
        }
    }

    #[test]
    fn what_there_is_not_is_not_found() {
        assert_eq!(schema("urn:x", BASE).unwrap_err().status, 404);
        assert_eq!(resource_type("Device", BASE).unwrap_err().status, 404);
    }

    #[test]
    fn no_document_has_a_null() {
        for document in [service_provider_config(BASE), resource_types(BASE), schemas(BASE)] {
            assert!(!document.to_string().contains("null"));
        }
    }

    #[test]
    fn the_advertised_limits_are_the_enforced_ones() {
        let config = service_provider_config(BASE);
        assert_eq!(
            config["filter"]["maxResults"],
            crate::page::page_size(Some(usize::MAX))
        );
        assert_eq!(
            config["pagination"]["defaultPageSize"],
            crate::page::page_size(None)
        );
        let operations = |count: u64| {
            let operations = (0..count).map(|i| json!({"method": "DELETE", "path": format!("/Users/{i}")}));
            json!({"Operations": operations.collect::<Vec<_>>()}).to_string()
        };
        let limit = config["bulk"]["maxOperations"].as_u64().unwrap();
        let parse = |count| crate::bulk::BulkRequest::parse(operations(count).as_bytes());
        assert!(parse(limit).is_ok());
        assert_eq!(parse(limit + 1).unwrap_err().status, 413);
        let size = usize::try_from(config["bulk"]["maxPayloadSize"].as_u64().unwrap()).unwrap();
        let padded = |size: usize| format!("{{\"Operations\":[]{}}}", " ".repeat(size - 17));
        assert!(crate::bulk::BulkRequest::parse(padded(size).as_bytes()).is_ok());
        assert_eq!(
            crate::bulk::BulkRequest::parse(padded(size + 1).as_bytes())
                .unwrap_err()
                .status,
            413
        );
    }

    #[test]
    fn every_mapped_attribute_of_entra_is_discoverable() {
        let published = schemas(BASE);
        let attribute = |schema: usize, name: &str| {
            let attributes = published["Resources"][schema]["attributes"]
                .as_array()
                .unwrap()
                .clone();
            attributes
                .into_iter()
                .find(|a| a["name"] == name)
                .unwrap_or_else(|| panic!("{name}"))
        };
        for name in [
            "userName",
            "active",
            "displayName",
            "title",
            "emails",
            "preferredLanguage",
            "name",
            "addresses",
            "phoneNumbers",
        ] {
            attribute(0, name);
        }
        for name in ["displayName", "members"] {
            attribute(1, name);
        }
        for name in ["employeeNumber", "department", "manager"] {
            attribute(2, name);
        }
    }

    #[test]
    fn each_attribute_filters_or_refuses() {
        for resource in [ResourceType::User, ResourceType::Group] {
            let schemas = [Some(resource.schema()), resource.extension()]
                .into_iter()
                .flatten();
            for attribute in schemas.flat_map(|schema| schema.attributes) {
                let filter = crate::Filter::parse(&format!("{} pr", attribute.name)).unwrap();
                assert_eq!(
                    filter.resolve(resource).is_err(),
                    attribute.returned == Returned::Never,
                    "{}",
                    attribute.name
                );
            }
        }
    }
}
