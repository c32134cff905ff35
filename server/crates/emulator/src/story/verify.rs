//! Reads back what the server holds and compares it with what was sent.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::report::Verified;
use crate::provisioner::{Answer, Attributes, Endpoint, Expected, GroupLink, Provisioner, Request, UserLink};
use crate::provisioner::{each, resources};
use crate::tenant::ObjectId;
use crate::witness::Kind;

const PAGE: usize = 100;
const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// How many users the endpoint holds; `None` if it does not say.
pub(super) async fn total_users(job: &Provisioner) -> Option<u64> {
    let endpoint = job.endpoint().ok()?;
    let answer = endpoint.send(&page(Kind::ListUsers, 1, 1)).await.ok()?;
    answer.json?.get("totalResults")?.as_u64()
}

fn page<'a>(kind: Kind, start: usize, count: usize) -> Request<'a> {
    Request::get(kind, "/Users")
        .query(format!("startIndex={start}"))
        .query(format!("count={count}"))
}

/// Reads back single objects, given with the id they had at the server before the cycle.
pub(super) async fn objects(
    job: &Provisioner,
    concurrency: usize,
    objects: Vec<(ObjectId, Option<String>)>,
    verified: &mut Verified,
) {
    let Ok(endpoint) = job.endpoint() else { return };
    let check = Check {
        endpoint,
        deleted: Arc::new(job.deleted_targets()),
        verified: Arc::default(),
    };
    let (shared, job) = (check.clone(), job.clone());
    each(concurrency, objects, move |(id, before)| {
        let (check, job) = (shared.clone(), job.clone());
        async move {
            match job.expected_of(id) {
                (Some(user), _) => check.user(&user).await,
                (None, Some(group)) => check.group(&group).await,
                (None, None) => check.gone(&job, before).await,
            }
        }
    })
    .await;
    verified.add(&check.counts());
}

/// Reads back everything: a walk over all users, every group with its members, and the total.
pub(super) async fn everything(
    job: &Provisioner,
    concurrency: usize,
    before: Option<u64>,
    verified: &mut Verified,
) {
    let Ok(endpoint) = job.endpoint() else { return };
    let expected = job.expected();
    let check = Check {
        endpoint,
        deleted: Arc::new(expected.deleted.clone()),
        verified: Arc::default(),
    };
    check.walk(concurrency, &expected, before).await;
    let shared = check.clone();
    each(concurrency, expected.groups, move |group| {
        let check = shared.clone();
        async move { check.group(&group).await }
    })
    .await;
    verified.add(&check.counts());
}

#[derive(Clone)]
struct Check {
    endpoint: Endpoint,
    deleted: Arc<HashSet<String>>,
    verified: Arc<Mutex<Verified>>,
}

impl Check {
    fn counts(&self) -> MutexGuard<'_, Verified> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn user(&self, link: &UserLink) {
        let request = Request::get(Kind::GetUser, format!("/Users/{}", link.target_id));
        let Ok(answer) = self.endpoint.expect(&request).await else {
            return;
        };
        if let Some(resource) = &answer.json {
            self.compare_user(link, resource, &answer);
        }
    }

    fn compare_user(&self, link: &UserLink, resource: &Value, answer: &Answer) {
        let (held, active) = Attributes::read(resource);
        let mut wrong = link.held.differences(&held);
        if active.is_none() {
            wrong.push_str("; active is missing or no boolean");
        }
        let manager = self.manager(resource, answer);
        let expected = link
            .manager
            .as_ref()
            .filter(|manager| !self.deleted.contains(*manager));
        if manager.as_ref() != expected
            && !manager
                .as_ref()
                .is_some_and(|manager| self.deleted.contains(manager))
        {
            wrong.push_str(&format!("; manager: {expected:?} expected, {manager:?} found"));
        }
        if !wrong.is_empty() {
            let what = format!(
                "read-back of user {}: {}",
                link.target_id,
                wrong.trim_start_matches("; ")
            );
            self.endpoint.deviation("A3", what, &self.about(answer, resource));
        }
        self.counts().users += 1;
    }

    /// The answer with only the resource in question as its text.
    fn about(&self, answer: &Answer, resource: &Value) -> Answer {
        Answer {
            text: resource.to_string(),
            ..answer.clone()
        }
    }

    fn manager(&self, resource: &Value, answer: &Answer) -> Option<String> {
        let manager = resource
            .get(ENTERPRISE_URN)?
            .get("manager")
            .filter(|manager| !manager.is_null())?;
        if !manager.is_object() {
            self.endpoint.deviation(
                "A4.7",
                "manager is returned as something other than an object",
                answer,
            );
        }
        let value = manager.get("value").unwrap_or(manager).as_str()?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    async fn group(&self, link: &GroupLink) {
        let request = Request::get(Kind::ReadGroupMembers, format!("/Groups/{}", link.target_id));
        let Ok(answer) = self.endpoint.expect(&request).await else {
            return;
        };
        let Some(resource) = &answer.json else { return };
        let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
        for (name, expected) in [
            ("displayName", &link.display_name),
            ("externalId", &link.external_id),
        ] {
            if text(name) != expected {
                let what = format!(
                    "read-back of group {}: {name} {expected:?} expected",
                    link.target_id
                );
                self.endpoint.deviation("A3", what, &answer);
            }
        }
        let found = members(resource);
        let expected: BTreeSet<&str> = link.members.values().map(String::as_str).collect();
        let distinct: BTreeSet<&str> = found.iter().copied().collect();
        let missing = expected.difference(&distinct).count();
        let foreign = distinct
            .difference(&expected)
            .filter(|id| !link.uncertain.contains(**id))
            .count();
        let twice = found.len() - distinct.len();
        if missing + foreign + twice > 0 {
            let what = format!(
                "read-back of group {}: of {} members {missing} are missing, {foreign} foreign, {twice} twice",
                link.target_id,
                expected.len()
            );
            self.endpoint.deviation("A4.6", what, &answer);
        }
        let mut counts = self.counts();
        counts.groups += 1;
        counts.members += found.len();
    }

    /// The object has no link any more: it was deleted, or it left the scope and is inactive.
    async fn gone(&self, job: &Provisioner, before: Option<String>) {
        let Some(target) = before else { return };
        if let Some(link) = job.left_link(&target) {
            return self.user(&link).await;
        }
        if !self.deleted.contains(&target) {
            return;
        }
        for path in ["/Users", "/Groups"] {
            let request = Request::get(Kind::GetUser, format!("{path}/{target}"));
            if let Ok(answer) = self.endpoint.send(&request).await
                && answer.status != 404
            {
                let what = format!("{} for a deleted resource instead of 404", answer.status);
                self.endpoint.deviation("A3", what, &answer);
            }
        }
        self.counts().deleted += 1;
    }

    /// Walks all pages, as D2's User_Pagination test does, and compares every user of ours.
    async fn walk(&self, concurrency: usize, expected: &Expected, before: Option<u64>) {
        let ours: HashMap<_, _> = expected
            .users
            .iter()
            .chain(&expected.left)
            .map(|link| (link.target_id.clone(), link.clone()))
            .collect();
        let seen = Arc::new(Mutex::new(HashSet::with_capacity(ours.len())));
        let ours = Arc::new(ours);
        let Some((total, size)) = self.page(1, PAGE, &ours, &seen).await else {
            return;
        };
        let starts: Vec<_> = (0..)
            .map(|n| 1 + (n + 1) * size)
            .take_while(|start| *start <= total)
            .collect();
        let (shared, all, found) = (self.clone(), ours.clone(), seen.clone());
        each(concurrency, starts, move |start| {
            let (check, ours, seen) = (shared.clone(), all.clone(), found.clone());
            async move {
                let _ = check.page(start, size, &ours, &seen).await;
            }
        })
        .await;
        let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        let missing: Vec<_> = ours
            .values()
            .filter(|link| !seen.contains(&link.target_id))
            .cloned()
            .collect();
        for link in &missing {
            self.complain(format!(
                "user {} is not in the walk over all pages",
                link.target_id
            ));
            self.user(link).await;
        }
        let should_be = before.map(|before| before + expected.created_users - expected.deleted_users);
        if should_be.is_some_and(|should_be| should_be != total as u64) {
            self.complain(format!(
                "totalResults is {total}, but {} users should be there",
                should_be.unwrap_or(0)
            ));
        }
    }

    fn complain(&self, what: String) {
        self.endpoint.witness().deviates(crate::witness::Deviation {
            fact: "A5",
            what,
            request: "GET /Users".to_owned(),
            answer: String::new(),
        });
    }

    /// Compares one page. Returns the total and how many resources it held.
    async fn page(
        &self,
        start: usize,
        count: usize,
        ours: &HashMap<String, UserLink>,
        seen: &Mutex<HashSet<String>>,
    ) -> Option<(usize, usize)> {
        let answer = self
            .endpoint
            .expect(&page(Kind::ListUsers, start, count))
            .await
            .ok()?;
        let list = resources(&self.endpoint, &answer).ok()?;
        let number = |name: &str| answer.json.as_ref()?.get(name)?.as_u64();
        let total = number("totalResults").and_then(|total| usize::try_from(total).ok())?;
        if number("startIndex").is_some_and(|echo| echo != start as u64) {
            self.endpoint
                .deviation("A5", "startIndex is not the one asked for", &answer);
        }
        for resource in list {
            let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
            if !seen
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(id.to_owned())
            {
                self.endpoint.deviation(
                    "A5",
                    format!("user {id} is twice in the walk"),
                    &self.about(&answer, resource),
                );
            } else if let Some(link) = ours.get(id) {
                self.compare_user(link, resource, &answer);
            }
        }
        if list.is_empty() && start <= total {
            self.endpoint
                .deviation("A5", "an empty page before the end of the list", &answer);
        }
        Some((total, list.len().max(1)))
    }
}

fn members(group: &Value) -> Vec<&str> {
    let members = group.get("members").and_then(Value::as_array);
    members
        .into_iter()
        .flatten()
        .filter_map(|member| member.get("value")?.as_str())
        .collect()
}
