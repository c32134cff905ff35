//! The query of a list (RFC 7644 §3.4.2), from the URL or from the body of `/.search` (§3.4.3).

use serde_json::Value;

use crate::{
    Filter, Projection, ResourceType,
    error::{Error, Result, safe_name},
    json,
    page::fingerprint,
    schema::AttrPath,
};

/// What a client wants listed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListQuery {
    /// Which resources, resolved.
    pub filter: Option<Filter>,
    /// Which attributes.
    pub projection: Projection,
    /// In which order.
    pub sort: Option<Sort>,
    /// From which one, 1-based; at least 1.
    pub start_index: Option<usize>,
    /// How many at most; see [`crate::page::page_size`].
    pub count: Option<usize>,
    /// `Some(None)` asks for the first page by cursor, `Some(Some(text))` for the page at that cursor (RFC 9865).
    pub cursor: Option<Option<String>>,
}

/// `sortBy` and `sortOrder`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The attribute, resolved.
    pub path: AttrPath,
    /// `sortOrder=descending`.
    pub descending: bool,
}

/// The parameters as text, before they are given a meaning.
#[derive(Default)]
struct Raw {
    filter: Option<String>,
    attributes: Option<String>,
    excluded_attributes: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
}

impl Raw {
    /// The place of a parameter, its name in any case; `None` for those that mean nothing to us and are tolerated, such as
    /// [`crate::dialect::FLAGS`].
    fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name.to_ascii_lowercase().as_str() {
            "filter" => Some(&mut self.filter),
            "attributes" => Some(&mut self.attributes),
            "excludedattributes" => Some(&mut self.excluded_attributes),
            "sortby" => Some(&mut self.sort_by),
            "sortorder" => Some(&mut self.sort_order),
            "startindex" => Some(&mut self.start_index),
            "count" => Some(&mut self.count),
            "cursor" => Some(&mut self.cursor),
            _ => None,
        }
    }
}

impl ListQuery {
    /// Reads the query of a URL, without its `?`; `None` if there is none.
    ///
    /// Errors: 400 `invalidFilter`; `invalidValue` for a parameter given twice (threats T92), a number that is none, a
    /// `sortBy` that is no attribute, or `cursor` together with `startIndex`; `invalidSyntax` for broken encoding.
    pub fn parse(raw_query: Option<&str>, resource: ResourceType) -> Result<Self> {
        let mut raw = Raw::default();
        for pair in raw_query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(place) = raw.place(&decoded(name)?) else {
                continue;
            };
            if place.is_some() {
                return Err(Error::invalid_value(format!(
                    "The parameter {} is given twice.",
                    safe_name(name)
                )));
            }
            *place = Some(decoded(value)?);
        }
        let projection = Projection::parse(
            raw.attributes.as_deref(),
            raw.excluded_attributes.as_deref(),
            resource,
        );
        Self::from_raw(raw, projection, resource)
    }

    /// Reads the body of a POST to `/.search`; the same errors, and 400 `invalidSyntax` if the body is no search.
    pub fn from_search_body(body: &[u8], resource: ResourceType) -> Result<Self> {
        let mut lists = (None, None);
        let mut raw = Raw::default();
        for (name, value) in json::object(body)? {
            match name.to_ascii_lowercase().as_str() {
                "attributes" => lists.0 = names(&name, value)?,
                "excludedattributes" => lists.1 = names(&name, value)?,
                _ => {
                    if let Some(place) = raw.place(&name) {
                        *place = text(&name, value)?;
                    }
                }
            }
        }
        let projection = Projection::from_lists(lists.0.as_deref(), lists.1.as_deref(), resource);
        Self::from_raw(raw, projection, resource)
    }

    fn from_raw(raw: Raw, projection: Projection, resource: ResourceType) -> Result<Self> {
        if raw.cursor.is_some() && raw.start_index.is_some() {
            return Err(Error::invalid_value("Use either cursor or startIndex, not both."));
        }
        let filter = raw
            .filter
            .map(|text| Filter::parse(&text)?.resolve(resource))
            .transpose()?;
        let start_index = number("startIndex", raw.start_index)?.map(|index| at_least(index, 1));
        let count = number("count", raw.count)?.map(|count| at_least(count, 0));
        let sort = sort(raw.sort_by, raw.sort_order, resource)?;
        let cursor = raw.cursor.map(|text| (!text.is_empty()).then_some(text));
        Ok(Self {
            filter,
            projection,
            sort,
            start_index,
            count,
            cursor,
        })
    }

    /// A number that tells queries apart whose cursors must not be mixed: resource type, filter and order count, page size
    /// and attributes do not.
    pub fn fingerprint(&self, resource: ResourceType) -> u64 {
        let filter = self.filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let sort = self
            .sort
            .as_ref()
            .map(|sort| format!("{} {}", sort.path, sort.descending))
            .unwrap_or_default();
        fingerprint(&[resource.name(), &filter, &sort])
    }
}

fn sort(by: Option<String>, order: Option<String>, resource: ResourceType) -> Result<Option<Sort>> {
    let descending = match order.as_deref() {
        None => false,
        Some(order) if order.eq_ignore_ascii_case("ascending") => false,
        Some(order) if order.eq_ignore_ascii_case("descending") => true,
        Some(_) => return Err(Error::invalid_value("sortOrder must be ascending or descending.")),
    };
    let Some(by) = by else { return Ok(None) };
    let path = AttrPath::parse(&by)
        .and_then(|path| path.sortable(resource))
        .ok_or_else(|| {
            Error::invalid_value(format!(
                "sortBy names {}, by which this resource cannot be sorted.",
                safe_name(&by)
            ))
        })?;
    Ok(Some(Sort { path, descending }))
}

fn number(name: &str, text: Option<String>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::invalid_value(format!("{name} must be a whole number.")));
    }
    let bound = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok(Some(text.parse().unwrap_or(bound)))
}

/// RFC 7644 §3.4.2.4: too small a number counts as the smallest.
fn at_least(number: i64, smallest: usize) -> usize {
    usize::try_from(number).unwrap_or(0).max(smallest)
}

/// `application/x-www-form-urlencoded`: `+` is a blank, `%xx` a byte (entra-facts A3: Entra sends either).
fn decoded(text: &str) -> Result<String> {
    let refuse = || Error::invalid_syntax("The query of the URL is not properly encoded.");
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit().ok_or_else(refuse)?, digit().ok_or_else(refuse)?);
                u8::try_from(high * 16 + low).map_err(|_| refuse())?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).map_err(|_| refuse())
}

/// A list of attribute names in a search body.
fn names(name: &str, value: Value) -> Result<Option<Vec<String>>> {
    let refuse = || Error::invalid_syntax(format!("{} must be a list of attribute names.", safe_name(name)));
    match value {
        Value::Null => Ok(None),
        Value::Array(list) => {
            let texts = list.into_iter().map(|entry| match entry {
                Value::String(text) => Ok(text),
                _ => Err(refuse()),
            });
            texts.collect::<Result<_>>().map(Some)
        }
        Value::String(text) => Ok(Some(text.split(',').map(str::to_owned).collect())),
        _ => Err(refuse()),
    }
}

/// A text or number in a search body.
fn text(name: &str, value: Value) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(Error::invalid_value(format!(
            "{} must be text or a number.",
            safe_name(name)
        ))),
    }
}

/// Reads the attributes of a reply to a single resource: `attributes` and `excludedAttributes` of a GET, POST, PUT or PATCH.
///
/// Other parameters are checked like those of a list and have no effect.
pub fn projection(raw_query: Option<&str>, resource: ResourceType) -> Result<Projection> {
    ListQuery::parse(raw_query, resource).map(|query| query.projection)
}

/// Reads what every endpoint but the discovery ones refuses there: RFC 7644 §4 forbids to filter discovery documents.
pub fn asks_for_filter(raw_query: Option<&str>) -> bool {
    let names = raw_query
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default());
    names.into_iter().any(|name| name.eq_ignore_ascii_case("filter"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ScimType;

    fn parse(query: &str) -> Result<ListQuery> {
        ListQuery::parse(Some(query), ResourceType::User)
    }

    fn read(query: &str) -> ListQuery {
        parse(query).unwrap_or_else(|e| panic!("{query}: {e}"))
    }

    fn refused(query: &str, kind: ScimType) -> String {
        let error = parse(query).expect_err(query);
        assert_eq!((error.status, error.scim_type), (400, Some(kind)), "{query}");
        error.detail
    }

    fn filter(query: &str) -> String {
        read(query)
            .filter
            .map(|filter| filter.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn nothing_asked_is_the_default() {
        assert_eq!(
            ListQuery::parse(None, ResourceType::User),
            Ok(ListQuery::default())
        );
        assert_eq!(read(""), ListQuery::default());
        assert_eq!(read("&&"), ListQuery::default());
    }

    #[test]
    fn entra_encodes_blanks_and_quotes_in_either_way() {
        for query in [
            "filter=userName+eq+%22jane%40contoso.com%22",
            "filter=userName%20eq%20%22jane@contoso.com%22",
            "filter=userName eq \"jane@contoso.com\"",
            "FILTER=USERNAME+EQ+%22jane%40contoso.com%22",
        ] {
            assert_eq!(filter(query), "userName eq \"jane@contoso.com\"", "{query}");
        }
        assert_eq!(
            filter("filter=userName+eq+%22a%2Bb%26c%3Dd%25%22"),
            "userName eq \"a+b&c=d%\""
        );
        assert_eq!(
            filter("filter=userName+eq+%22j%C3%B6rg%22"),
            "userName eq \"jörg\""
        );
        assert_eq!(filter("filter=userName eq \"a=b\""), "userName eq \"a=b\"");
    }

    #[test]
    fn the_flags_of_entra_are_tolerated() {
        for flag in crate::dialect::FLAGS {
            for query in [
                format!("{flag}&filter=userName+pr"),
                format!("filter=userName+pr&{flag}"),
                format!("{flag}=&filter=userName+pr&x=1&x=2"),
            ] {
                assert_eq!(filter(&query), "userName pr", "{query}");
            }
        }
    }

    #[test]
    fn broken_encoding_is_refused() {
        for query in [
            "filter=%",
            "filter=%2",
            "filter=%zz",
            "filter=%FF",
            "%=1",
            "count=%+1",
        ] {
            refused(query, ScimType::InvalidSyntax);
        }
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        for query in [
            "filter=userName+pr&filter=title+pr",
            "count=1&COUNT=100",
            "attributes=id&attributes=id",
            "cursor&cursor",
        ] {
            assert!(
                refused(query, ScimType::InvalidValue).contains("is given twice"),
                "{query}"
            );
        }
        assert!(!refused("count=1&%63ount=1", ScimType::InvalidValue).contains('%'));
    }

    #[test]
    fn a_filter_is_checked() {
        refused("filter=", ScimType::InvalidFilter);
        refused("filter", ScimType::InvalidFilter);
        refused("filter=shoeSize+pr", ScimType::InvalidFilter);
        let group = ListQuery::parse(
            Some("filter=displayName+eq+%22x%22&excludedAttributes=members"),
            ResourceType::Group,
        )
        .unwrap();
        assert!(!group.projection.wants("members"));
    }

    #[test]
    fn numbers_are_bounded_as_the_rfc_has_it() {
        let numbers = |query: &str| {
            let query = read(query);
            (query.start_index, query.count)
        };
        assert_eq!(numbers("startIndex=11&count=5"), (Some(11), Some(5)));
        assert_eq!(numbers("startIndex=0&count=0"), (Some(1), Some(0)));
        assert_eq!(numbers("startIndex=-7&count=-1"), (Some(1), Some(0)));
        assert_eq!(
            numbers("count=99999999999999999999").1,
            Some(usize::try_from(i64::MAX).unwrap())
        );
        assert_eq!(numbers("count=-99999999999999999999").1, Some(0));
        assert_eq!(numbers("startIndex=%2B3").0, Some(3));
        for query in [
            "count=ten",
            "count=",
            "startIndex=1.5",
            "count=0x10",
            "count=-",
            "startIndex=１",
        ] {
            assert!(
                refused(query, ScimType::InvalidValue).contains("must be a whole number"),
                "{query}"
            );
        }
    }

    #[test]
    fn sorting_is_by_a_known_attribute() {
        let sort = |query: &str| {
            read(query)
                .sort
                .map(|sort| (sort.path.to_string(), sort.descending))
        };
        assert_eq!(sort("sortBy=USERNAME"), Some(("userName".into(), false)));
        assert_eq!(
            sort("sortBy=name.familyName&sortOrder=Descending"),
            Some(("name.familyName".into(), true))
        );
        assert_eq!(
            sort("sortBy=emails&sortOrder=ascending"),
            Some(("emails.value".into(), false))
        );
        assert_eq!(sort("sortOrder=descending"), None);
        for query in [
            "sortBy=shoeSize",
            "sortBy=name",
            "sortBy=password",
            "sortBy=",
            "sortBy=a+b",
        ] {
            assert!(
                refused(query, ScimType::InvalidValue).starts_with("sortBy names"),
                "{query}"
            );
        }
        assert!(!refused("sortBy=%3Cscript%3E", ScimType::InvalidValue).contains("script"));
        refused("sortBy=userName&sortOrder=up", ScimType::InvalidValue);
    }

    #[test]
    fn a_cursor_may_be_empty() {
        assert_eq!(read("cursor").cursor, Some(None));
        assert_eq!(read("cursor=").cursor, Some(None));
        assert_eq!(read("cursor=abc&count=5").cursor, Some(Some("abc".into())));
        assert_eq!(read("count=5").cursor, None);
        refused("cursor=abc&startIndex=1", ScimType::InvalidValue);
    }

    #[test]
    fn attributes_are_chosen() {
        let query = read("filter=id+eq+%22A%22+and+manager+eq+%22B%22&attributes=id");
        assert!(!query.projection.is_default());
        assert_eq!(
            projection(Some("attributes=id"), ResourceType::User),
            Ok(query.projection)
        );
        assert_eq!(projection(None, ResourceType::User), Ok(Projection::default()));
    }

    #[test]
    fn a_search_body_means_the_same() {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "Attributes": ["userName", "name.givenName"],
            "excludedAttributes": ["name"],
            "filter": "userName sw \"J\"",
            "sortBy": "userName",
            "sortOrder": "descending",
            "startIndex": 3,
            "count": "10",
        });
        let search = ListQuery::from_search_body(body.to_string().as_bytes(), ResourceType::User).unwrap();
        let query = "attributes=userName,name.givenName&excludedAttributes=name&filter=userName+sw+%22J%22\
                     &sortBy=userName&sortOrder=descending&startIndex=3&count=10";
        assert_eq!(search, read(query));
    }

    #[test]
    fn a_search_body_is_checked() {
        let search =
            |body: Value| ListQuery::from_search_body(body.to_string().as_bytes(), ResourceType::User);
        assert_eq!(search(json!({})), Ok(ListQuery::default()));
        assert_eq!(
            search(json!({"filter": null, "count": null, "attributes": null})),
            Ok(ListQuery::default())
        );
        assert_eq!(
            search(json!({"attributes": "userName,id"})).unwrap(),
            read("attributes=userName,id")
        );
        assert_eq!(search(json!({"cursor": ""})).unwrap().cursor, Some(None));
        for (body, kind) in [
            (json!({"filter": "x"}), ScimType::InvalidFilter),
            (json!({"filter": {}}), ScimType::InvalidValue),
            (json!({"count": 1.5}), ScimType::InvalidValue),
            (json!({"count": true}), ScimType::InvalidValue),
            (json!({"attributes": [1]}), ScimType::InvalidSyntax),
            (json!({"attributes": {}}), ScimType::InvalidSyntax),
            (json!([]), ScimType::InvalidSyntax),
        ] {
            assert_eq!(search(body.clone()).unwrap_err().scim_type, Some(kind), "{body}");
        }
    }

    #[test]
    fn the_fingerprint_tells_what_is_listed_from_how_much_is_shown() {
        let print = |query: &str| read(query).fingerprint(ResourceType::User);
        assert_eq!(
            print("filter=userName+pr&count=5"),
            print("attributes=id&filter=USERNAME+PR")
        );
        assert_ne!(print("filter=userName+pr"), print("filter=title+pr"));
        assert_ne!(
            print("sortBy=userName"),
            print("sortBy=userName&sortOrder=descending")
        );
        assert_ne!(print("sortBy=userName"), print(""));
        assert_ne!(
            read("").fingerprint(ResourceType::User),
            read("").fingerprint(ResourceType::Group)
        );
    }

    #[test]
    fn a_filter_is_seen_without_reading_it() {
        for query in ["filter=x", "a=1&FILTER=%", "filter"] {
            assert!(asks_for_filter(Some(query)), "{query}");
        }
        for query in ["a=filter", "filters=x", ""] {
            assert!(!asks_for_filter(Some(query)), "{query}");
        }
        assert!(!asks_for_filter(None));
    }
}
