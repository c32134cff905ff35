//! Everything that is sent to Microsoft or checked from Microsoft. Knows nothing else of the house.
//!
//! | file | what |
//! |---|---|
//! | [`endpoints`] | the two base addresses, as parameters |
//! | [`http`] | the client all requests go through; where time, randomness and waiting are handed in |
//! | [`client`] | [`ConfidentialClient`]: sign-in, consent and tokens of one application |
//! | [`cache`] | tokens of the application, per tenant and scope |
//! | [`error`], [`reason`] | refusals of the identity platform, and what they mean |
//! | [`oidc`] | authorize, callback, token, keys, and whether a token is believed |
//! | [`graph`] | Microsoft Graph: people, applications, app roles, grants |
//!
//! Times are microseconds since 1970 in UTC unless a claim is meant. Nothing here reads a clock or the environment.

pub mod cache;
pub mod client;
pub mod endpoints;
pub mod error;
pub mod graph;
pub mod http;
pub mod oidc;
pub mod reason;

pub use cache::AccessToken;
pub use client::ConfidentialClient;
pub use endpoints::Endpoints;
pub use error::TokenError;
pub use graph::{
    Graph,
    error::{GraphError, GraphReason},
    throttle::{Retries, Throttle},
};
pub use http::{Http, HttpOptions, Now, Unreachable};
pub use oidc::{
    authorize::{AuthorizeRequest, PkceVerifier, Prompt},
    callback::{Answer, Callback, CallbackError},
    claims::{AccessClaims, IdClaims},
    consent::ConsentVersion,
    credential::Credential,
    keys::Keys,
    metadata::Metadata,
    rejected::TokenRejected,
    token::TokenSet,
    verify::{Expected, ExpectedAccess, ExpectedTenant},
};
pub use reason::Reason;
