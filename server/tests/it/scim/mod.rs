//! `/scim/v2/{directory}/…`
//!
//! - [`users`] [`groups`] [`search`] [`bulk`] [`discovery`]: what each address does, on both databases
//! - [`entra`]: every form in which Entra sends it
//! - [`tokens`] [`isolation`]: who is let in, and to what (threats T03–T21)
//! - [`limits`] [`text`] [`races`] [`rates`]: bad input, many at once (threats T22–T39)
//! - [`secrets`]: what is kept nowhere

mod bulk;
mod discovery;
mod entra;
mod groups;
mod isolation;
mod limits;
mod races;
mod rates;
mod search;
mod secrets;
mod text;
mod tokens;
mod users;
