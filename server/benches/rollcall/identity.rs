//! What sign-in costs: whole round trips by browsers, and an app's API asking whether to believe a token. Microsoft is the
//! emulator, on the same processors.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use emulator::{
    Config, Emulator,
    cloud::{ROLLCALL, TRUVIO},
    tenant::TENANT_ID,
};
use serde_json::{Value, json};
use store::{
    Operation, Store, StoreError, Tx,
    ids::OrganizationId,
    organizations::{self, Tenant},
};
use url::Url;

use crate::{
    Scale,
    browser::Browser,
    client::{Clients, Measured, Plan, Who},
    figures::{self, Aims, Rounds, Row},
    filled::{Place, Server},
    served::{Served, rollcall, told},
};

const CHECKS_AIM: f64 = 20_000.0;
const CHECK: &str = "token check";
const ROLE: &str = "Truvio.SubscriptionService";
const OWNER: &str = "Owner";

/// Measures both on a database with one organization.
pub(crate) fn measure(server: &Server, scale: &Scale, aims: &mut Aims) -> anyhow::Result<()> {
    let ground = Ground::make(server)?;
    let served = ground.serve()?;
    figures::print_head(&format!("{}, identity", server.kind.name()));
    ground.token_checks(&served, scale, aims)?;
    ground.round_trips(&served, scale, aims)
}

struct Ground<'s> {
    place: Place<'s>,
    entra: Emulator,
    api_key: String,
}

impl<'s> Ground<'s> {
    fn make(server: &'s Server) -> anyhow::Result<Self> {
        let config = Config {
            clock: emulator::clock::Clock::scaled(1.0),
            ..Config::manual()
        };
        let entra = server.runtime.block_on(Emulator::start(config))?;
        entra.cloud().add_portal(crate::served::PUBLIC_URL)?;
        let place = Place::empty(server)?;
        let told = |words: &[&str]| told(rollcall(&place.database, place.folder.path()).args(words));
        let (app, client) = (place.app.as_str(), TRUVIO.to_string());
        told(&["app", "set", "--app", app, "--client-id", &client, "--role", ROLE])?;
        let key = told(&["api-key", "create", "--app", app, "--name", "API"])?;
        let owner = owner(&entra)?;
        let (tenant, id) = (owner.tenant.to_string(), owner.id.to_string());
        let words = ["staff", "add", "--app", app, "--role", "owner", "--name", OWNER];
        told(&[&words[..], &["--tenant-id", &tenant, "--object-id", &id]].concat())?;
        let bind = Bind(OrganizationId::new(place.organization.as_str()));
        server.runtime.block_on(async {
            Store::open(&place.database).await?.write(bind).await?;
            anyhow::Ok(())
        })?;
        Ok(Self {
            api_key: key["api_key"].as_str().context("no key")?.to_owned(),
            place,
            entra,
        })
    }

    fn serve(&self) -> anyhow::Result<Served> {
        let secret = self.secret(ROLLCALL)?;
        let settings = [
            ("ROLLCALL_ENTRA_CLIENT_ID", ROLLCALL.to_string()),
            ("ROLLCALL_ENTRA_CLIENT_SECRET", secret),
            ("ROLLCALL_ENTRA_AUTHORITY", self.entra.authority().to_owned()),
            ("ROLLCALL_ENTRA_GRAPH", self.entra.graph().to_owned()),
        ];
        Served::start_with(&self.place.database, self.place.folder.path(), false, &settings)
    }

    fn secret(&self, app: uuid::Uuid) -> anyhow::Result<String> {
        let view = self.entra.cloud().view();
        let secret = view.application(app).and_then(|app| app.secrets.first());
        Ok(secret.context("no secret")?.value.clone())
    }

    /// Truvio's own token in Contoso, with its role.
    fn token(&self) -> anyhow::Result<String> {
        let cloud = self.entra.cloud();
        let scopes = ["access_as_user".to_owned()];
        cloud.consent(TENANT_ID, TRUVIO, None, TRUVIO, &scopes)?;
        let (principal, role) = {
            let view = cloud.view();
            let principal = view.principal_of(TENANT_ID, TRUVIO).context("no principal")?.id;
            let app = view.application(TRUVIO).context("no app")?;
            (principal, app.app_roles.first().context("no role")?.id)
        };
        cloud.assign_app_role(TENANT_ID, principal, principal, role)?;
        let url = format!("{}/{TENANT_ID}/oauth2/v2.0/token", self.entra.authority());
        let secret = self.secret(TRUVIO)?;
        let form = format!(
            "grant_type=client_credentials&client_id={TRUVIO}&scope={TRUVIO}/.default&client_secret={}",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>()
        );
        let request = reqwest::Client::new().post(url).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer: Value = self
            .place
            .server
            .runtime
            .block_on(async { request.send().await?.json().await })?;
        let token = answer["access_token"].as_str().map(str::to_owned);
        token.with_context(|| format!("no token: {answer}"))
    }

    /// The same valid token over and over: each time its signature is checked, and no key is asked for again.
    fn token_checks(&self, served: &Served, scale: &Scale, aims: &mut Aims) -> anyhow::Result<()> {
        let body = json!({"token": self.token()?}).to_string();
        let request = format!(
            "POST /api/v1/token-checks HTTP/1.1\r\nhost: rollcall.example.com\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.api_key,
            body.len()
        );
        let plan = Plan::new(&request, 200, Who::Any(1));
        for connections in &scale.connections {
            let row = one_check(&self.place, served, &plan, *connections, scale)?;
            row.print(self.place.server.kind.name(), aims);
            if *connections == 64 {
                let what = format!(
                    "{}: {} token checks/s at 64 (aim 20 000)",
                    self.place.server.kind.name(),
                    figures::thousands(row.ours.rate)
                );
                aims.judge(&what, row.ours.rate >= CHECKS_AIM);
            }
        }
        Ok(())
    }

    /// Browsers that sign in again and again: our redirect, Microsoft's page, its answer, our session.
    fn round_trips(&self, served: &Served, scale: &Scale, aims: &mut Aims) -> anyhow::Result<()> {
        let upn = owner(&self.entra)?.upn;
        for connections in scale.connections.iter().filter(|count| **count <= 16) {
            let ours = Url::parse(&format!("http://{}", served.address))?;
            let measured = self.place.server.runtime.block_on(sign_in_for(
                *connections,
                &ours,
                &upn,
                2.0 * scale.seconds,
            ))?;
            let mut rounds = Rounds::default();
            rounds.add(measured);
            let row = Row {
                what: "sign-in round trip".to_owned(),
                connections: *connections,
                ours: rounds.figure(),
                peak: served.peak()?,
                ceiling: None,
                aim: None,
            };
            row.print(self.place.server.kind.name(), aims);
        }
        Ok(())
    }
}

fn owner(entra: &Emulator) -> anyhow::Result<emulator::cloud::Person> {
    let mut people = entra.cloud().people().iter();
    people.find(|one| one.part == OWNER).cloned().context("no owner")
}

fn one_check(
    place: &Place<'_>,
    served: &Served,
    plan: &Plan,
    connections: usize,
    scale: &Scale,
) -> anyhow::Result<Row> {
    let mut clients = Clients::connect(served.address, connections)?;
    let warm = clients.run(plan, scale.seconds * 0.2)?;
    ensure!(warm.body > 100, "the token is not believed");
    served.forget_peak();
    let plain = Served::plain(warm.body, place.folder.path())?;
    let mut beside = Clients::connect(plain.address, connections)?;
    let (mut ours, mut ceiling) = (Rounds::default(), Rounds::default());
    for _ in 0..scale.rounds {
        ceiling.add(beside.run(plan, scale.seconds)?);
        ours.add(clients.run(plan, scale.seconds)?);
    }
    Ok(Row {
        what: CHECK.to_owned(),
        connections,
        ours: ours.figure(),
        peak: served.peak()?,
        ceiling: Some(("plain handler", ceiling.figure())),
        aim: None,
    })
}

async fn sign_in_for(browsers: usize, ours: &Url, upn: &str, seconds: f64) -> anyhow::Result<Measured> {
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..browsers {
        let (ours, upn) = (ours.clone(), upn.to_owned());
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while begun.elapsed().as_secs_f64() < seconds {
                let start = Instant::now();
                Browser::new(&ours)?.sign_in(&upn).await?;
                latencies.push(u32::try_from(start.elapsed().as_nanos())?);
            }
            anyhow::Ok(latencies)
        });
    }
    let mut all = Measured::default();
    while let Some(done) = tasks.join_next().await {
        all.latencies.extend(done??);
    }
    all.rate = all.latencies.len() as f64 / begun.elapsed().as_secs_f64();
    Ok(all)
}

/// Contoso belongs to the organization, as an admin's sign-in proves it.
struct Bind(OrganizationId);

impl Operation for Bind {
    type Output = ();
    type Error = StoreError;

    async fn run<T: Tx>(&self, tx: &mut T) -> Result<(), StoreError> {
        let tenant = Tenant {
            id: TENANT_ID.to_string(),
            name: "Contoso".to_owned(),
            proven_at: 1,
        };
        organizations::prove_tenant(tx, &self.0, &tenant).await.map(drop)
    }
}
