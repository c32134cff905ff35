//! A stub and an emulator pointed at it, in one line.

use std::time::Duration;

use emulator::provisioner::{Cycle, LogEntry, Provisioner};
use emulator::tenant::{NewUser, ObjectId, Property, Tenant, TenantOptions};
use emulator::{Config, Emulator};
use serde_json::Value;

use crate::stub::{Recorded, Stub, TOKEN};

pub(crate) struct World {
    pub(crate) stub: Stub,
    pub(crate) entra: Emulator,
}

impl World {
    /// An empty tenant: tests hire whom they need.
    pub(crate) async fn empty() -> Self {
        Self::of(TenantOptions {
            users: 0,
            groups: 0,
            members_per_group: None,
            seed: 1,
        })
        .await
    }

    pub(crate) async fn contoso() -> Self {
        Self::of(TenantOptions::default()).await
    }

    pub(crate) async fn of(tenant: TenantOptions) -> Self {
        let stub = Stub::start().await;
        let entra = Emulator::start(Config {
            tenant,
            ..Config::manual()
        })
        .await
        .unwrap();
        entra.provisioner().reconfigure(|settings| {
            settings.tenant_url.clone_from(&stub.url);
            settings.secret_token = TOKEN.to_owned();
            // One after the other, so that the requests have an order.
            settings.concurrency = 1;
        });
        Self { stub, entra }
    }

    pub(crate) fn job(&self) -> &Provisioner {
        self.entra.provisioner()
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        self.entra.tenant()
    }

    /// `name@contoso.com`, called `Name`, assigned.
    pub(crate) fn hire(&self, name: &str) -> ObjectId {
        let id = self.hire_unassigned(name);
        self.tenant().assign(id).unwrap();
        id
    }

    pub(crate) fn hire_unassigned(&self, name: &str) -> ObjectId {
        let mail = format!("{name}@contoso.com");
        let properties = vec![
            (Property::Mail, mail.clone()),
            (Property::GivenName, name.to_owned()),
            (Property::Department, "Sales".to_owned()),
        ];
        let new = NewUser {
            user_principal_name: mail,
            display_name: name.to_owned(),
            properties,
            manager: None,
        };
        self.tenant().hire(new).unwrap()
    }

    /// A group of these members, assigned.
    pub(crate) fn group(&self, name: &str, members: &[ObjectId]) -> ObjectId {
        let id = self.tenant().create_group(name, true).unwrap();
        self.tenant().add_members(id, members).unwrap();
        self.tenant().assign(id).unwrap();
        id
    }

    /// Starts if needed and runs a cycle that must not end early; the clock moves on by the interval first.
    pub(crate) async fn cycle(&self) -> Cycle {
        let cycle = self.any_cycle().await;
        assert_eq!(cycle.error, None);
        cycle
    }

    pub(crate) async fn any_cycle(&self) -> Cycle {
        self.job().start();
        self.advance_minutes(40);
        self.job().run_cycle().await.unwrap()
    }

    /// A cycle, and the requests it made without the probes.
    pub(crate) async fn requests(&self) -> Vec<Recorded> {
        self.stub.requests();
        self.cycle().await;
        self.stub.work()
    }

    pub(crate) fn advance_minutes(&self, minutes: u64) {
        self.entra.clock().advance(Duration::from_secs(minutes * 60));
    }

    pub(crate) fn advance_hours(&self, hours: u64) {
        self.advance_minutes(hours * 60);
    }

    /// The newest entry of the log about this object.
    pub(crate) fn last_entry(&self, id: ObjectId) -> LogEntry {
        self.job().recent_log(1, |entry| entry.source_id == id).remove(0)
    }

    pub(crate) fn assert_clean(&self) {
        self.stub.assert_obeyed();
        assert_eq!(self.job().witness().deviations(), []);
    }
}

/// Methods, paths and decoded queries.
pub(crate) fn lines(requests: &[Recorded]) -> Vec<String> {
    requests.iter().map(Recorded::line).collect()
}

/// The operations of the PATCHes among the requests.
pub(crate) fn operations(requests: &[Recorded]) -> Vec<Value> {
    let patches = requests.iter().filter(|request| request.method == "PATCH");
    patches
        .flat_map(|request| request.body["Operations"].as_array().cloned().unwrap_or_default())
        .collect()
}

/// The value with what differs from run to run replaced, wherever `key` stands.
pub(crate) fn masked(mut value: Value, key: &str) -> Value {
    match &mut value {
        Value::Object(object) => {
            for (name, inner) in object.iter_mut() {
                *inner = if name == key {
                    Value::from("[masked]")
                } else {
                    masked(inner.take(), key)
                };
            }
        }
        Value::Array(list) => list
            .iter_mut()
            .for_each(|inner| *inner = masked(inner.take(), key)),
        _ => {}
    }
    value
}
