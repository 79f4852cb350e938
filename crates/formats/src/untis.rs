//! Untis text exports: GPU001, the week's plan, and GPU014, the changes.

use tornister_protocol::school::Lesson;

/// One lesson of one class on one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassLesson {
    /// Such as `7b`.
    pub class: String,
    /// The lesson; its id is unique in the school and the same at every import.
    pub lesson: Lesson,
}
