//! The emulator against a strict SCIM server of its own (`stub`), over real HTTP and with the clock moved by hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod admin_consent;
mod api;
mod binary;
mod cloud_control;
mod connection;
mod control;
mod cycles;
mod deviations;
mod dialects;
mod graph_apps;
mod graph_delta;
mod graph_devices;
mod graph_directory;
mod graph_faults;
mod graph_replay;
mod graph_sync_app;
mod graph_trouble;
mod harness;
mod on_demand;
mod pages;
mod schedule;
mod sign_in;
mod story;
mod stub;
mod tenants;
mod tokens;
mod trouble;
mod visitor;
