//! A school career's worth of mail in a gateway: invented with a fixed seed, imported as a school would
//! import it, and kept under the target folder, because that takes minutes.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tempfile::TempDir;
use tornister_tests::{chance::Chance, client::Client, demo, gateway::Gateway};

/// From the fifth class to the thirteenth.
const YEARS: i32 = 9;
/// So many mails are imported at once: the gateway's work on one import grows faster than its mails.
const PART: usize = 5_000;
const SEED: u64 = 2026;

const WHO: [(&str, &str); 8] = [
    ("Frau Brandt", "brandt"),
    ("Herr Öztürk", "oeztuerk"),
    ("Sekretariat", "sekretariat"),
    ("Herr Dr. Wiesengrund", "wiesengrund"),
    ("Mia Lindner", "mia.lindner"),
    ("Frau Nowak", "nowak"),
    ("SV-Team", "sv"),
    ("Schulleitung", "schulleitung"),
];
const ABOUT: [&str; 10] = [
    "Klassenfahrt: noch drei Zettel fehlen",
    "Vertretung am Donnerstag",
    "Dein Referat über Regenwürmer",
    "Elternabend, bitte weitersagen",
    "Fundsachen werden bald verschenkt",
    "Hausaufgaben für alle, die krank waren",
    "Probe fällt aus!",
    "Mathe: Lösungen zum Übungsblatt",
    "Einladung zum Sommerfest im Schulgarten",
    "Wer kann am Samstag beim Turnier helfen?",
];
const SENTENCES: [&str; 6] = [
    "bitte denk an das Geld und an den unterschriebenen Zettel. ",
    "Wir treffen uns um Viertel vor acht vor der Turnhalle, auch wenn es regnet. ",
    "Wer etwas nicht verstanden hat, fragt am besten gleich und nicht erst am Abend vor der Arbeit. ",
    "Die Lösungen liegen ab morgen im Fach neben dem Lehrerzimmer. ",
    "Es wäre schön, wenn möglichst viele kommen; Kuchen ist auch willkommen. ",
    "Das gilt übrigens auch für alle, die schon letzte Woche dabei waren. ",
];

/// A gateway whose first pupil has the demo's mail and so many more.
pub async fn gateway(mails: usize) -> Result<Gateway> {
    let folder = folder()?;
    let mut demo = Gateway::start().await?;
    let newest = newest_mail(&demo).await?;
    // The demo school moves on each week, and its mail with it.
    let kept = folder.join(format!("career-{mails}-{}.sqlite", newest.date_naive()));
    if !kept.exists() {
        eprintln!("importing {mails} mails, which takes a while …");
        demo.kill();
        import(&demo, mails, newest)?;
        let partial = kept.with_extension("partial");
        demo.save(&partial)?;
        fs::rename(&partial, &kept).with_context(|| format!("writing {}", kept.display()))?;
    }
    drop(demo);
    Gateway::start_with_database(&kept).await
}

fn folder() -> Result<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("TORNISTER_BENCH").context("call `cargo xtask bench`")?);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

async fn newest_mail(gateway: &Gateway) -> Result<DateTime<Utc>> {
    let client = Client::log_in(&gateway.origin(), demo::PUPIL).await?;
    let mails = client.query("Email", json!(null)).await?;
    let times = mails.iter().filter_map(|mail| mail["receivedAt"].as_str()?.parse().ok());
    times.max().context("the demo school has no mail")
}

fn import(gateway: &Gateway, mails: usize, newest: DateTime<Utc>) -> Result<()> {
    let files = TempDir::with_prefix("tornister-career-")?;
    let path = files.path().join("career.mbox");
    let mut chance = Chance::of(SEED);
    let step = TimeDelta::days(i64::from(YEARS) * 365) / i32::try_from(mails)?;
    // The oldest first, as they would have come.
    for part in (0..mails).rev().collect::<Vec<_>>().chunks(PART) {
        let mut mbox = String::new();
        for &age in part {
            write(&mut mbox, age, newest - step * i32::try_from(age + 1)?, &mut chance)?;
        }
        write_file(&path, &mbox)?;
        gateway.import_mail(demo::PUPIL.username, "Inbox", &path)?;
    }
    Ok(())
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// One mail as an mbox has it: every third in HTML, some an answer to the one before, few unread or flagged.
fn write(mbox: &mut String, age: usize, date: DateTime<Utc>, chance: &mut Chance) -> Result<()> {
    let (name, address) = pick(&WHO, chance);
    let about = pick(&ABOUT, chance);
    let answer = if chance.under(6) == 0 { "Re: " } else { "" };
    let status = if chance.under(100) == 0 { "O" } else { "RO" };
    let (is_html, is_flagged) = (chance.under(3) == 0, chance.under(200) == 0);
    let media_type = if is_html { "text/html" } else { "text/plain" };
    let (open, close) = if is_html { ("<p>", "</p>") } else { ("", "\n") };
    writeln!(mbox, "From {address}@stadtwald.example {}", date.format("%a %b %e %H:%M:%S %Y"))?;
    writeln!(mbox, "From: {name} <{address}@stadtwald.example>")?;
    writeln!(mbox, "To: Lena Sommer <lena.sommer@stadtwald.example>")?;
    writeln!(mbox, "Subject: {answer}{about} ({age})")?;
    writeln!(mbox, "Date: {}", date.to_rfc2822())?;
    writeln!(mbox, "Message-ID: <{age}@career.example>")?;
    if !answer.is_empty() {
        writeln!(mbox, "In-Reply-To: <{}@career.example>", age + 1)?;
    }
    if is_flagged {
        writeln!(mbox, "X-Status: F")?;
    }
    writeln!(mbox, "Status: {status}\nMIME-Version: 1.0")?;
    writeln!(mbox, "Content-Type: {media_type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n")?;
    for paragraph in 0..=chance.under(5) {
        write!(mbox, "{open}{}", if paragraph == 0 { "Liebe Lena, " } else { "" })?;
        for _ in 0..=chance.under(6) {
            mbox.push_str(pick(&SENTENCES, chance));
        }
        writeln!(mbox, "{close}")?;
    }
    writeln!(mbox)?;
    Ok(())
}

fn pick<T: Copy>(of: &[T], chance: &mut Chance) -> T {
    let place = usize::try_from(chance.under(of.len() as u64)).unwrap_or_default();
    of[place]
}
