//! Users: created, replaced, patched and deleted by their provider.

use scim::resource::{self, Parsed};
use scim::{Ignored, Map, Patch};
use serde_json::{Value, json};
use store::activity::SubjectKind;
use store::ids::{ExternalId, UserId};
use store::users::{self, User, UserFields};
use store::{Operation, StoreError, Tx, Unique};

use super::changes::{self, Change};
use super::dismissal;
use super::trace::{Context, Subject, Trace};
use super::{Refused, attributes_of, text_of};

/// A user as it stands after an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedUser {
    /// Our id.
    pub id: UserId,
    /// `userName`.
    pub user_name: String,
    /// Its version now.
    pub version: i64,
    /// When it came.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// Its attributes as stored JSON.
    pub body: String,
    /// Whether this act changed anything.
    pub changed: bool,
    /// What was kept out.
    pub ignored: Vec<Ignored>,
    /// The activity's word for what was done.
    pub action: &'static str,
}

/// Creates a user.
#[derive(Debug)]
pub struct CreateUser {
    by: Context,
    id: UserId,
    parsed: Parsed,
    body: String,
    event: String,
}

impl CreateUser {
    /// `id` is a fresh UUID: a re-created user is a new user.
    pub fn new(by: Context, id: UserId, parsed: Parsed) -> Self {
        let body = text_of(&parsed.attributes);
        let event = user_event(id.as_str(), &body, &[]);
        Self {
            by,
            id,
            parsed,
            body,
            event,
        }
    }
}

impl Operation for CreateUser {
    type Output = SavedUser;
    type Error = Refused;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<SavedUser, Refused> {
        let attributes = &self.parsed.attributes;
        let user_name = required_user_name(attributes)?;
        let emails = addresses(attributes);
        users::insert(
            tx,
            &self.by.directory,
            &self.id,
            &fields(attributes, user_name, &emails, &self.body),
            self.by.at,
        )
        .await
        .map_err(taken)?;
        if !resource::active(attributes) {
            let who = resource::external_id(attributes).map(ExternalId::from);
            dismissal::put_out(tx, &self.by.directory, who.as_ref(), self.by.at).await?;
        }
        let trace = Trace {
            subject: Subject {
                kind: SubjectKind::User,
                id: self.id.as_str(),
                name: user_name,
            },
            action: "create_user",
            status: 201,
            event: Some(("user.created", &self.event)),
            changes: &[],
            ignored: &self.parsed.ignored,
        };
        self.by.leave(tx, &trace).await?;
        Ok(SavedUser {
            id: self.id.clone(),
            user_name: user_name.to_owned(),
            version: 1,
            created_at: self.by.at,
            updated_at: self.by.at,
            body: self.body.clone(),
            changed: true,
            ignored: self.parsed.ignored.clone(),
            action: "create_user",
        })
    }

    fn lane(&self) -> u64 {
        self.by.directory.lane()
    }
}

/// How an existing user is to be changed.
#[derive(Debug)]
pub enum UserEdit {
    /// PUT: the attributes become these.
    Replace(Parsed),
    /// PATCH.
    Patch(Patch),
}

/// Changes a user; writes nothing when nothing differs.
#[derive(Debug)]
pub struct SaveUser {
    /// On whose behalf.
    pub by: Context,
    /// Which user.
    pub id: UserId,
    /// The condition of `If-Match`, if the request had one.
    pub if_match: Option<String>,
    /// How.
    pub edit: UserEdit,
}

impl Operation for SaveUser {
    type Output = SavedUser;
    type Error = Refused;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<SavedUser, Refused> {
        let before = users::lock(tx, &self.by.directory, &self.id)
            .await?
            .ok_or_else(unknown_user)?;
        scim::etag::if_match(self.if_match.as_deref(), before.version)?;
        let old = attributes_of(&before.body)?;
        let (new, ignored) = self.edit.apply(&old)?;
        let changes = changes::between(&old, &new);
        if changes.is_empty() {
            return Ok(saved(
                &before,
                before.version,
                before.updated_at,
                before.body.clone(),
                None,
                ignored,
            ));
        }
        self.write(tx, &before, &new, &changes, ignored).await
    }

    fn lane(&self) -> u64 {
        self.by.directory.lane()
    }
}

impl SaveUser {
    async fn write<T: Tx>(
        &self,
        tx: &mut T,
        before: &User,
        new: &Map,
        changes: &[Change],
        ignored: Vec<Ignored>,
    ) -> Result<SavedUser, Refused> {
        let user_name = required_user_name(new)?;
        let emails = addresses(new);
        let body = text_of(new);
        let fields = fields(new, user_name, &emails, &body);
        if !users::update(tx, before, &fields, self.by.at)
            .await
            .map_err(taken)?
        {
            return Err(Refused::Store(StoreError::Unavailable(
                "the user changed under its lock".to_owned(),
            )));
        }
        let same = before.external_id.as_ref().map(ExternalId::as_str) == fields.external_id;
        if !fields.active || !same {
            let who = before.external_id.as_ref();
            dismissal::put_out(tx, &self.by.directory, who, self.by.at).await?;
        }
        let action = self.edit.action(before.active, fields.active);
        let event = user_event(self.id.as_str(), &body, changes);
        let trace = Trace {
            subject: Subject {
                kind: SubjectKind::User,
                id: self.id.as_str(),
                name: user_name,
            },
            action,
            status: 200,
            event: Some(("user.updated", &event)),
            changes,
            ignored: &ignored,
        };
        self.by.leave(tx, &trace).await?;
        let mut after = saved(
            before,
            before.version + 1,
            self.by.at,
            body,
            Some(action),
            ignored,
        );
        user_name.clone_into(&mut after.user_name);
        Ok(after)
    }
}

impl UserEdit {
    fn apply(&self, old: &Map) -> Result<(Map, Vec<Ignored>), scim::Error> {
        match self {
            UserEdit::Replace(parsed) => Ok((parsed.attributes.clone(), parsed.ignored.clone())),
            UserEdit::Patch(patch) => patch.apply(old).map(|applied| (applied.after, applied.ignored)),
        }
    }

    fn action(&self, was_active: bool, is_active: bool) -> &'static str {
        match (was_active, is_active, self) {
            (true, false, _) => "disable_user",
            (false, true, _) => "enable_user",
            (_, _, UserEdit::Replace(_)) => "replace_user",
            (_, _, UserEdit::Patch(_)) => "patch_user",
        }
    }
}

/// Deletes a user with its memberships.
#[derive(Debug)]
pub struct DeleteUser {
    /// On whose behalf.
    pub by: Context,
    /// Which user.
    pub id: UserId,
    /// The condition of `If-Match`, if the request had one.
    pub if_match: Option<String>,
}

impl Operation for DeleteUser {
    type Output = String;
    type Error = Refused;

    /// Answers the `userName` of the one who is gone.
    async fn run<T: Tx>(&self, tx: &mut T) -> Result<String, Refused> {
        let before = users::lock(tx, &self.by.directory, &self.id)
            .await?
            .ok_or_else(unknown_user)?;
        scim::etag::if_match(self.if_match.as_deref(), before.version)?;
        users::delete(tx, &self.by.directory, &self.id).await?;
        dismissal::dismiss(tx, &self.by.directory, before.external_id.as_ref(), self.by.at).await?;
        let event = json!({"user": {"id": self.id.as_str(), "userName": before.user_name}}).to_string();
        let trace = Trace {
            subject: Subject {
                kind: SubjectKind::User,
                id: self.id.as_str(),
                name: &before.user_name,
            },
            action: "delete_user",
            status: 204,
            event: Some(("user.deleted", &event)),
            changes: &[],
            ignored: &[],
        };
        self.by.leave(tx, &trace).await?;
        Ok(before.user_name)
    }

    fn lane(&self) -> u64 {
        self.by.directory.lane()
    }
}

/// The refusal for an id that is not in this directory, whether it is anywhere else or not (threats T19).
pub fn unknown_user() -> Refused {
    Refused::Scim(scim::Error::not_found(
        "There is no user with this id in this directory.",
    ))
}

fn saved(
    before: &User,
    version: i64,
    updated_at: i64,
    body: String,
    action: Option<&'static str>,
    ignored: Vec<Ignored>,
) -> SavedUser {
    SavedUser {
        id: before.id.clone(),
        user_name: before.user_name.clone(),
        version,
        created_at: before.created_at,
        updated_at,
        body,
        changed: action.is_some(),
        ignored,
        action: action.unwrap_or("patch_user"),
    }
}

fn fields<'a>(
    attributes: &'a Map,
    user_name: &'a str,
    emails: &'a [&'a str],
    body: &'a str,
) -> UserFields<'a> {
    UserFields {
        user_name,
        external_id: resource::external_id(attributes),
        display_name: resource::display_name(attributes),
        emails,
        active: resource::active(attributes),
        body,
    }
}

fn addresses(attributes: &Map) -> Vec<&str> {
    resource::emails(attributes).map(|email| email.value).collect()
}

fn required_user_name(attributes: &Map) -> Result<&str, Refused> {
    resource::user_name(attributes).ok_or_else(|| {
        scim::Error::invalid_value(
            "A user needs a userName. In Entra, map an attribute that every user has to userName.",
        )
        .into()
    })
}

fn taken(error: StoreError) -> Refused {
    match error {
        StoreError::Conflict {
            constraint: Unique::UserName,
        } => Refused::Scim(scim::Error::uniqueness(
            "Another user of this directory already has this userName. \
             Rename or delete one of the two in Entra, then provision again.",
        )),
        other => Refused::Store(other),
    }
}

fn user_event(id: &str, body: &str, changes: &[Change]) -> String {
    let attributes = body.strip_prefix('{').unwrap_or(body);
    if changes.is_empty() {
        return format!(r#"{{"user":{{"id":"{id}",{attributes}}}"#);
    }
    let paths: Value = changes.iter().map(|change| change.path.as_str()).collect();
    format!(r#"{{"changed":{paths},"user":{{"id":"{id}",{attributes}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_sound_json_with_the_changed_paths() {
        let change = Change {
            path: "emails[type eq \"work\"].value".to_owned(),
            old: None,
            new: Some("a".to_owned()),
        };
        let event = user_event("u1", r#"{"userName":"a"}"#, &[change]);
        let event: Value = serde_json::from_str(&event).unwrap();
        assert_eq!(
            event,
            json!({"changed": ["emails[type eq \"work\"].value"], "user": {"id": "u1", "userName": "a"}})
        );
        let created: Value = serde_json::from_str(&user_event("u1", r#"{"userName":"a"}"#, &[])).unwrap();
        assert_eq!(created, json!({"user": {"id": "u1", "userName": "a"}}));
    }
}
