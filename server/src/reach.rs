//! What the store says of roles and setup links, as the contract says it: sign-in makes a viewer of it, the portal shows it.

use contract::onboarding::ErpStep;
use contract::setup_links::Scope;
use contract::{Role, Setup};
use store::ids::SetupLinkId;
use store::sessions;
use store::setup_links::SetupLink;
use store::staff::AppRole;

const ERP: &str = "erp";
const DIRECTORY_SYNC: &str = "directory_sync";
const STEP: &str = "step:";
const FROM: &str = "from:";

/// A stored role.
pub(crate) fn role(stored: sessions::Role) -> Role {
    match stored {
        sessions::Role::Owner => Role::Owner,
        sessions::Role::Support => Role::Support,
        sessions::Role::TenantAdmin => Role::TenantAdmin,
    }
}

/// The most that somebody may do anywhere; `None` for somebody who may do nothing.
pub(crate) fn highest(roles: &[AppRole]) -> Option<sessions::Role> {
    let owner = roles.iter().find(|role| role.role == sessions::Role::Owner);
    owner.or(roles.first()).map(|role| role.role)
}

/// Each app once, with the higher role where name and group say different things.
pub(crate) fn by_app(roles: &[AppRole]) -> Vec<(String, Role)> {
    let mut apps: Vec<(String, Role)> = Vec::new();
    for one in roles {
        let here = role(one.role);
        match apps.iter_mut().find(|(app, _)| app == one.app.as_str()) {
            Some((_, known)) if here == Role::Owner => *known = here,
            Some(_) => {}
            None => apps.push((one.app.as_str().to_owned(), here)),
        }
    }
    apps
}

/// What a link opens.
pub(crate) fn scope(link: &SetupLink) -> Scope {
    let has = |wanted: &str| link.scope.split(' ').any(|word| word == wanted);
    let mut words = link.scope.split(' ');
    Scope {
        erp: has(ERP),
        directory_sync: has(DIRECTORY_SYNC),
        step: words.find_map(|word| ErpStep::from_slug(word.strip_prefix(STEP)?)),
    }
}

/// What a link opens, in the store's words. `from` is the link whose holder made it.
pub(crate) fn scope_words(scope: Scope, from: Option<&str>) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(scope.erp.then(|| ERP.to_owned()));
    words.extend(scope.directory_sync.then(|| DIRECTORY_SYNC.to_owned()));
    words.extend(scope.step.map(|step| format!("{STEP}{}", step.slug())));
    words.extend(from.map(|link| format!("{FROM}{link}")));
    words.join(" ")
}

/// Was the link made by the holder of that one? It then ends with it.
pub(crate) fn is_from(link: &SetupLink, other: &SetupLinkId) -> bool {
    link.scope
        .split(' ')
        .any(|word| word.strip_prefix(FROM) == Some(other.as_str()))
}

/// What the holder of a link reaches.
pub(crate) fn setup(link: &SetupLink) -> Setup {
    let Scope {
        erp,
        directory_sync,
        step,
    } = scope(link);
    Setup {
        organization: link.organization.as_str().to_owned(),
        link: link.id.as_str().to_owned(),
        erp,
        directory_sync,
        step,
        framed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(scope: &str) -> SetupLink {
        SetupLink {
            id: SetupLinkId::new("lnk_1"),
            organization: "org_1".into(),
            scope: scope.to_owned(),
            created_by: String::new(),
            created_at: 0,
            expires_at: 1,
            opened_at: None,
            redeemed_at: None,
            browser_hash: None,
            revoked_at: None,
            made_by: None,
        }
    }

    #[test]
    fn a_scope_reads_back() {
        for (erp, directory_sync, step) in [
            (true, true, None),
            (true, false, Some(ErpStep::AppRole)),
            (false, true, None),
        ] {
            let said = Scope {
                erp,
                directory_sync,
                step,
            };
            assert_eq!(scope(&link(&scope_words(said, None))), said);
            let made = link(&scope_words(said, Some("lnk_0")));
            assert_eq!(scope(&made), said);
            assert!(is_from(&made, &SetupLinkId::new("lnk_0")) && !is_from(&made, &SetupLinkId::new("lnk_")));
        }
        assert_eq!(scope(&link("")), Scope::default());
    }

    #[test]
    fn an_app_counts_once_with_its_higher_role() {
        let role = |app: &str, role| AppRole {
            app: app.into(),
            role,
        };
        let roles = [
            role("a", sessions::Role::Support),
            role("a", sessions::Role::Owner),
            role("b", sessions::Role::Support),
        ];
        assert_eq!(
            by_app(&roles),
            [("a".to_owned(), Role::Owner), ("b".to_owned(), Role::Support)]
        );
        assert_eq!(highest(&roles), Some(sessions::Role::Owner));
        assert_eq!(highest(&roles[2..]), Some(sessions::Role::Support));
        assert_eq!(highest(&[]), None);
    }
}
