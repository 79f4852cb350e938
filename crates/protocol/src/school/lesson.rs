//! Lesson: one period of a pupil's timetable on one date, with what is different on that date.

use serde::{Deserialize, Serialize};

use crate::{
    id::LessonId,
    time::{LocalDate, LocalDateTime},
};

/// One period on one date, as the timetable plans it; [`Lesson::change`] says what happens instead.
/// A double lesson is two of these. Subjects, teachers and rooms are the school's short forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lesson {
    /// Its id.
    pub id: LessonId,
    /// The day.
    pub date: LocalDate,
    /// Counted as the school counts; 1 is the first.
    pub period: u32,
    /// When it begins, from the time grid of the school.
    pub start: LocalDateTime,
    /// When it ends.
    pub end: LocalDateTime,
    /// The lesson's number in the school's plan: equal for lessons that belong together.
    pub number: u32,
    /// Such as `M`.
    pub subject: String,
    /// In full, such as `Mathematik`; the short form where the school gave none.
    pub subject_name: String,
    /// Short forms, such as `LenPh`.
    pub teachers: Vec<String>,
    /// Such as `R104`.
    pub rooms: Vec<String>,
    /// What is different; `None` where it takes place as planned.
    #[serde(default)]
    pub change: Option<LessonChange>,
}

/// What is different. A field holds the new value where it differs from the plan, else `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LessonChange {
    /// In one word.
    pub kind: LessonChangeKind,
    /// The short form of the subject taught instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The same in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_name: Option<String>,
    /// Who teaches instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teachers: Option<Vec<String>>,
    /// Where instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Vec<String>>,
    /// The other end of a move: the period it went to or came from, as far as the school says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_period: Option<u32>,
    /// The day of the other end, where it is another day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_date: Option<LocalDate>,
    /// What the school adds for everybody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// The kinds of change that a pupil has to tell apart (Untis GPU014, columns 18 and 20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LessonChangeKind {
    /// Does not take place.
    Cancelled,
    /// Somebody else teaches, perhaps something else.
    Substitution,
    /// Somebody only looks after the class.
    Supervision,
    /// Only the room differs.
    Room,
    /// Takes place at another time: this is the empty old place.
    MovedAway,
    /// Takes place here instead of at its planned time.
    MovedHere,
    /// An exam.
    Exam,
    /// Something else; see the text.
    Other,
}
