//! Events: which types have changed, pushed to clients that wait (RFC 8620 §7.3).

use std::{collections::BTreeMap, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::sse::{Event, Sse},
};
use futures_util::{Stream, stream};
use serde::Deserialize;
use serde_json::json;
use tokio::{
    sync::watch,
    time::{Instant, Interval, interval_at},
};

use super::{
    Gateway,
    error::Error,
    turnstile::Pass,
    visitor::{self, Visitor},
};
use crate::{
    backend::{AccountAccess, BackendError, News},
    jmap::push::{self, States, Types},
    session::{Session, credential::Credential},
};

/// A ping comes no less often, whatever the client asks for.
const SLOWEST_PING: u64 = 15 * 60;
/// A client that wants no pings is looked after this often: its session may have ended.
const LOOK_AFTER: Duration = Duration::from_secs(60);
/// Whose stream breaks comes back after this many milliseconds at the least, and so many more by chance: a whole
/// school does not come in the same second when the gateway has restarted.
const AWAY_MILLIS: u16 = 2_000;
const SPREAD_MILLIS: u16 = 8_000;

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum CloseAfter {
    State,
    No,
}

#[derive(Deserialize)]
pub struct Wanted {
    types: String,
    closeafter: CloseAfter,
    #[serde(default)]
    ping: u64,
}

/// `GET /jmap/events?types={types}&closeafter={closeafter}&ping={ping}`.
pub async fn events(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    let Query(wanted) = wanted.map_err(|_| {
        Error::BadRequest("expected types, closeafter (state or no) and ping (seconds)".to_owned())
    })?;
    let pass = gateway.listening.enter(&visitor.session.login);
    let pass = pass.ok_or(Error::TooMany("too many event streams of this person"))?;
    let credential = Credential::from_headers(&headers).ok_or(Error::NotLoggedIn)?;
    let mut changed = gateway.school.changed();
    changed.mark_unchanged();
    let types = Types::parse(&wanted.types);
    let heard = Heard::of(&visitor.accounts);
    let known = push::states(&visitor.accounts).await?;
    // A client that comes back tells the last event that it saw.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let missed = last.is_some_and(|last| last != push::fingerprint(&known));
    let ping = (wanted.ping > 0)
        .then(|| Duration::from_secs(wanted.ping.clamp(gateway.fastest_ping.as_secs(), SLOWEST_PING)));
    let every = ping.unwrap_or(LOOK_AFTER);
    let mut chance = [0; 2];
    gateway.environment.random.fill(&mut chance).map_err(|error| BackendError::Internal(error.into()))?;
    let away = AWAY_MILLIS + u16::from_le_bytes(chance) % SPREAD_MILLIS;
    let listener = Listener {
        closing: gateway.closing.subscribe(),
        gateway,
        session: visitor.session,
        credential,
        types,
        changed,
        heard,
        known: if missed { BTreeMap::new() } else { known },
        missed,
        ping,
        away: Duration::from_millis(away.into()),
        tick: interval_at(Instant::now() + every, every),
        closes_after_state: matches!(wanted.closeafter, CloseAfter::State),
        is_done: false,
        _pass: pass,
    };
    Ok(Sse::new(stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event.retry(listener.away)), listener))
    })))
}

/// Up to where somebody has heard of what happens in their accounts.
struct Heard {
    accounts: Vec<Arc<dyn News>>,
    touched: i64,
}

impl Heard {
    /// Everything until now; what is read after this call is no older.
    fn of(accounts: &[AccountAccess]) -> Self {
        let accounts = accounts.iter().map(|account| account.news.clone()).collect();
        let mut heard = Self { accounts, touched: i64::MIN };
        heard.catch_up();
        heard
    }

    /// Hears of everything until now; answers whether anything may have changed since the last time.
    fn catch_up(&mut self) -> bool {
        let now = self.accounts.iter().map(|account| account.touched()).max().unwrap_or(i64::MIN);
        std::mem::replace(&mut self.touched, now) != now
    }
}

/// Somebody who waits.
struct Listener {
    gateway: Gateway,
    closing: watch::Receiver<bool>,
    session: Session,
    credential: Credential,
    types: Types,
    changed: watch::Receiver<i64>,
    heard: Heard,
    /// What the client knows.
    known: States,
    /// Something changed while the client was away.
    missed: bool,
    ping: Option<Duration>,
    /// How long the client stays away when the stream breaks.
    away: Duration,
    tick: Interval,
    closes_after_state: bool,
    is_done: bool,
    _pass: Pass,
}

impl Listener {
    /// The next event; none where the stream ends.
    async fn next(&mut self) -> Option<Event> {
        while !self.is_done {
            if !std::mem::take(&mut self.missed) {
                tokio::select! {
                    changed = self.changed.changed() => {
                        changed.ok()?;
                        // Of a thousand who wait, most changes concern one.
                        if !self.heard.catch_up() {
                            continue;
                        }
                    }
                    _ = self.closing.changed() => return None,
                    _ = self.tick.tick() => {
                        if !self.is_logged_in().await {
                            return None;
                        }
                        let Some(ping) = self.ping else { continue };
                        let data = json!({ "interval": ping.as_secs() });
                        return Some(Event::default().event("ping").data(data.to_string()));
                    }
                }
            }
            match self.news().await {
                Ok(Some(event)) => {
                    self.is_done = self.closes_after_state;
                    // A ping is for those who have heard nothing for so long (RFC 8620 §7.3).
                    self.tick.reset();
                    return Some(event);
                }
                Ok(None) => {}
                Err(failure) => {
                    tracing::warn!(error = %failure, "an event stream ends");
                    return None;
                }
            }
        }
        None
    }

    async fn is_logged_in(&self) -> bool {
        let session = self.gateway.sessions.find(&self.credential).await;
        // Where somebody has come or gone, the client asks anew.
        session.is_ok_and(|session| session.is_some_and(|it| it.logins().eq(self.session.logins())))
    }

    /// A StateChange (RFC 8620 §7.1), where anything that the client wants has changed.
    async fn news(&mut self) -> Result<Option<Event>, BackendError> {
        if !self.is_logged_in().await {
            self.is_done = true;
            return Ok(None);
        }
        let accounts = visitor::accounts(&self.gateway, &self.session).await?;
        self.heard = Heard::of(&accounts);
        let now = push::states(&accounts).await?;
        let change = push::state_change(&self.known, &now, &self.types);
        self.known = now;
        Ok(change.map(|change| {
            let id = push::fingerprint(&self.known);
            Event::default().event("state").id(id).data(change.to_string())
        }))
    }
}
