//! Issues tokens with the claims of `entra-facts` B2.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Platform;
use super::errors::Refusal;
use super::memory::Subject;
use super::scopes::Wanted;
use crate::cloud::{AppRegistration, DEFAULT_USER, GRAPH_APP_ID};
use crate::faults::{Effect, Probe, Signing};
use crate::tenant::{ObjectId, Property, User};

/// Seconds an ID token is valid.
const ID_TOKEN_LIFE: i64 = 3600;
/// `expires_in` of an app-only token.
pub(crate) const APP_TOKEN_LIFE: i64 = 3599;

/// How a client proved itself: `appidacr` and `azpacr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Public client.
    Nothing,
    /// Client secret.
    Secret,
    /// Certificate.
    Certificate,
}

impl Proof {
    fn acr(self) -> &'static str {
        match self {
            Proof::Nothing => "0",
            Proof::Secret => "1",
            Proof::Certificate => "2",
        }
    }
}

/// What the tokens issued by one request have in common.
#[derive(Clone, Debug)]
pub(crate) struct Minting<'a> {
    pub(crate) client: &'a AppRegistration,
    pub(crate) proof: Proof,
    pub(crate) grant: &'a str,
}

impl Platform {
    /// Seconds until a user's access token expires: 60 to 90 minutes.
    pub(crate) fn life(&self) -> i64 {
        3600 + self.random(|rng| i64::try_from(rng.below(1800)).unwrap_or(0))
    }

    /// `sub`: pairwise, another for every application (B2).
    fn pairwise(&self, client: Uuid, oid: Uuid) -> String {
        B64.encode(digest::digest(
            &digest::SHA256,
            format!("sub {client} {oid}").as_bytes(),
        ))
    }

    fn basics(&self, tenant: Uuid, life: i64) -> Map<String, Value> {
        let now = self.now().as_second();
        let (uti, rh) = self.random(|rng| (rng.uuid(), rng.uuid()));
        let mut claims = Map::new();
        for (name, value) in [
            ("iat", json!(now)),
            ("nbf", json!(now)),
            ("exp", json!(now + life)),
            ("aio", json!(B64.encode(format!("{uti}{rh}")))),
            ("rh", json!(format!("1.{}.", B64.encode(rh.as_bytes())))),
            ("tid", json!(tenant.to_string())),
            ("uti", json!(B64.encode(uti.as_bytes()))),
        ] {
            claims.insert(name.to_owned(), value);
        }
        claims
    }

    /// The user's groups and the user: who holds what the user holds.
    pub(crate) fn holders(&self, tenant: Uuid, oid: Uuid) -> Vec<Uuid> {
        let mut holders = vec![oid];
        if let Some(tenant) = self.cloud.tenant(tenant) {
            holders.extend(tenant.read().groups_of(ObjectId(oid)).map(|group| group.id.0));
        }
        holders
    }

    fn roles(&self, tenant: Uuid, resource: Uuid, holders: &[Uuid]) -> Vec<String> {
        self.cloud.view().role_values(tenant, resource, holders)
    }

    fn wids(&self, subject: &Subject) -> Value {
        let roles = self.cloud.view().directory_roles(subject.tenant, subject.oid);
        let mut wids: Vec<_> = roles.iter().map(|role| role.template_id().to_string()).collect();
        wids.push(DEFAULT_USER.to_string());
        json!(wids)
    }

    /// An ID token (v2).
    pub(crate) fn id_token(
        &self,
        minting: &Minting<'_>,
        subject: &Subject,
        user: &User,
        nonce: Option<&str>,
        email: bool,
    ) -> Result<String, Refusal> {
        let client = minting.client;
        let mut claims = self.basics(subject.tenant, ID_TOKEN_LIFE);
        let roles = self.roles(
            subject.tenant,
            client.app_id,
            &self.holders(subject.tenant, subject.oid),
        );
        for (name, value) in [
            ("aud", json!(client.app_id.to_string())),
            ("iss", json!(self.issuer(&subject.tenant.to_string()))),
            ("name", json!(user.display_name())),
            ("oid", json!(subject.oid.to_string())),
            ("preferred_username", json!(self.username(subject, user))),
            ("sid", json!(subject.session.to_string())),
            ("sub", json!(self.pairwise(client.app_id, subject.oid))),
            ("ver", json!("2.0")),
        ] {
            claims.insert(name.to_owned(), value);
        }
        if let Some(nonce) = nonce {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        if !roles.is_empty() {
            claims.insert("roles".to_owned(), json!(roles));
        }
        if client.directory_role_claims {
            claims.insert("wids".to_owned(), self.wids(subject));
        }
        self.personal(&mut claims, client, subject, user, email);
        self.sign(minting, subject.tenant, Some(user), claims)
    }

    /// A guest is known by the address at home.
    fn username(&self, subject: &Subject, user: &User) -> String {
        let mail = user.get(Property::Mail).filter(|_| user.guest);
        let home = self.cloud.user(subject.home.tenant, subject.home.id);
        let home = home.filter(|_| user.guest).map(|user| user.upn().to_owned());
        home.or(mail.map(str::to_owned))
            .unwrap_or_else(|| user.upn().to_owned())
    }

    fn personal(
        &self,
        claims: &mut Map<String, Value>,
        client: &AppRegistration,
        subject: &Subject,
        user: &User,
        email: bool,
    ) {
        let wants = |name: &str| client.optional_claims.iter().any(|claim| claim == name);
        if let Some(mail) = user.get(Property::Mail).filter(|_| email || wants("email")) {
            claims.insert("email".to_owned(), json!(mail));
            if wants("xms_edov") {
                claims.insert(
                    "xms_edov".to_owned(),
                    json!(self.owns_domain(subject.tenant, mail)),
                );
            }
        }
        if user.guest {
            let home = format!("https://sts.windows.net/{}/", subject.home.tenant);
            claims.insert("idp".to_owned(), json!(home));
        }
        if wants("acct") {
            claims.insert("acct".to_owned(), json!(i32::from(user.guest)));
        }
        if wants("login_hint") {
            claims.insert("login_hint".to_owned(), json!(B64.encode(user.upn())));
        }
    }

    /// Whether the tenant verified the domain of an address (`xms_edov`).
    fn owns_domain(&self, tenant: Uuid, mail: &str) -> bool {
        let domain = mail
            .rsplit_once('@')
            .map(|(_, domain)| domain)
            .unwrap_or_default();
        self.cloud
            .tenant(tenant)
            .is_some_and(|tenant| tenant.domain().eq_ignore_ascii_case(domain))
    }

    /// A user's access token for one resource. `scp` are the scopes granted.
    pub(crate) fn user_token(
        &self,
        minting: &Minting<'_>,
        subject: &Subject,
        user: &User,
        wanted: &Wanted,
        scp: &[String],
        life: i64,
    ) -> Result<String, Refusal> {
        let resource = self.resource(wanted)?;
        let mut claims = self.basics(subject.tenant, life);
        self.address(&mut claims, minting, &resource, wanted, subject.tenant);
        let roles = self.roles(
            subject.tenant,
            resource.app_id,
            &self.holders(subject.tenant, subject.oid),
        );
        for (name, value) in [
            ("name", json!(user.display_name())),
            ("oid", json!(subject.oid.to_string())),
            ("scp", json!(scp.join(" "))),
            ("sid", json!(subject.session.to_string())),
            ("sub", json!(self.pairwise(resource.app_id, subject.oid))),
        ] {
            claims.insert(name.to_owned(), value);
        }
        let username = self.username(subject, user);
        if version(&resource) == 2 {
            claims.insert("preferred_username".to_owned(), json!(username));
        } else {
            claims.insert("unique_name".to_owned(), json!(username));
            claims.insert("upn".to_owned(), json!(user.upn()));
        }
        if resource.app_id == GRAPH_APP_ID {
            claims.insert("wids".to_owned(), self.wids(subject));
        }
        if !roles.is_empty() {
            claims.insert("roles".to_owned(), json!(roles));
        }
        self.sign(minting, subject.tenant, Some(user), claims)
    }

    /// An app-only access token. Without any role it is issued all the same (B4).
    pub(crate) fn app_token(
        &self,
        minting: &Minting<'_>,
        tenant: Uuid,
        principal: Uuid,
        wanted: &Wanted,
    ) -> Result<String, Refusal> {
        let resource = self.resource(wanted)?;
        let mut claims = self.basics(tenant, APP_TOKEN_LIFE);
        self.address(&mut claims, minting, &resource, wanted, tenant);
        for (name, value) in [
            ("idtyp", "app".to_owned()),
            ("oid", principal.to_string()),
            ("sub", principal.to_string()),
        ] {
            claims.insert(name.to_owned(), json!(value));
        }
        let roles = self.roles(tenant, resource.app_id, &[principal]);
        if !roles.is_empty() {
            claims.insert("roles".to_owned(), json!(roles));
        }
        self.sign(minting, tenant, None, claims)
    }

    fn resource(&self, wanted: &Wanted) -> Result<AppRegistration, Refusal> {
        let view = self.cloud.view();
        view.application(wanted.app)
            .cloned()
            .ok_or_else(|| super::scopes::unknown_resource(&wanted.name))
    }

    /// Issuer, audience and client, in the shape the *resource* chose (B2).
    fn address(
        &self,
        claims: &mut Map<String, Value>,
        minting: &Minting<'_>,
        resource: &AppRegistration,
        wanted: &Wanted,
        tenant: Uuid,
    ) {
        let (client, acr) = (minting.client.app_id.to_string(), minting.proof.acr());
        let pairs = if version(resource) == 2 {
            [
                ("aud", resource.app_id.to_string()),
                ("iss", self.issuer(&tenant.to_string())),
                ("azp", client),
                ("azpacr", acr.to_owned()),
                ("ver", "2.0".to_owned()),
            ]
        } else {
            [
                ("aud", wanted.name.clone()),
                ("iss", format!("https://sts.windows.net/{tenant}/")),
                ("appid", client),
                ("appidacr", acr.to_owned()),
                ("ver", "1.0".to_owned()),
            ]
        };
        for (name, value) in pairs {
            claims.insert(name.to_owned(), json!(value));
        }
    }

    fn sign(
        &self,
        minting: &Minting<'_>,
        tenant: Uuid,
        user: Option<&User>,
        mut claims: Map<String, Value>,
    ) -> Result<String, Refusal> {
        let probe = Probe {
            endpoint: "token",
            tenant: Some(tenant),
            client: Some(minting.client.app_id),
            user: user.map(User::upn),
            detail: minting.grant,
        };
        let mut wrong = None;
        for effect in self.faults.take_of_tokens(&probe) {
            wrong = spoil(&mut claims, effect).or(wrong);
        }
        self.keys
            .sign(&claims, wrong)
            .map_err(|_| Refusal::new(90_023, "No signing key could be made."))
    }
}

/// Applies a fault to claims; returns how to sign, if that is what is wrong.
fn spoil(claims: &mut Map<String, Value>, effect: Effect) -> Option<Signing> {
    match effect {
        Effect::Skew { seconds } => {
            for name in ["iat", "nbf", "exp"] {
                if let Some(at) = claims.get(name).and_then(Value::as_i64) {
                    claims.insert(name.to_owned(), json!(at + seconds));
                }
            }
        }
        Effect::Claims { set, remove } => {
            for name in remove {
                claims.remove(&name);
            }
            claims.extend(set);
        }
        Effect::Sign { how } => return Some(how),
        _ => {}
    }
    None
}

/// Which version of access token a resource wants: absent is 1 (B2).
fn version(resource: &AppRegistration) -> u8 {
    resource.access_token_version.unwrap_or(1)
}
