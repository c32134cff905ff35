//! Pretends to be Microsoft Entra: a tenant called *Contoso*, and the provisioning service that pushes its users and
//! groups into a SCIM endpoint. An independent witness: nothing here is shared with the server it drives.
//!
//! | module | what it is |
//! |---|---|
//! | [`cloud`] | several tenants, app registrations, service principals, role assignments, grants, directory roles |
//! | [`platform`] | the identity platform: sign-in, consent, tokens, over HTTP and HTTPS |
//! | [`faults`] | what goes wrong on purpose, where and how often |
//! | [`graph`] | Microsoft Graph v1.0 over the cloud |
//! | [`tenant`] | users, groups, assignments, soft delete and purge, the change log; generated from a seed |
//! | [`provisioner`] | an enterprise application's job: test connection, cycles, provision on demand, log, quarantine |
//! | [`story`] | `rollcall-emulator provision`: a whole life against any SCIM server, checked and measured |
//! | [`web`] | `rollcall-emulator serve`: the control surface and the *Contoso admin center* |
//! | [`clock`] | time that can run faster or be moved by hand |
//! | [`witness`] | figures, and every deviation from what Entra accepts, with the fact's number |
//!
//! In a test of the server:
//! ```no_run
//! # async fn test(endpoint_url: String, bearer_token: String) -> Result<(), Box<dyn std::error::Error>> {
//! use emulator::{Config, Emulator};
//!
//! let entra = Emulator::start(Config::manual()).await?;
//! entra.tenant().assign_everything();
//! entra.provisioner().reconfigure(|settings| {
//!     settings.tenant_url = endpoint_url;
//!     settings.secret_token = bearer_token;
//! });
//! assert!(entra.provisioner().test_connection().await.result.is_ok());
//! entra.provisioner().start();
//! let cycle = entra.provisioner().run_cycle().await?;
//! assert_eq!(cycle.failed, 0);
//! let gone = entra.tenant().find_user("megan.bowen@contoso.com").ok_or("not there")?;
//! entra.tenant().disable(gone.id)?;
//! entra.provisioner().run_cycle().await?;
//! assert_eq!(entra.provisioner().witness().deviations(), []);
//! # Ok(()) }
//! ```

#![recursion_limit = "256"]

pub mod clock;
pub mod cloud;
mod emulator;
pub mod faults;
pub mod graph;
pub mod platform;
pub mod provisioner;
pub mod rng;
pub mod story;
pub mod tenant;
mod tls;
pub mod web;
pub mod witness;

pub use emulator::{Assign, Config, Emulator};
