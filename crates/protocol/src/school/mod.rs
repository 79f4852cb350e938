//! What JMAP lacks, under [`capability::SCHOOL`](crate::capability::SCHOOL) (decision D1). The types
//! obey the standard methods' rules.

mod day_note;
mod lesson;

pub use day_note::DayNote;
pub use lesson::{Lesson, LessonChange, LessonChangeKind};
