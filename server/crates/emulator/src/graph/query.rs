//! OData query options of one request: `$select`, `$filter`, `$search`, `$top`, `$count`, `$orderby`, `$expand`, `$skiptoken`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Map, Value};

use super::error::GraphError;
use super::filter::Expr;
use super::search::Search;

/// Objects on a page unless `$top` says otherwise (C0).
const PAGE: usize = 100;
/// The largest `$top` (C0).
const MAX_TOP: usize = 999;

/// The options, read and checked.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) select: Option<Vec<String>>,
    pub(super) filter: Option<Expr>,
    pub(super) search: Option<Search>,
    pub(super) top: Option<usize>,
    pub(super) count: bool,
    pub(super) order: Option<(String, bool)>,
    pub(super) expand: Vec<Expand>,
    skip: Option<Skip>,
    /// What a link to the next page repeats.
    kept: Vec<(String, String)>,
}

/// One navigation property to expand, and which properties of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expand {
    pub(super) name: String,
    pub(super) select: Option<Vec<String>>,
}

/// Where a page begins: after this object, or at this place if it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Skip {
    place: usize,
    after: String,
}

/// One page of a collection.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    /// All that passed, if `$count` was asked for.
    pub(super) count: Option<usize>,
    /// The query of the next page.
    pub(super) next: Option<String>,
}

fn list(text: &str) -> Vec<String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

impl Options {
    /// Reads a query string. `eventual` is whether `ConsistencyLevel: eventual` was sent.
    pub(super) fn read(query: &str, eventual: bool) -> Result<Self, GraphError> {
        let mut options = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            // Graph takes the options without their dollar sign, too.
            let word = name.trim_start_matches('$').to_ascii_lowercase();
            options.take(&word, &value)?;
            if word != "skiptoken" {
                options.kept.push((name.into_owned(), value.into_owned()));
            }
        }
        options.check(eventual)?;
        Ok(options)
    }

    fn take(&mut self, word: &str, value: &str) -> Result<(), GraphError> {
        match word {
            "select" => self.select = Some(list(value)),
            "filter" => self.filter = Some(Expr::parse(value).map_err(GraphError::bad)?),
            "search" => self.search = Some(Search::parse(value)?),
            "top" => self.top = Some(top(value)?),
            "count" => self.count = value.eq_ignore_ascii_case("true"),
            "orderby" => self.order = Some(order(value)?),
            "expand" => self.expand = expansions(value)?,
            "skiptoken" => self.skip = Some(Skip::parse(value)?),
            "skip" => return Err(GraphError::bad("'$skip' is not supported by the service.")),
            _ => {}
        }
        Ok(())
    }

    fn check(&self, eventual: bool) -> Result<(), GraphError> {
        if self.search.is_some() && !eventual {
            return Err(GraphError::unsupported(
                "Request with $search query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'",
            ));
        }
        let advanced = self.filter.as_ref().is_some_and(Expr::advanced);
        if advanced && !(eventual && self.count) {
            return Err(GraphError::unsupported(
                "Unsupported or invalid query filter clause: it needs the header 'ConsistencyLevel: eventual' and \
                 '$count=true'.",
            ));
        }
        Ok(())
    }

    /// Whether every object must be looked at.
    fn looks_at_all(&self) -> bool {
        self.filter.is_some() || self.search.is_some() || self.order.is_some()
    }

    /// Cuts a page out of a collection. `id` names an object, `shape` writes it out in full.
    pub(super) fn page<T>(
        &self,
        all: impl Iterator<Item = T>,
        id: impl Fn(&T) -> String,
        shape: impl Fn(&T) -> Value,
    ) -> Result<Page, GraphError> {
        let all: Vec<T> = all.collect();
        if self.looks_at_all() {
            let mut found = Vec::new();
            for object in all.iter().map(&shape) {
                if self.passes(&object)? {
                    found.push(object);
                }
            }
            self.sort(&mut found)?;
            let name = |object: &Value| object["id"].as_str().unwrap_or_default().to_owned();
            return Ok(self.cut(&found, name, Value::clone));
        }
        Ok(self.cut(&all, id, shape))
    }

    fn cut<T>(&self, all: &[T], id: impl Fn(&T) -> String, shape: impl Fn(&T) -> Value) -> Page {
        let from = self.skip.as_ref().map_or(0, |skip| skip.place_in(all, &id));
        let to = all.len().min(from.saturating_add(self.top.unwrap_or(PAGE)));
        let last = all.get(from..to).and_then(<[T]>::last);
        let next = last
            .filter(|_| to < all.len())
            .map(|last| self.next(to, &id(last)));
        Page {
            items: all.get(from..to).unwrap_or_default().iter().map(shape).collect(),
            count: self.count.then_some(all.len()),
            next,
        }
    }

    fn next(&self, place: usize, after: &str) -> String {
        let token = B64.encode(format!("{place} {after}"));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.kept).append_pair("$skiptoken", &token);
        query.finish()
    }

    fn passes(&self, object: &Value) -> Result<bool, GraphError> {
        let filtered = self
            .filter
            .as_ref()
            .map_or(Ok(true), |filter| filter.passes(object));
        let searched = self.search.as_ref().is_none_or(|search| search.finds(object));
        Ok(filtered.map_err(GraphError::bad)? && searched)
    }

    fn sort(&self, found: &mut [Value]) -> Result<(), GraphError> {
        let Some((name, down)) = &self.order else {
            return Ok(());
        };
        if found.iter().any(|object| object.get(name).is_none()) {
            return Err(GraphError::bad(format!(
                "Could not find a property named '{name}'."
            )));
        }
        found.sort_by_key(|object| object[name].as_str().unwrap_or_default().to_lowercase());
        if *down {
            found.reverse();
        }
        Ok(())
    }

    /// What of an object is answered: the selected properties, or `defaults`, or all.
    pub(super) fn chosen(&self, object: Value, defaults: &[&str], kind: &str) -> Result<Value, GraphError> {
        match &self.select {
            None if defaults.is_empty() => Ok(object),
            None => Ok(pick(object, defaults.iter().copied())),
            Some(names) => {
                let expanded = |name: &str| self.expand.iter().any(|expand| expand.name == name);
                let unknown = names
                    .iter()
                    .find(|name| object.get(name.as_str()).is_none() && !expanded(name));
                match unknown {
                    Some(name) => Err(GraphError::bad(format!(
                        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type '{kind}'."
                    ))),
                    None => Ok(pick(object, names.iter().map(String::as_str))),
                }
            }
        }
    }
}

/// The named properties of an object, in its own order; annotations stay.
pub(super) fn pick<'a>(object: Value, names: impl Iterator<Item = &'a str> + Clone) -> Value {
    let Value::Object(all) = object else { return object };
    let wanted = |name: &str| name.starts_with('@') || names.clone().any(|wanted| wanted == name);
    let kept: Map<_, _> = all.into_iter().filter(|(name, _)| wanted(name)).collect();
    Value::Object(kept)
}

fn top(value: &str) -> Result<usize, GraphError> {
    let number: Option<usize> = value.parse().ok();
    number.filter(|top| (1..=MAX_TOP).contains(top)).ok_or_else(|| {
        GraphError::bad(format!(
            "Invalid page size specified: '{value}'. Must be between 1 and {MAX_TOP} inclusive."
        ))
    })
}

fn order(value: &str) -> Result<(String, bool), GraphError> {
    let mut words = value.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(name), None, _) => Ok((name.to_owned(), false)),
        (Some(name), Some(way), None) if ["asc", "desc"].contains(&way) => {
            Ok((name.to_owned(), way == "desc"))
        }
        _ => Err(GraphError::unsupported(
            "Sorting by more than one property is not supported.",
        )),
    }
}

/// `a,b($select=x,y)`.
fn expansions(value: &str) -> Result<Vec<Expand>, GraphError> {
    let mut found = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let end = rest.find([',', '(']).unwrap_or(rest.len());
        let name = rest[..end].trim().to_owned();
        rest = &rest[end..];
        let mut select = None;
        if let Some(inner) = rest.strip_prefix('(') {
            let (options, after) = inner
                .split_once(')')
                .ok_or_else(|| GraphError::bad("Parsing OData Select and Expand failed."))?;
            let selected = options
                .split(';')
                .find_map(|option| option.trim().strip_prefix("$select="));
            select = selected.map(list);
            rest = after;
        }
        rest = rest.trim_start_matches(',').trim_start();
        found.push(Expand { name, select });
    }
    Ok(found)
}

impl Skip {
    fn parse(token: &str) -> Result<Self, GraphError> {
        let read = || {
            let text = String::from_utf8(B64.decode(token).ok()?).ok()?;
            let (place, after) = text.split_once(' ')?;
            Some(Self {
                place: place.parse().ok()?,
                after: after.to_owned(),
            })
        };
        read().ok_or_else(|| GraphError::bad("Invalid skip token."))
    }

    fn place_in<T>(&self, all: &[T], id: impl Fn(&T) -> String) -> usize {
        // Mostly it is still where it was.
        let before = self.place.checked_sub(1);
        if before
            .and_then(|at| all.get(at))
            .is_some_and(|object| id(object) == self.after)
        {
            return self.place;
        }
        let found = all.iter().position(|object| id(object) == self.after);
        found.map_or(self.place.min(all.len()), |at| at + 1)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(query: &str, names: &[&str]) -> Page {
        let options = Options::read(query, true).unwrap();
        let shape = |name: &&str| json!({"id": format!("id-{name}"), "displayName": name});
        options
            .page(names.iter().copied(), |name| format!("id-{name}"), shape)
            .unwrap()
    }

    fn names(page: &Page) -> Vec<&str> {
        page.items
            .iter()
            .map(|item| item["displayName"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn pages_follow_each_other_even_when_something_goes() {
        let first = page("$top=2&$count=true", &["a", "b", "c", "d", "e"]);
        assert_eq!((names(&first), first.count), (vec!["a", "b"], Some(5)));
        let next = first.next.unwrap();
        let second = page(&next, &["b", "c", "d", "e"]);
        assert_eq!(names(&second), ["c", "d"]);
        let gone = page(&next, &["a", "c", "d", "e"]);
        assert_eq!(names(&gone), ["d", "e"]);
        let last = page(&second.next.unwrap(), &["b", "c", "d", "e"]);
        assert_eq!((names(&last), last.next.as_deref()), (vec!["e"], None));
    }

    #[test]
    fn filter_search_and_order_come_before_the_cut() {
        let all = ["Ann Smith", "Bob", "annabel", "Joanna"];
        assert_eq!(
            names(&page("$filter=startswith(displayName,'ann')&$top=1", &all)),
            ["Ann Smith"]
        );
        assert_eq!(
            names(&page("$search=\"displayName:ann\"", &all)),
            ["Ann Smith", "annabel"]
        );
        assert_eq!(
            names(&page("$search=\"displayName:smi\" OR \"displayName:bo\"", &all)),
            ["Ann Smith", "Bob"]
        );
        assert_eq!(
            names(&page("$search=\"displayName:smi\" AND \"displayName:bo\"", &all)),
            [""; 0]
        );
        assert_eq!(
            names(&page("$orderby=displayName desc&$top=2", &all)),
            ["Joanna", "Bob"]
        );
    }

    #[test]
    fn advanced_queries_need_their_header() {
        let code = |query: &str, eventual| {
            Options::read(query, eventual)
                .map(drop)
                .map_err(|error| error.code)
        };
        assert_eq!(
            code("$search=\"displayName:a\"", false),
            Err("Request_UnsupportedQuery")
        );
        assert_eq!(code("$filter=a ne 1", true), Err("Request_UnsupportedQuery"));
        assert_eq!(code("$filter=a ne 1&$count=true", true), Ok(()));
        for bad in [
            "$top=0",
            "$top=1000",
            "$top=x",
            "$skip=5",
            "$skiptoken=!",
            "$search=a",
            "$search=\"a\"",
            "$search=\"a:\"",
            "$search=\"a:b\" \"c",
            "$orderby=a,b c d",
        ] {
            assert!(code(bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn select_and_expand() {
        let options =
            Options::read("$select=id,mail&$expand=manager($select=id,mail),members", false).unwrap();
        let object = json!({"id": "1", "displayName": "A", "mail": null, "@odata.type": "#x"});
        let chosen = options
            .chosen(object.clone(), &[], "microsoft.graph.user")
            .unwrap();
        assert_eq!(chosen, json!({"id": "1", "mail": null, "@odata.type": "#x"}));
        assert_eq!(
            options.expand[0].select,
            Some(vec!["id".to_owned(), "mail".to_owned()])
        );
        assert_eq!(options.expand[1].name, "members");
        let wrong = Options::read("select=nope", false).unwrap();
        assert!(wrong.chosen(object, &[], "microsoft.graph.user").is_err());
    }
}
