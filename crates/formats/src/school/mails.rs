//! Mail: `users/LOGIN/mail/FOLDER/*.eml`.

use chrono::NaiveTime;
use chrono_tz::Tz;
use tornister_protocol::time::{LocalDate, UtcDate};

use super::{Folder, MailItem, School};
use crate::{mime::Message, report::Report, shift::Shift, zone};

pub(super) fn read(folder: &Folder<'_>, shift: Shift, today: LocalDate, school: &mut School) {
    let shift = shift.of_mail(today);
    let report = &mut school.report;
    for login in folder.names("users", report) {
        if !school.profile.users.iter().any(|user| user.login == login) {
            let message = "school.toml has no [[user]] with this login; not read";
            report.error(&format!("users/{login}"), None, message);
            continue;
        }
        for name in folder.names(&format!("users/{login}"), report) {
            if name != "mail" && name != "calendar.ics" {
                let path = format!("users/{login}/{name}");
                report.warn(&path, None, "neither mail nor calendar.ics; not read");
            }
        }
        let base = format!("users/{login}/mail");
        for mailbox in folder.names(&base, report) {
            if !folder.is_folder(&format!("{base}/{mailbox}")) {
                report.warn(&format!("{base}/{mailbox}"), None, "not in a folder such as Inbox; not read");
                continue;
            }
            for name in folder.names(&format!("{base}/{mailbox}"), report) {
                let path = format!("{base}/{mailbox}/{name}");
                if !name.to_ascii_lowercase().ends_with(".eml") {
                    report.warn(&path, None, "not an .eml file; not read");
                    continue;
                }
                let zone = school.profile.time_zone;
                let read = mail(folder, path, &login, &mailbox, (zone, shift, today), report);
                school.mails.extend(read);
            }
        }
    }
}

fn mail(
    folder: &Folder<'_>,
    path: String,
    login: &str,
    mailbox: &str,
    (zone, shift, today): (Tz, Shift, LocalDate),
    report: &mut Report,
) -> Option<MailItem> {
    let raw = shift.mail(&folder.bytes(&path, report)?, zone);
    let midnight = || zone::utc(today.at(NaiveTime::MIN), zone);
    let written = folder.written_at(&path).unwrap_or_else(midnight);
    let (mut mail, _) = checked(raw, &path, written, report)?;
    report.count(&path, 1);
    mail.path = path;
    login.clone_into(&mut mail.login);
    mailbox.clone_into(&mut mail.folder);
    mail.draft = mailbox == "Drafts";
    Some(mail)
}

/// The mail, where it is one, and the same read; `path` names it in the report. `written` is the moment that counts where the
/// mail names none. Login, path and folder stay empty.
pub(super) fn checked(
    raw: Vec<u8>,
    path: &str,
    written: UtcDate,
    report: &mut Report,
) -> Option<(MailItem, Message)> {
    let message = Message::parse(&raw);
    let has_origin = message.from.is_some() || message.subject.is_some() || message.sent_at.is_some();
    if message.headers.is_empty() || !has_origin {
        report.error(path, None, "no mail: it has no From, Subject or Date; not read. Save it as .eml again");
        return None;
    }
    if message.is_truncated {
        report.warn(path, None, "cut off: the last MIME boundary is missing; what is there is read");
    }
    if message.header("Date").is_some() && message.sent_at.is_none() {
        report.warn(path, line_of(&raw, "date"), "Date: no date; write Mon, 14 Sep 2026 08:00:00 +0200");
    }
    let received_at = message.received_at.or(message.sent_at_utc).unwrap_or_else(|| {
        report.warn(path, None, "no Received and no Date field; the file's own time is taken");
        written
    });
    let has = |name: &str, flag: char| message.header(name).is_some_and(|flags| flags.contains(flag));
    let (seen, flagged, answered) = (has("Status", 'R'), has("X-Status", 'F'), has("X-Status", 'A'));
    let item = MailItem {
        login: String::new(),
        folder: String::new(),
        path: String::new(),
        raw,
        received_at,
        seen,
        flagged,
        answered,
        draft: false,
    };
    Some((item, message))
}

/// The line of a header field.
fn line_of(raw: &[u8], name: &str) -> Option<usize> {
    let mut lines = raw.split(|&byte| byte == b'\n');
    let found = lines.position(|line| {
        let field = line.split(|&byte| byte == b':').next().unwrap_or_default();
        field.eq_ignore_ascii_case(name.as_bytes())
    });
    found.map(|index| index + 1)
}
