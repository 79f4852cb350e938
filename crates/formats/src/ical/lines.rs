//! Content lines and components with their line numbers (RFC 5545 §3.1, §3.4). The parser behind the
//! conversion keeps no line numbers and reads a file as a whole; here a broken component stays alone.

use crate::report::Report;

/// One unfolded content line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Where it begins, counted from 1.
    pub(super) number: usize,
    /// Upper case.
    pub(super) name: String,
    /// From the first `;`, with it; empty where there are none.
    pub(super) parameters: String,
    /// As written, escapes and all.
    pub(super) value: String,
}

impl Line {
    fn parse(number: usize, text: &str) -> Option<Self> {
        let mut quoted = false;
        let colon = text.char_indices().find(|&(_, character)| {
            quoted ^= character == '"';
            character == ':' && !quoted
        });
        let (before, value) = (text.get(..colon?.0)?, text.get(colon?.0 + 1..)?);
        let (name, parameters) = before.split_at(before.find(';').unwrap_or(before.len()));
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        is_name(name).then(|| Self {
            number,
            name: name.to_ascii_uppercase(),
            parameters: parameters.to_owned(),
            value: value.to_owned(),
        })
    }

    /// A parameter's value without its quotes.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let found = self.parameters.split(';').find_map(|parameter| {
            let (key, value) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim_matches('"').to_owned())
        });
        found.filter(|value| !value.is_empty())
    }

    /// The line as it is written.
    pub(super) fn write(&self) -> String {
        format!("{}{}:{}\r\n", self.name, self.parameters, self.value)
    }

    /// The value as a text: escapes undone (RFC 5545 §3.3.11).
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut escaped = false;
        for character in self.value.chars() {
            match (escaped, character) {
                (false, '\\') => {
                    escaped = true;
                    continue;
                }
                (true, 'n' | 'N') => text.push('\n'),
                (_, other) => text.push(other),
            }
            escaped = false;
        }
        text.trim().to_owned()
    }
}

/// A component directly inside the calendar, inner components among its lines.
#[derive(Clone, Debug)]
pub(super) struct Component {
    /// Such as `VEVENT`.
    pub(super) kind: String,
    /// Of its `BEGIN`.
    pub(super) number: usize,
    /// All lines between its `BEGIN` and `END`.
    pub(super) lines: Vec<Line>,
}

impl Component {
    /// The first own line of this name; those of inner components do not count.
    pub(super) fn line(&self, name: &str) -> Option<&Line> {
        let mut depth = 0_usize;
        self.lines.iter().find(|line| {
            match line.name.as_str() {
                "BEGIN" => depth += 1,
                "END" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && line.name == name
        })
    }

    /// That line's value as a text, `None` where empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.line(name).map(Line::text).filter(|text| !text.is_empty())
    }
}

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct File {
    /// The calendar's own lines.
    pub(super) properties: Vec<Line>,
    /// The whole ones, in order.
    pub(super) components: Vec<Component>,
}

/// Components that never stand inside others: one that begins ends the one before.
const OUTERMOST: [&str; 5] = ["VEVENT", "VTODO", "VJOURNAL", "VTIMEZONE", "VFREEBUSY"];

/// Splits a file; what is broken goes into the report.
pub(super) fn split(text: &str, path: &str, report: &mut Report) -> File {
    let mut file = File::default();
    let mut open: Option<(Component, Vec<String>)> = None;
    let mut in_calendar = false;
    let unended = |component: &Component, report: &mut Report| {
        let kind = &component.kind;
        let message =
            format!("this {kind} has no END:{kind} and is left out; add the line after its last one");
        report.error(path, Some(component.number), message);
    };
    for (number, text) in unfold(text) {
        let Some(line) = Line::parse(number, &text) else {
            report.warn(
                path,
                Some(number),
                "this line is no NAME:VALUE and is left out; join it to the line \
                that it continues, with a space before it",
            );
            continue;
        };
        let kind = line.value.trim().to_ascii_uppercase();
        match line.name.as_str() {
            "BEGIN" if kind == "VCALENDAR" => in_calendar = true,
            "BEGIN" if OUTERMOST.contains(&kind.as_str()) || open.is_none() => {
                if let Some((component, _)) = open.take() {
                    unended(&component, report);
                }
                open = Some((Component { kind, number, lines: Vec::new() }, Vec::new()));
            }
            "END" if kind == "VCALENDAR" => {
                if let Some((component, _)) = open.take() {
                    unended(&component, report);
                }
                in_calendar = false;
            }
            name => match &mut open {
                Some((component, inner)) if name == "END" && inner.is_empty() => {
                    if component.kind == kind {
                        file.components.extend(open.take().map(|(component, _)| component));
                    } else {
                        let message = format!("END:{kind} ends nothing that began; remove the line");
                        report.warn(path, Some(number), message);
                    }
                }
                Some((component, inner)) => {
                    match name {
                        "BEGIN" => inner.push(kind),
                        "END" => drop(inner.pop()),
                        _ => {}
                    }
                    component.lines.push(line);
                }
                None => file.properties.push(line),
            },
        }
    }
    if let Some((component, _)) = open {
        unended(&component, report);
    } else if in_calendar {
        report.warn(path, None, "END:VCALENDAR is missing: is this the whole file?");
    }
    file
}

/// Joins folded lines; gives each with the number of its first.
fn unfold(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            _ if line.trim().is_empty() => {}
            _ => lines.push((index + 1, line.to_owned())),
        }
    }
    lines
}
