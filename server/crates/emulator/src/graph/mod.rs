//! Microsoft Graph over one [`Cloud`] (`entra-facts` part C), at `/v1.0` and `/beta`.
//!
//! | file | what it answers |
//! |---|---|
//! | `organization` `users/` `groups` `devices` `roles` `deleted` | the directory |
//! | `delta/` | what changed in it |
//! | `applications/` `service_principals` `assignments` `provisioned` `grants` | applications and what was granted |
//! | `batch` | several requests in one |
//! | `gate` `caller` `needs` `throttle` | who may ask what, and how often |
//! | `routes` `call` `query` `filter` `search` `error` | what these rest on |
//!
//! A delegated call may do what the token's `scp` *and* the user's directory roles allow; an application's own token what
//! its `roles` allow. What was just made is not there until the cloud's replication delay is over.

mod applications;
mod assignments;
mod batch;
mod call;
mod caller;
mod deleted;
mod delta;
mod devices;
mod error;
mod filter;
mod gate;
mod grants;
mod groups;
mod needs;
mod organization;
mod provisioned;
mod query;
mod roles;
mod routes;
mod search;
mod service_principals;
mod throttle;
mod users;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::any;
use jiff::Timestamp;
use uuid::Uuid;

use crate::cloud::{CLOUD_SEED, Cloud};
use crate::platform::Platform;
use crate::rng::Rng;
use caller::Principal;
use throttle::Throttle;

/// Microsoft Graph. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Graph {
    platform: Platform,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug)]
struct Memory {
    rng: Rng,
    throttle: Throttle,
    /// What is not replicated yet, of the kinds that the cloud does not delay itself: users and applications.
    fresh: HashMap<Uuid, Timestamp>,
    /// Which application made which, by application id.
    makers: HashMap<Uuid, Uuid>,
}

impl Graph {
    /// Graph of the cloud whose identity platform issues the tokens.
    pub fn new(platform: Platform) -> Self {
        let memory = Memory {
            rng: Rng::new(CLOUD_SEED ^ 0x6EA4),
            throttle: Throttle::default(),
            fresh: HashMap::new(),
            makers: HashMap::new(),
        };
        Self {
            platform,
            memory: Arc::new(Mutex::new(memory)),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cloud(&self) -> &Cloud {
        self.platform.cloud()
    }

    fn now(&self) -> Timestamp {
        self.cloud().clock().now()
    }

    /// Notes that an object was made now: it is there when the replication delay is over.
    fn delay(&self, id: Uuid) {
        let (now, delay) = (self.now(), self.cloud().view().delay());
        if let Ok(from) = now.checked_add(delay)
            && from > now
        {
            self.memory().fresh.insert(id, from);
        }
    }

    /// What is not replicated yet.
    fn hidden(&self) -> HashSet<Uuid> {
        let now = self.now();
        let fresh = &mut self.memory().fresh;
        fresh.retain(|_, from| *from > now);
        fresh.keys().copied().collect()
    }

    fn new_id(&self) -> Uuid {
        self.memory().rng.uuid()
    }

    fn note_maker(&self, app: Uuid, maker: Uuid) {
        self.memory().makers.insert(app, maker);
    }

    /// The application that made this one through Graph: its owner.
    fn created(&self, app: Uuid) -> Option<Uuid> {
        self.memory().makers.get(&app).copied()
    }

    /// The origin that was asked, from `Host`: the platform's scheme if it is its port, else plain.
    fn origin(&self, host: &str) -> String {
        let port = |authority: &str| authority.rsplit_once(':').map(|(_, port)| port.to_owned());
        let known = self.platform.authority().split_once("://");
        let scheme = known
            .filter(|(_, own)| port(own) == port(host))
            .map(|(scheme, _)| scheme);
        format!("{}://{host}", scheme.unwrap_or("http"))
    }
}

/// All routes of Graph.
pub fn router(graph: Graph) -> Router {
    Router::new()
        .route("/v1.0/{*path}", any(gate::handle))
        .route("/beta/{*path}", any(gate::handle))
        .with_state(graph)
}
