//! DayNote, a vendor type: what the school says about one day.

use tornister_protocol::school::DayNote;

use super::standard::Served;

impl Served for DayNote {
    const PROPERTIES: Option<&'static [&'static str]> = Some(&["id", "date", "title", "text"]);
}
