//! Tokens of the application itself, per tenant and scope: fetched once for all who want one, renewed early.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};

use crate::{error::TokenError, oidc::token::TokenSet};

const SECOND: i64 = 1_000_000;
/// Shortly before its end a token is not handed out any more: it would end on its way.
const MARGIN: i64 = 60 * SECOND;
/// A clock that steps back further than this leaves nobody knowing how long a token still has (threats T58).
const STEP: i64 = 5 * 60 * SECOND;
/// How long an early renewal that failed is left alone.
const PAUSE: i64 = 30 * SECOND;

/// A token of the application itself. `Debug` shows no secret.
#[derive(Debug)]
pub struct AccessToken {
    secret: SecretString,
    asked_at: i64,
    expires_at: i64,
    renew_at: i64,
}

impl AccessToken {
    /// `now` is when it was asked for; it is to be renewed at 70 % of its life.
    pub(crate) fn new(tokens: TokenSet, now: i64) -> Self {
        let life = tokens.expires_at.saturating_sub(now).max(0);
        Self {
            secret: tokens.access_token,
            asked_at: now,
            expires_at: tokens.expires_at,
            renew_at: now.saturating_add(life / 10 * 7),
        }
    }

    /// The token, to be sent as a bearer.
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// When it ends: microseconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }
}

type Key = (String, String);

/// All tokens, each in a place of its own.
#[derive(Default)]
pub(crate) struct TokenCache {
    places: Mutex<HashMap<Key, Arc<Place>>>,
}

#[derive(Default)]
struct Place {
    slot: Mutex<Slot>,
    /// Held by the one caller who asks Microsoft.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default, Clone)]
struct Slot {
    token: Option<Arc<AccessToken>>,
    /// From when until when Microsoft is left alone.
    wait: (i64, i64),
    /// How often Microsoft has answered; whoever waited for an answer takes it, be it a refusal.
    answers: u64,
    refusal: Option<TokenError>,
}

impl TokenCache {
    /// The token kept, or the one `fetch` brings. However many ask at once, one fetches; while a usable token is there,
    /// nobody else waits for it. `now` is in microseconds since 1970.
    pub(crate) async fn get<F>(
        &self,
        tenant: &str,
        scope: &str,
        now: i64,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<AccessToken>, TokenError>
    where
        F: Future<Output = Result<AccessToken, TokenError>>,
    {
        let place = self.place(tenant, scope);
        let seen = place.read();
        match seen.usable(now) {
            Some(token) if now < token.renew_at || seen.left(now).is_some() => Ok(token),
            Some(token) => {
                let Ok(_flight) = place.flight.try_lock() else {
                    return Ok(token);
                };
                Ok(place.answer(now, fetch().await).unwrap_or(token))
            }
            None => place.wait_or_fetch(seen.answers, now, fetch).await,
        }
    }

    /// Drops every token of a tenant: after a consent the old ones keep their old roles (entra-facts B3). An answer that is
    /// on its way reaches only those who asked before.
    pub(crate) fn forget(&self, tenant: &str) {
        self.lock().retain(|(of, _), _| of != tenant);
    }

    fn place(&self, tenant: &str, scope: &str) -> Arc<Place> {
        self.lock()
            .entry((tenant.to_owned(), scope.to_owned()))
            .or_default()
            .clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<Place>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    async fn wait_or_fetch<F>(
        &self,
        seen: u64,
        now: i64,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<AccessToken>, TokenError>
    where
        F: Future<Output = Result<AccessToken, TokenError>>,
    {
        let _flight = self.flight.lock().await;
        let slot = self.read();
        if let Some(token) = slot.usable(now) {
            return Ok(token);
        }
        if let Some(refusal) = slot.refusal.clone().filter(|_| slot.answers != seen) {
            return Err(refusal);
        }
        if let Some(left) = slot.left(now) {
            return Err(TokenError::throttled(left));
        }
        self.answer(now, fetch().await)
    }

    fn answer(
        &self,
        now: i64,
        answer: Result<AccessToken, TokenError>,
    ) -> Result<Arc<AccessToken>, TokenError> {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.answers += 1;
        match answer {
            Ok(token) => {
                let token = Arc::new(token);
                (slot.token, slot.refusal, slot.wait) = (Some(token.clone()), None, (0, 0));
                Ok(token)
            }
            Err(refusal) => {
                slot.wait = (now, wait_until(now, &refusal, slot.usable(now).is_some()));
                slot.refusal = Some(refusal.clone());
                Err(refusal)
            }
        }
    }

    fn read(&self) -> Slot {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Slot {
    fn usable(&self, now: i64) -> Option<Arc<AccessToken>> {
        let token = self.token.clone()?;
        let usable = now < token.expires_at.saturating_sub(MARGIN) && now >= token.asked_at - STEP;
        usable.then_some(token)
    }

    /// How long Microsoft is still to be left alone; a clock that steps back ends it.
    fn left(&self, now: i64) -> Option<Duration> {
        let (since, until) = self.wait;
        (since <= now && now < until).then(|| Duration::from_micros(until.abs_diff(now)))
    }
}

/// `Retry-After` is obeyed to the letter. Without it, only an early renewal pauses: whoever has no token may try at once.
fn wait_until(now: i64, refusal: &TokenError, early: bool) -> i64 {
    match refusal.retry_after {
        Some(time) => now.saturating_add(i64::try_from(time.as_micros()).unwrap_or(i64::MAX)),
        None if early => now + PAUSE,
        None => 0,
    }
}
