//! `school.toml` as it is written, checked and made a [`Profile`].

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    marker::PhantomData,
    ops::Range,
    str::FromStr,
};

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;
use tornister_protocol::time::LocalDate;

use super::{
    CharacterClass, Days, Holiday, MailRules, Password, PasswordPolicy, Period, Profile, ProfileError, Role,
    TimetableRules, User, is_login,
};

/// Fewer characters than this are guessed within the tries that a login allows.
const SHORTEST_PASSWORD: u32 = 6;
/// A school that asks for more keeps everybody out.
const LONGEST_MINIMUM: u32 = 64;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    name: String,
    time_zone: Spanned<String>,
    mail_domain: Spanned<String>,
    anchor_week: Option<Spanned<Parsed<Day>>>,
    year: Spanned<YearTable>,
    #[serde(default)]
    holiday: Vec<Spanned<HolidayTable>>,
    period: Vec<Spanned<PeriodTable>>,
    #[serde(default)]
    subjects: BTreeMap<String, String>,
    #[serde(default)]
    mail: MailTable,
    #[serde(default)]
    timetable: TimetableTable,
    #[serde(default)]
    password: PasswordTable,
    #[serde(default)]
    user: Vec<Spanned<UserTable>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PasswordTable {
    min_length: Option<Spanned<u32>>,
    must_contain: Option<BTreeSet<CharacterClass>>,
    reset_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct YearTable {
    first_day: Parsed<Day>,
    last_day: Parsed<Day>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct HolidayTable {
    name: String,
    first_day: Parsed<Day>,
    last_day: Parsed<Day>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PeriodTable {
    number: u32,
    start: Parsed<Clock>,
    end: Parsed<Clock>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct MailTable {
    #[serde(default)]
    parents_information: Vec<String>,
    #[serde(default)]
    quota_megabytes: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct TimetableTable {
    #[serde(default)]
    week_groups: Vec<String>,
    #[serde(default)]
    show_absent_teachers: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct UserTable {
    login: String,
    name: String,
    role: Role,
    class: Option<String>,
    password: Option<Password>,
}

/// A day, written as TOML's own date or as a text.
struct Day(LocalDate);

/// A time of day, `07:50`, written as TOML's own time or as a text.
struct Clock(NaiveTime);

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "a day is written 2026-09-14")
    }
}

impl FromStr for Clock {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = text.get(..5).and_then(|time| NaiveTime::parse_from_str(time, "%H:%M").ok());
        time.map(Self).ok_or("a time of day is written 07:50")
    }
}

/// What the text of a TOML date, time or string means.
struct Parsed<T>(T);

impl<'de, T: FromStr<Err = &'static str>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Date(toml::value::Datetime),
            Text(String),
        }
        struct Expected<T>(PhantomData<T>);
        impl<T: FromStr<Err = &'static str>> Expected<T> {
            fn read<E: de::Error>(text: &str) -> Result<Parsed<T>, E> {
                text.parse().map(Parsed).map_err(|message| E::custom(message))
            }
        }
        match Written::deserialize(deserializer)? {
            Written::Date(date) => Expected::read(&date.to_string()),
            Written::Text(text) => Expected::read(&text),
        }
    }
}

pub(super) fn profile(text: &str) -> Result<Profile, ProfileError> {
    let line = |span: Range<usize>| {
        1 + text.as_bytes().iter().take(span.start).filter(|&&byte| byte == b'\n').count()
    };
    let wrong = |span: Range<usize>, message: fmt::Arguments<'_>| ProfileError {
        line: line(span),
        message: message.to_string(),
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().to_owned();
        ProfileError {
            line: line(span.clone()),
            message: explained(&message, text.get(span.clone()).unwrap_or_default(), key(text, span.start)),
        }
    })?;

    let span = file.time_zone.span();
    let time_zone = file.time_zone.into_inner();
    let time_zone = time_zone.parse().map_err(|_| {
        let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let near = near(&time_zone, names).unwrap_or("Europe/Berlin");
        wrong(span, format_args!("time-zone: \"{time_zone}\" is no zone; did you mean \"{near}\"?"))
    })?;
    let span = file.mail_domain.span();
    let mail_domain = file.mail_domain.into_inner();
    if mail_domain.contains(['@', '/', ' ']) || !mail_domain.contains('.') {
        let message = format_args!(
            "mail-domain: \"{mail_domain}\" is no domain; write the part after the @, such as \"schule.example\""
        );
        return Err(wrong(span, message));
    }
    let anchor_week = match file.anchor_week {
        None => None,
        Some(anchor) if anchor.get_ref().0.0.weekday_number() == 1 => Some(anchor.into_inner().0.0),
        Some(anchor) => {
            let day = anchor.get_ref().0.0;
            let message = format_args!("anchor-week: {day} is no Monday; write {}", day.monday());
            return Err(wrong(anchor.span(), message));
        }
    };
    let days = |first: &Parsed<Day>, last: &Parsed<Day>, span: Range<usize>| {
        let (first, last) = (first.0.0, last.0.0);
        if first > last {
            return Err(wrong(
                span,
                format_args!("last-day: {last} is before first-day {first}; swap the two"),
            ));
        }
        Ok(Days { first, last })
    };
    let year = days(&file.year.get_ref().first_day, &file.year.get_ref().last_day, file.year.span())?;
    let holidays = file.holiday.into_iter().map(|holiday| {
        let days = days(&holiday.get_ref().first_day, &holiday.get_ref().last_day, holiday.span())?;
        Ok(Holiday { name: holiday.into_inner().name, days })
    });
    let holidays = holidays.collect::<Result<_, ProfileError>>()?;

    let mut periods = BTreeMap::new();
    for entry in file.period {
        let span = entry.span();
        let PeriodTable { number, start, end } = entry.into_inner();
        let (start, end) = (start.0.0, end.0.0);
        if start >= end {
            return Err(wrong(
                span,
                format_args!("period {number} ends before it begins; check start and end"),
            ));
        }
        if periods.insert(number, Period { start, end }).is_some() {
            return Err(wrong(
                span,
                format_args!("period {number} stands here twice; give each its own number"),
            ));
        }
    }

    let mut users: Vec<User> = Vec::new();
    for entry in file.user {
        let span = entry.span();
        let UserTable { login, name, role, class, password } = entry.into_inner();
        let login = login.to_lowercase();
        if !is_login(&login) {
            let message = format_args!("login: \"{login}\" may have letters, digits, dots and hyphens only");
            return Err(wrong(span, message));
        }
        if users.iter().any(|user| user.login == login) {
            return Err(wrong(span, format_args!("login: \"{login}\" stands here twice; remove one")));
        }
        if role == Role::Pupil && class.is_none() {
            return Err(wrong(span, format_args!("{login} is a pupil without a class; add class = \"7b\"")));
        }
        users.push(User { login, name, role, class, password });
    }

    let usual = PasswordPolicy::default();
    let min_length = match file.password.min_length {
        None => usual.min_length,
        Some(length) if (SHORTEST_PASSWORD..=LONGEST_MINIMUM).contains(length.get_ref()) => {
            length.into_inner()
        }
        Some(length) => {
            let message = format_args!(
                "min-length: {} is no length for passwords; write a number from {SHORTEST_PASSWORD} to {LONGEST_MINIMUM}",
                length.get_ref()
            );
            return Err(wrong(length.span(), message));
        }
    };
    let password = PasswordPolicy {
        min_length,
        must_contain: file.password.must_contain.unwrap_or(usual.must_contain),
        reset_by: file.password.reset_by,
    };

    Ok(Profile {
        name: file.name,
        time_zone,
        mail_domain,
        anchor_week,
        year,
        holidays,
        periods,
        subjects: file.subjects,
        mail: MailRules {
            parents_information: file.mail.parents_information,
            quota_megabytes: file.mail.quota_megabytes,
        },
        timetable: TimetableRules {
            week_groups: file.timetable.week_groups,
            show_absent_teachers: file.timetable.show_absent_teachers,
        },
        password,
        users,
    })
}

/// The key on the line of this place, where there is one before it.
fn key(text: &str, place: usize) -> Option<&str> {
    let before = text.get(..place)?;
    let line = before.rsplit('\n').next()?;
    let (key, _) = line.split_once('=')?;
    Some(key.trim()).filter(|key| !key.is_empty())
}

/// The name that looks most like what was written, where one does.
fn near<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let distance = |name: &str| strsim::damerau_levenshtein(&written.to_lowercase(), &name.to_lowercase());
    let near = names.map(|name| (distance(name), name)).min();
    near.filter(|(distance, _)| *distance <= 3).map(|(_, name)| name)
}

/// The parser's message with the key, and with a suggestion where a name is nearly right.
fn explained(message: &str, found: &str, key: Option<&str>) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let Some(missing) = message.strip_prefix("missing field").and(names.first()) {
        return format!("{missing} is missing; add it here");
    }
    let Some((written, known)) = names.split_first().filter(|_| message.starts_with("unknown")) else {
        // The place in the text may hold a password: only keys and values of other errors are shown.
        let is_secret = key == Some("password") || found.to_lowercase().contains("password");
        let is_short = found.len() <= 40 && !found.contains('\n') && !is_secret;
        return match key {
            _ if is_short && !found.is_empty() && message.contains("written") => {
                format!("{found}: {message}")
            }
            Some(key) if is_secret => format!("{key}: this is no text; write it between quotation marks"),
            Some(key) if message.starts_with("invalid") => format!("{key}: {message}"),
            _ => message.to_owned(),
        };
    };
    match near(written, known.iter().copied()) {
        Some(name) => format!("\"{written}\" is not known here; did you mean \"{name}\"?"),
        None => format!("\"{written}\" is not known here; remove it or write one of: {}", known.join(", ")),
    }
}
