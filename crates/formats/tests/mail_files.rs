//! Mail as other programs keep it, with what a disk may hold besides.

use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use tornister_formats::{
    report::Report,
    school::mail_files::{MailFile, read},
};

const MAIL: &str =
    "From: ute@schule.example\nSubject: Hallo\nDate: Mon, 14 Sep 2026 08:00:00 +0200\n\nText\n";

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail_files").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old folder that can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Folder, flags and path of each mail, and the report.
fn mails(path: &Path, kind: MailFile) -> (Vec<(String, bool, bool)>, Report) {
    let (mut mails, mut report) = (Vec::new(), Report::default());
    read((path, "box"), kind, None, &mut report, &mut |mail, _| {
        mails.push((mail.folder, mail.seen, mail.flagged));
        true
    });
    (mails, report)
}

#[test]
fn a_maildir_is_read_without_what_is_too_large_thrown_away_or_a_circle() {
    let folder = folder("maildir");
    for part in ["cur", "new", "tmp", "Mathe/cur", "Mathe/new"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    for file in ["cur/1:2,FS", "cur/2:2,ST", "new/3", "new/.hidden", "tmp/4", "Mathe/cur/5:2,a"] {
        fs::write(folder.join(file), MAIL).unwrap();
    }
    // More than any memory holds, and nothing on the disk.
    File::create(folder.join("cur/6:2,S")).unwrap().set_len(1 << 40).unwrap();
    for link in ["Kreis", "Mathe/Kreis", "Mathe/Runde"] {
        symlink(&folder, folder.join(link)).unwrap();
    }
    let (mails, report) = mails(&folder, MailFile::Maildir);
    let expected = [("Inbox", true, true), ("Inbox", false, false), ("Mathe", false, false)];
    assert_eq!(mails, expected.map(|(folder, seen, flagged)| (folder.to_owned(), seen, flagged)));
    let said: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    let expected = [
        "Kreis: a link back to a folder around it; not read",
        "Mathe/Kreis: a link back to a folder around it; not read",
        "Mathe/Runde: a link back to a folder around it; not read",
        "Inbox/6:2,S: larger than 100 MB; not read",
    ];
    assert_eq!(said, expected);
    assert_eq!(report.errors(), 1);
}

#[test]
fn a_mail_that_is_too_large_costs_the_rest_of_its_mbox_nothing() {
    let path = folder("mbox").join("Inbox");
    let mut file = File::create(&path).unwrap();
    write!(file, "From ute Mon Sep 14 08:00:00 2026\n{MAIL}").unwrap();
    file.seek(SeekFrom::Current(101 * 1024 * 1024)).unwrap();
    write!(file, "\nFrom ute Mon Sep 14 09:00:00 2026\n{MAIL}").unwrap();
    drop(file);
    let (mails, report) = mails(&path, MailFile::Mbox);
    assert_eq!(mails, [("Inbox".to_owned(), false, false)]);
    assert_eq!(report.records["box"], 1);
    assert_eq!(report.findings.len(), 1, "{report}");
    assert_eq!(report.findings[0].message, "mail 1: larger than 100 MB; not read");
}
