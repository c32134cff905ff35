//! Random filters, resources and PATCH bodies.

use proptest::{collection::vec, option, prelude::*, sample::select};
use scim::{
    Filter, Map,
    filter::{CompareOp, Literal},
    schema::{AttrPath, ENTERPRISE_USER},
};
use serde_json::{Value, json};

pub(crate) const HERO: &str = "urn:ietf:params:scim:schemas:extension:Hero:2.0:User";

/// Text in which the interesting characters are frequent.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-cA-C@. ]{0,4}",
        1 => "[\"\\\\/%_()\\[\\]éÉßıİſΣςσ\u{1F4A9}\u{202E}\u{301}]{0,3}",
        1 => "\\PC{0,6}",
    ]
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i32>().prop_map(|number| Literal::Number(number.into())),
        (-1e9..1e9_f64)
            .prop_map(|number| Literal::Number(serde_json::Number::from_f64(number).expect("finite"))),
        text().prop_map(Literal::String),
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z][a-zA-Z0-9_-]{0,6}".prop_filter("no keyword", |name| {
        // Attributes may be called so, but the other parser does not think so.
        let keywords = ["and", "or", "not", "pr", "true", "false", "null"];
        let operators = CompareOp::ALL.map(CompareOp::as_str);
        !keywords
            .iter()
            .chain(&operators)
            .any(|word| name.eq_ignore_ascii_case(word))
    })
}

fn path() -> impl Strategy<Value = AttrPath> {
    let urn = option::weighted(0.2, select(vec![ENTERPRISE_USER, HERO, "urn:x:y:2.0:Z"]));
    (urn, name(), option::weighted(0.3, name()))
        .prop_map(|(urn, attr, sub)| AttrPath::new(urn, &attr, sub.as_deref()))
}

fn comparison(path: impl Strategy<Value = AttrPath> + Clone) -> impl Strategy<Value = Filter> {
    prop_oneof![
        path.clone().prop_map(Filter::Present),
        (path, select(CompareOp::ALL.to_vec()), literal()).prop_map(|(path, op, value)| Filter::Compare {
            path,
            op,
            value
        }),
    ]
}

fn logic(leaf: impl Strategy<Value = Filter> + 'static, depth: u32) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(depth, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::And),
            vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

/// Any filter of the grammar, its names mostly unknown.
pub(crate) fn any_filter() -> impl Strategy<Value = Filter> {
    let path = path().boxed();
    let each = (
        path.clone(),
        logic(comparison(name().prop_map(AttrPath::attr).boxed()), 2),
    )
        .prop_map(|(path, filter)| Filter::Each {
            path,
            filter: Box::new(filter),
        });
    logic(prop_oneof![4 => comparison(path), 1 => each], 3)
}

/// A filter whose names are those of users, and whose literals often hit.
pub(crate) fn user_filter() -> impl Strategy<Value = String> {
    let plain = select(vec![
        "userName",
        "displayName",
        "externalId",
        "title",
        "name.givenName",
        "NAME.familyName",
        "emails",
        "emails.type",
        "emails.value",
        "department",
        "manager",
        "roles.value",
        "addresses.locality",
        "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:costCode",
    ]);
    let op = select(CompareOp::ALL.map(CompareOp::as_str).to_vec());
    let compare = (plain.clone(), op.clone(), text())
        .prop_map(|(path, op, text)| format!("{path} {op} {}", json!(text)));
    let present = plain.prop_map(|path| format!("{path} pr"));
    let active = select(vec![
        "active eq true",
        "active ne \"True\"",
        "active eq False",
        "roles.primary eq true",
    ]);
    let each = (
        select(vec!["emails", "roles"]),
        select(vec!["type", "value", "display"]),
        op,
        text(),
    )
        .prop_map(|(path, sub, op, text)| format!("{path}[{sub} {op} {} and value pr]", json!(text)));
    let leaf = prop_oneof![4 => compare, 1 => present, 1 => active.prop_map(str::to_owned), 1 => each];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|filter| format!("not ({filter})")),
        ]
    })
}

fn element() -> impl Strategy<Value = Value> {
    let kind = option::of(select(vec!["work", "home", "WORK", "mobile"]));
    (option::of(text()), kind, option::of(any::<bool>()), option::weighted(0.2, text())).prop_map(
        |(value, kind, primary, display)| json!({"value": value, "type": kind, "primary": primary, "display": display}),
    )
}

/// The body of a user as a client might send it; always with a userName that can be read.
pub(crate) fn user_body() -> impl Strategy<Value = Value> {
    let text = || option::of(text());
    let names = (text(), text(), text(), text());
    let lists = (
        vec(element(), 0..4),
        vec(element(), 0..3),
        option::of(select(vec![json!(true), json!("False"), json!(null)])),
    );
    let extension = (
        text(),
        text(),
        option::of(prop_oneof![
            Just(json!("C7")),
            Just(json!(7)),
            Just(json!([true]))
        ]),
    );
    ("[a-cA-C]{1,3}", names, lists, extension).prop_map(|(user_name, names, lists, extension)| {
        json!({
            "userName": user_name,
            "displayName": names.0,
            "title": names.1,
            "name": {"givenName": names.2, "familyName": names.3},
            "emails": lists.0,
            "roles": lists.1,
            "active": lists.2,
            "department": extension.0,
            "manager": extension.1,
            HERO: {"costCode": extension.2},
        })
    })
}

/// Canonical attributes of a user.
pub(crate) fn user() -> impl Strategy<Value = Map> {
    user_body().prop_filter_map("control characters", |body| {
        Some(
            scim::resource::parse_user(body.to_string().as_bytes())
                .ok()?
                .attributes,
        )
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let paths = vec![
        "displayName",
        "TITLE",
        "active",
        "name",
        "name.givenName",
        "emails",
        "emails.value",
        "emails[type eq \"work\"].value",
        "emails[type eq \"work\"]",
        "emails[primary eq \"True\"].value",
        "roles[value co \"a\"].display",
        "department",
        "manager",
        "manager.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:costCode",
        "urn:ietf:params:scim:schemas:extension:hero:2.0:user",
        "shoeSize",
        "id",
        "password",
        "userName",
        "emails[type eq \"home\"].primary",
        "members",
        "addresses[type eq \"work\"].locality",
    ];
    let value = prop_oneof![
        3 => text().prop_map(Value::from),
        1 => Just(json!(null)),
        1 => Just(json!("False")),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!(7)),
        2 => vec(element(), 0..3).prop_map(Value::from),
        1 => element(),
        1 => Just(json!({"givenName": "G", "costCode": "C8", "department": null, "middleName": ""})),
        1 => Just(json!({"displayName": "D", "name.givenName": "G", "emails[type eq \"home\"].value": "h@x", "unknown": 1})),
    ];
    let op = select(vec!["Add", "replace", "REMOVE"]);
    (op, option::weighted(0.9, select(paths)), value)
        .prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value}))
}

/// The operations of a PATCH, many of which will be refused.
pub(crate) fn operations(
    count: impl Into<proptest::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Value>> {
    vec(operation(), count)
}
