//! A server that answers what the test says and remembers what it was asked; a clock, and keys to sign with.

pub(crate) mod fake;
pub(crate) mod signer;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use entra::{ConfidentialClient, Credential, Endpoints, Graph, Http, HttpOptions, Keys, Now};

pub(crate) use self::fake::{Fake, json, status};

pub(crate) const SECOND: i64 = 1_000_000;
/// What every clock shows at first, in seconds since 1970.
pub(crate) const START: i64 = 1_800_000_000;
pub(crate) const TENANT: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const OTHER_TENANT: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const PERSON: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
pub(crate) const CLIENT: &str = "cccccccc-cccc-4ccc-8ccc-cccccccccccc";

/// A clock that stands, a sleeper that only moves it, and the fake Microsoft.
pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) http: Http,
    clock: Arc<AtomicI64>,
    sleeps: Arc<Mutex<Vec<Duration>>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(AtomicI64::new(START * SECOND));
        let sleeps = Arc::new(Mutex::new(Vec::new()));
        let (hand, log) = (clock.clone(), sleeps.clone());
        let options = HttpOptions {
            sleep: Arc::new(move |time| {
                hand.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
                log.lock().unwrap().push(time);
                Box::pin(std::future::ready(()))
            }),
            ..HttpOptions::default()
        };
        Self {
            fake: Fake::start().await,
            http: Http::new(options).unwrap(),
            clock,
            sleeps,
        }
    }

    pub(crate) fn now(&self) -> Now {
        let clock = self.clock.clone();
        Arc::new(move || clock.load(Ordering::SeqCst))
    }

    pub(crate) fn at(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * SECOND, Ordering::SeqCst);
    }

    /// How long was waited before each retry.
    pub(crate) fn sleeps(&self) -> Vec<Duration> {
        std::mem::take(&mut *self.sleeps.lock().unwrap())
    }

    pub(crate) fn endpoints(&self) -> Endpoints {
        Endpoints::new(self.fake.base.clone(), self.fake.base.clone()).unwrap()
    }

    pub(crate) fn client(&self, credential: Credential) -> ConfidentialClient {
        ConfidentialClient::new(
            self.endpoints(),
            self.http.clone(),
            self.now(),
            CLIENT,
            credential,
        )
    }

    pub(crate) fn keys(&self) -> Keys {
        Keys::new(self.endpoints(), self.http.clone(), self.now())
    }

    pub(crate) fn graph(&self) -> Graph {
        Graph::new(self.endpoints(), self.http.clone(), "graph-token")
    }

    pub(crate) fn issuer(&self, tenant: &str) -> String {
        self.endpoints().issuer_v2(tenant)
    }
}
