//! A folder that stays live. What is being written is waited for: an import begins when size and time of every
//! file have been the same twice in a row. One that fails is tried again.

use std::{
    collections::BTreeMap,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use notify::{Event, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tornister_formats::school::mail_files::{MAX_DEPTH, Trail};

use super::sort::is_unfinished;
use crate::cli::asked_to_stop;

/// So long nothing may move before an import.
const REST: Duration = Duration::from_secs(1);
/// Network drives tell nobody what changes on them: somebody looks so often.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A school or a Maildir may begin where the search for them ends, and has folders of its own.
const LOOK_DEPTH: usize = 2 * MAX_DEPTH + 1;

/// Of each file size, time, and the time of its last change, which new permissions are, too: in seconds and
/// nanoseconds since 1970.
type Snapshot = BTreeMap<PathBuf, (u64, Option<SystemTime>, (i64, i64))>;

/// Does something now and after each change, until somebody asks to stop. It answers whether it succeeded;
/// where it did not, it is done again at the next look.
pub async fn whenever_changed(paths: &[PathBuf], mut act: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
    let (sender, mut events) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // Looking and importing open files themselves, and would never rest.
        if event.is_ok_and(|event| event.kind.is_access()) {
            return;
        }
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
            imported = act().await.then_some(now);
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
    paths.iter().for_each(|path| look(path, &mut Trail::new(LOOK_DEPTH), &mut all));
    all
}

fn look(path: &Path, trail: &mut Trail, all: &mut Snapshot) {
    let Ok(metadata) = std::fs::metadata(path) else { return };
    if !metadata.is_dir() {
        let changed = (metadata.ctime(), metadata.ctime_nsec());
        all.insert(path.to_owned(), (metadata.len(), metadata.modified().ok(), changed));
        return;
    }
    // Where nobody goes, the import does not go either, and says why.
    let _ = trail.within(path, |trail| {
        let inside = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        inside.filter(|path| !is_unfinished(path)).for_each(|path| look(&path, trail, all));
    });
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn links_in_a_circle_are_not_followed_for_ever() {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        std::fs::write(folder.path().join("b/GPU001.TXT"), "1").unwrap();
        for link in ["a", "b/c", "d"] {
            symlink(folder.path(), folder.path().join(link)).unwrap();
        }
        let all = snapshot(&[folder.path().to_owned()]);
        assert_eq!(all.into_keys().collect::<Vec<_>>(), [folder.path().join("b/GPU001.TXT")]);
    }

    #[test]
    fn other_permissions_are_a_change() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("GPU001.TXT");
        std::fs::write(&file, "1").unwrap();
        let paths = [folder.path().to_owned()];
        let before = snapshot(&paths);
        assert_eq!(snapshot(&paths), before);
        // File systems count time in steps of some milliseconds.
        std::thread::sleep(Duration::from_millis(50));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
        assert_ne!(snapshot(&paths), before);
    }
}
