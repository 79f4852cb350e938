//! The most memory that a tab takes while it syncs 5,000 mails for the first time: page and worker, which
//! share a process. Private memory, looked at many times a second; what a tab without a page takes is
//! part of both numbers. The reference does the same work in a page of plain JavaScript.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tornister_tests::browser::Browser;

use crate::{median, report::Report, school::School};

const MAILS: usize = 5_000;
const RUNS: usize = 3;
const STEP: Duration = Duration::from_millis(20);
const MB: f64 = 1000.0;

/// Adds the ratio and both peaks.
pub async fn measure(report: &mut Report) -> Result<()> {
    let school = School::begin(MAILS).await?;
    let (mut app, mut reference) = (Vec::new(), Vec::new());
    let mut requests = Vec::new();
    for turn in 0..=RUNS {
        let (profile, browser) = open().await?;
        let (peak, synced) = watched(profile.path(), school.sync_app(&browser)).await?;
        requests = synced.1;
        browser.close().await?;
        // The first turn fills the tape's memory and does not count.
        if turn == 0 {
            continue;
        }
        app.push(peak);
        let (profile, browser) = open().await?;
        let (peak, _) = watched(profile.path(), school.sync_reference(&browser, &requests)).await?;
        browser.close().await?;
        reference.push(peak);
    }
    ensure!(!requests.is_empty(), "nothing was asked");
    let (app, reference) = (median(&mut app), median(&mut reference));
    report.judge("peak memory of a first sync, times the reference", app / reference, "x", 2.0, 1.5);
    report.tell("  app", app, "MB");
    report.tell("  reference", reference, "MB");
    Ok(())
}

async fn open() -> Result<(TempDir, Browser)> {
    let profile = TempDir::with_prefix("tornister-bench-")?;
    let browser = Browser::open(profile.path()).await?;
    Ok((profile, browser))
}

/// Does the work; the most megabytes that the largest of the browser's tabs has taken meanwhile.
async fn watched<T>(profile: &Path, work: impl Future<Output = Result<T>>) -> Result<(f64, T)> {
    let mut peaks = BTreeMap::new();
    let mut work = std::pin::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done?,
            () = tokio::time::sleep(STEP) => look(profile, &mut peaks)?,
        }
    };
    let peak = peaks.values().copied().fold(0.0, f64::max);
    ensure!(peak > 0.0, "the browser has no tab");
    Ok((peak, done))
}

/// Notes what each tab of the browser with this profile takes now, in megabytes.
fn look(profile: &Path, peaks: &mut BTreeMap<u32, f64>) -> Result<()> {
    let processes: BTreeMap<u32, Process> = fs::read_dir("/proc")
        .context("memory can be measured on Linux only")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|number| Some((number, Process::read(number)?)))
        .collect();
    let profile = profile.to_string_lossy();
    for (number, process) in processes.iter().filter(|(_, process)| process.is_tab) {
        let mut ancestor = process;
        while !ancestor.command.contains(&*profile) {
            match processes.get(&ancestor.parent) {
                Some(parent) => ancestor = parent,
                None => break,
            }
        }
        if ancestor.command.contains(&*profile) {
            let peak = peaks.entry(*number).or_insert(0.0);
            *peak = process.megabytes.max(*peak);
        }
    }
    Ok(())
}

struct Process {
    parent: u32,
    command: String,
    is_tab: bool,
    /// Its private memory.
    megabytes: f64,
}

impl Process {
    /// `None` where it has ended meanwhile.
    fn read(number: u32) -> Option<Self> {
        let command = fs::read_to_string(format!("/proc/{number}/cmdline")).ok()?;
        let status = fs::read_to_string(format!("/proc/{number}/status")).ok()?;
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()
        };
        let kilobytes: f64 = value("RssAnon:").and_then(|value| value.parse().ok()).unwrap_or_default();
        Some(Self {
            parent: value("PPid:")?.parse().ok()?,
            is_tab: command.contains("--type=renderer"),
            command,
            megabytes: kilobytes / MB,
        })
    }
}
