//! A refusal on its way through Leptos, and the page that tells it.

use contract::Refusal;
use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::ServerFnErrorErr;
use serde::{Deserialize, Serialize};

/// What a server function answers when the answer is no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure(pub Refusal);

impl Failure {
    /// The question never reached the portal: `what` names the place for whoever reads the log.
    pub fn without_context(what: &str) -> Self {
        Failure(Refusal::Unavailable {
            reference: what.to_owned(),
        })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Failure(Refusal::invalid("form", contract::refusal::Why::NotOffered))
            }
            other => Failure::without_context(&other.to_string()),
        }
    }
}
