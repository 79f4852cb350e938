//! JSCalendar objects (RFC 8984) that a client writes: what each property may hold, and what the server
//! sees to.

mod shape;

use chrono_tz::Tz;
use serde_json::{Value, json};
use tornister_formats::{ical, profile::Days, zone};
use tornister_protocol::{calendars::OCCURRENCES, time::UtcDate};

pub use self::shape::{MAX_DATE_TIME, MIN_DATE_TIME, check_property};
use self::shape::{is_known, is_local};
use super::{
    Object, Refusal, RefusalKind, calendar::is_origin, moment::Moment, select::text, series::zone_of,
};

/// More people than this do not meet.
pub const MAX_PARTICIPANTS: usize = 200;
/// Octets of an entry as JSON.
const MAX_BYTES: usize = 200_000;

/// What an entry is written in.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// This moment.
    pub now: UtcDate,
    /// The school's.
    pub zone: Tz,
    /// The school year.
    pub year: Days,
    /// The writer's own, as `mailto:`.
    pub address: String,
    /// For an entry that has none.
    pub uid: String,
}

/// What no occurrence has for itself (RFC 8984 §4.3.5, draft-ietf-jmap-calendars §5).
const NOT_IN_OVERRIDES: [&str; 23] = [
    "@type",
    "excludedRecurrenceRules",
    "method",
    "privacy",
    "prodId",
    "recurrenceId",
    "recurrenceIdTimeZone",
    "recurrenceOverrides",
    "recurrenceRules",
    "relatedTo",
    "replyTo",
    "sentBy",
    "timeZones",
    "uid",
    "id",
    "calendarIds",
    "taskListId",
    "isDraft",
    "mayInviteSelf",
    "mayInviteOthers",
    "hideAttendees",
    "utcStart",
    "utcEnd",
];

/// What each person sets for oneself: changing only these is no new version of an entry.
const PER_USER: [&str; 5] = ["keywords", "color", "freeBusyStatus", "useDefaultAlerts", "alerts"];

/// What RFC 8984 says of a property that is not there.
#[must_use]
pub fn default_of(name: &str) -> Option<Value> {
    Some(match name {
        "title" | "description" => json!(""),
        "descriptionContentType" => json!("text/plain"),
        "showWithoutTime" | "excluded" | "useDefaultAlerts" | "isDraft" | "mayInviteSelf"
        | "mayInviteOthers" | "hideAttendees" => json!(false),
        "sequence" | "priority" => json!(0),
        "duration" => json!("PT0S"),
        "status" => json!("confirmed"),
        "freeBusyStatus" => json!("busy"),
        "privacy" => json!("public"),
        _ if is_known(name) || name == "baseEventId" => Value::Null,
        _ => return None,
    })
}

/// Checks an event and fills in what the server sets. `before` is what it was.
///
/// # Errors
/// `invalidProperties` or `tooLarge`.
pub fn settle_event(
    object: &mut Object,
    before: Option<&Object>,
    surroundings: &Surroundings,
) -> Result<(), Refusal> {
    object.retain(|_, value| !value.is_null());
    from_utc(object, "utcStart", "start", surroundings)?;
    if let Some(end) = object.remove("utcEnd") {
        let end = moment("utcEnd", &end)?;
        let (start, _) = ical::span(object, surroundings.zone)
            .map_err(|error| Refusal::property("start", &error.to_string()))?;
        let seconds = (end.0 - start.0).num_seconds();
        if seconds < 0 {
            return Err(Refusal::property("utcEnd", "an event does not end before it begins"));
        }
        object.insert("duration".to_owned(), json!(format!("PT{seconds}S")));
    }
    let faults = faults_of_event(object);
    settle(object, before, surroundings, "Event", faults)?;
    let has_participants =
        object.get("participants").and_then(Value::as_object).is_some_and(|all| !all.is_empty());
    if has_participants && !object.contains_key("replyTo") {
        object.insert("replyTo".to_owned(), json!({ "imip": surroundings.address }));
    }
    ical::span(object, surroundings.zone)
        .map_err(|error| Refusal::property("duration", &error.to_string()))?;
    let occurrences = ical::occurrences(object, surroundings.zone, surroundings.year)
        .map_err(|error| Refusal::property("recurrenceRules", &error.to_string()))?;
    object.insert(OCCURRENCES.to_owned(), json!(occurrences));
    Ok(())
}

/// What is wrong with an event as a whole.
fn faults_of_event(event: &Object) -> Vec<Refusal> {
    let members = |name: &str| event.get(name).and_then(Value::as_object).map_or(0, serde_json::Map::len);
    let mut faults = Vec::new();
    if members("participants") > MAX_PARTICIPANTS {
        let description = format!("at most {MAX_PARTICIPANTS} participants");
        faults.push(Refusal::property("participants", &description));
    }
    if members("calendarIds") == 0 {
        faults.push(Refusal::property("calendarIds", "an event is in at least one calendar"));
    }
    if !event.contains_key("start") {
        faults.push(Refusal::property("start", "it has to say when it begins"));
    }
    faults
}

/// Checks a task and fills in what the server sets. `before` is what it was.
///
/// # Errors
/// `invalidProperties` or `tooLarge`.
pub fn settle_task(
    object: &mut Object,
    before: Option<&Object>,
    surroundings: &Surroundings,
) -> Result<(), Refusal> {
    object.retain(|_, value| !value.is_null());
    from_utc(object, "utcStart", "start", surroundings)?;
    from_utc(object, "utcDue", "due", surroundings)?;
    let faults = faults_of_task(object);
    settle(object, before, surroundings, "Task", faults)?;
    if !object.contains_key("workflowStatus") {
        object.entry("progress").or_insert_with(|| json!("needs-action"));
    }
    let is_as_before = |name: &str| before.is_some_and(|before| object.get(name) == before.get(name));
    if before.is_some() && !is_as_before("progress") && is_as_before("progressUpdated") {
        object.insert("progressUpdated".to_owned(), json!(surroundings.now));
    }
    Ok(())
}

/// What is wrong with a task as a whole.
fn faults_of_task(task: &Object) -> Vec<Refusal> {
    let mut faults = Vec::new();
    if task.contains_key("workflowStatus") && task.contains_key("progress") {
        faults.push(Refusal::property("workflowStatus", "either this or 'progress'"));
    }
    if text(task, "taskListId").is_empty() {
        faults.push(Refusal::property("taskListId", "a task is in a list"));
    }
    faults
}

/// What both have in common. `faults` is what was found wrong with the whole.
fn settle(
    object: &mut Object,
    before: Option<&Object>,
    surroundings: &Surroundings,
    kind: &str,
    mut faults: Vec<Refusal>,
) -> Result<(), Refusal> {
    if serde_json::to_string(object).map_or(0, |json| json.len()) > MAX_BYTES {
        return Err(Refusal::bare(RefusalKind::TooLarge).with("maxSize", MAX_BYTES));
    }
    if object.contains_key("method") {
        faults.push(Refusal::property("method", "messages about entries have it, entries do not"));
    }
    object.entry("@type").or_insert_with(|| json!(kind));
    if text(object, "@type") != kind {
        faults.push(Refusal::property("@type", &format!("must be {kind}")));
    }
    faults.extend(object.iter().filter_map(|(name, value)| check_property(name, value).err()));
    faults.extend(overrides(object).err());
    Refusal::all(faults)?;
    let is_draft = |object: &Object| object.get("isDraft") == Some(&Value::Bool(true));
    if before.is_some_and(|before| is_draft(object) && !is_draft(before)) {
        return Err(Refusal::property("isDraft", "what was published is no draft any more"));
    }
    let now = surroundings.now.to_string();
    object.entry("uid").or_insert_with(|| json!(surroundings.uid));
    if text(object, "created").parse::<Created>().is_ok_and(|created| created.0 > surroundings.now) {
        object.remove("created");
    }
    object.entry("created").or_insert_with(|| json!(now));
    // Another's entry keeps its version: messages about it are told apart by that
    // (draft-ietf-jmap-calendars §5.8).
    let is_origin = is_origin(object, &surroundings.address);
    if is_origin || !object.contains_key("updated") {
        object.insert("updated".to_owned(), json!(now));
    }
    let sequence = |object: &Object| object.get("sequence").and_then(Value::as_u64).unwrap_or_default();
    if let Some(before) = before
        && is_origin
        && is_new_version(object, before)
        && sequence(object) <= sequence(before)
    {
        object.insert("sequence".to_owned(), json!(sequence(before) + 1));
    }
    Ok(())
}

/// A moment as stored, read for comparing.
struct Created(UtcDate);

impl std::str::FromStr for Created {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        moment("created", &json!(text)).map(Self).map_err(|_| ())
    }
}

fn moment(name: &str, value: &Value) -> Result<UtcDate, Refusal> {
    serde::Deserialize::deserialize(value)
        .map(|Moment(moment)| moment)
        .map_err(|error: serde_json::Error| Refusal::property(name, &error.to_string()))
}

/// Turns a moment into a time of the entry's own zone.
fn from_utc(object: &mut Object, utc: &str, local: &str, around: &Surroundings) -> Result<(), Refusal> {
    let Some(value) = object.remove(utc).filter(|value| !value.is_null()) else { return Ok(()) };
    let zone = zone_of(object).unwrap_or(around.zone);
    object.insert(local.to_owned(), json!(zone::local(moment(utc, &value)?, zone)));
    Ok(())
}

fn overrides(object: &Object) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::property("recurrenceOverrides", why));
    for (id, patch) in object.get("recurrenceOverrides").and_then(Value::as_object).into_iter().flatten() {
        let Some(patch) = patch.as_object().filter(|_| is_local(id)) else {
            return refuse("each is a start, such as 2026-09-14T08:00:00, and a patch");
        };
        for (path, value) in patch {
            let property = path.split('/').next().unwrap_or_default();
            if NOT_IN_OVERRIDES.contains(&property) {
                return refuse(&format!("no occurrence has its own '{property}'"));
            }
            if property == path && !value.is_null() {
                check_property(path, value).or_else(|_| refuse(&format!("'{path}' cannot be that")))?;
            }
        }
    }
    Ok(())
}

/// Whether more changed than everybody's own properties (draft-ietf-jmap-calendars §5.8).
fn is_new_version(object: &Object, before: &Object) -> bool {
    let counts = |name: &str| {
        !PER_USER.contains(&name)
            && !["calendarIds", "isDraft", "updated", "sequence", OCCURRENCES].contains(&name)
    };
    let names = object.keys().chain(before.keys());
    names.filter(|name| counts(name)).any(|name| object.get(name) != before.get(name))
}
