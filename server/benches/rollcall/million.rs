//! One user among a million in one directory.

use crate::{
    Scale,
    client::{Clients, Plan, Who},
    figures::{self, Aims, Rounds, Row},
    filled::{Place, Server},
};

const P99_MS: f64 = 10.0;
const PEAK_MIB: f64 = 256.0;

/// Fills a directory, then finds in it with a process that has seen nothing before.
pub(crate) fn measure(server: &Server, scale: &Scale, aims: &mut Aims) -> anyhow::Result<()> {
    let place = Place::with_users(server, scale.million)?;
    let database = server.kind.name();
    let users = figures::thousands(scale.million.into());
    figures::print_head(&format!(
        "{database}, directory of {users} users, a fresh process"
    ));
    let served = place.serve(false)?;
    let requests = place.requests();
    let finds = [("find by userName", requests.find()), ("get", requests.get())];
    for (name, request) in &finds {
        let plan = Plan::new(request, 200, Who::Any(scale.million));
        for connections in &scale.connections {
            let mut rounds = Rounds::default();
            rounds.add(Clients::connect(served.address, *connections)?.run(&plan, 2.0 * scale.seconds)?);
            let ours = rounds.figure();
            let (what, connections) = ((*name).to_owned(), *connections);
            let row = Row {
                what,
                connections,
                ours,
                peak: served.peak()?,
                ceiling: None,
                aim: None,
            };
            row.print(database, aims);
            if name.starts_with("find") {
                let what = format!(
                    "{database}: find among {users} at {connections}: p99 {:.2} ms",
                    ours.p99
                );
                aims.judge(&format!("{what} (aim {P99_MS} ms)"), ours.p99 <= P99_MS);
            }
        }
    }
    let peak = figures::mib(served.peak()?);
    let what =
        format!("{database}: the process with {users} users held {peak:.0} MiB at most (aim {PEAK_MIB} MiB)");
    aims.judge(&what, peak < PEAK_MIB);
    Ok(())
}
