//! Pages of everything there is, by object id.

use std::ops::Bound;

use super::item::{Item, Items, Touched, Wanted};
use super::token::{Place, Token};
use super::{Horizon, MEMBERS, PAGE, Page, Set, devices, groups, users};
use crate::tenant::{Directory, Group, ObjectId};

/// The page at the token's place.
pub(super) fn page(directory: &Directory, set: Set, token: &Token, seen: &Horizon) -> Page {
    let Place::Walk { base, after, within } = &token.at else {
        return Page::default();
    };
    let whole = Touched {
        whole: true,
        ..Touched::default()
    };
    let wanted = Wanted {
        select: token.select.as_deref(),
        minimal: token.minimal,
        touched: &whole,
    };
    match set {
        Set::Users => {
            let all = directory
                .users_after(*after)
                .filter(|user| user.created <= seen.at);
            let write = |user: &_| users::item(directory, user, wanted);
            objects(token, *base, all, |user| user.id, write)
        }
        Set::Devices => {
            let all = directory
                .devices_after(*after)
                .filter(|device| device.registered <= seen.at);
            objects(
                token,
                *base,
                all,
                |device| device.id,
                |device| Some(devices::item(device, wanted)),
            )
        }
        Set::Groups => grouped(directory, token, (*base, *after, *within), seen),
    }
}

fn objects<'a, T: 'a>(
    token: &Token,
    base: u64,
    all: impl Iterator<Item = &'a T>,
    id: impl Fn(&T) -> ObjectId,
    write: impl Fn(&T) -> Option<Item>,
) -> Page {
    let mut items = Items::default();
    let mut last = None;
    for object in all.filter(|object| token.about(id(object))) {
        if items.len() == PAGE {
            let next = Place::Walk {
                base,
                after: last,
                within: None,
            };
            return Page {
                items,
                next,
                done: false,
            };
        }
        last = Some(id(object));
        write(object).into_iter().for_each(|item| items.push(item));
    }
    ended(items, base)
}

fn ended(items: Items, base: u64) -> Page {
    Page {
        items,
        next: Place::log(base),
        done: true,
    }
}

/// Groups with their members; one with many continues on the next page.
fn grouped(
    directory: &Directory,
    token: &Token,
    (base, after, within): (u64, Option<ObjectId>, Option<(ObjectId, ObjectId)>),
    seen: &Horizon,
) -> Page {
    let mut items = Items::default();
    let (mut last, mut room) = (after, MEMBERS);
    let rest = within.and_then(|(id, _)| directory.group(id)).into_iter();
    let others = directory
        .groups_after(after)
        .filter(|group| within.is_none_or(|(id, _)| group.id != id));
    let others = others.filter(|group| token.about(group.id) && group.created <= seen.at);
    for group in rest.chain(others) {
        let from = within.filter(|(id, _)| *id == group.id).map(|(_, member)| member);
        if items.len() == PAGE || room == 0 {
            let next = Place::Walk {
                base,
                after: last,
                within: None,
            };
            return Page {
                items,
                next,
                done: false,
            };
        }
        let (members, more) = slice(directory, token, group, from, room);
        room -= members.len();
        let end = members.last().copied();
        push(directory, token, group, members, &mut items);
        if let Some(end) = end.filter(|_| more) {
            let next = Place::Walk {
                base,
                after: last,
                within: Some((group.id, end)),
            };
            return Page {
                items,
                next,
                done: false,
            };
        }
        last = Some(group.id);
    }
    ended(items, base)
}

fn push(directory: &Directory, token: &Token, group: &Group, members: Vec<ObjectId>, items: &mut Items) {
    let touched = Touched {
        whole: true,
        members,
        ..Touched::default()
    };
    let wanted = Wanted {
        select: token.select.as_deref(),
        minimal: token.minimal,
        touched: &touched,
    };
    groups::item(directory, group, wanted)
        .into_iter()
        .for_each(|item| items.push(item));
}

/// The next members of a group, and whether there are more.
fn slice(
    directory: &Directory,
    token: &Token,
    group: &Group,
    from: Option<ObjectId>,
    room: usize,
) -> (Vec<ObjectId>, bool) {
    if !groups::with_members(token.select.as_deref()) {
        return (Vec::new(), false);
    }
    let from = from.map_or(Bound::Unbounded, Bound::Excluded);
    let all = group.members.range((from, Bound::Unbounded)).copied();
    let mut all = all.filter(|member| groups::there(directory, group, *member));
    let members = all.by_ref().take(room).collect();
    (members, all.next().is_some())
}
