//! When to ask Microsoft: when somebody looks, again and again while something is awaited, and on a schedule.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contract::onboarding::{ErpItem, ErpState, erp_checklist};
use store::{StoreError, ids::OrganizationId};

use super::facts::{Due, LookDue};
use super::{Checklists, Update};
use crate::lifecycle::Lifecycle;

/// Microseconds between two looks of one session at one organization.
const PAUSE: i64 = 3_000_000;
/// Seconds between looks while something is awaited: Microsoft takes seconds to minutes (entra-facts B3).
const AWAITING: [u64; 12] = [1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 180, 180];
/// How often the schedule is read.
const PERIOD: Duration = Duration::from_secs(30);
/// Looks of one round of the schedule.
pub(super) const AT_ONCE: i64 = 20;
/// The first pause of the schedule; each look that finds nothing new doubles it.
const FIRST: i64 = 60_000_000;
/// Doublings at most: about a day.
const DOUBLINGS: u32 = 10;
/// So many looks are remembered.
const MOST: usize = 10_000;

/// Who looked when, and what is being waited for.
#[derive(Default)]
pub(super) struct Looks {
    last: Mutex<HashMap<(OrganizationId, String), i64>>,
    awaited: Mutex<HashSet<OrganizationId>>,
}

impl Looks {
    /// Whether it is time to look again; notes that somebody does.
    fn begin(&self, organization: &OrganizationId, session: &str, now: i64) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (organization.clone(), session.to_owned());
        if last.get(&key).is_some_and(|at| (*at..at + PAUSE).contains(&now)) {
            return false;
        }
        if last.len() >= MOST {
            last.retain(|_, at| now - *at < PAUSE);
        }
        last.insert(key, now);
        true
    }

    fn await_begin(&self, organization: &OrganizationId) -> bool {
        let mut awaited = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        awaited.insert(organization.clone())
    }

    fn await_end(&self, organization: &OrganizationId) {
        let mut awaited = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        awaited.remove(organization);
    }
}

impl Checklists {
    /// Reads every fact again, unless this session did so a moment ago.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn look(&self, organization: &OrganizationId, session: &str) -> Result<(), StoreError> {
        if self.0.looks.begin(organization, session, self.clock.now()) {
            self.look_now(organization, Some(session)).await?;
        }
        Ok(())
    }

    /// The same in the background, for a page that should not wait; it is woken when something changed.
    pub fn nudge(&self, organization: &OrganizationId, session: &str) {
        if !self.0.looks.begin(organization, session, self.clock.now()) {
            return;
        }
        let (me, organization, session) = (self.clone(), organization.clone(), session.to_owned());
        tokio::spawn(async move {
            if let Err(error) = me.look_now(&organization, Some(&session)).await {
                tracing::warn!(%error, "a checklist could not be looked at");
            }
        });
    }

    /// Somebody of this session has the checklist before their eyes: what they do at Microsoft's own pages turns up on it
    /// without being asked for. Not once every step is done.
    pub async fn watched(&self, organization: &OrganizationId, session: &str) {
        let now = self.clock.now();
        match self.subject(organization).await {
            Ok(Some(subject)) if subject.tenant.is_some() => {
                let items = erp_checklist(&subject.facts(None, now));
                if !items.iter().all(|item| item.state.is_settled()) {
                    self.nudge(organization, session);
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "a checklist could not be looked at"),
        }
    }

    /// Reads every fact again; goes on looking while something is awaited.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn look_now(
        &self,
        organization: &OrganizationId,
        session: Option<&str>,
    ) -> Result<(), StoreError> {
        let waiting = self.read_once(organization, session).await?;
        if waiting && self.0.looks.await_begin(organization) {
            let (me, organization) = (self.clone(), organization.clone());
            let session = session.map(str::to_owned);
            tokio::spawn(async move {
                me.go_on_looking(&organization, session.as_deref()).await;
                me.0.looks.await_end(&organization);
            });
        }
        Ok(())
    }

    /// With the admin's token only while their session has it.
    async fn go_on_looking(&self, organization: &OrganizationId, session: Option<&str>) {
        for seconds in AWAITING {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            match self.read_once(organization, session).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "a checklist could not be looked at"),
            }
        }
    }

    /// One look: whether something is still awaited.
    async fn read_once(
        &self,
        organization: &OrganizationId,
        session: Option<&str>,
    ) -> Result<bool, StoreError> {
        let Some(subject) = self.subject(organization).await? else {
            return Ok(false);
        };
        let read = self.gather(&subject, session).await;
        let now = self.clock.now();
        let mut seen = subject.known.clone();
        seen.take(&read, now);
        let changed = seen.timeless() != subject.known.clone().timeless();
        let quiet = match &subject.known.due {
            Some(due) if !changed => due.quiet + 1,
            _ => 0,
        };
        let update = Update {
            organization: organization.clone(),
            change: move |known: &mut super::Known| {
                known.take(&read, now);
                known.due = Some(next(now, quiet));
            },
        };
        self.store.write(update).await?;
        if changed {
            self.recorder.pulse(organization.clone());
        }
        let Some(after) = self.subject(organization).await? else {
            return Ok(false);
        };
        Ok(is_waiting(&erp_checklist(&after.facts(None, now))))
    }
}

fn next(now: i64, quiet: u32) -> Due {
    Due {
        at: now + (FIRST << quiet.min(DOUBLINGS)),
        quiet,
    }
}

fn is_waiting(items: &[ErpItem]) -> bool {
    items
        .iter()
        .any(|item| matches!(item.state, ErpState::WaitingForMicrosoft { .. }))
}

/// Looks on schedule, as the apps themselves, until the process ends.
pub async fn run(checklists: Checklists, lifecycle: Lifecycle) {
    let mut ticks = tokio::time::interval(PERIOD);
    let mut drained = std::pin::pin!(lifecycle.drained());
    loop {
        tokio::select! {
            () = &mut drained => return,
            _ = ticks.tick() => if let Err(error) = round(&checklists).await {
                tracing::warn!(%error, "checklists could not be looked at");
            },
        }
    }
}

async fn round(checklists: &Checklists) -> Result<(), StoreError> {
    let due = checklists.store.read(LookDue(checklists.clock.now())).await?;
    for organization in due {
        checklists.look_now(&organization, None).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_looks_every_few_seconds() {
        let (looks, organization) = (Looks::default(), OrganizationId::new("org"));
        assert!(looks.begin(&organization, "s", 0));
        assert!(!looks.begin(&organization, "s", PAUSE - 1));
        assert!(looks.begin(&organization, "t", 1));
        assert!(looks.begin(&organization, "s", PAUSE));
        assert!(looks.begin(&organization, "s", 0), "a clock that steps back");
    }

    #[test]
    fn the_schedule_slows_down_while_nothing_happens() {
        assert_eq!(next(0, 0).at, FIRST);
        assert_eq!(next(0, 2).at, 4 * FIRST);
        assert_eq!(next(0, 99).at, next(0, DOUBLINGS).at);
    }
}
