//! Lists of people as CSV, as school administrations export them: a heading and a row for each person. The
//! order of columns, their language, the separator and the encoding are found out.

use std::collections::BTreeMap;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::{
    profile::{Role, is_login},
    report::Report,
    rows::{self, Row},
};

/// Somebody in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    /// Of the row in its file, counted from 1.
    pub line: usize,
    /// As the list says, else made from the name as `first.last`.
    pub login: String,
    /// What the name makes, where the list says no login; the login is this, or this with a number.
    pub made_login: Option<String>,
    /// As people write it.
    pub name: String,
    /// As the list says, else a pupil.
    pub role: Role,
    /// Such as `7b`; a pupil always has one.
    pub class: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Login,
    First,
    Last,
    Name,
    Class,
    Role,
}

/// What headings are called, in lower case and without anything but letters.
const HEADINGS: [(Column, &[&str]); 6] = [
    (Column::Login, &["login", "benutzername", "benutzer", "account", "username", "anmeldename"]),
    (Column::First, &["vorname", "rufname", "vornamen", "firstname", "givenname"]),
    (Column::Last, &["nachname", "familienname", "zuname", "lastname", "surname", "familyname"]),
    (Column::Name, &["name", "anzeigename", "fullname", "displayname"]),
    (Column::Class, &["klasse", "class", "klassen", "klassenname", "stammklasse"]),
    (Column::Role, &["rolle", "role", "funktion"]),
];

/// Reads a list. What cannot be read goes into the report under `path`; two people who would get the same
/// login get different ones, in the order of the list.
pub fn read(bytes: &[u8], path: &str, report: &mut Report) -> Vec<RosterRow> {
    let mut rows = rows::read(bytes, 1, path, report).into_iter();
    let Some(columns) = rows.next().map(|heading| columns(&heading)) else {
        report.error(
            path,
            None,
            "empty; write a heading such as Vorname;Nachname;Klasse and a row for each person",
        );
        return Vec::new();
    };
    if !(columns.contains_key(&Column::Last) || columns.contains_key(&Column::Name)) {
        let message = "the first line names no column Nachname or Name; write a heading such as Vorname;Nachname;Klasse";
        report.error(path, Some(1), message);
        return Vec::new();
    }
    let mut found: Vec<RosterRow> = Vec::new();
    for row in rows {
        match person(&row, &columns, &found) {
            Ok((person, is_second)) => {
                if is_second {
                    let message = format!(
                        "somebody with this name stands above; the login is {}. Is it the same person, remove the row",
                        person.login
                    );
                    report.warn(path, Some(row.line), message);
                }
                found.push(person);
            }
            Err(message) => report.error(path, Some(row.line), format!("{message}; the row is left out")),
        }
    }
    report.count(path, found.len());
    found
}

fn columns(heading: &Row) -> BTreeMap<Column, usize> {
    let mut columns = BTreeMap::new();
    for number in 1..=heading.len() {
        let title: String =
            heading.text(number).to_lowercase().chars().filter(|it| it.is_alphabetic()).collect();
        let known = HEADINGS.iter().find(|(_, names)| names.contains(&title.as_str()));
        if let Some((column, _)) = known {
            columns.entry(*column).or_insert(number);
        }
    }
    columns
}

/// The person of a row, and whether the name had been there already.
fn person(
    row: &Row,
    columns: &BTreeMap<Column, usize>,
    before: &[RosterRow],
) -> Result<(RosterRow, bool), String> {
    let text = |column: Column| columns.get(&column).map_or("", |number| row.text(*number));
    // "Sommer, Lena" in a column of whole names.
    let (first, last) = match (text(Column::First), text(Column::Last), text(Column::Name)) {
        ("", "", name) => match name.split_once(',') {
            Some((last, first)) => (first.trim().to_owned(), last.trim().to_owned()),
            None => {
                let (first, last) = name.rsplit_once(' ').unwrap_or(("", name));
                (first.trim().to_owned(), last.to_owned())
            }
        },
        (first, "", name) => (first.to_owned(), name.to_owned()),
        (first, last, _) => (first.to_owned(), last.to_owned()),
    };
    let name = format!("{first} {last}").trim().to_owned();
    if name.is_empty() {
        return Err("there is no name".to_owned());
    }
    let class = Some(text(Column::Class)).filter(|class| !class.is_empty()).map(str::to_owned);
    let role = match text(Column::Role).to_lowercase().as_str() {
        "" | "pupil" | "student" | "schüler" | "schülerin" | "schueler" | "s" => Role::Pupil,
        "teacher" | "lehrer" | "lehrerin" | "lehrkraft" | "l" => Role::Teacher,
        other => return Err(format!("\"{other}\" is no role; write Schüler or Lehrkraft")),
    };
    if role == Role::Pupil && class.is_none() {
        return Err(format!("{name} has no class; write one, or Lehrkraft in a column Rolle"));
    }
    let written = text(Column::Login).to_lowercase();
    let wanted = if written.is_empty() { made_login(&first, &last) } else { written.clone() };
    if !is_login(&wanted) {
        return Err(format!(
            "\"{wanted}\" is no login for {name}; add a column Benutzername with letters, digits, dots and hyphens"
        ));
    }
    let is_taken = |login: &str| before.iter().any(|row| row.login == login);
    if !written.is_empty() && is_taken(&written) {
        return Err(format!("the login {written} stands above already; give {name} another one"));
    }
    let numbered = (2..).map(|number| format!("{wanted}{number}"));
    let login = std::iter::once(wanted.clone()).chain(numbered).find(|login| !is_taken(login));
    let login = login.unwrap_or_else(|| wanted.clone());
    let is_second = login != wanted;
    let made_login = written.is_empty().then_some(wanted);
    Ok((RosterRow { line: row.line, login, made_login, name, role, class }, is_second))
}

/// `first.last` without anything that keyboards lack.
fn made_login(first: &str, last: &str) -> String {
    let parts = [plain(first), plain(last)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

fn plain(name: &str) -> String {
    let mut plain = String::new();
    for character in name.nfc().flat_map(char::to_lowercase) {
        match character {
            'ä' | 'æ' => plain.push_str("ae"),
            'ö' | 'ø' | 'œ' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'ı' => plain.push('i'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'þ' => plain.push_str("th"),
            _ if character.is_whitespace() || character == '-' => plain.push('-'),
            _ => plain
                .extend(character.nfd().filter(|it| !is_combining_mark(*it) && it.is_ascii_alphanumeric())),
        }
    }
    plain.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(text: &[u8]) -> (Vec<String>, Report) {
        let mut report = Report::default();
        let rows = read(text, "liste.csv", &mut report);
        (rows.into_iter().map(|row| row.login).collect(), report)
    }

    #[test]
    fn lists_of_any_program_are_read() {
        for text in [
            "Vorname;Nachname;Klasse\nLena;Sommer;7b\n".as_bytes(),
            b"\"Nachname\",\"Vorname\",\"Klasse\"\r\n\"Sommer\",\"Lena\",\"7b\"\r\n",
            b"\xef\xbb\xbfKlasse\tName\n7b\tSommer, Lena\n",
            b"class,name,e-mail\n7b,Lena Sommer,x@y.example\n",
        ] {
            let mut report = Report::default();
            let rows = read(text, "liste.csv", &mut report);
            let expected = RosterRow {
                line: 2,
                login: "lena.sommer".to_owned(),
                made_login: Some("lena.sommer".to_owned()),
                name: "Lena Sommer".to_owned(),
                role: Role::Pupil,
                class: Some("7b".to_owned()),
            };
            assert_eq!(rows, [expected], "{}", String::from_utf8_lossy(text));
            assert_eq!(report.findings, []);
        }
    }

    #[test]
    fn spreadsheets_in_latin_1_and_utf_16_are_read() {
        let latin = b"Vorname;Nachname;Klasse\nJ\xfcrgen;M\xf6\xdfmer;5a\n";
        assert_eq!(logins(latin).0, ["juergen.moessmer"]);
        let mut wide = vec![0xff, 0xfe];
        wide.extend(
            "Vorname\tNachname\tKlasse\nAylin\tYıldırım\t5a\n".encode_utf16().flat_map(u16::to_le_bytes),
        );
        assert_eq!(logins(&wide).0, ["aylin.yildirim"]);
    }

    #[test]
    fn names_of_all_kinds_become_logins() {
        for (first, last, login) in [
            ("Anna Lena", "von der Heide", "anna-lena.von-der-heide"),
            ("Zoé", "O'Brien", "zoe.obrien"),
            ("Łukasz", "Ćwik", "lukasz.cwik"),
            ("", "Sekretariat", "sekretariat"),
        ] {
            assert_eq!(made_login(first, last), login);
        }
    }

    #[test]
    fn a_broken_row_does_not_cost_its_neighbours() {
        let text = "Vorname;Nachname;Klasse;Rolle\nLena;Sommer;7b;\nJonas;;;\nUte;Brandt;;Lehrerin\n                    Kai;Blau;;\nLena;Sommer;5a;\nEva;Rot;7b;Katze\n\"Tim;Grün;7b;\n";
        let (logins, report) = logins(text.as_bytes());
        assert_eq!(logins, ["lena.sommer", "ute.brandt", "lena.sommer2"]);
        let lines: Vec<_> = report.findings.iter().filter_map(|finding| finding.line).collect();
        assert_eq!(lines, [8, 3, 5, 6, 7], "{report}");
        assert_eq!(report.errors(), 4, "{report}");
    }

    #[test]
    fn a_row_tells_whether_its_login_was_made_from_the_name() {
        let text =
            b"Vorname;Nachname;Klasse;Benutzername\nLena;Sommer;7b;\nLena;Sommer;5a;\nTim;Blau;5a;tim.b\n";
        let rows = read(text, "liste.csv", &mut Report::default());
        let logins: Vec<_> = rows.iter().map(|row| (row.login.as_str(), row.made_login.as_deref())).collect();
        let made = Some("lena.sommer");
        assert_eq!(logins, [("lena.sommer", made), ("lena.sommer2", made), ("tim.b", None)]);
    }

    #[test]
    fn a_file_without_a_heading_is_refused_with_a_remedy() {
        for text in ["", "Lena;Sommer;7b\n"] {
            let (logins, report) = logins(text.as_bytes());
            assert!(logins.is_empty() && report.to_string().contains("Vorname;Nachname;Klasse"), "{report}");
        }
    }
}
