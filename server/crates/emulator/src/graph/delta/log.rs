//! Pages of what changed since, oldest first: a page costs what it looks at.

use std::collections::HashMap;

use super::item::{Item, Items, Touched, Wanted};
use super::token::{Place, Token};
use super::{Horizon, MEMBERS, PAGE, Page, SCAN, Set, devices, groups, users};
use crate::tenant::{Change, ChangeKind, Directory, ObjectId};

/// What a stretch of the log touched, in the order in which it did.
#[derive(Debug, Default)]
struct Seen {
    order: Vec<ObjectId>,
    objects: HashMap<ObjectId, Touched>,
    members: usize,
}

impl Seen {
    fn of(&mut self, id: ObjectId) -> &mut Touched {
        self.objects.entry(id).or_insert_with(|| {
            self.order.push(id);
            Touched::default()
        })
    }

    fn full(&self) -> bool {
        self.order.len() >= PAGE || self.members >= MEMBERS
    }

    fn member(&mut self, group: ObjectId, member: ObjectId) {
        let touched = self.of(group);
        if !touched.members.contains(&member) {
            touched.members.push(member);
            self.members += 1;
        }
    }
}

/// The page at the token's place; `None` when the log no longer reaches back that far.
pub(super) fn page(directory: &Directory, set: Set, token: &Token, until: &Horizon) -> Option<Page> {
    let Place::Log { seq, members } = token.at else {
        return None;
    };
    let mut seen = Seen::default();
    let (mut at, mut skip, mut looked) = (seq, members, 0);
    let mut done = true;
    for change in directory
        .log_after(seq)?
        .take_while(|change| change.seq <= until.seq)
    {
        if seen.full() || looked == SCAN {
            done = false;
            break;
        }
        looked += 1;
        if let Some(left) = note(directory, set, token, change, skip, &mut seen) {
            (skip, done) = (left, false);
            break;
        }
        (at, skip) = (change.seq, 0);
    }
    let next = Place::Log {
        seq: at,
        members: skip,
    };
    Some(Page {
        items: written(directory, set, token, &seen),
        next,
        done,
    })
}

/// Notes a change. Returns how many of its members were taken if the page has no room for all.
fn note(
    directory: &Directory,
    set: Set,
    token: &Token,
    change: &Change,
    skip: usize,
    seen: &mut Seen,
) -> Option<usize> {
    match set {
        Set::Users if users::concerns(&change.kind) && token.about(change.object) => {
            users::note(&change.kind, seen.of(change.object));
        }
        Set::Devices if devices::concerns(&change.kind) && token.about(change.object) => {
            seen.of(change.object).whole = true;
        }
        Set::Groups => return of_groups(directory, token, change, skip, seen),
        _ => {}
    }
    None
}

fn of_groups(
    directory: &Directory,
    token: &Token,
    change: &Change,
    skip: usize,
    seen: &mut Seen,
) -> Option<usize> {
    let tracked = groups::with_members(token.select.as_deref());
    match &change.kind {
        ChangeKind::MembersAdded { members } | ChangeKind::MembersRemoved { members }
            if tracked && token.about(change.object) =>
        {
            for (place, member) in members.iter().enumerate().skip(skip) {
                if seen.members >= MEMBERS {
                    return Some(place);
                }
                seen.member(change.object, *member);
            }
        }
        ChangeKind::GroupAdded | ChangeKind::GroupUpdated if token.about(change.object) => {
            groups::note(&change.kind, seen.of(change.object));
        }
        ChangeKind::GroupDeleted { .. } => {
            if token.about(change.object) {
                seen.of(change.object);
            }
            memberships(directory, token, change.object, tracked, seen);
        }
        ChangeKind::UserDeleted | ChangeKind::UserRestored => {
            memberships(directory, token, change.object, tracked, seen);
        }
        _ => {}
    }
    None
}

/// Who is deleted leaves the groups, who is restored is back in them.
fn memberships(directory: &Directory, token: &Token, member: ObjectId, tracked: bool, seen: &mut Seen) {
    let groups = directory.groups_ever_of(member).iter();
    for group in groups.filter(|group| tracked && token.about(**group)) {
        seen.member(*group, member);
    }
}

fn written(directory: &Directory, set: Set, token: &Token, seen: &Seen) -> Items {
    let mut items = Items::default();
    for id in &seen.order {
        let Some(touched) = seen.objects.get(id) else {
            continue;
        };
        let wanted = Wanted {
            select: token.select.as_deref(),
            minimal: token.minimal,
            touched,
        };
        one(directory, set, *id, wanted)
            .into_iter()
            .for_each(|item| items.push(item));
    }
    items
}

/// The object as it is now; one that is no more was deleted.
fn one(directory: &Directory, set: Set, id: ObjectId, wanted: Wanted<'_>) -> Option<Item> {
    let written = match set {
        Set::Users => directory
            .user(id)
            .map(|user| users::item(directory, user, wanted)),
        Set::Groups => directory
            .group(id)
            .map(|group| groups::item(directory, group, wanted)),
        Set::Devices => directory
            .device(id)
            .map(|device| Some(devices::item(device, wanted))),
    };
    written.unwrap_or_else(|| Some(Item::removed(id, "deleted")))
}
