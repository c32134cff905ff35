//! Adds a member to groups of very different sizes. Each is taken away again, untimed, so that the sizes stay.

use std::sync::{Arc, atomic::AtomicU32};

use crate::{
    Scale,
    ceiling::{Acts, Driver},
    client::{Clients, Plan, Request, Step, Who},
    figures::{self, Aims, Figure, Rounds, Row},
    filled::Grouped,
    people,
    samples::SAMPLE,
    served::Served,
};

/// A large group may cost so much more than a small one.
const RATIO: f64 = 1.3;

/// Measures all sizes.
pub(crate) fn measure(place: &Grouped<'_>, scale: &Scale, aims: &mut Aims) -> anyhow::Result<()> {
    let database = place.server.kind.name();
    figures::print_head(&format!("{database}, add a member"));
    let mut driver = Driver::open(place.server, &place.copy)?;
    let served = place.serve(false)?;
    for connections in &scale.connections {
        let figures = all_sizes(place, &served, &mut driver, *connections, scale)?;
        for (size, (ours, ceiling)) in place.groups.iter().zip(&figures) {
            let row = Row {
                what: format!("to a group of {}", figures::thousands((*size).into())),
                connections: *connections,
                ours: *ours,
                peak: served.peak()?,
                ceiling: Some(("the driver alone", *ceiling)),
                aim: None,
            };
            row.print(database, aims);
        }
        if let ([(small, _), .., (large, _)], [ten, .., many]) = (figures.as_slice(), place.groups.as_slice())
        {
            let ratio = small.rate / large.rate.max(1.0);
            let what = format!(
                "{database}: add a member at {connections}: a group of {many} costs {ratio:.2} times one of {ten}"
            );
            aims.judge(&format!("{what} (aim {RATIO})"), ratio <= RATIO);
        }
    }
    Ok(())
}

/// Ours and the ceiling of each size, in turn.
fn all_sizes(
    place: &Grouped<'_>,
    served: &Served,
    driver: &mut Driver<'_>,
    connections: usize,
    scale: &Scale,
) -> anyhow::Result<Vec<(Figure, Figure)>> {
    let mut clients = Clients::connect(served.address, connections)?;
    served.forget_peak();
    let mut sizes: Vec<_> = (0u32..)
        .zip(&place.groups)
        .map(|(group, _)| size(place, group))
        .collect();
    let seconds = scale.seconds / 2.0;
    for (plan, ..) in &sizes {
        clients.run(plan, seconds * 0.2)?;
    }
    for _ in 0..scale.rounds {
        for (plan, acts, ours, ceiling) in &mut sizes {
            ceiling.add(driver.commit(acts, connections, seconds)?);
            ours.add(clients.run(plan, seconds)?);
        }
    }
    Ok(sizes
        .into_iter()
        .map(|(_, _, ours, ceiling)| (ours.figure(), ceiling.figure()))
        .collect())
}

/// Users who are in no group: those behind the largest.
fn size(place: &Grouped<'_>, group: u32) -> (Plan, Acts, Rounds, Rounds) {
    let first = place.groups.iter().copied().max().unwrap_or_default();
    let users = place.users - first;
    let requests = place.requests();
    let step = |op, timed| Step {
        request: Request::new(&requests.member(op, group)),
        status: 204,
        timed,
    };
    let plan = Plan {
        steps: vec![step("Add", true), step("Remove", false)],
        who: Who::Among(first, users, Arc::new(AtomicU32::new(0))),
        what: Arc::default(),
    };
    let in_group =
        |act: &store::testing::ceiling::Act| act.with(&people::group_id(0), &people::group_id(group));
    let acts = Acts {
        act: in_group(&place.samples.addition),
        undo: Some(in_group(&place.samples.removal)),
        sample: SAMPLE.to_owned(),
        first,
        users,
        next: Arc::default(),
    };
    (plan, acts, Rounds::default(), Rounds::default())
}
