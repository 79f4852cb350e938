//! A folder that stays live. What is being written is waited for: an import begins when size and time of every
//! file have been the same twice in a row.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::sort::is_unfinished;
use crate::cli::asked_to_stop;

/// So long nothing may move before an import.
const REST: Duration = Duration::from_secs(1);
/// Network drives tell nobody what changes on them: somebody looks so often.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Size and time of each file.
type Snapshot = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Does something now and after each change, until somebody asks to stop.
pub async fn whenever_changed(paths: &[PathBuf], mut act: impl AsyncFnMut()) -> anyhow::Result<()> {
    let (sender, mut events) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |_| {
        // One that waits already is enough: what changed is looked up anew.
        let _ = sender.try_send(());
    })
    .context("cannot watch files here")?;
    for path in paths {
        let watched = watcher.watch(path, RecursiveMode::Recursive);
        watched.with_context(|| format!("cannot watch {}", path.display()))?;
    }
    let mut stop = std::pin::pin!(asked_to_stop());
    let mut imported = None;
    loop {
        let now = tokio::select! {
            now = at_rest(paths) => now,
            () = &mut stop => return Ok(()),
        };
        if imported.as_ref() != Some(&now) {
            act().await;
            imported = Some(now);
        }
        tokio::select! {
            _ = events.recv() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = &mut stop => return Ok(()),
        }
    }
}

/// How everything is, once it has been so for a while.
async fn at_rest(paths: &[PathBuf]) -> Snapshot {
    let mut before = snapshot(paths);
    loop {
        tokio::time::sleep(REST).await;
        let now = snapshot(paths);
        if now == before {
            return now;
        }
        before = now;
    }
}

fn snapshot(paths: &[PathBuf]) -> Snapshot {
    let mut all = Snapshot::new();
    paths.iter().for_each(|path| look(path, &mut all));
    all
}

fn look(path: &Path, all: &mut Snapshot) {
    let Ok(metadata) = std::fs::metadata(path) else { return };
    if metadata.is_dir() {
        let inside = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        inside.filter(|path| !is_unfinished(path)).for_each(|path| look(&path, all));
    } else {
        all.insert(path.to_owned(), (metadata.len(), metadata.modified().ok()));
    }
}
