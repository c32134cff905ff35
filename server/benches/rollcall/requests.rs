//! Create, find by `userName`, get and PATCH, at several numbers of connections.

use std::sync::{Arc, atomic::AtomicU32};

use crate::{
    Scale,
    ceiling::{Acts, Driver},
    client::{Clients, Plan, Who},
    figures::{self, Aims, Rounds, Row},
    filled::{Grouped, Kind},
    samples::SAMPLE,
    served::Served,
};

/// Numbers of users that the driver makes begin here.
const DRIVERS_OWN: u32 = 50_000_000;
const READ_AIM: f64 = 0.5;
const WRITE_AIM: f64 = 0.6;

enum Ceiling {
    /// A plain handler with a body of the same size.
    Plain,
    /// The same rows in durable commits by the driver alone.
    Rows(Acts),
}

struct Operation {
    name: &'static str,
    plan: Plan,
    ceiling: Ceiling,
}

/// Measures all of them.
pub(crate) fn measure(place: &Grouped<'_>, scale: &Scale, aims: &mut Aims) -> anyhow::Result<()> {
    let database = place.server.kind.name();
    figures::print_head(&format!(
        "{database}, directory of {} users",
        figures::thousands(place.users.into())
    ));
    let mut driver = Driver::open(place.server, &place.copy)?;
    let operations = operations(place);
    let served = place.serve(false)?;
    for operation in &operations {
        for connections in &scale.connections {
            let row = one(place, &served, &mut driver, operation, *connections, scale)?;
            row.print(database, aims);
        }
    }
    drop(served);
    finds_of_the_driver(place, &driver, scale)?;
    with_log(place, &operations, scale, aims)
}

fn operations(place: &Grouped<'_>) -> Vec<Operation> {
    let requests = place.requests();
    let fresh = Who::Next(Arc::new(AtomicU32::new(place.users)));
    let any = || Who::Any(place.users);
    let acts = |act: &store::testing::ceiling::Act, first, users| {
        Ceiling::Rows(Acts {
            act: act.clone(),
            undo: None,
            sample: SAMPLE.to_owned(),
            first,
            users,
            next: Arc::default(),
        })
    };
    vec![
        Operation {
            name: "create",
            plan: Plan::new(&requests.create(), 201, fresh),
            // One after the other, as the server gets them.
            ceiling: acts(&place.samples.creation, DRIVERS_OWN, 49_999_999),
        },
        Operation {
            name: "find by userName",
            plan: Plan::new(&requests.find(), 200, any()),
            ceiling: Ceiling::Plain,
        },
        Operation {
            name: "get",
            plan: Plan::new(&requests.get(), 200, any()),
            ceiling: Ceiling::Plain,
        },
        Operation {
            name: "PATCH",
            plan: Plan::new(&requests.patch(), 200, any()),
            ceiling: acts(&place.samples.change, 0, place.users),
        },
    ]
}

/// Ours and the ceiling in turn, so that what disturbs one disturbs the other.
fn one(
    place: &Grouped<'_>,
    served: &Served,
    driver: &mut Driver<'_>,
    operation: &Operation,
    connections: usize,
    scale: &Scale,
) -> anyhow::Result<Row> {
    let mut clients = Clients::connect(served.address, connections)?;
    let warm = clients.run(&operation.plan, scale.seconds * 0.2)?;
    served.forget_peak();
    let plain = match operation.ceiling {
        Ceiling::Plain => Some(Served::plain(warm.body, place.folder.path())?),
        Ceiling::Rows(_) => None,
    };
    let mut plainly = plain
        .as_ref()
        .map(|plain| Clients::connect(plain.address, connections))
        .transpose()?;
    let (mut ours, mut ceiling) = (Rounds::default(), Rounds::default());
    for _ in 0..scale.rounds {
        ceiling.add(match (&operation.ceiling, &mut plainly) {
            (Ceiling::Plain, Some(plainly)) => plainly.run(&operation.plan, scale.seconds)?,
            (Ceiling::Rows(acts), _) => driver.commit(acts, connections, scale.seconds)?,
            (Ceiling::Plain, None) => continue,
        });
        ours.add(clients.run(&operation.plan, scale.seconds)?);
    }
    let (name, aim) = match operation.ceiling {
        Ceiling::Plain => ("plain handler", Some(READ_AIM)),
        Ceiling::Rows(_) if place.server.kind == Kind::Sqlite => ("the driver alone", Some(WRITE_AIM)),
        Ceiling::Rows(_) => ("the driver alone", None),
    };
    Ok(Row {
        what: operation.name.to_owned(),
        connections,
        ours: ours.figure(),
        peak: served.peak()?,
        ceiling: Some((name, ceiling.figure())),
        aim,
    })
}

/// On PostgreSQL a read asks another process: what that alone costs.
fn finds_of_the_driver(place: &Grouped<'_>, driver: &Driver<'_>, scale: &Scale) -> anyhow::Result<()> {
    for connections in &scale.connections {
        let Some(found) = driver.find(&place.directory, place.users, *connections, scale.seconds) else {
            break;
        };
        let mut rounds = Rounds::default();
        rounds.add(found?);
        println!("\nThe driver alone finds at {connections}: {}", rounds.figure());
    }
    Ok(())
}

/// The same with a line in the log for each request, without ceilings.
fn with_log(
    place: &Grouped<'_>,
    operations: &[Operation],
    scale: &Scale,
    aims: &mut Aims,
) -> anyhow::Result<()> {
    let Some(connections) = scale.connections.iter().max() else {
        return Ok(());
    };
    let database = place.server.kind.name();
    figures::print_head(&format!("{database}, with a line in the log for each request"));
    let served = place.serve(true)?;
    for operation in operations {
        let mut clients = Clients::connect(served.address, *connections)?;
        let mut rounds = Rounds::default();
        clients.run(&operation.plan, scale.seconds * 0.2)?;
        rounds.add(clients.run(&operation.plan, scale.seconds)?);
        let row = Row {
            what: operation.name.to_owned(),
            connections: *connections,
            ours: rounds.figure(),
            peak: served.peak()?,
            ceiling: None,
            aim: None,
        };
        row.print(database, aims);
    }
    Ok(())
}
