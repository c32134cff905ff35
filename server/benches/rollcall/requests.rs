//! Create, find by `userName`, get and PATCH, at several numbers of connections.

use std::sync::{Arc, atomic::AtomicU32};

use crate::{
    Scale,
    behind::Behind,
    ceiling::{Acts, Driver},
    client::{Clients, Measured, Plan, Who},
    figures::{self, Aims, Rounds, Row},
    filled::Grouped,
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
    let mut ceiling_of = Beside::start(place, driver, operation, warm.body, connections)?;
    let (mut ours, mut ceiling) = (Rounds::default(), Rounds::default());
    for _ in 0..scale.rounds {
        ceiling.add(ceiling_of.run(driver, operation, connections, scale.seconds)?);
        ours.add(clients.run(&operation.plan, scale.seconds)?);
    }
    let (name, aim) = ceiling_of.end(driver)?;
    Ok(Row {
        what: operation.name.to_owned(),
        connections,
        ours: ours.figure(),
        peak: served.peak()?,
        ceiling: Some((name, ceiling.figure())),
        aim,
    })
}

/// What stands beside ours for the comparison.
enum Beside {
    /// A handler that does nothing, in a process of its own.
    Plain { clients: Clients, _served: Served },
    /// The driver behind a handler.
    Behind { clients: Clients, behind: Behind },
    /// The driver alone: PostgreSQL, where each connection writes for itself.
    Driver,
}

impl Beside {
    fn start(
        place: &Grouped<'_>,
        driver: &mut Driver<'_>,
        operation: &Operation,
        body: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let Ceiling::Rows(acts) = &operation.ceiling else {
            let served = Served::plain(body, place.folder.path())?;
            let clients = Clients::connect(served.address, connections)?;
            return Ok(Self::Plain {
                clients,
                _served: served,
            });
        };
        let Some(raw) = driver.lend() else {
            return Ok(Self::Driver);
        };
        let status = operation.plan.steps.first().map_or(200, |step| step.status);
        let behind = Behind::start(raw, acts, status)?;
        let clients = Clients::connect(behind.address, connections)?;
        Ok(Self::Behind { clients, behind })
    }

    fn run(
        &mut self,
        driver: &mut Driver<'_>,
        operation: &Operation,
        connections: usize,
        seconds: f64,
    ) -> anyhow::Result<Measured> {
        match (self, &operation.ceiling) {
            (Self::Plain { clients, .. } | Self::Behind { clients, .. }, _) => {
                clients.run(&operation.plan.alone(), seconds)
            }
            (Self::Driver, Ceiling::Rows(acts)) => driver.commit(acts, connections, seconds),
            (Self::Driver, Ceiling::Plain) => anyhow::bail!("a read has a plain handler beside it"),
        }
    }

    /// Its name, and the share of it that is aimed at.
    fn end(self, driver: &mut Driver<'_>) -> anyhow::Result<(&'static str, Option<f64>)> {
        Ok(match self {
            Self::Plain { .. } => ("plain handler", Some(READ_AIM)),
            Self::Behind { clients, behind } => {
                drop(clients);
                driver.give_back(behind.end()?);
                ("driver behind HTTP", Some(WRITE_AIM))
            }
            Self::Driver => ("the driver alone", None),
        })
    }
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
