//! One group without its members: create, rename, delete (`entra-facts` A3, A7).
//!
//! A group that leaves the scope is deleted, since groups have no `active`: D2's *Restore* test expects "Delete or
//! Disable, gone or inactive" after an unassign.

use std::collections::{BTreeMap, BTreeSet};

use super::bodies;
use super::calls;
use super::failure::{ErrorCode, Failure};
use super::job::GroupLink;
use super::log::{Action, LogEntry, ObjectType};
use super::run::Run;
use super::trace::Trace;
use crate::tenant::{Group, ObjectId};
use crate::witness::Kind;

/// What became of the group; `new` tells that it was linked just now, so all its members must follow.
pub(super) struct Outcome {
    pub(super) entry: LogEntry,
    pub(super) new: bool,
}

/// Handles one group to the end.
pub(super) async fn provision(run: &Run, id: ObjectId) -> Outcome {
    let known = run.job(|job| job.groups.contains_key(&id));
    let mut trace = Trace::new(ObjectType::Group, id);
    let result = attempt(run, id, &mut trace).await;
    let entry = run.close(id, trace, result);
    let new = !known && run.job(|job| job.groups.contains_key(&id));
    Outcome { entry, new }
}

async fn attempt(run: &Run, id: ObjectId, trace: &mut Trace) -> Result<(), Failure> {
    let link = run.job(|job| job.groups.get(&id).cloned());
    let Some(group) = run.tenant().group(id) else {
        trace.imported_deletion();
        return leave(run, id, link, trace).await;
    };
    let verdict = run.reach.group(&group);
    trace.imported_group(&group);
    trace.scoped(verdict, true);
    match link {
        link if !verdict.in_scope() => {
            if link.is_some() && run.settings.skip_out_of_scope_deletions {
                trace.skip(
                    "SkipOutOfScopeDeletions",
                    "The group left the scope, and SkipOutOfScopeDeletions is on.",
                );
                return Ok(());
            }
            leave(run, id, link, trace).await
        }
        Some(link) => update(run, &group, &link, trace).await,
        None => join(run, &group, trace).await,
    }
}

async fn leave(run: &Run, id: ObjectId, link: Option<GroupLink>, trace: &mut Trace) -> Result<(), Failure> {
    let Some(link) = link else {
        trace.skip(
            "NotEffectivelyEntitled",
            "The group is not assigned to the application, or is no security group.",
        );
        return Ok(());
    };
    trace.action = Action::Delete;
    trace.target_id = Some(link.target_id.clone());
    calls::delete(
        &run.endpoint,
        Kind::DeleteGroup,
        format!("/Groups/{}", link.target_id),
    )
    .await?;
    run.job(|job| job.drop_group(id));
    trace.deleted();
    Ok(())
}

async fn join(run: &Run, group: &Group, trace: &mut Trace) -> Result<(), Failure> {
    let found = calls::find_group(&run.endpoint, &group.display_name).await?;
    trace.matched(
        "displayName",
        &group.display_name,
        found.as_ref().map(|found| found.id.as_str()),
    );
    let external_id = group.id.to_string();
    let mut link = GroupLink {
        target_id: String::new(),
        display_name: group.display_name.clone(),
        external_id: external_id.clone(),
        members: BTreeMap::new(),
        uncertain: BTreeSet::new(),
    };
    match found {
        Some(found) => {
            let text = |name: &str| {
                found
                    .resource
                    .get(name)
                    .and_then(|v| v.as_str())
                    .unwrap_or_default()
                    .to_owned()
            };
            link.target_id.clone_from(&found.id);
            link.display_name = text("displayName");
            link.external_id = text("externalId");
            run.job(|job| job.link_group(group.id, link.clone()));
            send_differences(run, group, &link, trace).await
        }
        None => {
            trace.action = Action::Create;
            link.target_id = calls::create_group(&run.endpoint, &group.display_name, &external_id).await?;
            trace.modify("displayName", None, Some(&group.display_name));
            trace.modify("externalId", None, Some(&external_id));
            trace.created(&link.target_id);
            run.job(|job| job.link_group(group.id, link));
            Ok(())
        }
    }
}

async fn update(run: &Run, group: &Group, link: &GroupLink, trace: &mut Trace) -> Result<(), Failure> {
    let Some(found) = calls::get_group(&run.endpoint, &link.target_id).await? else {
        run.job(|job| job.drop_group(group.id));
        let message = format!(
            "The entry {} no longer exists in the target system",
            link.target_id
        );
        return Err(Failure::new(ErrorCode::InvalidAnchor, message));
    };
    trace.read_target(&found.id);
    let text = |name: &str| {
        found
            .resource
            .get(name)
            .and_then(|v| v.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let held = GroupLink {
        display_name: text("displayName"),
        external_id: text("externalId"),
        ..link.clone()
    };
    send_differences(run, group, &held, trace).await
}

async fn send_differences(
    run: &Run,
    group: &Group,
    held: &GroupLink,
    trace: &mut Trace,
) -> Result<(), Failure> {
    let external_id = group.id.to_string();
    let wanted = [
        (
            "displayName",
            held.display_name.as_str(),
            group.display_name.as_str(),
        ),
        ("externalId", held.external_id.as_str(), external_id.as_str()),
    ];
    let changed: Vec<_> = wanted
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .collect();
    if changed.is_empty() {
        trace.skip(
            "RedundantExport",
            "The state of the group in both the source and target systems already match.",
        );
        return Ok(());
    }
    trace.action = Action::Update;
    let edits: Vec<_> = changed
        .iter()
        .map(|(path, before, after)| (*path, !before.is_empty(), *after))
        .collect();
    let body = bodies::update_group(run.dialect, &edits);
    calls::patch_group(&run.endpoint, Kind::PatchGroup, &held.target_id, &body).await?;
    for (path, before, after) in changed {
        trace.modify(
            path,
            Some(before).filter(|before| !before.is_empty()),
            Some(after),
        );
    }
    trace.exported();
    run.job(|job| {
        if let Some(link) = job.groups.get_mut(&group.id) {
            link.display_name.clone_from(&group.display_name);
            link.external_id.clone_from(&external_id);
        }
    });
    Ok(())
}
