//! Telling a provisioning cycle from a single user on demand, by the only thing we see: which objects are touched, and
//! how close together (entra-facts A7: a cycle works through many objects without a pause; *Provision on demand* sends one).

use contract::Micros;

/// A silence of this length ends a burst of requests.
const QUIET: Micros = 4_000_000;

/// What a stretch of requests turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A second object was touched: this is a cycle.
    Cycle,
    /// The burst ended with one user alone.
    OnDemand {
        /// The user's name.
        name: String,
        /// When it was last touched.
        at: Micros,
    },
}

/// The requests of one directory since its last silence.
#[derive(Debug, Default)]
pub(crate) struct Burst {
    last: Micros,
    only: Option<(String, String)>,
    wrote: bool,
    many: bool,
}

impl Burst {
    /// A user or group was touched at `at`; `wrote` says whether it was created or changed.
    pub(crate) fn touch(&mut self, at: Micros, id: &str, name: &str, wrote: bool) -> Option<Seen> {
        let ended = self.end(at);
        self.last = at;
        self.wrote |= wrote;
        match &self.only {
            Some((first, _)) if first != id && !self.many => {
                self.many = true;
                Some(Seen::Cycle)
            }
            Some(_) => ended,
            None => {
                self.only = Some((id.to_owned(), name.to_owned()));
                ended
            }
        }
    }

    /// Time passed: has the burst ended, and what was it?
    pub(crate) fn end(&mut self, now: Micros) -> Option<Seen> {
        if self.only.is_none() || now - self.last < QUIET {
            return None;
        }
        let burst = std::mem::take(self);
        let (_, name) = burst.only?;
        (burst.wrote && !burst.many).then_some(Seen::OnDemand { name, at: burst.last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    #[test]
    fn one_user_alone_is_on_demand_once_it_is_quiet() {
        let mut burst = Burst::default();
        assert_eq!(burst.touch(SECOND, "u1", "megan", true), None);
        assert_eq!(burst.touch(2 * SECOND, "u1", "megan", true), None);
        assert_eq!(burst.end(3 * SECOND), None);
        assert_eq!(
            burst.end(7 * SECOND),
            Some(Seen::OnDemand {
                name: "megan".into(),
                at: 2 * SECOND
            })
        );
        assert_eq!(burst.end(20 * SECOND), None);
    }

    #[test]
    fn a_second_object_makes_it_a_cycle_said_once() {
        let mut burst = Burst::default();
        assert_eq!(burst.touch(SECOND, "u1", "megan", true), None);
        assert_eq!(burst.touch(SECOND, "u2", "adele", true), Some(Seen::Cycle));
        assert_eq!(burst.touch(SECOND, "u3", "alex", true), None);
        assert_eq!(burst.end(60 * SECOND), None);
    }

    #[test]
    fn a_user_only_looked_at_proves_nothing() {
        let mut burst = Burst::default();
        assert_eq!(burst.touch(SECOND, "u1", "megan", false), None);
        assert_eq!(burst.end(60 * SECOND), None);
    }

    #[test]
    fn a_new_burst_after_a_silence_tells_of_the_one_before() {
        let mut burst = Burst::default();
        assert_eq!(burst.touch(SECOND, "u1", "megan", true), None);
        let told = burst.touch(60 * SECOND, "u2", "adele", true);
        assert_eq!(
            told,
            Some(Seen::OnDemand {
                name: "megan".into(),
                at: SECOND
            })
        );
    }
}
