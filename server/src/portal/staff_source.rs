//! The directory an app takes its own people from, as the page of people shows and sets it.

use std::collections::BTreeMap;

use contract::refusal::Why;
use contract::staff::{
    Entry, GroupChoice, StaffByGroup, StaffDirectory, StaffGroup, StaffSource, StaffSources,
};
use contract::{Answer, Reach, Refusal, Viewer};
use store::directories::{self, Directory};
use store::ids::GroupId;
use store::organizations;
use store::page::Start;
use store::staff::{self, ByGroup};
use store::{Operation, StoreError, Tx, apps, groups};

use super::House;
use crate::directory::signals::count;
use crate::directory::staff::{EditStaff, StaffEdit, StaffRefused};
use crate::reach::role as role_of;

/// Groups offered to choose from, and people shown, at most.
const SHOWN: usize = 300;

impl House {
    /// See [`contract::staff::Staff::staff_sources`].
    pub(super) async fn sources_of(&self, viewer: &Viewer, app: &str) -> Answer<StaffSources> {
        let app = self.may_see_app(viewer, app).await?;
        let mut sources = self.read_heavy(GetSources(app)).await?;
        sources.own_tenant = viewer.identity.as_ref().map(|me| me.tenant_id.clone());
        Ok(sources)
    }

    /// Changes an app's staff directory, for an owner who has proven who they are a moment ago: it decides who comes in.
    pub(super) async fn edit_staff(
        &self,
        viewer: &Viewer,
        app: &str,
        edit: StaffEdit,
        confirmed: bool,
    ) -> Answer<()> {
        let app = self.may_change_app(viewer, app).await?;
        self.proven_lately(viewer)?;
        let edit = EditStaff {
            app: app.id,
            edits: vec![edit],
            by: match viewer.reach {
                Reach::Everything => None,
                Reach::Apps(_) | Reach::Setup(_) => viewer.identity.clone(),
            },
            confirmed,
            at: self.clock.now(),
        };
        match self.store.write(edit).await {
            Ok(()) => Ok(()),
            Err(StaffRefused::Refusal(refusal)) => Err(refusal),
            Err(StaffRefused::Store(error)) => Err(self.fault(&error)),
        }
    }
}

/// A tenant id as somebody types it.
pub(crate) fn checked_tenant(text: &str) -> Answer<String> {
    let text = text.trim().to_ascii_lowercase();
    if entra::http::is_guid(&text) {
        Ok(text)
    } else {
        Err(Refusal::invalid("tenant_id", Why::NoTenantId))
    }
}

pub(crate) struct GetSources(pub(crate) apps::App);

impl Operation for GetSources {
    type Output = StaffSources;
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<StaffSources, StoreError> {
        let mut choices = Vec::new();
        for directory in directories::list(tx, None).await? {
            if directory.app_id == self.0.id {
                choices.push(choice(tx, directory).await?);
            }
        }
        let chosen = self.0.staff_directory.as_ref();
        let chosen = choices
            .iter()
            .find(|choice| chosen.is_some_and(|id| id.as_str() == choice.id));
        let source = match (chosen.cloned(), self.0.staff_tenant.clone()) {
            (Some(directory), Some(tenant_id)) => Some(self.source(tx, directory, tenant_id).await?),
            _ => None,
        };
        Ok(StaffSources {
            choices,
            source,
            own_tenant: None,
        })
    }
}

impl GetSources {
    async fn source<T: Tx>(
        &self,
        tx: &mut T,
        directory: StaffDirectory,
        tenant_id: String,
    ) -> Result<StaffSource, StoreError> {
        let id = directory.id.as_str().into();
        let mapped = staff::groups(tx, &self.0.id).await?;
        let ids: Vec<GroupId> = mapped.iter().map(|one| one.group.clone()).collect();
        let members = groups::count_members(tx, &id, &ids).await?;
        let members: BTreeMap<&str, i64> = members
            .iter()
            .map(|count| (count.group_id.as_str(), count.members))
            .collect();
        let mut shown = Vec::new();
        for one in &mapped {
            let group = groups::get(tx, &id, &one.group).await?;
            shown.push(StaffGroup {
                id: one.group.as_str().to_owned(),
                name: group.map(|group| group.display_name),
                role: role_of(one.role),
                members: count(members.get(one.group.as_str()).copied().unwrap_or_default()),
            });
        }
        shown.sort_by(|one, two| (one.role as u8, &one.name).cmp(&(two.role as u8, &two.name)));
        let all = groups::list(tx, std::slice::from_ref(&id), "", &Start::First, SHOWN).await?;
        let others = all.rows.into_iter().filter(|group| !ids.contains(&group.id));
        let other_groups = others.map(|group| GroupChoice {
            id: group.id.into_string(),
            name: group.display_name,
        });
        let limit = i64::try_from(SHOWN).unwrap_or(i64::MAX);
        let people = staff::by_group(tx, &self.0.id, limit).await?;
        let counts = staff::count_by_group(tx, &self.0.id).await?;
        Ok(StaffSource {
            directory,
            tenant_id,
            groups: shown,
            other_groups: other_groups.collect(),
            people: people.into_iter().map(by_group).collect(),
            total: count(counts.users),
            without_object_id: count(counts.without_object_id),
        })
    }
}

async fn choice<T: Tx>(tx: &mut T, directory: Directory) -> Result<StaffDirectory, StoreError> {
    let organization = organizations::get(tx, &directory.organization_id).await?;
    let tenant = organizations::tenant(tx, &directory.organization_id).await?;
    Ok(StaffDirectory {
        id: directory.id.into_string(),
        name: directory.name,
        organization: directory.organization_id.into_string(),
        organization_name: organization.map(|row| row.name).unwrap_or_default(),
        tenant_id: tenant.map(|tenant| tenant.id),
    })
}

fn by_group(row: ByGroup) -> StaffByGroup {
    let object_id = row.external_id.as_deref().is_some_and(entra::http::is_guid);
    StaffByGroup {
        user: row.user.into_string(),
        name: row.name,
        user_name: row.user_name,
        group: row.group,
        role: role_of(row.role),
        // Whoever was entered by hand and never came stands at 0.
        entry: match (row.active, object_id, row.last_sign_in_at.filter(|at| *at > 0)) {
            (false, ..) => Entry::Disabled,
            (true, false, _) => Entry::NoObjectId,
            (true, true, None) => Entry::NotYet,
            (true, true, Some(at)) => Entry::Since(at),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_guid_however_it_is_typed() {
        let typed = " 0193A1F0-0000-7000-8000-000000000001 ";
        assert_eq!(
            checked_tenant(typed).as_deref(),
            Ok("0193a1f0-0000-7000-8000-000000000001")
        );
        for wrong in ["", "contoso.com", "organizations", "0193a1f0"] {
            let refused = Err(Refusal::invalid("tenant_id", Why::NoTenantId));
            assert_eq!(checked_tenant(wrong), refused, "{wrong}");
        }
    }
}
