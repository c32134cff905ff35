//! One request as a route sees it, and the answers it can give.

use axum::http::{HeaderName, Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::{Caller, Need};
use super::error::GraphError;
use super::gate::Asked;
use super::query::{Options, pick};
use super::{Graph, needs};
use crate::cloud::Cloud;
use crate::faults::Effect;
use crate::tenant::Tenant;

/// A request that may be answered.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) graph: &'a Graph,
    pub(super) caller: &'a Caller,
    pub(super) home: &'a Tenant,
    pub(super) method: Method,
    pub(super) options: Options,
    /// The query as sent: a delta reads its own options.
    pub(super) query: &'a str,
    /// Whether `Prefer: return=minimal` was sent.
    pub(super) minimal: bool,
    pub(super) asked: &'a Asked,
    pub(super) eventual: bool,
    /// The JSON of the body; null when there is none.
    pub(super) body: Value,
    /// As in `https://127.0.0.1:4443/v1.0`.
    pub(super) base: String,
    /// As it was asked for, from the slash after the version on.
    pub(super) path: String,
}

/// An answer before it gets the headers that all have.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, String)>,
    /// Null is no body at all; a string is plain text.
    pub(super) body: Value,
    /// JSON that is written already, instead of `body`.
    pub(super) text: Option<String>,
    /// The body ends in the middle, on purpose.
    pub(super) cut: bool,
}

pub(super) type Answered = Result<Answer, GraphError>;

impl Answer {
    pub(super) fn new(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            text: None,
            cut: false,
        }
    }

    /// 204.
    pub(super) fn nothing() -> Self {
        Self::new(StatusCode::NO_CONTENT, Value::Null)
    }
}

/// A type of object as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// As in `microsoft.graph.user`.
    pub(super) name: &'static str,
    /// What `@odata.context` calls the collection.
    pub(super) set: &'static str,
    /// Properties without `$select`; empty is all.
    pub(super) defaults: &'static [&'static str],
    /// Objects of several types: `@odata.type` is written, and `$select` may name what some do not have.
    pub(super) mixed: bool,
}

impl Call<'_> {
    pub(super) fn cloud(&self) -> &Cloud {
        self.graph.cloud()
    }

    pub(super) fn tenant(&self) -> Uuid {
        self.caller.tenant
    }

    /// The oldest fault that this request meets and whose effect fits.
    pub(super) fn met(&self, fits: fn(&Effect) -> bool) -> Option<Effect> {
        self.graph.met(self.asked, self.caller, fits)
    }

    /// A refusal as an answer, to add headers to.
    pub(super) fn refused(&self, error: &GraphError) -> Answer {
        self.graph.refused(self.asked, error)
    }

    /// 403 unless the token carries one of the permissions.
    pub(super) fn allow(&self, need: Need) -> Result<(), GraphError> {
        if self.caller.has(need) {
            Ok(())
        } else {
            Err(GraphError::denied())
        }
    }

    /// 403 unless the token lets it change this application: any, or one it owns.
    pub(super) fn allow_app(&self, app: Uuid) -> Result<(), GraphError> {
        let own = self.caller.app == app || self.graph.created(app) == Some(self.caller.app);
        if self.caller.has(needs::WRITE_APPS) || (own && self.caller.has(needs::OWN_APPS)) {
            Ok(())
        } else {
            Err(GraphError::denied())
        }
    }

    /// A string of the body; empty counts as absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A string that must be there.
    pub(super) fn need(&self, name: &str) -> Result<&str, GraphError> {
        self.text(name)
            .ok_or_else(|| GraphError::bad(format!("A value is required for property '{name}' of resource.")))
    }

    /// An object id of the body that must be there.
    pub(super) fn need_id(&self, name: &str) -> Result<Uuid, GraphError> {
        object_id(self.need(name)?)
    }

    fn context(&self, kind: Kind, end: &str) -> String {
        let selected = self.options.select.as_ref();
        let selected = selected
            .map(|names| format!("({})", names.join(",")))
            .unwrap_or_default();
        format!("{}/$metadata#{}{selected}{end}", self.base, kind.set)
    }

    fn chosen(&self, kind: Kind, object: Value) -> Result<Value, GraphError> {
        match &self.options.select {
            Some(names) if kind.mixed => Ok(pick(object, names.iter().map(String::as_str))),
            _ => self.options.chosen(object, kind.defaults, kind.name),
        }
    }

    /// One object.
    pub(super) fn one(&self, kind: Kind, object: Value) -> Answered {
        let mut body = json!({"@odata.context": self.context(kind, "/$entity")});
        merge(&mut body, self.chosen(kind, object)?);
        Ok(Answer::new(StatusCode::OK, body))
    }

    /// The object that was made: 201.
    pub(super) fn made(&self, kind: Kind, object: Value) -> Answered {
        Ok(Answer {
            status: StatusCode::CREATED,
            ..self.one(kind, object)?
        })
    }

    /// A page of a collection. `id` names an object, `shape` writes it out in full.
    pub(super) fn many<T>(
        &self,
        kind: Kind,
        all: impl Iterator<Item = T>,
        id: impl Fn(&T) -> String,
        shape: impl Fn(&T) -> Value,
    ) -> Answered {
        let page = self.options.page(all, id, shape)?;
        let mut body = json!({"@odata.context": self.context(kind, "")});
        if let Some(count) = page.count.filter(|_| self.eventual) {
            body["@odata.count"] = json!(count);
        }
        if let Some(next) = page.next {
            body["@odata.nextLink"] = json!(format!("{}{}?{next}", self.base, self.path));
        }
        let items: Result<Vec<_>, _> = page
            .items
            .into_iter()
            .map(|item| self.chosen(kind, item))
            .collect();
        body["value"] = json!(items?);
        Ok(Answer::new(StatusCode::OK, body))
    }

    /// `/$count` of a collection, in plain text.
    pub(super) fn count<T>(&self, all: impl Iterator<Item = T>, shape: impl Fn(&T) -> Value) -> Answered {
        if !self.eventual {
            return Err(GraphError::unsupported(
                "$count is not currently supported without the header 'ConsistencyLevel: eventual'.",
            ));
        }
        let mut options = self.options.clone();
        options.count = true;
        let page = options.page(all, |_| String::new(), shape)?;
        Ok(Answer::new(
            StatusCode::OK,
            Value::from(page.count.unwrap_or(0).to_string()),
        ))
    }
}

/// An object id; 400 for what cannot be one.
pub(super) fn object_id(text: &str) -> Result<Uuid, GraphError> {
    text.parse()
        .map_err(|_| GraphError::bad(format!("Invalid object identifier '{text}'.")))
}

/// Adds the members of an object to another.
pub(super) fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}
