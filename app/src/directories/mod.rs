//! Directories: the Directory Sync tab, the list of providers, and what is done with a directory and its tokens.

pub mod api;
mod checks;
pub mod configure;
mod manage;
pub mod providers;
mod secret;
mod summary;
pub mod tab;
mod tokens;
