//! What calendars, task lists and participant identities have in common: a few properties, each of which
//! may be patched (RFC 8620 §5.3).

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::{
    mailbox::net_unicode,
    standard::{no_such_path, typed},
};
use crate::backend::{Properties, Refusal, RefusalKind, patch::unescape};

/// What a property may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 1 to 255 octets.
    Name,
    /// Or none.
    Text,
    /// Of CSS, or none.
    Color,
    /// Colours by name, or none.
    Colors,
    /// Below 2^31.
    Order,
    /// Yes or no.
    Flag,
    /// Of the IANA database, or none.
    Zone,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// One of these, or none.
    Role(&'static [&'static str]),
    /// Objects by id, or none.
    Objects,
    /// Texts by method, each a name of letters and digits.
    Methods,
    /// Texts.
    Texts,
    /// Nothing can be shared here.
    Nobody,
}

/// Understands the properties of a new object. `wrong` is what else was found.
pub fn properties(
    object: &Map<String, Value>,
    known: &[(&str, Form)],
    wrong: Vec<Refusal>,
) -> Result<Properties, Refusal> {
    collected(object, wrong, |path, value| {
        let form = known.iter().find(|(name, _)| *name == path).map(|(_, form)| *form);
        understood(path, value, form.ok_or_else(|| no_such_path(path))?)
    })
}

/// Understands a patch: null is for whatever the default is, and objects may be reached into.
pub fn patched(patch: &Map<String, Value>, known: &[(&str, Form)]) -> Result<Properties, Refusal> {
    collected(patch, Vec::new(), |path, value| {
        let (name, member) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let form = known.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
        let form = form.filter(|form| member.is_none() || form.has_members());
        let form = form.ok_or_else(|| no_such_path(path))?;
        match member {
            _ if value.is_null() && form != Form::Name => Ok(Value::Null),
            None => understood(path, value, form),
            Some(member) => understood_member(name, member, value, form).map(|()| value.clone()),
        }
    })
}

/// What `understand` makes of each; or everything that is wrong, beside what was found before.
fn collected(
    object: &Map<String, Value>,
    mut wrong: Vec<Refusal>,
    understand: impl Fn(&str, &Value) -> Result<Value, Refusal>,
) -> Result<Properties, Refusal> {
    let mut properties = Properties::default();
    for (path, value) in object {
        match understand(path, value) {
            Ok(value) => drop(properties.0.insert(path.clone(), value)),
            Err(refusal) => wrong.push(refusal),
        }
    }
    Refusal::all(wrong).map(|()| properties)
}

/// Checks what a path sets inside a property.
fn understood_member(name: &str, path: &str, value: &Value, form: Form) -> Result<(), Refusal> {
    match path.split_once('/') {
        None => drop(understood(name, &json!({ unescape(path): value }), form)?),
        // Only objects have something inside, which is whatever the client wants.
        Some(_) if form == Form::Objects => {}
        Some(_) => return Err(no_such_path(&format!("{name}/{path}"))),
    }
    Ok(())
}

impl Form {
    /// Whether a path may lead into it.
    fn has_members(self) -> bool {
        matches!(self, Self::Colors | Self::Objects | Self::Methods)
    }
}

/// Understands a new object, which needs a name.
pub fn new_properties(object: &Map<String, Value>, known: &[(&str, Form)]) -> Result<Properties, Refusal> {
    let nameless = (!object.contains_key("name")).then(|| Refusal::property("name", "it needs one"));
    properties(object, known, nameless.into_iter().collect())
}

fn understood(path: &str, value: &Value, form: Form) -> Result<Value, Refusal> {
    let refuse = |why: &str| Err(Refusal::property(path, why));
    match form {
        Form::Name => return Ok(net_unicode(&typed::<String>(path, value)?)?.into()),
        Form::Text => drop(typed::<Option<String>>(path, value)?),
        Form::Color => {
            if typed::<Option<String>>(path, value)?.is_some_and(|color| !is_color(&color)) {
                return refuse("expected a colour of CSS, such as #2e7d32 or green");
            }
        }
        Form::Colors => {
            let colors = typed::<Option<BTreeMap<String, String>>>(path, value)?;
            if colors.iter().flatten().any(|(_, color)| !is_color(color)) {
                return refuse("expected colours of CSS, such as #2e7d32 or green");
            }
        }
        Form::Order => {
            let order = typed::<Option<u32>>(path, value)?.unwrap_or_default();
            if order > i32::MAX as u32 {
                return refuse("not below 2^31");
            }
            return Ok(order.into());
        }
        Form::Flag => drop(typed::<bool>(path, value)?),
        Form::Zone => {
            if typed::<Option<String>>(path, value)?.is_some_and(|name| name.parse::<Tz>().is_err()) {
                return refuse("expected an IANA time zone such as Europe/Berlin");
            }
        }
        Form::OneOf(known) => {
            if !known.contains(&typed::<String>(path, value)?.as_str()) {
                return refuse("none of the known values");
            }
        }
        Form::Role(known) => {
            if typed::<Option<String>>(path, value)?.is_some_and(|role| !known.contains(&role.as_str())) {
                return refuse("none of the known roles");
            }
        }
        Form::Objects => drop(typed::<Option<BTreeMap<String, Map<String, Value>>>>(path, value)?),
        Form::Methods => {
            let methods = typed::<BTreeMap<String, String>>(path, value)?;
            if !methods.keys().all(|name| is_method(name)) {
                return refuse("expected addresses by method, such as imip");
            }
        }
        Form::Texts => drop(typed::<Vec<String>>(path, value)?),
        Form::Nobody => {
            if !value.is_null() {
                return Err(Refusal::new(RefusalKind::Forbidden, "this server shares nothing"));
            }
        }
    }
    Ok(value.clone())
}

/// ASCII letters and digits (draft-ietf-jmap-calendars §3).
fn is_method(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `#rgb`, `#rrggbb`, or a name of CSS Color Module Level 3 §4.3.
fn is_color(text: &str) -> bool {
    match text.strip_prefix('#') {
        Some(digits) => matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => COLORS.split_ascii_whitespace().any(|name| name.eq_ignore_ascii_case(text)),
    }
}

const COLORS: &str = "aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue \
    blueviolet brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan \
    darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen \
    darkorange darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey \
    darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite \
    forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink \
    indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral \
    lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen \
    lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta \
    maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue \
    mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin \
    navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen \
    paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple red rosybrown \
    royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray \
    slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke \
    yellow yellowgreen";
