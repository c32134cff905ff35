//! Cycles that begin by themselves.

use std::time::Duration;

use emulator::provisioner::{JobState, Provisioner};
use emulator::{Assign, Config, Emulator};

use crate::stub::{Stub, TOKEN};

async fn until(job: &Provisioner, holds: impl Fn(&Provisioner) -> bool) {
    let mut changes = job.changes();
    while !holds(job) {
        changes.changed().await.unwrap();
    }
}

#[tokio::test]
async fn the_schedule_runs_cycles_as_the_clock_moves() {
    let stub = Stub::start().await;
    let config = Config {
        scheduled: true,
        assign: Assign::Groups,
        ..Config::manual()
    };
    let entra = Emulator::start(config).await.unwrap();
    let job = entra.provisioner();
    // Started before it is configured: nothing happens until the settings come.
    job.start();
    job.reconfigure(|settings| {
        settings.tenant_url.clone_from(&stub.url);
        settings.secret_token = TOKEN.to_owned();
        settings.concurrency = 8;
    });
    until(job, |job| job.overview().cycles == 1).await;
    assert_eq!(
        stub.users().len(),
        238,
        "All Contoso is among the assigned groups"
    );
    let megan = entra.tenant().read().users().next().unwrap().id;
    entra.tenant().disable(megan).unwrap();
    entra.clock().advance(Duration::from_secs(40 * 60));
    until(job, |job| job.overview().cycles == 2).await;
    assert_eq!(
        stub.users().iter().filter(|user| user["active"] == false).count(),
        1
    );
    job.stop();
    entra.clock().advance(Duration::from_secs(3600));
    assert_eq!(job.overview().state, JobState::Paused);
    stub.assert_obeyed();
    entra.stop().await;
}
