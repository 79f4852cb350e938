//! Who has to be told of a change: a thousand pupils wait at once, and most changes are one's alone.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{PoisonError, RwLock},
};

use tokio::sync::watch;

/// Whom a change concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concerned {
    /// Perhaps anybody.
    Everybody,
    /// Who sees any of these scopes.
    Scopes(BTreeSet<String>),
}

/// The numbers of the last changes.
pub struct News {
    newest: watch::Sender<i64>,
    touched: RwLock<Touched>,
}

/// The last change of everything and of each scope.
struct Touched {
    everything: i64,
    scopes: HashMap<String, i64>,
}

impl News {
    /// None since this number.
    pub fn since(number: i64) -> Self {
        let touched = Touched { everything: number, scopes: HashMap::new() };
        Self { newest: watch::Sender::new(number), touched: RwLock::new(touched) }
    }

    /// Moves with each change.
    pub fn newest(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }

    /// The number of the last change that may concern who sees these scopes.
    pub fn touched(&self, scopes: &[String]) -> i64 {
        let touched = self.touched.read().unwrap_or_else(PoisonError::into_inner);
        let scopes = scopes.iter().filter_map(|scope| touched.scopes.get(scope).copied());
        scopes.fold(touched.everything, i64::max)
    }

    /// Tells everybody who waits that changes after `before` and up to `number` can be read. Where somebody
    /// else, such as another process, made some of them, they may concern anybody.
    pub fn announce(&self, before: i64, number: i64, concerned: Concerned) {
        self.newest.send_if_modified(|newest| {
            if number <= *newest {
                return false;
            }
            let mut touched = self.touched.write().unwrap_or_else(PoisonError::into_inner);
            match concerned {
                Concerned::Scopes(scopes) if *newest == before => {
                    touched.scopes.extend(scopes.into_iter().map(|scope| (scope, number)));
                }
                _ => touched.everything = number,
            }
            *newest = number;
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn of(name: &str) -> Concerned {
        Concerned::Scopes(BTreeSet::from([name.to_owned()]))
    }

    #[test]
    fn a_change_concerns_who_sees_its_scope() {
        let news = News::since(7);
        news.announce(7, 9, of("user:lena"));
        assert_eq!(news.touched(&scopes(&["user:lena", "school"])), 9);
        assert_eq!(news.touched(&scopes(&["user:jonas", "school"])), 7);
        assert_eq!(*news.newest().borrow(), 9);
    }

    #[test]
    fn what_another_process_changed_meanwhile_may_concern_anybody() {
        let news = News::since(7);
        news.announce(8, 9, of("user:lena"));
        assert_eq!(news.touched(&scopes(&["user:jonas"])), 9);
    }

    #[test]
    fn a_change_that_was_told_already_is_not_told_again() {
        let news = News::since(7);
        news.announce(7, 9, Concerned::Everybody);
        let waiting = news.newest();
        news.announce(8, 9, of("user:lena"));
        assert!(!waiting.has_changed().unwrap());
    }
}
