//! A day's lessons as pupils see them: double lessons are one, and what falls out is not next.

use tornister_protocol::{
    school::{Lesson, LessonChangeKind},
    time::LocalDateTime,
};

/// One lesson, or several periods of the same in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The first period; the others differ in period and time only.
    pub lesson: Lesson,
    /// The last period.
    pub last_period: u32,
    /// When the last period ends.
    pub end: LocalDateTime,
}

impl Block {
    fn new(lesson: Lesson) -> Self {
        Self { last_period: lesson.period, end: lesson.end, lesson }
    }

    /// Whether the pupil has to be there.
    #[must_use]
    pub fn takes_place(&self) -> bool {
        takes_place(&self.lesson)
    }

    /// When it begins.
    #[must_use]
    pub fn start(&self) -> LocalDateTime {
        self.lesson.start
    }

    /// Its subject in full, the new one where it has changed.
    #[must_use]
    pub fn subject_name(&self) -> &str {
        let change = self.lesson.change.as_ref();
        change.and_then(|it| it.subject_name.as_deref()).unwrap_or(&self.lesson.subject_name)
    }

    /// Its subject in short, the new one where it has changed.
    #[must_use]
    pub fn subject(&self) -> &str {
        let change = self.lesson.change.as_ref();
        change.and_then(|it| it.subject.as_deref()).unwrap_or(&self.lesson.subject)
    }

    /// Its rooms, the new ones where they have changed.
    #[must_use]
    pub fn rooms(&self) -> &[String] {
        let change = self.lesson.change.as_ref();
        change.and_then(|it| it.rooms.as_ref()).unwrap_or(&self.lesson.rooms)
    }

    /// Its teachers, the new ones where they have changed.
    #[must_use]
    pub fn teachers(&self) -> &[String] {
        let change = self.lesson.change.as_ref();
        change.and_then(|it| it.teachers.as_ref()).unwrap_or(&self.lesson.teachers)
    }
}

/// Whether a lesson takes place at its own time.
#[must_use]
pub fn takes_place(lesson: &Lesson) -> bool {
    let away = |kind| matches!(kind, LessonChangeKind::Cancelled | LessonChangeKind::MovedAway);
    !lesson.change.as_ref().is_some_and(|change| away(change.kind))
}

/// Joins the periods of double lessons. `lessons` are of one day, in order.
#[must_use]
pub fn blocks(lessons: &[Lesson]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for lesson in lessons {
        let joined = blocks.iter_mut().rev().find(|block| continues(block, lesson));
        match joined {
            Some(block) => {
                block.last_period = lesson.period;
                block.end = lesson.end;
            }
            None => blocks.push(Block::new(lesson.clone())),
        }
    }
    blocks
}

fn continues(block: &Block, lesson: &Lesson) -> bool {
    let first = &block.lesson;
    let other_period = |it: &Lesson| it.change.as_ref().and_then(|change| change.other_period);
    let plain = |it: &Lesson| {
        it.change.clone().map(|mut change| {
            change.other_period = None;
            change
        })
    };
    first.date == lesson.date
        && block.last_period + 1 == lesson.period
        && first.subject == lesson.subject
        && first.teachers == lesson.teachers
        && first.rooms == lesson.rooms
        && plain(first) == plain(lesson)
        && other_period(first).is_some() == other_period(lesson).is_some()
}

/// The block that is on at `now` or comes next, of those that take place.
#[must_use]
pub fn next(blocks: &[Block], now: LocalDateTime) -> Option<&Block> {
    blocks.iter().filter(|block| block.takes_place()).find(|block| block.end > now)
}

/// Whether nothing takes place any more at `now`. A day without lessons is over from the start.
#[must_use]
pub fn is_over(lessons: &[Lesson], now: LocalDateTime) -> bool {
    !lessons.iter().any(|lesson| takes_place(lesson) && lesson.end > now)
}

#[cfg(test)]
pub mod tests {
    use tornister_protocol::school::LessonChange;

    use super::*;

    pub fn lesson(period: u32, subject: &str) -> Lesson {
        let at = |minute: u32| format!("2026-09-16T{:02}:{minute:02}:00", 7 + period).parse().unwrap();
        Lesson {
            id: format!("{period}{subject}").into(),
            date: "2026-09-16".parse().unwrap(),
            period,
            start: at(0),
            end: at(45),
            number: 1,
            subject: subject.to_owned(),
            subject_name: subject.to_owned(),
            teachers: vec!["Abc".to_owned()],
            rooms: vec!["R1".to_owned()],
            change: None,
        }
    }

    pub fn changed(period: u32, subject: &str, kind: LessonChangeKind) -> Lesson {
        let change = LessonChange {
            kind,
            subject: None,
            subject_name: None,
            teachers: None,
            rooms: None,
            other_date: None,
            other_period: None,
            text: String::new(),
        };
        Lesson { change: Some(change), ..lesson(period, subject) }
    }

    #[test]
    fn a_double_lesson_is_one_block_unless_one_half_changes() {
        let day = [lesson(1, "M"), lesson(2, "M"), lesson(3, "D")];
        let joined = blocks(&day);
        assert_eq!(joined.len(), 2);
        assert_eq!((joined[0].lesson.period, joined[0].last_period), (1, 2));
        let day = [lesson(1, "M"), changed(2, "M", LessonChangeKind::Cancelled)];
        assert_eq!(blocks(&day).len(), 2);
    }

    #[test]
    fn the_same_subject_after_a_free_period_is_a_block_of_its_own() {
        assert_eq!(blocks(&[lesson(1, "M"), lesson(3, "M")]).len(), 2);
    }

    #[test]
    fn what_falls_out_is_not_next_and_the_day_ends_before_it() {
        let day = [lesson(1, "M"), changed(2, "D", LessonChangeKind::Cancelled), lesson(3, "E")];
        let blocks = blocks(&day);
        let after_first = day[0].end;
        assert_eq!(next(&blocks, after_first).unwrap().lesson.subject, "E");
        let day = [lesson(1, "M"), changed(2, "D", LessonChangeKind::MovedAway)];
        assert!(is_over(&day, day[0].end));
        assert!(!is_over(&day, day[0].start));
    }
}
