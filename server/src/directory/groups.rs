//! Groups: created, replaced, patched and deleted by their provider, with their members.

use scim::patch::MemberOp;
use scim::resource::{self, ParsedGroup};
use scim::{Ignored, Map, Patch};
use serde_json::{Value, json};
use store::activity::SubjectKind;
use store::groups::{self, Group, GroupFields};
use store::ids::GroupId;
use store::{Operation, StoreError, Tx, staff};

use super::changes::{self, Change};
use super::dismissal;
use super::members::{self, MemberChanges};
use super::trace::{Context, Subject, Trace};
use super::{Refused, attributes_of, text_of};

/// A group as it stands after an act, without its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedGroup {
    /// Our id.
    pub id: GroupId,
    /// `displayName`.
    pub display_name: String,
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

/// Creates a group.
#[derive(Debug)]
pub struct CreateGroup {
    by: Context,
    id: GroupId,
    parsed: ParsedGroup,
    body: String,
}

impl CreateGroup {
    /// `id` is a fresh UUID.
    pub fn new(by: Context, id: GroupId, parsed: ParsedGroup) -> Self {
        let body = text_of(&parsed.attributes);
        Self { by, id, parsed, body }
    }

    async fn add_members<T: Tx>(&self, tx: &mut T) -> Result<MemberChanges, Refused> {
        if self.parsed.members.is_empty() {
            return Ok(MemberChanges::default());
        }
        let add = [MemberOp::Add(self.parsed.members.clone())];
        members::carry_out(tx, &self.by.directory, &self.id, &add, self.by.at).await
    }
}

impl Operation for CreateGroup {
    type Output = SavedGroup;
    type Error = Refused;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<SavedGroup, Refused> {
        let name = required_display_name(&self.parsed.attributes)?;
        let fields = fields(&self.parsed.attributes, name, &self.body);
        groups::insert(tx, &self.by.directory, &self.id, &fields, self.by.at).await?;
        let came = self.add_members(tx).await?;
        let event = group_event(self.id.as_str(), &self.body, &[]);
        let trace = Trace {
            subject: Subject {
                kind: SubjectKind::Group,
                id: self.id.as_str(),
                name,
            },
            action: "create_group",
            status: 201,
            event: Some(("group.created", &event)),
            changes: &came.shown(),
            ignored: &self.parsed.ignored,
        };
        self.by.leave(tx, &trace).await?;
        tell_members(tx, &self.by, trace.subject, &came).await?;
        Ok(SavedGroup {
            id: self.id.clone(),
            display_name: name.to_owned(),
            version: 1,
            created_at: self.by.at,
            updated_at: self.by.at,
            body: self.body.clone(),
            changed: true,
            ignored: self.parsed.ignored.clone(),
            action: "create_group",
        })
    }

    fn lane(&self) -> u64 {
        self.by.directory.lane()
    }
}

/// How an existing group is to be changed.
#[derive(Debug)]
pub enum GroupEdit {
    /// PUT: attributes and members become these.
    Replace(ParsedGroup),
    /// PATCH.
    Patch(Patch),
}

/// Changes a group; writes nothing when nothing differs.
#[derive(Debug)]
pub struct SaveGroup {
    /// On whose behalf.
    pub by: Context,
    /// Which group.
    pub id: GroupId,
    /// The condition of `If-Match`, if the request had one.
    pub if_match: Option<String>,
    /// How.
    pub edit: GroupEdit,
}

impl Operation for SaveGroup {
    type Output = SavedGroup;
    type Error = Refused;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<SavedGroup, Refused> {
        let before = groups::lock(tx, &self.by.directory, &self.id)
            .await?
            .ok_or_else(unknown_group)?;
        scim::etag::if_match(self.if_match.as_deref(), before.version)?;
        let old = attributes_of(&before.body)?;
        let (new, ignored) = self.edit.apply(&old)?;
        let changes = changes::between(&old, &new);
        let moved = self.edit.move_members(tx, &self.by, &self.id).await?;
        if !moved.removed.is_empty() && staff::is_mapped(tx, &self.by.directory, &self.id).await? {
            let people = staff::behind(tx, &self.by.directory).await?;
            dismissal::sweep(tx, &people, self.by.at).await?;
        }
        if changes.is_empty() && moved.is_empty() {
            return Ok(saved(
                &before,
                before.version,
                before.updated_at,
                before.body.clone(),
                None,
                ignored,
            ));
        }
        self.write(tx, &before, &new, changes, &moved, ignored).await
    }

    fn lane(&self) -> u64 {
        self.by.directory.lane()
    }
}

impl SaveGroup {
    async fn write<T: Tx>(
        &self,
        tx: &mut T,
        before: &Group,
        new: &Map,
        changes: Vec<Change>,
        moved: &MemberChanges,
        ignored: Vec<Ignored>,
    ) -> Result<SavedGroup, Refused> {
        let name = required_display_name(new)?;
        let body = if changes.is_empty() {
            before.body.clone()
        } else {
            text_of(new)
        };
        let kept = if changes.is_empty() {
            groups::touch(tx, before, self.by.at).await?
        } else {
            groups::update(tx, before, &fields(new, name, &body), self.by.at).await?
        };
        if !kept {
            return Err(Refused::Store(StoreError::Unavailable(
                "the group changed under its lock".to_owned(),
            )));
        }
        let action = self.edit.action(!changes.is_empty(), moved);
        let event = (!changes.is_empty()).then(|| group_event(self.id.as_str(), &body, &changes));
        let shown: Vec<Change> = changes.into_iter().chain(moved.shown()).collect();
        let trace = Trace {
            subject: Subject {
                kind: SubjectKind::Group,
                id: self.id.as_str(),
                name,
            },
            action,
            status: 204,
            event: event.as_deref().map(|event| ("group.updated", event)),
            changes: &shown,
            ignored: &ignored,
        };
        self.by.leave(tx, &trace).await?;
        tell_members(tx, &self.by, trace.subject, moved).await?;
        let mut after = saved(
            before,
            before.version + 1,
            self.by.at,
            body,
            Some(action),
            ignored,
        );
        name.clone_into(&mut after.display_name);
        Ok(after)
    }
}

impl GroupEdit {
    fn apply(&self, old: &Map) -> Result<(Map, Vec<Ignored>), scim::Error> {
        match self {
            GroupEdit::Replace(parsed) => Ok((parsed.attributes.clone(), parsed.ignored.clone())),
            GroupEdit::Patch(patch) => patch.apply(old).map(|applied| (applied.after, applied.ignored)),
        }
    }

    async fn move_members<T: Tx>(
        &self,
        tx: &mut T,
        by: &Context,
        id: &GroupId,
    ) -> Result<MemberChanges, Refused> {
        match self {
            GroupEdit::Replace(parsed) => {
                let replace = [MemberOp::Replace(parsed.members.clone())];
                members::carry_out(tx, &by.directory, id, &replace, by.at).await
            }
            GroupEdit::Patch(patch) => {
                members::carry_out(tx, &by.directory, id, patch.members(), by.at).await
            }
        }
    }

    fn action(&self, attributes_changed: bool, moved: &MemberChanges) -> &'static str {
        match (
            self,
            attributes_changed,
            moved.added.is_empty(),
            moved.removed.is_empty(),
        ) {
            (GroupEdit::Replace(_), ..) => "replace_group",
            (GroupEdit::Patch(_), false, false, true) => "add_members",
            (GroupEdit::Patch(_), false, true, false) => "remove_members",
            (GroupEdit::Patch(_), false, false, false) => "change_members",
            (GroupEdit::Patch(_), ..) => "patch_group",
        }
    }
}

/// Deletes a group with its memberships; its members stay.
#[derive(Debug)]
pub struct DeleteGroup {
    /// On whose behalf.
    pub by: Context,
    /// Which group.
    pub id: GroupId,
    /// The condition of `If-Match`, if the request had one.
    pub if_match: Option<String>,
}

impl Operation for DeleteGroup {
    type Output = String;
    type Error = Refused;

    /// Answers the name of the group that is gone.
    async fn run<T: Tx>(&self, tx: &mut T) -> Result<String, Refused> {
        let before = groups::lock(tx, &self.by.directory, &self.id)
            .await?
            .ok_or_else(unknown_group)?;
        scim::etag::if_match(self.if_match.as_deref(), before.version)?;
        let mapped = staff::is_mapped(tx, &self.by.directory, &self.id).await?;
        groups::delete(tx, &self.by.directory, &self.id).await?;
        if mapped {
            let people = staff::behind(tx, &self.by.directory).await?;
            dismissal::sweep(tx, &people, self.by.at).await?;
        }
        let event =
            json!({"group": {"id": self.id.as_str(), "displayName": before.display_name}}).to_string();
        let trace = Trace {
            subject: Subject {
                kind: SubjectKind::Group,
                id: self.id.as_str(),
                name: &before.display_name,
            },
            action: "delete_group",
            status: 204,
            event: Some(("group.deleted", &event)),
            changes: &[],
            ignored: &[],
        };
        self.by.leave(tx, &trace).await?;
        Ok(before.display_name)
    }

    fn lane(&self) -> u64 {
        self.by.directory.lane()
    }
}

/// The refusal for an id that is not in this directory, whether it is anywhere else or not (threats T19).
pub fn unknown_group() -> Refused {
    Refused::Scim(scim::Error::not_found(
        "There is no group with this id in this directory.",
    ))
}

async fn tell_members<T: Tx>(
    tx: &mut T,
    by: &Context,
    group: Subject<'_>,
    moved: &MemberChanges,
) -> Result<(), StoreError> {
    let told = [
        ("group.member_added", &moved.added),
        ("group.member_removed", &moved.removed),
    ];
    for (place, (kind, ids)) in told
        .into_iter()
        .enumerate()
        .filter(|(_, (_, ids))| !ids.is_empty())
    {
        let body = json!({"group": {"id": group.id, "displayName": group.name}, "members": ids}).to_string();
        by.add_event(tx, place + 1, group, kind, &body).await?;
    }
    Ok(())
}

fn saved(
    before: &Group,
    version: i64,
    updated_at: i64,
    body: String,
    action: Option<&'static str>,
    ignored: Vec<Ignored>,
) -> SavedGroup {
    SavedGroup {
        id: before.id.clone(),
        display_name: before.display_name.clone(),
        version,
        created_at: before.created_at,
        updated_at,
        body,
        changed: action.is_some(),
        ignored,
        action: action.unwrap_or("patch_group"),
    }
}

fn fields<'a>(attributes: &'a Map, display_name: &'a str, body: &'a str) -> GroupFields<'a> {
    GroupFields {
        display_name,
        external_id: resource::external_id(attributes),
        body,
    }
}

fn required_display_name(attributes: &Map) -> Result<&str, Refused> {
    resource::display_name(attributes).ok_or_else(|| {
        scim::Error::invalid_value("A group needs a displayName. In Entra, map displayName to displayName.")
            .into()
    })
}

fn group_event(id: &str, body: &str, changes: &[Change]) -> String {
    let attributes: Value = serde_json::from_str(body).unwrap_or_default();
    let mut group = json!({"id": id});
    if let (Value::Object(group), Value::Object(attributes)) = (&mut group, attributes) {
        group.extend(attributes);
    }
    let mut event = json!({"group": group});
    if let (false, Value::Object(event)) = (changes.is_empty(), &mut event) {
        event.insert(
            "changed".to_owned(),
            changes.iter().map(|change| change.path.as_str()).collect(),
        );
    }
    event.to_string()
}
