//! Sign-in, consent and tokens of the identity platform (entra-facts part B).

pub mod authorize;
pub mod callback;
pub mod claims;
pub mod consent;
pub mod credential;
mod jws;
pub mod keys;
pub mod metadata;
pub mod peek;
pub mod rejected;
pub mod token;
pub mod verify;
