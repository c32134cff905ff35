//! Support's looks at personal data: begun for a reason, ended, and asked for by `may.rs` (threats T71).

use contract::refusal::Why;
use contract::support_views::{LONGEST_REASON, MINUTES, SHORTEST_REASON, SupportView, SupportViews};
use contract::{Answer, Refusal, Viewer};
use store::ids::OrganizationId;

use super::House;
use super::may::{Part, needs_reason};
use crate::directory::support_views::{BeginSupportView, EndSupportView, Onlooker, OpenSupportView};

#[async_trait::async_trait]
impl SupportViews for House {
    async fn begin_support_view(
        &self,
        viewer: &Viewer,
        organization: &str,
        reason: &str,
        minutes: u32,
    ) -> Answer<()> {
        let row = self.may_look(viewer, organization).await?;
        let reason = checked_reason(reason)?;
        if !MINUTES.contains(&minutes) {
            return Err(Refusal::invalid("minutes", Why::NotOffered));
        }
        let by = self.onlooker(viewer, row.id.clone());
        let begin = BeginSupportView {
            until: by.at + i64::from(minutes) * 60_000_000,
            id: self.fresh("sup")?,
            by,
            reason,
        };
        if !self.write(begin).await? {
            return Err(Refusal::Conflict {
                why: Why::NobodyThere,
            });
        }
        self.recorder.pulse(row.id);
        Ok(())
    }

    async fn end_support_view(&self, viewer: &Viewer, organization: &str) -> Answer<()> {
        let row = self.may_look(viewer, organization).await?;
        let end = EndSupportView(self.onlooker(viewer, row.id.clone()));
        if self.write(end).await? {
            self.recorder.pulse(row.id);
        }
        Ok(())
    }
}

impl House {
    /// What lets the viewer see an organization's personal data now.
    pub(super) async fn looking(
        &self,
        viewer: &Viewer,
        organization: &OrganizationId,
    ) -> Answer<Option<SupportView>> {
        let onlooker = self.onlooker(viewer, organization.clone());
        let open = self.read(OpenSupportView(onlooker)).await?;
        Ok(open.map(|view| SupportView {
            reason: view.reason,
            until: view.until,
        }))
    }

    /// The organization's row, for support alone: everybody else sees what they see without a reason.
    async fn may_look(
        &self,
        viewer: &Viewer,
        organization: &str,
    ) -> Answer<store::organizations::Organization> {
        match self.may_see(viewer, organization, Part::Console).await {
            Ok(row) if needs_reason(viewer, &row) => Ok(row),
            Ok(_) => Err(Refusal::Forbidden),
            Err(refusal) => Err(refusal),
        }
    }

    fn onlooker(&self, viewer: &Viewer, organization: OrganizationId) -> Onlooker {
        Onlooker {
            organization,
            identity: viewer.identity.clone(),
            session: viewer.session.clone(),
            name: viewer.person.clone(),
            at: self.clock.now(),
        }
    }
}

/// A reason that people can read: trimmed, neither too short nor too long, no control or direction-changing characters
/// (threats T35).
fn checked_reason(reason: &str) -> Answer<String> {
    let reason = reason.trim();
    let length = reason.chars().count();
    let wrong = if length < SHORTEST_REASON {
        Some(Why::TooShort)
    } else if length > LONGEST_REASON {
        Some(Why::TooLong)
    } else if !super::readable(reason) {
        Some(Why::BadCharacters)
    } else {
        None
    };
    match wrong {
        Some(why) => Err(Refusal::invalid("reason", why)),
        None => Ok(reason.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_readable_and_of_some_length() {
        assert_eq!(checked_reason("  Ticket 4711 "), Ok("Ticket 4711".to_owned()));
        assert!(checked_reason("abc").is_ok() && checked_reason(&"ä".repeat(200)).is_ok());
        for (reason, why) in [
            ("", Why::TooShort),
            ("  ab  ", Why::TooShort),
            (&"x".repeat(201), Why::TooLong),
            ("a\u{202e}bc", Why::BadCharacters),
            ("line\nbreak", Why::BadCharacters),
        ] {
            assert_eq!(checked_reason(reason), Err(Refusal::invalid("reason", why)));
        }
    }
}
