//! Reads `scope`: OpenID's own words, and per resource the permissions asked for (B4, B5).

use uuid::Uuid;

use super::errors::Refusal;
use crate::cloud::{Cloud, GRAPH_APP_ID, ScopeType};

/// The words that belong to no resource; Entra keeps their grants on Microsoft Graph.
pub(crate) const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// What is asked of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Application id of the resource.
    pub(crate) app: Uuid,
    /// The resource as it was written, which v1 tokens repeat as `aud`.
    pub(crate) name: String,
    /// Scope values as the resource spells them; empty with `default`.
    pub(crate) values: Vec<String>,
    /// `/.default` was asked for.
    pub(crate) default: bool,
}

/// What a `scope` parameter asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Words of [`OIDC`].
    pub(crate) oidc: Vec<String>,
    /// Resources, in the order they were named.
    pub(crate) resources: Vec<Wanted>,
}

impl Asked {
    pub(crate) fn has(&self, word: &str) -> bool {
        self.oidc.iter().any(|held| held == word)
    }

    /// The same, of one resource only.
    pub(crate) fn only(&self, app: Uuid) -> Self {
        Self {
            oidc: self.oidc.clone(),
            resources: self
                .resources
                .iter()
                .filter(|wanted| wanted.app == app)
                .cloned()
                .collect(),
        }
    }

    fn add(&mut self, app: Uuid, name: &str, value: Option<String>) {
        let place = self.resources.iter().position(|wanted| wanted.app == app);
        let place = place.unwrap_or_else(|| {
            self.resources.push(Wanted {
                app,
                name: name.to_owned(),
                values: Vec::new(),
                default: false,
            });
            self.resources.len() - 1
        });
        let wanted = &mut self.resources[place];
        match value {
            None => wanted.default = true,
            Some(value) if !wanted.values.contains(&value) => wanted.values.push(value),
            Some(_) => {}
        }
    }
}

fn bad(scope: &str, what: &str) -> Refusal {
    Refusal::new(
        70_011,
        format!(
            "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} {what}."
        ),
    )
}

/// Reads a `scope` parameter. 500011 for a resource nobody registered, 70011 for what it does not know.
pub(crate) fn read(cloud: &Cloud, scope: &str) -> Result<Asked, Refusal> {
    let mut asked = Asked::default();
    let view = cloud.view();
    for word in scope.split_whitespace() {
        if OIDC.contains(&word) {
            asked.oidc.push(word.to_owned());
            continue;
        }
        let (name, value) = split(word);
        let app = match name {
            None => view.application(GRAPH_APP_ID),
            Some(name) => view.resource(name),
        };
        let app = app.ok_or_else(|| unknown_resource(name.unwrap_or_default()))?;
        let name = name
            .unwrap_or("https://graph.microsoft.com")
            .trim_end_matches('/');
        if value == ".default" {
            asked.add(app.app_id, name, None);
        } else if app.app_id == GRAPH_APP_ID && OIDC.contains(&value) {
            asked.oidc.push(value.to_owned());
        } else {
            let known = app
                .scope_named(value)
                .ok_or_else(|| bad(word, "does not exist"))?;
            asked.add(app.app_id, name, Some(known.value.clone()));
        }
    }
    if asked
        .resources
        .iter()
        .any(|wanted| wanted.default && !wanted.values.is_empty())
    {
        return Err(bad(scope, "mixes .default with resource-specific scopes"));
    }
    Ok(asked)
}

pub(crate) fn unknown_resource(name: &str) -> Refusal {
    Refusal::new(
        500_011,
        format!(
            "The resource principal named {name} was not found in the tenant. This can happen if the application has not \
             been installed by the administrator of the tenant or consented to by any user in the tenant."
        ),
    )
}

/// Resource and value of one scope; a bare value is Graph's.
fn split(word: &str) -> (Option<&str>, &str) {
    match word.rsplit_once('/') {
        Some((name, value)) => (Some(name), value),
        None => (None, word),
    }
}

/// A delegated permission that may need consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delegated {
    pub(crate) resource: Uuid,
    pub(crate) resource_name: String,
    pub(crate) value: String,
    pub(crate) display: String,
    pub(crate) admin: bool,
}

/// Every delegated permission the words mean: `.default` is what the client's registration lists (B3).
pub(crate) fn delegated(cloud: &Cloud, client: Uuid, asked: &Asked) -> Vec<Delegated> {
    let view = cloud.view();
    let mut found: Vec<Delegated> = Vec::new();
    let mut add = |resource: Uuid, value: &str| {
        let Some(app) = view.application(resource) else {
            return;
        };
        let Some(scope) = app.scope_named(value) else {
            return;
        };
        let one = Delegated {
            resource,
            resource_name: app.display_name.clone(),
            value: scope.value.clone(),
            display: scope.display_name.clone(),
            admin: scope.kind == ScopeType::Admin,
        };
        if !found.contains(&one) {
            found.push(one);
        }
    };
    asked.oidc.iter().for_each(|word| add(GRAPH_APP_ID, word));
    for wanted in &asked.resources {
        wanted.values.iter().for_each(|value| add(wanted.app, value));
        let Some(app) = view.application(client).filter(|_| wanted.default) else {
            continue;
        };
        for access in app.required_access.iter().filter(|access| !access.application) {
            let resource = view.application(access.resource);
            if let Some(scope) = resource.and_then(|resource| resource.scope(access.id)) {
                add(access.resource, &scope.value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::clock::Clock;
    use crate::cloud::TRUVIO;
    use crate::tenant::{Tenant, TenantOptions};

    fn cloud() -> Cloud {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        Cloud::demo(Tenant::generate(&TenantOptions::default(), clock.clone()), clock)
    }

    #[test]
    fn words_resources_and_default() {
        let cloud = cloud();
        let scope = format!(
            "openid profile user.read https://graph.microsoft.com/User.Read api://{TRUVIO}/access_as_user"
        );
        let asked = read(&cloud, &scope).unwrap();
        assert_eq!(asked.oidc, ["openid", "profile"]);
        assert_eq!(asked.resources.len(), 2);
        assert_eq!(asked.resources[0].values, ["User.Read"]);
        assert_eq!(asked.resources[1].values, ["access_as_user"]);
        let default = read(&cloud, "https://graph.microsoft.com//.default").unwrap();
        assert!(default.resources[0].default);
        assert_eq!(default.resources[0].name, "https://graph.microsoft.com");
        assert_eq!(delegated(&cloud, TRUVIO, &default).len(), 4);
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        let cloud = cloud();
        let code = |scope: &str| read(&cloud, scope).unwrap_err().code;
        assert_eq!(code("Cook.Dinner"), 70_011);
        assert_eq!(code("api://nobody/.default"), 500_011);
        assert_eq!(code("User.Read https://graph.microsoft.com/.default"), 70_011);
    }
}
