//! The emulator's initial cycle: what an IT team waits for after pressing Start.

use std::time::Duration;

use anyhow::ensure;
use emulator::{
    story::{Speech, Story},
    tenant::TenantOptions,
};

use crate::{
    Scale, figures,
    filled::{Place, Server},
};

const AT_ONCE: usize = 16;

/// Provisions a tenant into an empty directory, reads everything back, and prints how long the cycle took.
pub(crate) fn measure(server: &Server, scale: &Scale) -> anyhow::Result<()> {
    let place = Place::empty(server)?;
    let served = place.serve(false)?;
    let (users, groups) = scale.cycle;
    let story = Story {
        endpoint: place.endpoint(&served),
        token: place.token.clone(),
        tenant: TenantOptions {
            users,
            groups,
            members_per_group: None,
            seed: 1,
        },
        speech: Speech::Legacy,
        cycles: 0,
        concurrency: AT_ONCE,
        changes: 0,
        members_per_patch: 100,
        reference_checks: false,
        flag_in_requests: false,
        request_timeout: Duration::from_secs(30),
        time_limit: Duration::from_secs(300),
    };
    let report = server.runtime.block_on(story.tell());
    println!("\n### {}, the emulator's initial cycle\n", server.kind.name());
    for cycle in &report.cycles {
        println!(
            "{users} users and {groups} groups: {:.1} s, {} requests, {} per second, {AT_ONCE} at once, \
             the emulator on the same processors; peak {:.0} MiB.\n",
            cycle.seconds,
            cycle.requests,
            figures::thousands(cycle.requests_per_second),
            figures::mib(served.peak()?),
        );
    }
    println!("| request | count | p50 ms | p99 ms |\n|---|---:|---:|---:|");
    for (kind, timing) in &report.timings {
        println!(
            "| {kind:?} | {} | {:.2} | {:.2} |",
            timing.count, timing.p50_ms, timing.p99_ms
        );
    }
    let read = &report.verified;
    println!(
        "\nRead back and compared: {} users, {} groups, {} members.",
        read.users, read.groups, read.members
    );
    ensure!(report.flawless(), "the emulator found deviations:\n{report}");
    Ok(())
}
