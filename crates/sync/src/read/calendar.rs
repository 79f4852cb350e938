//! Calendar.

use tornister_protocol::{
    calendars::{Calendar, CalendarEvent, Occurrence},
    id::EventId,
    time::LocalDate,
};

use super::{EVERYTHING, Reader};
use crate::{
    kind::Kind,
    record::{ORDER, day_range, prefix_range},
    store::{Store, StoreError},
};

/// One time that an event takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventOn {
    /// The event, with all its occurrences.
    pub event: CalendarEvent,
    /// This one.
    pub occurrence: Occurrence,
}

impl<S: Store> Reader<S> {
    /// All calendars, in the order of a menu.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn calendars(&self) -> Result<Vec<Calendar>, StoreError> {
        self.list(Kind::Calendar, &prefix_range(ORDER), EVERYTHING).await
    }

    /// What takes place from the day `from` on and before the day `to`, by start; whole days first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn events(&self, from: LocalDate, to: LocalDate) -> Result<Vec<EventOn>, StoreError> {
        let mut events: Vec<CalendarEvent> =
            self.list(Kind::CalendarEvent, &day_range(from, to), EVERYTHING).await?;
        events.sort_by(|one, other| one.id.cmp(&other.id));
        events.dedup_by(|one, other| one.id == other.id);
        let midnight = chrono::NaiveTime::MIN;
        let (first, beyond) = (from.at(midnight), to.at(midnight));
        let mut listed: Vec<EventOn> = Vec::new();
        for event in events {
            for occurrence in &event.occurrences {
                if occurrence.start < beyond && (occurrence.end > first || occurrence.start >= first) {
                    listed.push(EventOn { event: event.clone(), occurrence: occurrence.clone() });
                }
            }
        }
        listed.sort_by(|one, other| {
            let order =
                |it: &EventOn| (it.occurrence.start.date(), !it.event.show_without_time, it.occurrence.start);
            order(one).cmp(&order(other)).then_with(|| one.event.title.cmp(&other.event.title))
        });
        Ok(listed)
    }

    /// An event.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn event(&self, id: &EventId) -> Result<Option<CalendarEvent>, StoreError> {
        self.one(Kind::CalendarEvent, id.as_str()).await
    }
}
