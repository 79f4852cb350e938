//! Untis text exports: GPU001, the week's plan, and GPU014, the changes. Both become dated lessons.
//! The columns are those of the public description; only the ones that a pupil may see are kept.

mod changes;
mod gpu001;
mod gpu014;
mod plan;

pub use gpu001::{PlannedRow, read_timetable};
pub use gpu014::{SubstitutionKind, SubstitutionRow, read_substitutions};
pub use plan::plan;

use tornister_protocol::school::Lesson;

/// One lesson of one class on one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassLesson {
    /// Such as `7b`.
    pub class: String,
    /// The lesson; its id is unique in the school and the same at every import.
    pub lesson: Lesson,
}
