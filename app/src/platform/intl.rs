//! Dates and numbers in the reader's language, by the browser's own `Intl`.

use std::cell::RefCell;

use js_sys::{
    Array, Date,
    Intl::{DateTimeFormat, NumberFormat},
    Object, Reflect,
};
use tornister_protocol::time::{LocalDate, UtcDate};
use wasm_bindgen::JsValue;

use crate::i18n::Language;

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStyle {
    /// `Montag`.
    Weekday,
    /// `Mo`.
    WeekdayShort,
    /// `14. September`.
    DayMonth,
    /// `14.9.`.
    DayMonthShort,
    /// `Montag, 14. September`.
    Full,
    /// `Montag, 14. September 2026`.
    FullYear,
}

impl DateStyle {
    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Weekday => &[("weekday", "long")],
            Self::WeekdayShort => &[("weekday", "short")],
            Self::DayMonth => &[("day", "numeric"), ("month", "long")],
            Self::DayMonthShort => &[("day", "numeric"), ("month", "numeric")],
            Self::Full => &[("weekday", "long"), ("day", "numeric"), ("month", "long")],
            Self::FullYear => {
                &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")]
            }
        }
    }
}

thread_local! {
    /// Making a formatter is slow, using one is fast; there are a dozen at most.
    static FORMATS: RefCell<Vec<((Language, DateStyle), DateTimeFormat)>> = RefCell::default();
}

/// A day in words.
#[must_use]
pub fn date(language: Language, style: DateStyle, day: LocalDate) -> String {
    // The day's midnight in UTC, shown in UTC: no zone moves it.
    let midnight = day.at(chrono::NaiveTime::MIN);
    #[expect(clippy::cast_precision_loss, reason = "browsers count time in floating-point numbers")]
    let millis = UtcDate(midnight.0).unix_millis() as f64;
    FORMATS.with_borrow_mut(|formats| {
        let place = formats.iter().position(|(key, _)| *key == (language, style)).unwrap_or_else(|| {
            let mut options = style.options().to_vec();
            options.push(("timeZone", "UTC"));
            formats.push(((language, style), DateTimeFormat::new(&locales(language), &object(&options))));
            formats.len() - 1
        });
        let (_, format) = &formats[place];
        let text = format.format().call1(&JsValue::UNDEFINED, &Date::new(&millis.into()));
        text.ok().and_then(|text| text.as_string()).unwrap_or_else(|| day.to_string())
    })
}

/// A size in bytes as people read it, such as `1,2 MB`.
#[must_use]
pub fn size(language: Language, bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits of it are shown")]
    let bytes = bytes as f64;
    let (value, unit, digits) = match bytes {
        ..1_000.0 => (bytes, "byte", "0"),
        ..1_000_000.0 => (bytes / 1_000.0, "kilobyte", "0"),
        _ => (bytes / 1_000_000.0, "megabyte", "1"),
    };
    let options = [("style", "unit"), ("unit", unit), ("maximumFractionDigits", digits)];
    let format = NumberFormat::new(&locales(language), &object(&options));
    let text = format.format().call1(&JsValue::UNDEFINED, &value.into());
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// English as Europe writes it: the day before the month.
fn locales(language: Language) -> Array {
    let tag = match language {
        Language::De => "de-DE",
        Language::En => "en-GB",
    };
    Array::of1(&tag.into())
}

fn object(options: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}
