//! Untis text exports: GPU001, the week's plan; GPU002, when a lesson is held; GPU014, the changes; GPU015,
//! who has chosen what; the time grid. Together they become dated lessons. The columns are those of the
//! public descriptions; only the ones that a pupil may see are kept.

mod changes;
mod exports;
mod gpu001;
mod gpu002;
mod gpu014;
mod gpu015;
mod plan;
mod time_grid;

use std::collections::BTreeSet;

pub use exports::{Export, ExportFile, Exports, Weeks, timetable};
pub use gpu001::{PlannedRow, read_timetable};
pub use gpu002::{AssignedRow, read_assignments};
pub use gpu014::{SubstitutionKind, SubstitutionRow, read_substitutions};
pub use gpu015::{ChoiceRow, read_choices};
pub use plan::plan;
pub use time_grid::read_time_grid;

use tornister_protocol::school::Lesson;

/// One lesson of one class on one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassLesson {
    /// Such as `7b`.
    pub class: String,
    /// Those of the class who have it, as Untis calls them; none where it is everybody's.
    pub students: Option<BTreeSet<String>>,
    /// The lesson; its id is unique in the school and the same at every import.
    pub lesson: Lesson,
}
