//! Page objects: one per screen of the app, with what a person can do there. A story speaks of
//! "tick off the homework"; only here is it known which label to look for.

mod calendar;
mod homework;
mod login;
mod mail;
mod settings;
mod timetable;
mod today;

pub use calendar::CalendarPage;
pub use homework::HomeworkPage;
pub use login::LoginPage;
pub use mail::MailPage;
pub use settings::SettingsPage;
pub use timetable::TimetablePage;
pub use today::TodayPage;
