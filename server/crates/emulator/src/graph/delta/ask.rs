//! What a delta request asks for: options only in the first one, a token in all others (C1).

use axum::http::StatusCode;

use super::super::call::Call;
use super::super::error::GraphError;
use super::token::Token;
use super::{Set, devices, groups, users};
use crate::tenant::ObjectId;

/// The most ids that `$filter` takes.
const MOST_IDS: usize = 50;

/// A request.
#[derive(Debug)]
pub(super) enum Asked {
    /// Everything.
    First(Token),
    /// Only a delta link: `$deltatoken=latest`.
    Latest(Token),
    /// More of what the token says.
    Next(String),
}

impl Asked {
    pub(super) fn read(call: &Call<'_>, set: Set) -> Result<Self, GraphError> {
        let mut token = Token::new(call, set);
        token.minimal = call.minimal;
        let mut latest = false;
        for (name, value) in url::form_urlencoded::parse(call.query.as_bytes()) {
            match name.trim_start_matches('$').to_ascii_lowercase().as_str() {
                "select" => token.select = Some(select(set, &value)?),
                "filter" => token.ids = ids(&value)?,
                "deltatoken" if value.eq_ignore_ascii_case("latest") => latest = true,
                "deltatoken" | "skiptoken" if !value.is_empty() => return Ok(Self::Next(value.into_owned())),
                "orderby" | "expand" | "top" | "search" => {
                    return Err(GraphError::unsupported(format!(
                        "The query option '{name}' is not supported in a delta query."
                    )));
                }
                _ => {}
            }
        }
        Ok(if latest {
            Self::Latest(token)
        } else {
            Self::First(token)
        })
    }
}

fn select(set: Set, text: &str) -> Result<Vec<String>, GraphError> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let known = |name: &str| match set {
        Set::Users => users::known(name),
        Set::Groups => groups::known(name),
        Set::Devices => devices::known(name),
    };
    names
        .map(|name| match known(name) {
            true => Ok(name.to_owned()),
            false => Err(unknown(set, name)),
        })
        .collect()
}

/// What is stored outside the directory is not tracked: 501.
fn unknown(set: Set, name: &str) -> GraphError {
    if set == Set::Users && users::ELSEWHERE.contains(&name) {
        return GraphError::new(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            format!("The property '{name}' is not supported in a delta query."),
        );
    }
    let kind = set.name().trim_end_matches('s');
    GraphError::bad(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type \
         'microsoft.graph.{kind}'."
    ))
}

/// `id eq 'a' or id eq 'b'`, nothing else.
fn ids(text: &str) -> Result<Vec<ObjectId>, GraphError> {
    let refused = || {
        GraphError::unsupported(format!(
            "A delta query filters by 'id eq' only, and by no more than {MOST_IDS} ids."
        ))
    };
    let one = |part: &str| {
        let (name, id) = part.trim().split_once(" eq ")?;
        let id = id.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        (name.trim() == "id").then(|| id.parse().ok()).flatten()
    };
    let ids: Option<Vec<ObjectId>> = text.split(" or ").map(one).collect();
    let mut ids = ids.filter(|ids| ids.len() <= MOST_IDS).ok_or_else(refused)?;
    ids.sort_unstable();
    Ok(ids)
}
