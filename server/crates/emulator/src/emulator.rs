//! The whole of it in one handle: tenant, provisioning job, schedule and web server.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::{Listener, ListenerExt};
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::cloud::{AppRegistration, Cloud, HERO_SAAS_PRINCIPAL};
use crate::faults::Faults;
use crate::platform::Platform;
use crate::provisioner::{Application, Provisioner};
use crate::tenant::{TENANT_ID, Tenant, TenantOptions};
use crate::tls::{DevCa, TlsListener};
use crate::web;

/// How long a visitor may keep a connection after the end was asked for; HTTP/2 clients answer a farewell when they like.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who is assigned to the application from the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assign {
    /// Nobody: the admin assigns.
    #[default]
    Nobody,
    /// Every group, and through *All Contoso* everybody.
    Groups,
}

/// How an emulator starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where everything listens over HTTPS as well, with a certificate of its own CA.
    pub https: Option<SocketAddr>,
    /// The tenant to make.
    pub tenant: TenantOptions,
    /// Devices of its people; `None` is four for five people.
    pub devices: Option<usize>,
    /// The tenant's clock.
    pub clock: Clock,
    /// The clock of tokens, secrets and replication; `None` is the tenant's. A tenant that lives faster than its
    /// visitors needs another, or every token would be from the future.
    pub cloud_clock: Option<Clock>,
    /// Run cycles by the schedule. Without it only [`Provisioner::run_cycle`] does.
    pub scheduled: bool,
    /// Entries the provisioning log keeps.
    pub log_capacity: usize,
    /// Who is assigned from the start.
    pub assign: Assign,
}

impl Config {
    /// For tests: a free port, the default tenant, a clock moved by hand, cycles only when asked for.
    pub fn manual() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            https: None,
            tenant: TenantOptions::default(),
            devices: None,
            // 2026-11-02T08:00:00Z, so that two runs of a test write the same times.
            clock: Clock::manual(Timestamp::constant(1_793_606_400, 0)),
            cloud_clock: None,
            scheduled: false,
            log_capacity: 10_000,
            assign: Assign::Nobody,
        }
    }
}

/// A running emulator. Dropping it stops it; [`Emulator::stop`] also waits.
#[derive(Debug)]
pub struct Emulator {
    provisioner: Provisioner,
    platform: Platform,
    clock: Clock,
    address: SocketAddr,
    ca: Option<DevCa>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// Makes the tenant and starts listening. Fails if the address cannot be bound.
    pub async fn start(config: Config) -> io::Result<Self> {
        let Config {
            listen,
            https,
            tenant,
            devices,
            clock,
            cloud_clock,
            scheduled,
            log_capacity,
            assign,
        } = config;
        let devices = devices.unwrap_or(tenant.users * 4 / 5);
        let tenant = Tenant::generate(&tenant, clock.clone());
        tenant.equip(devices);
        let cloud = Cloud::demo(tenant.clone(), cloud_clock.unwrap_or_else(|| clock.clone()));
        if assign == Assign::Groups {
            let groups: Vec<_> = tenant.read().groups().map(|group| group.id).collect();
            for group in groups {
                tenant.assign(group).map_err(io::Error::other)?;
            }
        }
        let provisioner = Provisioner::new(tenant, clock.clone(), application(), log_capacity);
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (ca, secure) = match https {
            Some(at) => secure(at).await.map(|(ca, secure)| (Some(ca), Some(secure)))?,
            None => (None, None),
        };
        let stop = watch::Sender::new(false);
        let platform = identity(cloud, address, secure.as_ref());
        let router = web::router(provisioner.clone(), platform.clone(), clock.clone());
        let mut tasks = Vec::new();
        if let Some(secure) = secure {
            tasks.push(tokio::spawn(serve(secure, router.clone(), stop.subscribe())));
        }
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tasks.push(tokio::spawn(serve(listener, router, stop.subscribe())));
        if scheduled {
            tasks.push(tokio::spawn(keep_schedule(
                provisioner.clone(),
                clock.clone(),
                stop.subscribe(),
            )));
        }
        Ok(Self {
            provisioner,
            platform,
            clock,
            address,
            ca,
            stop,
            tasks,
        })
    }

    /// The tenant.
    pub fn tenant(&self) -> &Tenant {
        self.provisioner.tenant()
    }

    /// Every tenant, the applications, and what was granted to whom.
    pub fn cloud(&self) -> &Cloud {
        self.platform.cloud()
    }

    /// The identity platform.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// What goes wrong on purpose.
    pub fn faults(&self) -> &Faults {
        self.platform.faults()
    }

    /// Origin of the identity platform, as in `https://127.0.0.1:4443`: HTTPS when that is on.
    pub fn authority(&self) -> &str {
        self.platform.authority()
    }

    /// Origin of Microsoft Graph, below which `/v1.0` is. The same as [`Emulator::authority`].
    pub fn graph(&self) -> &str {
        self.platform.authority()
    }

    /// The CA that signed the HTTPS certificate, PEM; `None` without HTTPS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca.as_ref().map(|ca| ca.pem.as_str())
    }

    /// The provisioning job of *Hero SaaS*.
    pub fn provisioner(&self) -> &Provisioner {
        &self.provisioner
    }

    /// The tenant's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where the admin center is, as in `http://127.0.0.1:4000`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What another program needs to know: where everything is, tenants, applications with a secret, and people.
    pub fn describe(&self) -> serde_json::Value {
        let groups = self.tenant().read().groups().count();
        let tenants: Vec<_> = self.cloud().tenants().iter().map(described_tenant).collect();
        let mut contoso = tenants.first().cloned().unwrap_or_default();
        contoso["groups"] = json!(groups);
        json!({
            "url": self.url(),
            "authority": self.authority(),
            "graph": self.graph(),
            "tenant": contoso,
            "tenants": tenants,
            "apps": self.described_apps(),
            "people": web::control::cloud::people(self.cloud()),
        })
    }

    /// Every application with a secret.
    fn described_apps(&self) -> Vec<serde_json::Value> {
        let view = self.cloud().view();
        let asked = |app: &AppRegistration| -> Vec<String> {
            let roles = app.required_access.iter().filter(|access| access.application);
            let named =
                roles.filter_map(|access| view.application(access.resource)?.role(access.id)?.value.clone());
            named.collect()
        };
        let apps = view.applications().iter();
        apps.filter_map(|app| {
            let secret = app.secrets.last()?;
            Some(json!({
                "name": app.display_name,
                "tenant": app.home_tenant.map(|home| home.to_string()),
                "client_id": app.app_id.to_string(),
                "client_secret": secret.value,
                "application_permissions": asked(app),
                "redirect_uris": app.web_redirect_uris,
            }))
        })
        .collect()
    }

    /// Stops listening and scheduling, and waits until both have ended, two seconds at most for each. A running cycle is abandoned.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(PATIENCE, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// The one enterprise application; its job id has the form of C5.4.
pub(crate) fn application() -> Application {
    let job = format!("scim.{}.{}", TENANT_ID.simple(), HERO_SAAS_PRINCIPAL);
    Application {
        name: "Hero SaaS".to_owned(),
        service_principal: HERO_SAAS_PRINCIPAL,
        job,
    }
}

fn described_tenant(tenant: &Tenant) -> serde_json::Value {
    json!({
        "id": tenant.id().to_string(),
        "domain": tenant.domain(),
        "name": tenant.name(),
        "users": tenant.read().users().count(),
    })
}

async fn secure(at: SocketAddr) -> io::Result<(DevCa, TlsListener)> {
    let ca = DevCa::make()?;
    let listener = TlsListener::new(TcpListener::bind(at).await?, &ca)?;
    Ok((ca, listener))
}

/// The platform under its HTTPS name if it has one; it answers to the other name too.
fn identity(cloud: Cloud, plain: SocketAddr, secure: Option<&TlsListener>) -> Platform {
    let plain = format!("http://{plain}");
    match secure.and_then(|secure| secure.local_addr().ok()) {
        Some(address) => {
            let local = format!("https://localhost:{}", address.port());
            let others = [plain, local];
            Platform::new(cloud, Faults::default(), &format!("https://{address}"), &others)
        }
        None => Platform::new(cloud, Faults::default(), &plain, &[]),
    }
}

async fn serve<L>(listener: L, router: axum::Router, mut stop: watch::Receiver<bool>)
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    let ended = async move { stopped(&mut stop).await };
    let _ = axum::serve(listener, router).with_graceful_shutdown(ended).await;
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Runs cycles when they are due, until stopped. A job that is off or disabled is left alone.
async fn keep_schedule(provisioner: Provisioner, clock: Clock, mut stop: watch::Receiver<bool>) {
    let mut changes = provisioner.changes();
    let mut stop_cycle = stop.clone();
    loop {
        let due = async {
            match provisioner.next_cycle() {
                Some(at) => clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopped(&mut stop) => return,
            _ = changes.changed() => {}
            () = due => {
                tokio::select! {
                    () = stopped(&mut stop_cycle) => return,
                    ran = provisioner.run_due() => if ran.is_err() {
                        // Not configured yet: wait until somebody changes something.
                        let _ = changes.changed().await;
                    }
                }
            }
        }
    }
}
