//! The server's stream of events (RFC 8620 §7.3): it says at once that something is new. It lasts
//! while somebody looks at the page; where it breaks, syncing goes on by the clock.

use std::{cell::Cell, rc::Rc};

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast as _;
use web_sys::{EventSource, MessageEvent};

/// A ping comes this often, in seconds.
const PING_SECONDS: u32 = 60;
/// A stream without any sign of life for so long is dead, though nobody has said so: phones change
/// networks.
const SILENCE_MILLIS: u32 = PING_SECONDS * 2_500;

/// What a stream says.
pub enum Said {
    /// It is open, again perhaps: what changed before, it does not tell.
    Open,
    /// A `StateChange` (RFC 8620 §7.1) as JSON.
    State(String),
    /// It has ended for good; to be called once at most.
    Broken,
}

/// An open stream; closed when dropped.
pub struct Stream {
    source: EventSource,
    _listeners: [EventListener; 4],
    _watchdog: Interval,
}

impl Stream {
    /// Opens it. `None` where the browser has no such thing.
    pub fn open(hear: impl Fn(Said) + 'static) -> Option<Self> {
        let url = format!("/jmap/events?types=*&closeafter=no&ping={PING_SECONDS}");
        let source = EventSource::new(&url).ok()?;
        let (hear, lives) = (Rc::new(hear), Rc::new(Cell::new(true)));
        let on = |name: &'static str, say: fn(&MessageEvent) -> Option<Said>| {
            let (hear, lives) = (Rc::clone(&hear), Rc::clone(&lives));
            EventListener::new(&source, name, move |event| {
                lives.set(true);
                if let Some(said) = say(event.unchecked_ref()) {
                    hear(said);
                }
            })
        };
        let failed = {
            let (hear, source) = (Rc::clone(&hear), source.clone());
            // Elsewhere the browser is about to connect again.
            move |_: &web_sys::Event| {
                if source.ready_state() == EventSource::CLOSED {
                    hear(Said::Broken);
                }
            }
        };
        let listeners = [
            on("open", |_| Some(Said::Open)),
            on("state", |event| event.data().as_string().map(Said::State)),
            on("ping", |_| None),
            EventListener::new(&source, "error", failed),
        ];
        let watchdog = Interval::new(SILENCE_MILLIS, move || {
            if !lives.replace(false) {
                hear(Said::Broken);
            }
        });
        Some(Self { source, _listeners: listeners, _watchdog: watchdog })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}
