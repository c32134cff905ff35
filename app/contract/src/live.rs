//! What the browser hears while it watches: that something changed, never what. It then asks again as the person it is.

use serde::{Deserialize, Serialize};

/// Where a browser listens for an organization (server-sent events, event name [`EVENT`], data [`Pulse`] as JSON).
pub fn path(organization: &str) -> String {
    format!("/live/organizations/{organization}")
}

/// Where a page that shows an organization's ERP checklist listens. While it does, Microsoft is asked again every few
/// seconds, until every step is done.
pub fn checklist_path(organization: &str) -> String {
    format!("{}?checklist=true", path(organization))
}

/// Where the list of organizations listens: to a change in any organization the viewer may see. Same event, same data.
pub fn all_path() -> String {
    "/live/organizations".to_owned()
}

/// The name of the server-sent event.
pub const EVENT: &str = "pulse";

/// Something changed in the organization. Pulses come at most four times a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// Rises with every pulse; a browser that sees the same number again has nothing to do.
    pub revision: u64,
}
