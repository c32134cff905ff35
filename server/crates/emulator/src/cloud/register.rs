//! How app registrations change.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use super::application::{AppRegistration, AppRole, Certificate, Secret};
use super::error::CloudError;
use super::state::State;
use super::{Cloud, ServicePrincipal};

const SECRET_LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~";

impl State {
    pub(super) fn application_mut(&mut self, app_id: Uuid) -> Result<&mut AppRegistration, CloudError> {
        self.applications
            .iter_mut()
            .find(|app| app.app_id == app_id)
            .ok_or_else(|| CloudError::NotFound(app_id.to_string()))
    }

    /// A secret of the shape Entra makes: 40 characters, of which the third to fifth are `8Q~`.
    pub(super) fn new_secret(&mut self, name: &str, start: Timestamp, end: Timestamp) -> Secret {
        let mut value: String = (0..37)
            .map(|_| char::from(SECRET_LETTERS[self.rng.below(SECRET_LETTERS.len())]))
            .collect();
        value.insert_str(3, "8Q~");
        Secret {
            key_id: self.rng.uuid(),
            display_name: name.to_owned(),
            hint: value.chars().take(3).collect(),
            value,
            start,
            end,
        }
    }
}

impl Cloud {
    /// Registers an application with default settings in a tenant. Returns the registration.
    pub fn register(&self, tenant: Uuid, display_name: &str) -> Result<AppRegistration, CloudError> {
        self.known_tenant(tenant)?;
        if display_name.trim().is_empty() {
            return Err(CloudError::Invalid(
                "displayName",
                "it must not be empty".to_owned(),
            ));
        }
        Ok(self.act(|state, now| {
            let (id, app_id) = (state.rng.uuid(), state.rng.uuid());
            let app = AppRegistration::new(id, app_id, Some(tenant), display_name, now);
            state.applications.push(app.clone());
            app
        }))
    }

    /// Registers an application that is configured like another one, under ids of its own and with one secret. Returns
    /// the registration.
    pub fn register_like(&self, app_id: Uuid, display_name: &str) -> Result<AppRegistration, CloudError> {
        self.act(|state, now| {
            let model = state.application_mut(app_id)?.clone();
            let secret = state.new_secret("demo", now, years_after(now, 2));
            let mut app = AppRegistration {
                id: state.rng.uuid(),
                app_id: state.rng.uuid(),
                display_name: display_name.to_owned(),
                secrets: vec![secret],
                certificates: Vec::new(),
                created: now,
                ..model
            };
            // What it asks of its own API it asks of its own API.
            for access in app
                .required_access
                .iter_mut()
                .filter(|access| access.resource == app_id)
            {
                access.resource = app.app_id;
            }
            app.identifier_uris = vec![format!("api://{}", app.app_id)];
            state.applications.push(app.clone());
            Ok(app)
        })
    }

    /// Changes a registration. A role may be taken away only when it was disabled before (C5.15), and application,
    /// object id and home tenant never change. Returns the registration as it is then.
    pub fn change_application(
        &self,
        app_id: Uuid,
        change: impl FnOnce(&mut AppRegistration),
    ) -> Result<AppRegistration, CloudError> {
        self.act(|state, _| {
            let before = state.application_mut(app_id)?.clone();
            let mut after = before.clone();
            change(&mut after);
            (after.id, after.app_id, after.home_tenant) = (before.id, before.app_id, before.home_tenant);
            check_roles(&before.app_roles, &after.app_roles)?;
            check_uris(&after)?;
            *state.application_mut(app_id)? = after.clone();
            Ok(after)
        })
    }

    /// Deletes a registration and its service principals everywhere, with their assignments and grants.
    pub fn delete_application(&self, app_id: Uuid) -> Result<(), CloudError> {
        self.act(|state, _| {
            if state.application_mut(app_id)?.home_tenant.is_none() {
                return Err(CloudError::State("Microsoft's own applications stay."));
            }
            state.applications.retain(|app| app.app_id != app_id);
            let gone = state
                .principals
                .iter()
                .filter(|principal| principal.app_id == app_id);
            let gone: Vec<_> = gone.map(|principal| (principal.tenant, principal.id)).collect();
            gone.into_iter()
                .for_each(|(tenant, id)| state.remove_principal(tenant, id));
            Ok(())
        })
    }

    /// Adds a redirect URI of platform *Web*: https, or http on loopback. Twice is once.
    pub fn add_redirect_uri(&self, app_id: Uuid, uri: &str) -> Result<(), CloudError> {
        let add = |app: &mut AppRegistration| {
            if !app.web_redirect_uris.iter().any(|known| known == uri) {
                app.web_redirect_uris.push(uri.to_owned());
            }
        };
        self.change_application(app_id, add).map(drop)
    }

    /// Registers the callbacks of a portal at `url` for the applications a portal uses.
    pub fn add_portal(&self, url: &str) -> Result<(), CloudError> {
        let url = url.trim_end_matches('/');
        for app in [super::ROLLCALL, super::TRUVIO, super::TRUU] {
            for callback in ["sign-in/callback", "consent/callback", "test-sign-in/callback"] {
                self.add_redirect_uri(app, &format!("{url}/{callback}"))?;
            }
        }
        self.act(|state, _| state.portals.push(url.to_owned()));
        Ok(())
    }

    /// Adds a client secret and returns it with its value, which Graph shows this once.
    pub fn add_secret(
        &self,
        app_id: Uuid,
        display_name: &str,
        end: Option<Timestamp>,
    ) -> Result<Secret, CloudError> {
        self.act(|state, now| {
            let end = end.unwrap_or_else(|| years_after(now, 2));
            if end <= now {
                return Err(CloudError::Invalid(
                    "endDateTime",
                    "it must be in the future".to_owned(),
                ));
            }
            let secret = state.new_secret(display_name, now, end);
            state.application_mut(app_id)?.secrets.push(secret.clone());
            Ok(secret)
        })
    }

    /// Ends a secret's life now; `None` takes every secret of the application. Returns how many.
    pub fn expire_secret(&self, app_id: Uuid, key_id: Option<Uuid>) -> Result<usize, CloudError> {
        self.act(|state, now| {
            let secrets = &mut state.application_mut(app_id)?.secrets;
            let chosen = secrets
                .iter_mut()
                .filter(|secret| key_id.is_none_or(|key| key == secret.key_id));
            let ended: Vec<_> = chosen.map(|secret| secret.end = now).collect();
            if ended.is_empty() {
                return Err(CloudError::NotFound(key_id.unwrap_or_default().to_string()));
            }
            Ok(ended.len())
        })
    }

    /// Takes a secret away.
    pub fn remove_secret(&self, app_id: Uuid, key_id: Uuid) -> Result<(), CloudError> {
        self.act(|state, _| {
            let secrets = &mut state.application_mut(app_id)?.secrets;
            let before = secrets.len();
            secrets.retain(|secret| secret.key_id != key_id);
            if secrets.len() == before {
                Err(CloudError::NotFound(key_id.to_string()))
            } else {
                Ok(())
            }
        })
    }

    /// Adds a certificate, given as DER.
    pub fn add_certificate(
        &self,
        app_id: Uuid,
        display_name: &str,
        der: Vec<u8>,
    ) -> Result<Certificate, CloudError> {
        self.act(|state, _| {
            let certificate = Certificate {
                key_id: state.rng.uuid(),
                display_name: display_name.to_owned(),
                x5t: thumbprint(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der),
                x5t_s256: thumbprint(&digest::SHA256, &der),
                der,
            };
            state
                .application_mut(app_id)?
                .certificates
                .push(certificate.clone());
            Ok(certificate)
        })
    }

    /// Makes the service principal of an application in a tenant (`POST /servicePrincipals`, or consent).
    pub fn create_service_principal(
        &self,
        tenant: Uuid,
        app_id: Uuid,
    ) -> Result<ServicePrincipal, CloudError> {
        self.known_tenant(tenant)?;
        self.act(|state, now| {
            if !state.application_mut(app_id)?.serves(tenant) {
                return Err(CloudError::NotAvailable(app_id));
            }
            if state.principal_of(tenant, app_id).is_some() {
                return Err(CloudError::Taken("servicePrincipalNames"));
            }
            Ok(state.add_principal(tenant, app_id, now))
        })
    }

    /// Changes `accountEnabled` and `appRoleAssignmentRequired`; `None` leaves as it is.
    pub fn change_service_principal(
        &self,
        tenant: Uuid,
        id: Uuid,
        enabled: Option<bool>,
        assignment_required: Option<bool>,
    ) -> Result<ServicePrincipal, CloudError> {
        self.act(|state, _| {
            let principal = state
                .principals
                .iter_mut()
                .find(|principal| principal.tenant == tenant && principal.id == id)
                .ok_or_else(|| CloudError::NotFound(id.to_string()))?;
            principal.account_enabled = enabled.unwrap_or(principal.account_enabled);
            principal.app_role_assignment_required =
                assignment_required.unwrap_or(principal.app_role_assignment_required);
            Ok(principal.clone())
        })
    }

    /// Deletes a service principal with its assignments and grants: the tenant no longer knows the application.
    pub fn delete_service_principal(&self, tenant: Uuid, id: Uuid) -> Result<(), CloudError> {
        self.act(|state, _| {
            state
                .principal(tenant, id)
                .ok_or_else(|| CloudError::NotFound(id.to_string()))?;
            state.remove_principal(tenant, id);
            Ok(())
        })
    }
}

impl State {
    pub(super) fn add_principal(&mut self, tenant: Uuid, app_id: Uuid, now: Timestamp) -> ServicePrincipal {
        let principal = ServicePrincipal {
            id: self.rng.uuid(),
            tenant,
            app_id,
            account_enabled: true,
            app_role_assignment_required: false,
            created: now,
            visible_from: self.visible_from(now),
        };
        self.principals.push(principal.clone());
        principal
    }

    fn remove_principal(&mut self, tenant: Uuid, id: Uuid) {
        self.principals
            .retain(|principal| principal.tenant != tenant || principal.id != id);
        self.assignments
            .retain(|held| held.tenant != tenant || (held.principal_id != id && held.resource_id != id));
        self.grants
            .retain(|grant| grant.tenant != tenant || (grant.client_id != id && grant.resource_id != id));
    }
}

fn check_roles(before: &[AppRole], after: &[AppRole]) -> Result<(), CloudError> {
    let gone = |role: &&AppRole| role.enabled && !after.iter().any(|kept| kept.id == role.id);
    if before.iter().any(|role| gone(&role)) {
        return Err(CloudError::State(
            "Permission (scope or role) cannot be deleted or updated unless disabled first.",
        ));
    }
    let twice = |place: usize, role: &AppRole| {
        after[..place]
            .iter()
            .any(|other| other.id == role.id || (role.value.is_some() && other.value == role.value))
    };
    if after.iter().enumerate().any(|(place, role)| twice(place, role)) {
        return Err(CloudError::Taken("appRoles"));
    }
    Ok(())
}

fn check_uris(app: &AppRegistration) -> Result<(), CloudError> {
    for uri in &app.web_redirect_uris {
        let parsed = Url::parse(uri);
        let loopback = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let fine = parsed.is_ok_and(|url| {
            url.fragment().is_none()
                && (url.scheme() == "https"
                    || (url.scheme() == "http" && url.host_str().is_some_and(loopback)))
        });
        if !fine {
            return Err(CloudError::Invalid(
                "redirectUris",
                format!("{uri} must be https, or http on localhost, without a fragment"),
            ));
        }
    }
    Ok(())
}

/// Exactly enough for the life of a secret: years of 365 days.
pub(super) fn years_after(now: Timestamp, years: i64) -> Timestamp {
    now.saturating_add(jiff::SignedDuration::from_hours(24 * 365 * years))
        .unwrap_or(Timestamp::MAX)
}

fn thumbprint(algorithm: &'static digest::Algorithm, der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(algorithm, der))
}
