//! Slows down who guesses passwords: by login, whoever tries, and by the address of who tries,
//! whichever login.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Whose tries are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Login(String),
    /// A whole IPv6 network: its users choose their addresses themselves.
    Address(IpAddr),
}

impl Key {
    /// Tries without delay. A whole school may sit behind one address.
    fn free(&self) -> u32 {
        match self {
            Self::Login(_) => 5,
            Self::Address(_) => 50,
        }
    }

    /// The longest delay in seconds.
    fn longest(&self) -> i64 {
        match self {
            Self::Login(_) => 15 * 60,
            Self::Address(_) => 5 * 60,
        }
    }

    /// Tries at once. A whole school logs in when the first lesson begins. Not more, or somebody who guesses would
    /// slip in any number of them before the first one has failed; and the fewer, the more have.
    fn at_once(&self, failed: u32) -> u32 {
        match self {
            Self::Login(_) => MAX_RUNNING,
            Self::Address(_) => (MAX_RUNNING * self.free().saturating_sub(failed) / self.free()).max(1),
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    failed: u32,
    /// Of an address: tries that nobody has answered yet.
    running: u32,
    last: i64,
    blocked_until: i64,
    /// Of an address: up to when failures were forgiven.
    forgiven: i64,
}

/// Who has not tried for so long starts anew. Seconds.
const MEMORY: i64 = 60 * 60;
/// More entries than this are swept.
const ROOM: usize = 10_000;
const MAX_LOGIN_CHARS: usize = 200;
const MAX_RUNNING: u32 = 500;
/// An address is forgiven one failure in so many seconds: a school that mistypes now and then never waits, and who
/// guesses behind its address slows the others down by no more than this.
const FORGIVEN_IN: i64 = 10;

/// Counts failed logins, in memory.
#[derive(Debug, Default)]
pub struct Brake {
    tries: Mutex<HashMap<Key, Tries>>,
}

/// One try that was let through. Unless [`Attempt::succeeded`] is called it has failed, also where nobody
/// waits for its answer. For the login it counts from the beginning, so that tries at the same time do not
/// slip past.
#[derive(Debug)]
pub struct Attempt<'b> {
    brake: &'b Brake,
    keys: Vec<Key>,
    now: i64,
    succeeded: bool,
}

impl Attempt<'_> {
    /// The password was right: the login starts anew, and the address has no failure.
    pub fn succeeded(mut self) {
        self.succeeded = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut tries = self.brake.tries.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &self.keys {
            match key {
                Key::Login(_) if self.succeeded => {
                    tries.remove(key);
                }
                Key::Login(_) => {}
                Key::Address(_) => {
                    let entry = tries.entry(key.clone()).or_default();
                    entry.running = entry.running.saturating_sub(1);
                    if !self.succeeded {
                        entry.fail(key, self.now);
                    }
                }
            }
        }
    }
}

impl Tries {
    fn fail(&mut self, key: &Key, now: i64) {
        self.forgive(key, now);
        // What failed at the same time would else keep a whole school out for an hour.
        let most = if matches!(key, Key::Login(_)) { u32::MAX } else { 2 * key.free() };
        self.failed = self.failed.saturating_add(1).min(most);
        if self.failed >= key.free() {
            let above = self.failed - key.free();
            let wait = match key {
                Key::Login(_) => 2 << above.min(20),
                Key::Address(_) => FORGIVEN_IN * (i64::from(above) + 1) - (now - self.forgiven),
            };
            self.blocked_until = now + wait.min(key.longest());
        }
    }

    /// What an address did wrong is forgotten little by little; a right password of one pupil says nothing about
    /// what another one tries.
    fn forgive(&mut self, key: &Key, now: i64) {
        if matches!(key, Key::Login(_)) {
            return;
        }
        let times = (now - self.forgiven) / FORGIVEN_IN;
        self.failed = self.failed.saturating_sub(u32::try_from(times).unwrap_or(u32::MAX));
        self.forgiven = if self.failed == 0 { now } else { self.forgiven + times * FORGIVEN_IN };
    }
}

impl Brake {
    /// Lets a try through, or answers after how many seconds the next one counts. `now` in Unix seconds.
    ///
    /// # Errors
    /// The seconds to wait, at least 1.
    pub fn attempt(&self, login: &str, address: Option<IpAddr>, now: i64) -> Result<Attempt<'_>, u64> {
        let login = login.trim().to_lowercase().chars().take(MAX_LOGIN_CHARS).collect();
        let mut keys = vec![Key::Login(login)];
        keys.extend(address.map(|address| Key::Address(network(address))));

        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() > ROOM {
            tries.retain(|_, entry| entry.running > 0 || now - entry.last < MEMORY);
        }
        let entries = || keys.iter().filter_map(|key| tries.get(key));
        let wait = entries().map(|entry| entry.blocked_until - now).max();
        if let Some(seconds) = wait.and_then(|seconds| u64::try_from(seconds).ok()).filter(|wait| *wait > 0) {
            return Err(seconds);
        }
        let is_full =
            |key: &Key| tries.get(key).is_some_and(|entry| entry.running >= key.at_once(entry.failed));
        if keys.iter().any(is_full) {
            return Err(1);
        }
        for key in &keys {
            let entry = tries.entry(key.clone()).or_insert(Tries { forgiven: now, ..Tries::default() });
            entry.forgive(key, now);
            if now - entry.last >= MEMORY {
                *entry = Tries { running: entry.running, forgiven: now, ..Tries::default() };
            }
            entry.last = now;
            match key {
                Key::Login(_) => entry.fail(key, now),
                Key::Address(_) => entry.running += 1,
            }
        }
        drop(tries);
        Ok(Attempt { brake: self, keys, now, succeeded: false })
    }
}

/// The address, of IPv6 its network: /64.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_and_a_right_password_ends_it() {
        let brake = Brake::default();
        for _ in 0..5 {
            brake.attempt("lena", None, 1000).unwrap();
        }
        assert_eq!(brake.attempt("Lena ", None, 1000).unwrap_err(), 2);
        brake.attempt("lena", None, 1002).unwrap();
        assert_eq!(brake.attempt("lena", None, 1002).unwrap_err(), 4);
        brake.attempt("lena", None, 1006).unwrap().succeeded();
        brake.attempt("lena", None, 1006).unwrap();
    }

    #[test]
    fn an_address_that_tries_many_logins_is_slowed_down_but_not_its_neighbour() {
        let brake = Brake::default();
        let address = |text: &str| Some(text.parse().unwrap());
        for login in 0..50 {
            brake.attempt(&format!("pupil{login}"), address("2001:db8::1"), 0).unwrap();
        }
        assert!(brake.attempt("another", address("2001:db8::2"), 0).is_err());
        assert!(brake.attempt("another", address("2001:db8:0:1::1"), 0).is_ok());
    }

    #[test]
    fn a_school_behind_one_address_logs_in_at_once() {
        let brake = Brake::default();
        let school = Some("192.0.2.7".parse().unwrap());
        let running: Vec<_> = (0..MAX_RUNNING)
            .map(|pupil| brake.attempt(&format!("pupil{pupil}"), school, 0).unwrap())
            .collect();
        assert_eq!(brake.attempt("one too many", school, 0).unwrap_err(), 1);
        running.into_iter().for_each(Attempt::succeeded);
        brake.attempt("one too many", school, 0).unwrap().succeeded();
    }

    #[test]
    fn a_try_whose_answer_nobody_awaits_has_failed() {
        let brake = Brake::default();
        let address = Some("192.0.2.7".parse().unwrap());
        for pupil in 0..50 {
            drop(brake.attempt(&format!("pupil{pupil}"), address, 0).unwrap());
        }
        assert_eq!(brake.attempt("another", address, 0).unwrap_err(), 10);
    }

    #[test]
    fn a_school_that_mistypes_now_and_then_never_waits() {
        let brake = Brake::default();
        let school = Some("192.0.2.7".parse().unwrap());
        for typo in 0..1000_i64 {
            drop(brake.attempt(&format!("pupil{typo}"), school, typo * 10).unwrap());
        }
    }

    #[test]
    fn who_guesses_behind_a_schools_address_keeps_the_others_waiting_for_seconds_only() {
        let brake = Brake::default();
        let school = Some("192.0.2.7".parse().unwrap());
        let (mut now, mut guessed) = (0, 0);
        while now < 3600 {
            match brake.attempt(&format!("pupil{guessed}"), school, now) {
                Ok(guess) => {
                    drop(guess);
                    guessed += 1;
                }
                Err(wait) => {
                    assert!(wait <= 10, "{wait}");
                    now += i64::try_from(wait).unwrap();
                }
            }
        }
        assert_eq!(guessed, 50 + 360 - 1);
    }

    #[test]
    fn guesses_at_the_same_time_are_paid_for_afterwards() {
        let brake = Brake::default();
        let address = Some("192.0.2.7".parse().unwrap());
        let running: Vec<_> = (0..MAX_RUNNING)
            .map(|pupil| brake.attempt(&format!("pupil{pupil}"), address, 0).unwrap())
            .collect();
        drop(running);
        assert_eq!(brake.attempt("another", address, 0).unwrap_err(), 300);
        let _one = brake.attempt("another", address, 300).unwrap();
        assert_eq!(brake.attempt("and another", address, 300).unwrap_err(), 1);
    }

    #[test]
    fn no_delay_is_longer_than_a_quarter_of_an_hour() {
        let brake = Brake::default();
        let mut now = 0;
        for _ in 0..40 {
            while let Err(wait) = brake.attempt("lena", None, now) {
                assert!(wait <= 900, "{wait}");
                now += i64::try_from(wait).unwrap();
            }
        }
    }
}
