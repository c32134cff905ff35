//! `kill -9` in the middle of writes (R5): what was acknowledged is there with its event and its activity, nothing is
//! there by half, and nothing without the other.
//!
//! Judged by Jepsen's rule from a history kept by the clients: a write that was acknowledged must be there, one whose
//! answer never came may be there or not, and what nobody asked for must not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use serde_json::{Value, json};
use store::{
    Operation, Store, StoreError, Tx,
    groups::{self, Group},
    ids::{DirectoryId, GroupId},
    members,
    page::Start,
    testing::{Script, TestStore},
    users::{self, User, UserQuery},
};

use crate::harness::{
    dice::Dice,
    look::{Entries, Events},
    process::{Premises, Process},
    scim::{Scim, USER, patch},
};

/// Writers at once; each has users of its own, so that one history tells what may be there.
const WRITERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing_that_was_acknowledged() {
    let premises = Premises::new(None);
    kill_again_and_again(&premises, 50).await;
    let store = Store::open(&premises.url()).await.unwrap();
    assert_eq!(
        store.check().await.unwrap().damage,
        Vec::<String>::new(),
        "integrity_check"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_kills_on_postgres() {
    let database = TestStore::postgres().await;
    kill_again_and_again(&Premises::new(Some(database.url())), 10).await;
}

async fn kill_again_and_again(premises: &Premises, kills: u64) {
    let mut process = Process::start(premises);
    let scim = process.scim(premises);
    let team = scim.group("Team", &[]).await;
    let history = Arc::new(Mutex::new(History {
        team,
        ..History::default()
    }));
    let mut acknowledged = 0;
    for kill in 1..=kills {
        acknowledged += write_until_killed(process, premises, &history, kill).await;
        process = Process::start(premises);
        let store = Store::open(&premises.url()).await.unwrap();
        nobody_else_writes(&store, premises).await.unwrap();
        let found = store.read(Everything::of(premises, &history)).await.unwrap();
        history.lock().unwrap().judge(&found, kill);
    }
    assert!(
        acknowledged > usize::try_from(kills).unwrap() * 20,
        "{acknowledged} writes were under way in all"
    );
}

/// PostgreSQL may still carry out what a killed process had sent; SQLite's writer died with it.
async fn nobody_else_writes(store: &Store, premises: &Premises) -> Result<(), StoreError> {
    if premises.url().starts_with("sqlite:") {
        return Ok(());
    }
    let wait = "DO $$ BEGIN WHILE EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR state <> 'idle')) \
                LOOP PERFORM pg_sleep(0.005), pg_stat_clear_snapshot(); END LOOP; END $$";
    store.read(Script(wait.to_owned())).await
}

/// Lets all write until a number of answers drawn by the dice has come, and kills; how many came.
async fn write_until_killed(
    process: Process,
    premises: &Premises,
    history: &Arc<Mutex<History>>,
    kill: u64,
) -> usize {
    let mut dice = Dice::seeded(kill);
    let enough = dice.below(200) + 1;
    let answers = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = Writer {
                number,
                scim: process.scim(premises),
                history: Arc::clone(history),
                dice: Dice::seeded(kill * 100 + number as u64),
                answers: Arc::clone(&answers),
                kill,
            };
            tokio::spawn(writer.write())
        })
        .collect();
    while answers.load(Ordering::Relaxed) < enough {
        tokio::task::yield_now().await;
    }
    process.kill();
    join_all(writers)
        .await
        .into_iter()
        .for_each(|writer| writer.unwrap());
    answers.load(Ordering::Relaxed)
}

/// What is known of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    id: Option<String>,
    /// Stands in three attributes at once; 0 in none.
    value: u64,
    active: bool,
    member: bool,
}

/// What was acknowledged, and what may have happened since: `None` is a user who is not there.
#[derive(Debug, Clone)]
struct Track {
    sure: Option<State>,
    /// The one act whose answer never came.
    perhaps: Option<Option<State>>,
}

#[derive(Debug, Default)]
struct History {
    team: String,
    /// By `userName`.
    tracks: BTreeMap<String, Track>,
}

struct Writer {
    number: usize,
    scim: Scim,
    history: Arc<Mutex<History>>,
    dice: Dice,
    answers: Arc<AtomicUsize>,
    kill: u64,
}

impl Writer {
    /// One act after the other, until one gets no answer.
    async fn write(mut self) {
        for act in 1.. {
            if !self.act(act).await {
                return;
            }
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn act(&mut self, number: u64) -> bool {
        let Some((name, before)) = self.somebody() else {
            return self.create(number).await;
        };
        let id = before.id.clone().unwrap();
        let path = format!("/Users/{id}");
        let mut after = before.clone();
        match self.dice.below(8) {
            0..3 => self.create(number).await,
            3..6 => {
                after.value = number * 1000 + self.kill;
                after.active = self.dice.once_in(2);
                let value = after.value.to_string();
                // Four operations that must all be there, or none of them.
                let body = patch(json!([
                    {"op": "Replace", "path": "title", "value": value},
                    {"op": "Replace", "path": "nickName", "value": value},
                    {"op": "Replace", "path": "displayName", "value": value},
                    {"op": "Replace", "path": "active", "value": if after.active { "True" } else { "False" }},
                ]));
                self.expect(&name, Some(after), "PATCH", &path, body, 200).await
            }
            6 if !before.member => {
                after.member = true;
                let team = format!("/Groups/{}", self.history.lock().unwrap().team);
                let body = patch(json!([{"op": "Add", "path": "members", "value": [{"value": id}]}]));
                self.expect(&name, Some(after), "PATCH", &team, body, 204).await
            }
            _ => self.expect(&name, None, "DELETE", &path, Value::Null, 204).await,
        }
    }

    async fn create(&mut self, number: u64) -> bool {
        let name = format!("writer{}-{}-{number}", self.number, self.kill);
        let body = json!({"schemas": [USER], "userName": name, "active": true});
        let after = State {
            id: None,
            value: 0,
            active: true,
            member: false,
        };
        self.history.lock().unwrap().tracks.insert(
            name.clone(),
            Track {
                sure: None,
                perhaps: None,
            },
        );
        self.expect(&name, Some(after), "POST", "/Users", body, 201).await
    }

    /// One of our own who is surely there.
    fn somebody(&mut self) -> Option<(String, State)> {
        let history = self.history.lock().unwrap();
        let own = format!("writer{}-", self.number);
        let there: Vec<_> = history
            .tracks
            .iter()
            .filter(|(name, _)| name.starts_with(&own))
            .filter_map(|(name, track)| Some((name.clone(), track.sure.clone()?)))
            .collect();
        (!there.is_empty()).then(|| self.dice.pick(&there).clone())
    }

    /// Notes what may happen, asks for it, and notes what was said.
    async fn expect(
        &self,
        name: &str,
        after: Option<State>,
        method: &str,
        rest: &str,
        body: Value,
        status: u16,
    ) -> bool {
        let note =
            |change: &dyn Fn(&mut Track)| change(self.history.lock().unwrap().tracks.get_mut(name).unwrap());
        note(&|track| track.perhaps = Some(after.clone()));
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let body = (!body.is_null()).then(|| body.to_string());
        let Ok(reply) = self.scim.try_send(method, rest, &[], body).await else {
            return false;
        };
        assert_eq!(reply.status, status, "{rest}: {}", reply.text);
        let made = (status == 201).then(|| reply.id());
        note(&|track| {
            track.perhaps = None;
            track.sure = after.clone().map(|state| State {
                id: made.clone().or(state.id),
                ..state
            });
        });
        true
    }
}

/// Everything of the directory at one moment.
struct Everything {
    directory: DirectoryId,
    team: GroupId,
}

struct Found {
    users: Vec<User>,
    team: Group,
    members: BTreeSet<String>,
    /// How often each thing happened to each user or group: events, then activity.
    events: HashMap<(String, String), usize>,
    activity: HashMap<(String, String), usize>,
}

impl Everything {
    fn of(premises: &Premises, history: &Mutex<History>) -> Self {
        let team = GroupId::new(history.lock().unwrap().team.clone());
        Self {
            directory: DirectoryId::new(premises.directory.clone()),
            team,
        }
    }
}

impl Operation for Everything {
    type Output = Found;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<Found, StoreError> {
        let own = [self.directory.clone()];
        let page = users::list(tx, &own, &UserQuery::default(), &Start::First, 10_000_000).await?;
        let members = members::all(tx, &self.directory, &self.team).await?;
        let mut found = Found {
            users: page.rows,
            team: groups::get(tx, &self.directory, &self.team).await?.unwrap(),
            members: members.into_iter().map(|member| member.id).collect(),
            events: HashMap::new(),
            activity: HashMap::new(),
        };
        for event in Events.run(tx).await? {
            if let Some(subject) = event.subject_id {
                *found.events.entry((subject, event.kind)).or_default() += 1;
            }
        }
        for entry in Entries(self.directory.clone()).run(tx).await? {
            if let Some(subject) = entry.subject_id {
                *found.activity.entry((subject, entry.action)).or_default() += 1;
            }
        }
        Ok(found)
    }
}

impl Found {
    fn events(&self, subject: &str, kind: &str) -> usize {
        self.events
            .get(&(subject.to_owned(), kind.to_owned()))
            .copied()
            .unwrap_or_default()
    }

    fn entries(&self, subject: &str, actions: &[&str]) -> usize {
        let of = |action: &&str| {
            self.activity
                .get(&(subject.to_owned(), (*action).to_owned()))
                .copied()
        };
        actions.iter().filter_map(of).sum()
    }
}

impl History {
    /// Holds what was found against what was said, and takes it for what is sure from now on.
    fn judge(&mut self, found: &Found, kill: u64) {
        let mut rows: BTreeMap<&str, &User> = found
            .users
            .iter()
            .map(|user| (user.user_name.as_str(), user))
            .collect();
        for (name, track) in &mut self.tracks {
            let there = rows.remove(name.as_str()).map(|user| state(user, found));
            let allowed = [Some(&track.sure), track.perhaps.as_ref()];
            let fits = allowed
                .into_iter()
                .flatten()
                .any(|allowed| same(allowed.as_ref(), there.as_ref()));
            assert!(
                fits,
                "after kill {kill}, {name} is {there:?}, known was {track:?}"
            );
            *track = Track {
                sure: there,
                perhaps: None,
            };
        }
        assert!(
            rows.is_empty(),
            "after kill {kill} there are users nobody asked for: {rows:?}"
        );
        self.nothing_without_the_other(found, kill);
    }

    fn nothing_without_the_other(&self, found: &Found, kill: u64) {
        let alive: BTreeMap<&str, &User> = found.users.iter().map(|user| (user.id.as_str(), user)).collect();
        let subjects = found
            .events
            .keys()
            .chain(found.activity.keys())
            .map(|(subject, _)| subject.as_str());
        let people: BTreeSet<&str> = subjects
            .filter(|subject| *subject != self.team)
            .chain(alive.keys().copied())
            .collect();
        for person in people.into_iter().filter(|subject| !subject.contains('_')) {
            let (created, updated, deleted) = (
                found.events(person, "user.created"),
                found.events(person, "user.updated"),
                found.events(person, "user.deleted"),
            );
            let told = (
                found.entries(person, &["create_user"]),
                found.entries(person, &["patch_user", "disable_user", "enable_user"]),
                found.entries(person, &["delete_user"]),
            );
            assert_eq!(
                (created, updated, deleted),
                told,
                "kill {kill}: events and activity of {person}"
            );
            match alive.get(person) {
                Some(user) => {
                    let versions = usize::try_from(user.version).unwrap();
                    assert_eq!(
                        (created, updated + 1, deleted),
                        (1, versions, 0),
                        "kill {kill}: {user:?}"
                    );
                }
                None => assert_eq!((created, deleted), (1, 1), "kill {kill}: {person} is gone"),
            }
        }
        let changes = usize::try_from(found.team.version).unwrap() - 1;
        assert_eq!(
            found.events(&self.team, "group.member_added"),
            changes,
            "kill {kill}"
        );
        assert_eq!(
            found.entries(&self.team, &["add_members"]),
            changes,
            "kill {kill}"
        );
        let strangers: Vec<_> = found
            .members
            .iter()
            .filter(|id| !alive.contains_key(id.as_str()))
            .collect();
        assert_eq!(strangers, [""; 0], "kill {kill}: members who are no users");
    }
}

/// A row as the history speaks of it; a row that holds half of a PATCH is none.
fn state(user: &User, found: &Found) -> State {
    let body: Value = serde_json::from_str(&user.body).unwrap();
    let values: BTreeSet<&str> = ["title", "nickName", "displayName"]
        .iter()
        .map(|name| body[*name].as_str().unwrap_or("0"))
        .collect();
    assert_eq!(values.len(), 1, "half a PATCH: {body}");
    assert_eq!(body["active"], user.active, "{body}");
    State {
        id: Some(user.id.as_str().to_owned()),
        value: values.first().unwrap().parse().unwrap(),
        active: user.active,
        member: found.members.contains(user.id.as_str()),
    }
}

/// The same but for an id that was never told.
fn same(allowed: Option<&State>, there: Option<&State>) -> bool {
    match (allowed, there) {
        (Some(allowed), Some(there)) => {
            let id = allowed.id.clone().or(there.id.clone());
            State {
                id,
                ..allowed.clone()
            } == *there
        }
        (None, None) => true,
        _ => false,
    }
}
