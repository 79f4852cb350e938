//! A week's lessons as a grid of periods and days.

use std::collections::BTreeMap;

use tornister_protocol::{
    school::Lesson,
    time::{LocalDate, LocalDateTime},
};

use super::school_day::{self, Block};

/// One row's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodTimes {
    /// Counted as the school counts.
    pub number: u32,
    /// When its first lesson in this week begins; only the time of day means something.
    pub start: LocalDateTime,
    /// When it ends.
    pub end: LocalDateTime,
}

/// What stands at a period of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Free,
    /// Part of the cell above.
    Covered,
    /// These, through so many rows; more than one where lessons lie side by side.
    Lessons {
        /// In order.
        blocks: Vec<Block>,
        /// Rows.
        span: u32,
    },
}

/// A week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its school days: Monday to Friday, and the weekend's days that have lessons.
    pub days: Vec<LocalDate>,
    /// Its periods, without gaps from the first to the last that is used.
    pub periods: Vec<PeriodTimes>,
    /// For each period the cells of all days.
    pub rows: Vec<Vec<Cell>>,
}

impl Week {
    /// The week of `monday`.
    #[must_use]
    pub fn new(monday: LocalDate, lessons: &[Lesson]) -> Self {
        let mut periods: BTreeMap<u32, PeriodTimes> = BTreeMap::new();
        for lesson in lessons {
            let times = PeriodTimes { number: lesson.period, start: lesson.start, end: lesson.end };
            periods.entry(lesson.period).or_insert(times);
        }
        let periods: Vec<PeriodTimes> = periods.into_values().collect();
        let on = |day: LocalDate| -> Vec<&Lesson> { lessons.iter().filter(|it| it.date == day).collect() };
        let days: Vec<LocalDate> = (0..7)
            .map(|step| monday.plus_days(step))
            .filter(|day| !day.is_weekend() || !on(*day).is_empty())
            .collect();
        let columns: Vec<Vec<Cell>> = days.iter().map(|day| column(&periods, &on(*day))).collect();
        let rows =
            (0..periods.len()).map(|row| columns.iter().map(|cells| cells[row].clone()).collect()).collect();
        Self { days, periods, rows }
    }
}

fn column(periods: &[PeriodTimes], lessons: &[&Lesson]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut covered = 0;
    for (row, period) in periods.iter().enumerate() {
        if covered > 0 {
            covered -= 1;
            cells.push(Cell::Covered);
            continue;
        }
        let here = at(lessons, period.number);
        if here.is_empty() {
            cells.push(Cell::Free);
            continue;
        }
        // Lessons side by side stay period by period: they may end differently.
        let span = if here.len() == 1 { double(&periods[row..], lessons) } else { 1 };
        let through: Vec<Lesson> =
            periods[row..row + span].iter().flat_map(|it| at(lessons, it.number)).collect();
        cells.push(Cell::Lessons {
            blocks: school_day::blocks(&through),
            span: u32::try_from(span).unwrap_or(1),
        });
        covered = span - 1;
    }
    cells
}

fn at(lessons: &[&Lesson], period: u32) -> Vec<Lesson> {
    lessons.iter().filter(|lesson| lesson.period == period).map(|lesson| (*lesson).clone()).collect()
}

/// Through how many of these periods the first one's lesson goes on alone.
fn double(periods: &[PeriodTimes], lessons: &[&Lesson]) -> usize {
    let mut through: Vec<Lesson> = Vec::new();
    for (span, period) in periods.iter().enumerate() {
        let here = at(lessons, period.number);
        let alone = here.len() == 1;
        through.extend(here);
        if !alone || school_day::blocks(&through).len() > 1 {
            return span;
        }
    }
    periods.len()
}

#[cfg(test)]
mod tests {
    use super::{
        super::school_day::tests::{changed, lesson},
        *,
    };
    use tornister_protocol::school::LessonChangeKind;

    #[test]
    fn a_double_lesson_is_one_cell_through_two_rows() {
        let lessons = [lesson(1, "M"), lesson(2, "M"), lesson(4, "D")];
        let week = Week::new(lessons[0].date.monday(), &lessons);
        assert_eq!(week.days.len(), 5);
        let wednesday: Vec<&Cell> = week.rows.iter().map(|row| &row[2]).collect();
        assert!(matches!(wednesday[0], Cell::Lessons { span: 2, .. }));
        assert_eq!(wednesday[1], &Cell::Covered);
        assert!(week.rows.iter().all(|row| row[0] == Cell::Free));
    }

    #[test]
    fn lessons_side_by_side_share_a_cell() {
        let moved = changed(2, "E", LessonChangeKind::MovedHere);
        let lessons = [lesson(1, "M"), lesson(2, "M"), moved];
        let week = Week::new(lessons[0].date.monday(), &lessons);
        assert!(matches!(&week.rows[0][2], Cell::Lessons { span: 1, .. }));
        assert!(matches!(&week.rows[1][2], Cell::Lessons { blocks, .. } if blocks.len() == 2));
    }

    #[test]
    fn a_saturday_shows_only_with_lessons() {
        let mut saturday = lesson(1, "M");
        saturday.date = saturday.date.monday().plus_days(5);
        assert_eq!(Week::new(saturday.date.monday(), &[saturday]).days.len(), 6);
        assert_eq!(Week::new("2026-09-14".parse().unwrap(), &[]).days.len(), 5);
    }
}
