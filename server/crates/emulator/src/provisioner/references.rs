//! The second pass: managers, then members (`entra-facts` A4.6, A4.7, A7).
//!
//! A reference to somebody who is out of scope is not sent, and not made up for when they come into scope later;
//! only a restart does that (A7). One to somebody whose own export failed is tried again with the next cycle.

use std::collections::BTreeSet;

use super::bodies;
use super::calls;
use super::endpoint::Endpoint;
use super::failure::Failure;
use super::job::{GroupLink, Job};
use super::log::{Action, ObjectType};
use super::mapping::ENTERPRISE_URN;
use super::plan::Members;
use super::run::Run;
use super::trace::Trace;
use crate::tenant::{Group, ObjectId};
use crate::witness::Kind;

enum Reference {
    To(String),
    Nobody,
    Later,
    Never,
}

fn resolve(job: &Job, object: Option<ObjectId>) -> Reference {
    let Some(object) = object else {
        return Reference::Nobody;
    };
    match job.target_of(object) {
        Some(target) => Reference::To(target.to_owned()),
        None if job.escrows.contains_key(&object) => Reference::Later,
        None => Reference::Never,
    }
}

/// Brings one user's manager up to date.
pub(super) async fn manager(run: &Run, id: ObjectId) {
    let Some(user) = run.tenant().user(id).filter(|user| user.deleted.is_none()) else {
        return;
    };
    let (link, wanted) = run.job(|job| {
        job.pending_managers.remove(&id);
        (job.users.get(&id).cloned(), resolve(job, user.manager))
    });
    let Some(link) = link else { return };
    let wanted = match wanted {
        Reference::To(target) => Some(target),
        Reference::Nobody => None,
        Reference::Never => return,
        Reference::Later => return run.job(|job| job.postpone_manager(id)),
    };
    if wanted == link.manager {
        return;
    }
    let mut trace = Trace::new(ObjectType::User, id);
    let attributes = link.held.clone();
    trace.imported_user(&user, &attributes);
    trace.action = Action::Update;
    trace.target_id = Some(link.target_id.clone());
    let result = send_manager(run, &link.target_id, link.manager.as_deref(), wanted.as_deref()).await;
    match &result {
        Ok(()) => {
            let path = format!("{ENTERPRISE_URN}:manager");
            trace.modify(&path, link.manager.as_deref(), wanted.as_deref());
            trace.references("The manager was set in the target system".to_owned());
            run.job(|job| job.users.get_mut(&id).map(|link| link.manager = wanted));
        }
        Err(_) => run.job(|job| job.postpone_manager(id)),
    }
    run.close_reference(trace, result);
}

async fn send_manager(
    run: &Run,
    id: &str,
    before: Option<&str>,
    wanted: Option<&str>,
) -> Result<(), Failure> {
    if let Some(manager) = wanted.filter(|_| run.settings.reference_checks)
        && calls::has_reference(&run.endpoint, "/Users", id, "manager", manager).await?
    {
        return Ok(());
    }
    calls::set_manager(&run.endpoint, run.dialect, id, wanted, before.is_some()).await
}

/// Brings some or all members of one group up to date, a batch at a time.
pub(super) async fn members(run: &Run, id: ObjectId, which: Members) {
    let Some(group) = run.tenant().group(id) else {
        return;
    };
    let work = run.job(|job| {
        let mut looked_at = job.pending_members.remove(&id).unwrap_or_default();
        let link = job.groups.get(&id)?.clone();
        match which {
            Members::All => looked_at.extend(group.members.iter().chain(link.members.keys())),
            Members::Some(some) => looked_at.extend(some),
        }
        Some(differences(job, &group, link, looked_at))
    });
    let Some(work) = work else { return };
    let batch = run.settings.members_per_patch.max(1);
    for chunk in work.add.chunks(batch) {
        send(run, &group, &work.link, chunk, true).await;
    }
    for chunk in work.remove.chunks(batch) {
        send(run, &group, &work.link, chunk, false).await;
    }
}

struct Work {
    link: GroupLink,
    add: Vec<(ObjectId, String)>,
    remove: Vec<(ObjectId, String)>,
}

fn differences(job: &mut Job, group: &Group, link: GroupLink, looked_at: BTreeSet<ObjectId>) -> Work {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for member in looked_at {
        match (group.members.contains(&member), link.members.get(&member)) {
            (true, None) => match resolve(job, Some(member)) {
                Reference::To(target) => add.push((member, target)),
                Reference::Later => drop(job.pending_members.entry(group.id).or_default().insert(member)),
                Reference::Never | Reference::Nobody => {}
            },
            (false, Some(target)) => remove.push((member, target.clone())),
            _ => {}
        }
    }
    Work { link, add, remove }
}

async fn send(run: &Run, group: &Group, link: &GroupLink, chunk: &[(ObjectId, String)], add: bool) {
    if run.stopped() {
        return run.job(|job| remember(job, group.id, chunk));
    }
    let mut trace = Trace::new(ObjectType::Group, group.id);
    trace.imported_group(group);
    trace.action = Action::Update;
    trace.target_id = Some(link.target_id.clone());
    let result = patch_members(run, &link.target_id, chunk, add).await;
    match &result {
        Ok(()) => {
            for (_, target) in chunk {
                let (old, new) = if add {
                    (None, Some(target.as_str()))
                } else {
                    (Some(target.as_str()), None)
                };
                trace.modify("members", old, new);
            }
            let done = if add { "added" } else { "removed" };
            trace.references(format!(
                "{} members were {done} in the target system",
                chunk.len()
            ));
            run.job(|job| take_over(job, group.id, chunk, add));
        }
        Err(_) => run.job(|job| remember(job, group.id, chunk)),
    }
    run.close_reference(trace, result);
}

fn remember(job: &mut Job, group: ObjectId, chunk: &[(ObjectId, String)]) {
    job.pending_members
        .entry(group)
        .or_default()
        .extend(chunk.iter().map(|(member, _)| *member));
}

fn take_over(job: &mut Job, group: ObjectId, chunk: &[(ObjectId, String)], add: bool) {
    let Some(link) = job.groups.get_mut(&group) else {
        return;
    };
    for (member, target) in chunk {
        if add {
            link.members.insert(*member, target.clone());
        } else {
            link.members.remove(member);
        }
    }
}

async fn patch_members(
    run: &Run,
    group: &str,
    chunk: &[(ObjectId, String)],
    add: bool,
) -> Result<(), Failure> {
    let mut targets: Vec<&str> = chunk.iter().map(|(_, target)| target.as_str()).collect();
    if run.settings.reference_checks
        && let [member] = targets[..]
        && skip_by_check(&run.endpoint, group, member, add).await?
    {
        targets.clear();
    }
    if targets.is_empty() {
        return Ok(());
    }
    let (kind, body) = if add {
        (Kind::AddMembers, bodies::add_members(run.dialect, &targets))
    } else {
        (Kind::RemoveMembers, bodies::remove_members(run.dialect, &targets))
    };
    calls::patch_group(&run.endpoint, kind, group, &body).await
}

async fn skip_by_check(endpoint: &Endpoint, group: &str, member: &str, add: bool) -> Result<bool, Failure> {
    Ok(calls::has_reference(endpoint, "/Groups", group, "members", member).await? == add)
}
