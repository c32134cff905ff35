//! Support looking at personal data: by default it sees none; for a stated reason and time it sees that of one
//! organization, and the organization's activity tells of it (threats T71).

use crate::{Answer, Micros, Viewer};
use serde::{Deserialize, Serialize};

/// For how long support may look at once, in minutes; the first unless something else is chosen.
pub const MINUTES: [u32; 3] = [30, 120, 480];
/// Fewest characters of a reason.
pub const SHORTEST_REASON: usize = 3;
/// Most characters of a reason.
pub const LONGEST_REASON: usize = 200;

/// What stands for the name of somebody whom the viewer may not see.
pub const HIDDEN: &str = "•••";

/// A look under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportView {
    /// Why, in the viewer's words.
    pub reason: String,
    /// When it ends by itself.
    pub until: Micros,
}

/// What support does to look at personal data.
#[async_trait::async_trait]
pub trait SupportViews {
    /// Lets a viewer of role support see the organization's personal data from now on for so many of [`MINUTES`]. One that
    /// is under way ends with it. Whoever sees it anyway is refused.
    async fn begin_support_view(
        &self,
        viewer: &Viewer,
        organization: &str,
        reason: &str,
        minutes: u32,
    ) -> Answer<()>;
    /// Ends it before its time. Without one, nothing happens.
    async fn end_support_view(&self, viewer: &Viewer, organization: &str) -> Answer<()>;
}
