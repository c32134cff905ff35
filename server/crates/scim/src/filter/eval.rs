//! Evaluates a resolved filter over a resource: the oracle for every other evaluator.

use std::cmp::Ordering;

use serde_json::Value;

use super::{CompareOp, Filter, Literal};
use crate::{
    Map, fold, fold_part,
    schema::{AttrPath, Attribute, Kind},
};

impl Filter {
    /// Whether a resource satisfies the filter, which must be resolved.
    ///
    /// `resource` holds whatever the filter is to see, `id`, `meta`, `groups` and `members` included. An attribute
    /// without value satisfies `ne`, `eq null` and nothing else; of several values one is enough. A user without
    /// `active` counts as active, as [`crate::resource::active`] does.
    pub fn matches(&self, resource: &Map) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(resource)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(resource)),
            Self::Not(inner) => !inner.matches(resource),
            Self::Present(path) => some_value(resource, path, &mut |_| true),
            Self::Compare { path, op, value } => compare(resource, path, *op, value),
            Self::Each { path, filter } => some_value(resource, path, &mut |element| {
                element.as_object().is_some_and(|e| filter.matches(e))
            }),
        }
    }
}

fn compare(resource: &Map, path: &AttrPath, op: CompareOp, literal: &Literal) -> bool {
    let present = || some_value(resource, path, &mut |_| true);
    let holds = |op| {
        some_value(resource, path, &mut |value| {
            one(value, path.definition(), op, literal)
        })
    };
    match (op, literal) {
        (CompareOp::Eq, Literal::Null) => !present(),
        (CompareOp::Ne, Literal::Null) => present(),
        (CompareOp::Ne, _) => !present() || holds(CompareOp::Ne),
        (op, _) => holds(op),
    }
}

/// Whether some value the path reaches, empty ones left out, passes the test.
fn some_value(resource: &Map, path: &AttrPath, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    let Some(value) = top_level(resource, path) else {
        return is_active(path) && test(&Value::Bool(true));
    };
    let mut reach = |value: &Value| {
        let value = match &path.sub {
            Some(sub) => value.get(sub),
            None => Some(value),
        };
        value.is_some_and(|value| !is_empty(value) && test(value))
    };
    match value {
        Value::Array(elements) => elements.iter().any(reach),
        value => reach(value),
    }
}

fn top_level<'a>(resource: &'a Map, path: &AttrPath) -> Option<&'a Value> {
    match &path.urn {
        None => resource.get(&path.attr),
        Some(urn) if path.is_custom() => get_any_case(get_any_case(resource, urn)?.as_object()?, &path.attr),
        Some(urn) => resource.get(urn)?.get(&path.attr),
    }
}

/// Custom extensions are kept in the client's spelling.
pub(crate) fn get_any_case<'a>(map: &'a Map, name: &str) -> Option<&'a Value> {
    map.get(name).or_else(|| {
        map.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

fn is_active(path: &AttrPath) -> bool {
    path.urn.is_none() && path.attr == "active"
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().all(is_empty),
        Value::Object(object) => object.values().all(is_empty),
        _ => false,
    }
}

fn one(value: &Value, attribute: Option<&Attribute>, op: CompareOp, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::String(value), Literal::String(literal)) => text(value, attribute, op, literal),
        (Value::Bool(value), Literal::Bool(literal)) => by_order(op, Some(value.cmp(literal))),
        (Value::Number(value), Literal::Number(literal)) => {
            by_order(op, value.as_f64().partial_cmp(&literal.as_f64()))
        }
        _ => by_order(op, None),
    }
}

fn text(value: &str, attribute: Option<&Attribute>, op: CompareOp, literal: &str) -> bool {
    match attribute {
        Some(attribute) if attribute.kind == Kind::DateTime => {
            let order = micros_of_date_time(value)
                .zip(micros_of_date_time(literal))
                .map(|(a, b)| a.cmp(&b));
            by_order(op, order)
        }
        Some(attribute) if attribute.case_exact => plain_text(value, op, literal),
        _ if op.is_substring() => plain_text(&fold(value), op, &fold_part(literal)),
        _ => plain_text(&fold(value), op, &fold(literal)),
    }
}

fn plain_text(value: &str, op: CompareOp, literal: &str) -> bool {
    match op {
        CompareOp::Co => value.contains(literal),
        CompareOp::Sw => value.starts_with(literal),
        CompareOp::Ew => value.ends_with(literal),
        // Strings compare by bytes, which for UTF-8 is the order of code points.
        op => by_order(op, Some(value.cmp(literal))),
    }
}

/// Values that cannot be compared differ, and nothing else.
fn by_order(op: CompareOp, order: Option<Ordering>) -> bool {
    match op {
        CompareOp::Eq => order == Some(Ordering::Equal),
        CompareOp::Ne => order != Some(Ordering::Equal),
        CompareOp::Gt => order == Some(Ordering::Greater),
        CompareOp::Ge => order.is_some_and(Ordering::is_ge),
        CompareOp::Lt => order == Some(Ordering::Less),
        CompareOp::Le => order.is_some_and(Ordering::is_le),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => false,
    }
}

/// Microseconds since 1970 of an RFC 3339 date and time; a missing offset means UTC (XML Schema `dateTime`), digits beyond
/// microseconds are cut off. `None` if it is none.
pub fn micros_of_date_time(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text
            .get(range)
            .filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse().ok()
    };
    let separators = [(4, "-"), (7, "-"), (13, ":"), (16, ":")];
    let is_shaped = separators
        .iter()
        .all(|(at, mark)| text.get(*at..at + 1) == Some(*mark))
        && text
            .get(10..11)
            .is_some_and(|mark| mark.eq_ignore_ascii_case("t"));
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let is_time = hour < 24 && minute < 60 && second <= 60;
    if !is_shaped || !is_time || !(1..=days_in_month(year, month)?).contains(&day) {
        return None;
    }
    let (micros, offset) = fraction_and_offset(text.get(19..)?)?;
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some((seconds - offset) * 1_000_000 + micros)
}

/// `[.digits][Z|±hh:mm]` → microseconds and offset in seconds.
fn fraction_and_offset(text: &str) -> Option<(i64, i64)> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some((0, offset(text)?));
    };
    let end = fraction
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(fraction.len());
    let (digits, rest) = fraction.split_at(end);
    let micros: String = digits.chars().chain("000000".chars()).take(6).collect();
    if digits.is_empty() {
        None
    } else {
        Some((micros.parse().ok()?, offset(rest)?))
    }
}

fn offset(text: &str) -> Option<i64> {
    let sign = match text.chars().next() {
        None => return Some(0),
        Some('z' | 'Z') if text.len() == 1 => return Some(0),
        Some('+') => 1,
        Some('-') => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    let (hours, minutes): (i64, i64) = if two(hours) && two(minutes) {
        (hours.parse().ok()?, minutes.parse().ok()?)
    } else {
        return None;
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn days_in_month(year: i64, month: i64) -> Option<i64> {
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if is_leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Days of the proleptic Gregorian calendar, counted in years that begin in March so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ResourceType;

    fn jane() -> Map {
        let jane = json!({
            "id": "0190-ab",
            "userName": "Jane@Contoso.com",
            "externalId": "AbC",
            "displayName": "Jane  Doe ",
            "name": {"givenName": "Jane"},
            "active": false,
            "title": "",
            "emails": [
                {"type": "work", "value": "jane@contoso.com", "primary": true},
                {"type": "home", "value": "j@example.org"},
            ],
            "phoneNumbers": [],
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "groups": [{"value": "g1", "display": "Sales"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
                "department": "R&D", "manager": {"value": "M1"},
            },
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User": {
                "costCode": "C7", "level": 3, "remote": true, "tags": ["a", "B"],
            },
            "meta": {"created": "2026-01-31T12:00:00Z", "lastModified": "2026-02-01T00:00:00.000001+01:00"},
        });
        jane.as_object().cloned().unwrap()
    }

    fn holds(text: &str) -> bool {
        Filter::parse(text)
            .unwrap()
            .resolve(ResourceType::User)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .matches(&jane())
    }

    fn all_hold(texts: &[&str]) {
        texts
            .iter()
            .for_each(|text| assert!(holds(text), "should hold: {text}"));
    }

    fn none_holds(texts: &[&str]) {
        texts
            .iter()
            .for_each(|text| assert!(!holds(text), "should not hold: {text}"));
    }

    #[test]
    fn text_is_compared_by_its_fold() {
        all_hold(&[
            "userName eq \"JANE@contoso.COM \"",
            "userName ne \"june@contoso.com\"",
            "userName co \"E@C\"",
            "userName sw \"jane\"",
            "userName ew \".COM\"",
            "displayName eq \"jane  doe\"",
            "displayName sw \"JANE \"",
            "userName gt \"JA\"",
            "userName le \"jane@contoso.com\"",
            "userName ge \"jane@contoso.com\"",
            "userName lt \"k\"",
        ]);
        none_holds(&[
            "userName eq \"jane\"",
            "userName ne \"jane@contoso.com\"",
            "displayName eq \"jane doe\"",
            "displayName ew \"doe \"",
            "userName gt \"jane@contoso.com\"",
            "userName sw \" jane\"",
        ]);
    }

    #[test]
    fn exact_attributes_respect_case() {
        all_hold(&[
            "externalId eq \"AbC\"",
            "externalId ne \"abc\"",
            "externalId sw \"Ab\"",
            "id eq \"0190-ab\"",
        ]);
        none_holds(&[
            "externalId eq \"abc\"",
            "externalId co \"B\"",
            "id eq \"0190-AB\"",
            "groups eq \"G1\"",
        ]);
    }

    #[test]
    fn one_value_of_several_is_enough() {
        all_hold(&[
            "emails eq \"j@example.org\"",
            "emails.type eq \"home\"",
            "emails ne \"jane@contoso.com\"",
            "emails[type eq \"work\" and value co \"contoso\"]",
            "emails[type eq \"work\"].value eq \"jane@contoso.com\"",
            "emails[primary eq \"True\"].type eq \"work\"",
            "groups.display eq \"sales\"",
            "schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"",
            "emails[not (primary pr)]",
            "emails[primary ne true]",
        ]);
        none_holds(&[
            "emails[type eq \"home\" and value co \"contoso\"]",
            "emails[type eq \"home\"].value eq \"jane@contoso.com\"",
            "emails[type eq \"other\" or value eq \"x\"]",
            "not (emails.type eq \"home\")",
        ]);
    }

    #[test]
    fn what_has_no_value_is_unequal_and_not_present() {
        all_hold(&[
            "nickName ne \"x\"",
            "nickName eq null",
            "not (nickName pr)",
            "title eq null",
            "phoneNumbers eq null",
            "phoneNumbers.value ne \"x\"",
            "name.familyName eq null",
            "addresses[type eq \"x\"] or title ne \"x\"",
        ]);
        none_holds(&[
            "nickName eq \"x\"",
            "nickName pr",
            "nickName ne null",
            "title pr",
            "title co \"\"",
            "phoneNumbers pr",
            "nickName lt \"x\"",
            "addresses[type ne \"x\"]",
            "name.familyName pr",
        ]);
        all_hold(&[
            "name pr",
            "emails pr",
            "userName ne null",
            "emails.primary pr",
            "active pr",
        ]);
    }

    #[test]
    fn booleans_and_active() {
        all_hold(&[
            "active eq false",
            "active eq \"False\"",
            "active ne true",
            "emails.primary eq true",
        ]);
        none_holds(&["active eq true", "active ne false"]);
        let filter = |text: &str| Filter::parse(text).unwrap().resolve(ResourceType::User).unwrap();
        let nobody = Map::new();
        assert!(
            filter("active eq true").matches(&nobody),
            "without a value one is active"
        );
        assert!(filter("active pr").matches(&nobody));
        assert!(!filter("active eq false").matches(&nobody));
        assert!(!filter("active ne true").matches(&nobody));
    }

    #[test]
    fn dates_are_compared_as_times() {
        all_hold(&[
            "meta.created eq \"2026-01-31T13:00:00+01:00\"",
            "meta.created gt \"2026-01-31T11:59:59.999Z\"",
            "meta.lastModified eq \"2026-01-31T23:00:00.000001Z\"",
            "meta.lastModified lt \"2026-02-01T00:00:00Z\"",
            "meta.created le \"2026-01-31T12:00:00\"",
        ]);
        none_holds(&[
            "meta.created ne \"2026-01-31T12:00:00.0000009Z\"",
            "meta.created gt \"2026-01-31T12:00:00Z\"",
        ]);
    }

    #[test]
    fn extensions_are_reached() {
        all_hold(&[
            "department eq \"r&d\"",
            "manager eq \"M1\"",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"M1\"",
            "urn:ietf:params:scim:schemas:extension:hero:2.0:user:COSTCODE eq \"c7\"",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:level gt 2.5",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:level eq 3.0",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:remote eq True",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:tags eq \"b\"",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:level ne \"3\"",
            "urn:ietf:params:scim:schemas:extension:Zero:2.0:User:a eq null",
        ]);
        none_holds(&[
            "manager eq \"m1\"",
            "costCenter pr",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:level eq \"3\"",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:level lt \"9\"",
            "urn:ietf:params:scim:schemas:extension:Hero:2.0:User:costCode gt 1",
        ]);
    }

    #[test]
    fn logic_is_logic() {
        all_hold(&[
            "title pr or userName pr",
            "userName pr and active eq false",
            "not (title pr and userName pr)",
        ]);
        none_holds(&[
            "title pr or nickName pr",
            "userName pr and active eq true",
            "not (userName pr)",
        ]);
    }

    #[test]
    fn reads_dates() {
        let micros = micros_of_date_time;
        assert_eq!(micros("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(micros("1970-01-01T00:00:00.000001Z"), Some(1));
        assert_eq!(micros("1969-12-31T23:59:59Z"), Some(-1_000_000));
        assert_eq!(micros("2000-02-29T00:00:00Z"), Some(951_782_400_000_000));
        assert_eq!(
            micros("2026-11-20T20:58:24.123456789+05:30"),
            Some(1_795_188_504_123_456)
        );
        assert_eq!(
            micros("2026-11-20t15:28:24.1z"),
            micros("2026-11-20T20:58:24.100+05:30")
        );
        assert_eq!(micros("2026-11-20T15:28:24"), micros("2026-11-20T10:28:24-05:00"));
        assert_eq!(
            micros("2016-12-31T23:59:60Z"),
            micros("2017-01-01T00:00:00Z"),
            "a leap second"
        );
        assert_eq!(micros("0000-01-01T00:00:00Z"), Some(-62_167_219_200_000_000));
        assert!(micros("9999-12-31T23:59:59Z").is_some());
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2026",
            "2026-01-01",
            "2026-01-01 00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+1:00",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00ZZ",
            "2026-01-01T00:00:00é",
            "+026-01-01T00:00:00Z",
            "2026-01-01T00:00:0é",
            "２026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+aa:bb",
            "2026-01-01T00:00:00 Z",
        ] {
            assert_eq!(micros_of_date_time(text), None, "{text}");
        }
    }
}
