//! The whole of it in one handle: tenant, provisioning job, schedule and web server.

use std::io;
use std::net::SocketAddr;

use axum::serve::ListenerExt;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::cloud::{Cloud, HERO_SAAS_PRINCIPAL};
use crate::provisioner::{Application, Provisioner};
use crate::tenant::{TENANT_ID, Tenant, TenantOptions};
use crate::web;

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
    /// Where the admin center and the control surface listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The tenant to make.
    pub tenant: TenantOptions,
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
            tenant: TenantOptions::default(),
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
    cloud: Cloud,
    clock: Clock,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// Makes the tenant and starts listening. Fails if the address cannot be bound.
    pub async fn start(config: Config) -> io::Result<Self> {
        let Config {
            listen,
            tenant,
            clock,
            cloud_clock,
            scheduled,
            log_capacity,
            assign,
        } = config;
        let tenant = Tenant::generate(&tenant, clock.clone());
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
        let stop = watch::Sender::new(false);
        let router = web::router(provisioner.clone(), clock.clone());
        let mut tasks = vec![tokio::spawn(listen_on(listener, router, stop.subscribe()))];
        if scheduled {
            tasks.push(tokio::spawn(keep_schedule(
                provisioner.clone(),
                clock.clone(),
                stop.subscribe(),
            )));
        }
        Ok(Self {
            provisioner,
            cloud,
            clock,
            address,
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
        &self.cloud
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

    /// Stops listening and scheduling, and waits until both have ended. A running cycle is abandoned.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            let _ = task.await;
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

async fn listen_on(listener: TcpListener, router: axum::Router, mut stop: watch::Receiver<bool>) {
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
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
