//! What the recorder heard and has not written yet, directory by directory. It is noted where a request ends, so noting
//! costs a few look-ups and copies nothing that is already known.

use std::collections::{BTreeMap, HashMap};

use store::activity::{Outcome, SubjectKind};
use store::ids::{DirectoryId, OrganizationId, TokenId};
use store::signals::Bump;

use super::burst::{Burst, Seen};
use super::record::{Heard, Told};
use crate::directory::signals::{self as names, HOUR};

/// Reads recorded one by one in a minute and directory; beyond it equal reads are counted together.
const READS_ALONE: u32 = 20;
/// Refusals recorded one by one in a minute and directory.
const REFUSALS_ALONE: u32 = 200;
const MINUTE: i64 = 60_000_000;
/// Addresses with refused tokens noted between two writes: anybody may knock anywhere.
const KNOCKS: usize = 1_000;
/// Directories remembered; beyond it those that never let anybody in are forgotten.
const REMEMBERED: usize = 10_000;

/// One entry of activity that will be written.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) directory: DirectoryId,
    pub(super) at: i64,
    pub(super) action: &'static str,
    pub(super) status: u16,
    pub(super) outcome: Outcome,
    pub(super) subject: Told,
    pub(super) count: i64,
    pub(super) duration_us: i64,
    pub(super) request: Option<String>,
    pub(super) ignored: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) reference: Option<String>,
}

impl Entry {
    fn of(heard: &Heard<'_>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            directory: heard.directory.clone(),
            at: heard.at,
            action: heard.action,
            status: heard.status,
            outcome: heard.outcome,
            subject: heard.subject.clone(),
            count: 1,
            duration_us: heard.duration_us,
            request: owned(heard.request),
            ignored: owned(heard.ignored),
            reason: owned(heard.reason),
            reference: owned(heard.reference),
        }
    }

    /// One more like it.
    fn count(&mut self, heard: &Heard<'_>) {
        self.count += 1;
        self.at = heard.at;
        self.subject.id = None;
        self.subject.name = None;
    }
}

/// What is written next, in one transaction.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) entries: Vec<Entry>,
    /// Directories that let somebody in after they had refused a token.
    pub(super) reset: Vec<DirectoryId>,
    pub(super) bumps: Vec<Bump>,
    pub(super) uses: Vec<(TokenId, i64)>,
    /// When a token was last refused, and how often.
    pub(super) refused: BTreeMap<DirectoryId, (i64, i64)>,
    /// Whose pages are woken.
    pub(super) organizations: Vec<OrganizationId>,
}

/// All that is noted.
#[derive(Debug, Default)]
pub(super) struct Notebook {
    entries: Vec<Entry>,
    pages: HashMap<DirectoryId, Page>,
    refused: BTreeMap<DirectoryId, (i64, i64)>,
}

impl Notebook {
    /// Notes a request.
    pub(super) fn hear(&mut self, heard: &Heard<'_>) {
        let page = match self.pages.get_mut(heard.directory) {
            Some(page) => page,
            None => self.pages.entry(heard.directory.clone()).or_default(),
        };
        page.note(heard, &mut self.entries);
    }

    /// Notes a token refused at a directory's address.
    pub(super) fn token_refused(&mut self, directory: DirectoryId, at: i64) {
        if self.pages.len() >= REMEMBERED {
            self.pages.retain(|_, page| page.organization.is_some());
        }
        self.pages.entry(directory.clone()).or_default().refused_since = true;
        if self.refused.len() >= KNOCKS && !self.refused.contains_key(&directory) {
            return;
        }
        let (last, count) = self.refused.entry(directory).or_insert((at, 0));
        *last = at.max(*last);
        *count += 1;
    }

    /// Takes all that is noted, in a fixed order, so that two processes wait for each other's rows in the same one.
    /// `None` when there is nothing.
    pub(super) fn take(&mut self, now: i64) -> Option<Batch> {
        let mut batch = Batch {
            entries: std::mem::take(&mut self.entries),
            refused: std::mem::take(&mut self.refused),
            ..Batch::default()
        };
        for (directory, page) in &mut self.pages {
            // A lone user is known for one only after a silence.
            if let Some(seen) = page.burst.end(now) {
                page.saw(seen, now);
                page.touched = true;
            }
            page.empty_into(directory, &mut batch);
        }
        batch
            .bumps
            .sort_unstable_by(|a, b| (&a.directory_id, &a.name).cmp(&(&b.directory_id, &b.name)));
        batch.uses.sort_unstable();
        let nothing = batch.entries.is_empty() && batch.bumps.is_empty() && batch.refused.is_empty();
        (!nothing).then_some(batch)
    }
}

/// What is noted of one directory, and what is remembered of it from one batch to the next.
#[derive(Debug, Default)]
struct Page {
    organization: Option<OrganizationId>,
    burst: Burst,
    minute: i64,
    reads: u32,
    refusals: u32,
    refused_since: bool,
    reset: bool,
    touched: bool,
    counted: BTreeMap<(&'static str, u16), Entry>,
    bumps: BTreeMap<Name, Counted>,
    uses: Vec<(TokenId, i64)>,
}

/// A signal's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Plain(&'static str),
    /// Counted by the hour: its number since 1970.
    InHour(&'static str, i64),
}

impl Name {
    fn text(self) -> String {
        match self {
            Self::Plain(name) => name.to_owned(),
            Self::InHour(sort, hour) => names::in_hour(sort, hour * HOUR),
        }
    }
}

#[derive(Debug, Default)]
struct Counted {
    at: i64,
    count: i64,
    detail: Option<String>,
}

impl Page {
    fn note(&mut self, heard: &Heard<'_>, entries: &mut Vec<Entry>) {
        self.touched = true;
        if self.organization.is_none() {
            self.organization = Some(heard.organization.clone());
        }
        self.reset |= std::mem::take(&mut self.refused_since);
        let seen = self.seen(heard);
        self.signal(heard, seen);
        match self.uses.iter_mut().find(|(token, _)| token == heard.token) {
            Some((_, at)) => *at = heard.at,
            None => self.uses.push((heard.token.clone(), heard.at)),
        }
        if heard.written {
            return;
        }
        if self.has_room(heard) {
            entries.push(Entry::of(heard));
            return;
        }
        let like = self.counted.entry((heard.action, heard.status));
        like.and_modify(|entry| entry.count(heard))
            .or_insert_with(|| Entry::of(heard));
    }

    fn seen(&mut self, heard: &Heard<'_>) -> Option<Seen> {
        let (Some(id), Some(name)) = (&heard.subject.id, &heard.subject.name) else {
            return None;
        };
        let wrote = heard.written && heard.subject.kind == SubjectKind::User;
        self.burst.touch(heard.at, id, name, wrote)
    }

    /// May this one be an entry of its own?
    fn has_room(&mut self, heard: &Heard<'_>) -> bool {
        let minute = heard.at.div_euclid(MINUTE);
        if minute != self.minute {
            (self.minute, self.reads, self.refusals) = (minute, 0, 0);
        }
        let (used, most) = match heard.outcome {
            Outcome::Ok => (&mut self.reads, READS_ALONE),
            Outcome::Refused | Outcome::Failed => (&mut self.refusals, REFUSALS_ALONE),
        };
        *used = used.saturating_add(1);
        *used <= most
    }

    fn signal(&mut self, heard: &Heard<'_>, seen: Option<Seen>) {
        let at = heard.at;
        self.bump_by_hour(names::REQUEST, at);
        match heard.outcome {
            Outcome::Ok => self.bump(Name::Plain(names::OK), at, None),
            // A read that finds nothing and a stale tag are ordinary answers, no sign of trouble.
            Outcome::Refused if matches!(heard.status, 404 | 412) => {}
            Outcome::Refused => self.bump_by_hour(names::REFUSED, at),
            Outcome::Failed => self.bump_by_hour(names::FAILED, at),
        }
        let first = match heard.action {
            "connection_test" => Some(names::CONNECTION_TEST),
            "create_user" if heard.outcome == Outcome::Ok => Some(names::USER_ARRIVED),
            "create_group" if heard.outcome == Outcome::Ok => Some(names::GROUP_ARRIVED),
            _ => None,
        };
        if let Some(name) = first {
            self.bump(Name::Plain(name), at, None);
        }
        if let Some(seen) = seen {
            self.saw(seen, at);
        }
    }

    fn saw(&mut self, seen: Seen, at: i64) {
        match seen {
            Seen::Cycle => self.bump(Name::Plain(names::CYCLE), at, None),
            Seen::OnDemand { name, at } => self.bump(Name::Plain(names::ON_DEMAND), at, Some(name)),
        }
    }

    fn bump_by_hour(&mut self, sort: &'static str, at: i64) {
        self.bump(Name::Plain(sort), at, None);
        self.bump(Name::InHour(sort, at.div_euclid(HOUR)), at, None);
    }

    fn bump(&mut self, name: Name, at: i64, detail: Option<String>) {
        let counted = self.bumps.entry(name).or_default();
        counted.at = counted.at.max(at);
        counted.count += 1;
        counted.detail = detail.or(counted.detail.take());
    }

    fn empty_into(&mut self, directory: &DirectoryId, batch: &mut Batch) {
        if !std::mem::take(&mut self.touched) {
            return;
        }
        batch.organizations.extend(self.organization.clone());
        batch
            .reset
            .extend(std::mem::take(&mut self.reset).then(|| directory.clone()));
        batch
            .entries
            .extend(std::mem::take(&mut self.counted).into_values());
        batch.uses.append(&mut self.uses);
        let bumps = std::mem::take(&mut self.bumps);
        batch.bumps.extend(bumps.into_iter().map(|(name, counted)| Bump {
            directory_id: directory.clone(),
            name: name.text(),
            at: counted.at,
            count: counted.count,
            detail: counted.detail,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    struct Scene {
        notebook: Notebook,
        directory: DirectoryId,
        organization: OrganizationId,
        token: TokenId,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                notebook: Notebook::default(),
                directory: DirectoryId::new("dir_1"),
                organization: OrganizationId::new("org_1"),
                token: TokenId::new("tok_1"),
            }
        }

        fn hear(&mut self, at: i64, action: &'static str, status: u16, written: bool) {
            let outcome = if status < 400 {
                Outcome::Ok
            } else {
                Outcome::Refused
            };
            let subject = Told {
                kind: SubjectKind::User,
                id: Some("u".to_owned()),
                name: Some("n".to_owned()),
            };
            self.notebook.hear(&Heard {
                directory: &self.directory,
                organization: &self.organization,
                token: &self.token,
                at,
                duration_us: 1,
                action,
                status,
                outcome,
                subject: &subject,
                written,
                reason: None,
                request: None,
                ignored: None,
                reference: None,
            });
        }

        fn count_of(batch: &Batch, name: &str) -> i64 {
            batch
                .bumps
                .iter()
                .filter(|bump| bump.name == name)
                .map(|bump| bump.count)
                .sum()
        }
    }

    #[test]
    fn many_equal_reads_become_few_entries_and_all_are_counted() {
        let mut scene = Scene::new();
        for at in 0..100 {
            scene.hear(at, "get_user", 200, false);
        }
        let batch = scene.notebook.take(SECOND).unwrap();
        assert_eq!(batch.entries.len(), 21);
        assert_eq!(batch.entries.iter().map(|entry| entry.count).sum::<i64>(), 100);
        let last = batch.entries.last().unwrap();
        assert_eq!(
            (last.at, last.count, last.subject.name.as_deref()),
            (99, 80, None)
        );
        assert_eq!(Scene::count_of(&batch, "request"), 100);
        assert_eq!(Scene::count_of(&batch, "request:0"), 100);
        assert_eq!(batch.uses, [(scene.token.clone(), 99)]);
        assert!(scene.notebook.take(SECOND).is_none(), "all was taken");
    }

    #[test]
    fn a_change_is_counted_but_has_its_entry_already() {
        let mut scene = Scene::new();
        scene.hear(1, "create_user", 201, true);
        let batch = scene.notebook.take(2).unwrap();
        assert!(batch.entries.is_empty());
        assert_eq!(Scene::count_of(&batch, "user_arrived"), 1);
        assert_eq!(batch.organizations, [scene.organization.clone()]);
    }

    #[test]
    fn what_finds_nothing_is_no_sign_of_trouble_and_a_refusal_is() {
        let mut scene = Scene::new();
        scene.hear(1, "get_user", 404, false);
        scene.hear(1, "create_user", 400, false);
        let batch = scene.notebook.take(2).unwrap();
        assert_eq!(Scene::count_of(&batch, "refused"), 1);
        assert_eq!(Scene::count_of(&batch, "refused:0"), 1);
        assert_eq!(Scene::count_of(&batch, "user_arrived"), 0);
    }

    #[test]
    fn a_good_token_after_a_refused_one_resets_once() {
        let mut scene = Scene::new();
        scene.notebook.token_refused(scene.directory.clone(), 1);
        let batch = scene.notebook.take(2).unwrap();
        assert_eq!(batch.refused.get(&scene.directory), Some(&(1, 1)));
        assert!(batch.reset.is_empty());
        scene.hear(3, "get_user", 200, false);
        assert_eq!(scene.notebook.take(4).unwrap().reset, [scene.directory.clone()]);
        scene.hear(5, "get_user", 200, false);
        assert!(scene.notebook.take(6).unwrap().reset.is_empty());
    }

    #[test]
    fn who_knocks_everywhere_is_not_remembered_for_ever() {
        let mut scene = Scene::new();
        scene.hear(1, "get_user", 200, false);
        for number in 0..3 * REMEMBERED {
            scene
                .notebook
                .token_refused(DirectoryId::new(format!("dir_x{number}")), 1);
        }
        assert!(scene.notebook.pages.len() <= REMEMBERED + 1);
        assert!(scene.notebook.pages.contains_key(&scene.directory));
        assert_eq!(scene.notebook.take(2).unwrap().refused.len(), KNOCKS);
    }
}
