//! What each connection is doing, since when, and the sweep that ends those that take too long (threats T84).
//!
//! A timer per connection and request would cost more than the requests. Instead a connection notes its phase in a few
//! atomics, and one task looks at all of them every [`SWEEP`]; limits are therefore exact to that.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering},
    },
    task::Waker,
    time::Duration,
};

use futures_util::task::AtomicWaker;

use crate::config::Limits;

/// How often connections are looked at.
pub(super) const SWEEP: Duration = Duration::from_millis(250);

/// After this a connection asked to close is cut.
const CLOSING_GRACE_MILLIS: u64 = 10_000;

/// No write is blocked.
const NEVER: u64 = u64::MAX;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// Between two requests.
    Idle = 0,
    /// Bytes of a head came, but not all of it. A new connection begins here.
    Head = 1,
    /// A request is being answered.
    Busy = 2,
}

/// What the sweep or the drain wants of a connection. Orders only become stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Order {
    /// Go on.
    None = 0,
    /// Finish what is under way, then close.
    Close = 1,
    /// Close now.
    Cut = 2,
}

/// The notes of one connection.
#[derive(Debug)]
pub(super) struct Meter {
    id: u64,
    now: Arc<AtomicU64>,
    phase: AtomicU8,
    since: AtomicU64,
    under_way: AtomicU32,
    /// Whether unsolicited bytes begin a head: true for HTTP/1, false for HTTP/2, which has frames of its own.
    heads: AtomicBool,
    write_blocked: AtomicU64,
    order: AtomicU8,
    ordered: AtomicU64,
    waker: AtomicWaker,
    /// A head carried both Content-Length and Transfer-Encoding.
    pub(super) smuggling: AtomicBool,
}

impl Meter {
    fn note(&self, phase: Phase) {
        self.since
            .store(self.now.load(Ordering::Relaxed), Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    fn is(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Relaxed) == phase as u8
    }

    /// The connection speaks HTTP/2.
    pub(super) fn speaks_http2(&self) {
        self.heads.store(false, Ordering::Relaxed);
        self.note(Phase::Idle);
    }

    /// Bytes came in.
    pub(super) fn read(&self) {
        if self.is(Phase::Idle) && self.heads.load(Ordering::Relaxed) {
            self.note(Phase::Head);
        }
    }

    /// A write was taken or refused by the peer.
    pub(super) fn wrote(&self, taken: bool) {
        if taken {
            self.write_blocked.store(NEVER, Ordering::Relaxed);
        } else {
            let now = self.now.load(Ordering::Relaxed);
            let _ = self
                .write_blocked
                .compare_exchange(NEVER, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// A request is under way until the guard is dropped.
    pub(super) fn request(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        self.phase.store(Phase::Busy as u8, Ordering::Relaxed);
        UnderWay(Arc::clone(self))
    }

    /// What is wanted of the connection; `waker` is woken when that changes.
    pub(super) fn order(&self, waker: &Waker) -> Order {
        self.waker.register(waker);
        match self.order.load(Ordering::Acquire) {
            0 => Order::None,
            1 => Order::Close,
            _ => Order::Cut,
        }
    }

    fn give(&self, order: Order) {
        if self.order.fetch_max(order as u8, Ordering::AcqRel) < order as u8 {
            self.ordered
                .store(self.now.load(Ordering::Relaxed), Ordering::Relaxed);
            self.waker.wake();
        }
    }
}

/// A request under way. Dropped with the last byte of its answer.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Meter>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.0.under_way.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.note(Phase::Idle);
        }
    }
}

/// All open connections.
#[derive(Debug)]
pub(super) struct Registry {
    /// Milliseconds since the loop began, as of the last sweep.
    pub(super) now: Arc<AtomicU64>,
    limits: Millis,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    meters: HashMap<u64, Arc<Meter>>,
}

#[derive(Debug, Clone, Copy)]
struct Millis {
    head: u64,
    idle: u64,
    write: u64,
}

impl Registry {
    pub(super) fn new(limits: &Limits) -> Self {
        let limits = Millis {
            head: limits.header_seconds * 1000,
            idle: limits.idle_seconds * 1000,
            write: limits.write_seconds * 1000,
        };
        Self {
            now: Arc::default(),
            limits,
            open: Mutex::default(),
        }
    }

    /// A new connection; its head is awaited from now on.
    pub(super) fn enter(&self) -> Arc<Meter> {
        let mut open = self.open();
        let id = open.next;
        open.next += 1;
        let meter = Arc::new(Meter {
            id,
            since: AtomicU64::new(self.now.load(Ordering::Relaxed)),
            now: Arc::clone(&self.now),
            phase: AtomicU8::new(Phase::Head as u8),
            under_way: AtomicU32::new(0),
            heads: AtomicBool::new(true),
            write_blocked: AtomicU64::new(NEVER),
            order: AtomicU8::new(Order::None as u8),
            ordered: AtomicU64::new(0),
            waker: AtomicWaker::new(),
            smuggling: AtomicBool::new(false),
        });
        open.meters.insert(id, Arc::clone(&meter));
        meter
    }

    pub(super) fn leave(&self, meter: &Meter) {
        self.open().meters.remove(&meter.id);
    }

    /// Asks every connection to finish and close.
    pub(super) fn close_all(&self) {
        self.open()
            .meters
            .values()
            .for_each(|meter| meter.give(Order::Close));
    }

    /// Cuts every connection.
    pub(super) fn cut_all(&self) {
        self.open()
            .meters
            .values()
            .for_each(|meter| meter.give(Order::Cut));
    }

    /// Ends what takes too long.
    pub(super) fn sweep(&self, now: u64) {
        for meter in self.open().meters.values() {
            if let Some(order) = self.verdict(meter, now) {
                meter.give(order);
            }
        }
    }

    fn verdict(&self, meter: &Meter, now: u64) -> Option<Order> {
        let spent = now.saturating_sub(meter.since.load(Ordering::Relaxed));
        let blocked = meter.write_blocked.load(Ordering::Relaxed);
        if blocked != NEVER && now.saturating_sub(blocked) >= self.limits.write {
            return Some(Order::Cut);
        }
        if meter.is(Phase::Head) && spent >= self.limits.head {
            return Some(Order::Cut);
        }
        if meter.is(Phase::Idle) && spent >= self.limits.idle {
            let asked = meter.order.load(Ordering::Relaxed) >= Order::Close as u8;
            let waited = now.saturating_sub(meter.ordered.load(Ordering::Relaxed));
            return Some(if asked && waited >= CLOSING_GRACE_MILLIS {
                Order::Cut
            } else {
                Order::Close
            });
        }
        None
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        let config = crate::config::Config::from_sources(None, &[]).unwrap();
        Registry::new(&config.settings.limits)
    }

    fn order_at(registry: &Registry, meter: &Meter, millis: u64) -> Order {
        registry.now.store(millis, Ordering::Relaxed);
        registry.sweep(millis);
        meter.order(Waker::noop())
    }

    #[test]
    fn a_head_that_does_not_come_is_cut() {
        let registry = registry();
        let meter = registry.enter();
        assert_eq!(order_at(&registry, &meter, 9_999), Order::None);
        meter.read();
        assert_eq!(
            order_at(&registry, &meter, 10_000),
            Order::Cut,
            "drips do not help"
        );
    }

    #[test]
    fn a_request_may_take_its_time_and_an_idle_connection_is_asked_to_close() {
        let registry = registry();
        let meter = registry.enter();
        let request = meter.request();
        assert_eq!(order_at(&registry, &meter, 500_000), Order::None);
        drop(request);
        assert_eq!(order_at(&registry, &meter, 574_000), Order::None);
        assert_eq!(order_at(&registry, &meter, 575_000), Order::Close);
        assert_eq!(
            order_at(&registry, &meter, 585_000),
            Order::Cut,
            "when it did not"
        );
    }

    #[test]
    fn the_second_head_has_its_own_limit() {
        let registry = registry();
        let meter = registry.enter();
        drop(meter.request());
        registry.now.store(50_000, Ordering::Relaxed);
        meter.read();
        assert_eq!(order_at(&registry, &meter, 59_000), Order::None);
        assert_eq!(order_at(&registry, &meter, 60_000), Order::Cut);
    }

    #[test]
    fn frames_of_http2_are_no_heads() {
        let registry = registry();
        let meter = registry.enter();
        meter.speaks_http2();
        meter.read();
        assert_eq!(order_at(&registry, &meter, 74_000), Order::None);
        assert_eq!(order_at(&registry, &meter, 75_000), Order::Close);
    }

    #[test]
    fn a_reader_that_takes_nothing_is_cut_even_while_busy() {
        let registry = registry();
        let meter = registry.enter();
        let _request = meter.request();
        meter.wrote(false);
        assert_eq!(order_at(&registry, &meter, 29_000), Order::None);
        meter.wrote(true);
        meter.wrote(false);
        assert_eq!(
            order_at(&registry, &meter, 58_000),
            Order::None,
            "it took something in between"
        );
        assert_eq!(order_at(&registry, &meter, 59_000), Order::Cut);
    }

    #[test]
    fn orders_reach_all_and_only_become_stronger() {
        let registry = registry();
        let (one, two) = (registry.enter(), registry.enter());
        registry.close_all();
        registry.leave(&two);
        registry.cut_all();
        registry.close_all();
        assert_eq!(one.order(Waker::noop()), Order::Cut);
        assert_eq!(two.order(Waker::noop()), Order::Close);
    }
}
