//! Listens, and brings the page up to date when something changed.

use super::{clock, document, embed, listen, morph, window};
use futures_util::StreamExt;
use gloo_net::eventsource::State;
use gloo_net::eventsource::futures::EventSource;
use gloo_net::http::Request;
use leptos::prelude::{RwSignal, Set, set_interval_with_handle, set_timeout};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DomParser, Event, SupportedType, VisibilityState};

/// Between two refreshes there is at least this pause, however often something changes.
const PAUSE: Duration = Duration::from_millis(400);

/// The part of the page that follows along: all but the bar and the footer.
const CONTENT: &str = "content";

/// How often the connection is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// A connection that the server closed for good is tried again after so many looks.
const PATIENCE: u32 = 5;

struct Follower {
    path: String,
    source: RefCell<Option<EventSource>>,
    connected: RwSignal<bool>,
    was_open: Cell<bool>,
    closed_for: Cell<u32>,
    busy: Cell<bool>,
    again: Cell<bool>,
}

/// Follows what is said at `path`, and keeps `connected` true to the connection.
pub fn follow(path: String, connected: RwSignal<bool>) {
    let follower = Rc::new(Follower {
        path,
        source: RefCell::new(None),
        connected,
        was_open: Cell::new(false),
        closed_for: Cell::new(0),
        busy: Cell::new(false),
        again: Cell::new(false),
    });
    follower.clone().open();
    let looking = follower.clone();
    let _ = set_interval_with_handle(move || looking.clone().look(), LOOK);
    listen(&document(), "visibilitychange", move |_: Event| {
        follower.clone().see()
    });
}

impl Follower {
    fn open(self: Rc<Self>) {
        let Ok(mut source) = EventSource::new(&self.path) else {
            return;
        };
        let Ok(mut pulses) = source.subscribe(contract::live::EVENT) else {
            return;
        };
        *self.source.borrow_mut() = Some(source);
        spawn_local(async move {
            while let Some(Ok(_)) = pulses.next().await {
                self.clone().refresh();
            }
        });
    }

    /// A page in the background holds no connection: browsers allow few of them to one server.
    fn see(self: Rc<Self>) {
        if document().visibility_state() == VisibilityState::Hidden {
            self.source.borrow_mut().take();
        } else if self.source.borrow().is_none() {
            self.clone().open();
            self.refresh();
        }
    }

    /// A connection that came back may have missed something; one that was closed for good is opened anew.
    fn look(self: Rc<Self>) {
        if document().visibility_state() == VisibilityState::Hidden {
            return;
        }
        let state = self.source.borrow().as_ref().map(EventSource::state);
        let open = matches!(state, Some(State::Open));
        let before = self.was_open.replace(open);
        self.connected.set(open);
        match state {
            Some(State::Closed) | None => {
                let looks = self.closed_for.get() + 1;
                self.closed_for.set(looks % PATIENCE);
                if looks == 1 && embed::is_framed() {
                    self.clone().refresh();
                }
                if looks == PATIENCE {
                    self.open();
                }
            }
            Some(State::Open) if !before => self.refresh(),
            _ => {}
        }
    }

    fn refresh(self: Rc<Self>) {
        if self.busy.replace(true) {
            self.again.set(true);
            return;
        }
        spawn_local(async move {
            if let Some(page) = fetch().await {
                put_in_place(&page);
            }
            set_timeout(
                move || {
                    self.busy.set(false);
                    if self.again.replace(false) {
                        self.refresh();
                    }
                },
                PAUSE,
            );
        });
    }
}

/// This very page, as the server would send it now; nothing if it is another page by now.
async fn fetch() -> Option<String> {
    let address = window().location().href().ok()?;
    let request = Request::get(&address)
        .header("rollcall-live", if embed::is_framed() { "framed" } else { "1" })
        .header("accept", "text/html");
    let response = request.send().await.ok()?;
    if response.status() == 401 && embed::is_framed() {
        embed::over();
    }
    if !response.ok() || response.redirected() {
        return None;
    }
    response.text().await.ok()
}

fn put_in_place(page: &str) {
    let Ok(parser) = DomParser::new() else { return };
    let Ok(fresh) = parser.parse_from_string(page, SupportedType::TextHtml) else {
        return;
    };
    if let (Some(old), Some(new)) = (
        document().get_element_by_id(CONTENT),
        fresh.get_element_by_id(CONTENT),
    ) {
        morph::morph(&old, &new);
        clock::tell_all();
        embed::tell_steps();
    }
}
