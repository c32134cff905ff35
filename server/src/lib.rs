//! The server: SCIM endpoints, portal and probes over one store, and the command line beside them.
//!
//! | room | what it does |
//! |---|---|
//! | [`config`] [`clock`] [`secrets`] [`keys`] | settings; time, dice and ids; tokens; the key |
//! | [`serve`] [`state`] | puts the rooms together |
//! | [`serving`] [`lifecycle`] [`middleware`] [`log`] [`metrics`] [`probes`] | connections, their end, and what every request passes |
//! | [`scim`] | the HTTP face of SCIM |
//! | [`directory`] | the only writer of users, groups and directories |
//! | [`portal`] [`pages`] [`live`] [`csv`] [`site`] | what people see, and its answers |
//! | [`signin`] `reach` | how people come in, and how far |
//! | [`checklists`] | what is known of a customer's tenant, and when to ask again |
//! | [`api`] | `/api/v1`, for the apps themselves |
//! | [`tasks`] | what happens without a request |
//! | [`cli`] | for operators and scripts |
#![recursion_limit = "512"]

pub mod api;
pub mod checklists;
pub mod cli;
pub mod clock;
pub mod config;
pub mod csv;
pub mod directory;
mod embedding;
pub mod keys;
pub mod lifecycle;
pub mod live;
pub mod log;
pub mod looks;
pub mod metrics;
pub mod middleware;
pub mod pages;
pub mod portal;
pub mod probes;
mod reach;
pub mod scim;
pub mod secrets;
pub mod serve;
pub mod serving;
pub mod signin;
pub mod site;
pub mod state;
pub mod tasks;
