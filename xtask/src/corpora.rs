//! What others' packages ship to test parsers of mail and cleaners of HTML: kept outside the tree,
//! by the ordinary clients of the registries, each package in the version that is named here.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::{shell, tools, workspace};

/// Changes whenever the lists below do, so that a new list is fetched anew.
const EDITION: &str = "1";

/// From crates.io: messages in the sources of mail parsers, vectors in those of a cleaner.
const CRATES: &[(&str, &str)] = &[("ammonia", "4.2.4"), ("mail-parser", "1.0.1"), ("mailparse", "0.18.0")];

/// Source packages from PyPI: messages and vectors again.
const SOURCES: &[&str] = &[
    "bleach==6.4.0",
    "django-mailbox==4.10.1",
    "feedparser==6.0.14",
    "lxml_html_clean==0.4.6",
    "mail-parser==4.8.0",
];

/// Prints the folder in which this Python keeps the messages of its own tests of `email`.
const PYTHONS_OWN: &str =
    "import os, test.test_email as t; print(os.path.join(os.path.dirname(t.__file__), 'data'))";

/// Where they are.
pub fn folder() -> PathBuf {
    workspace::tools().join(format!("corpora-{EDITION}"))
}

/// Fetches all of them into a folder that appears only when whole.
pub fn install() -> Result<()> {
    let (root, partial) = (folder(), workspace::tools().join("corpora.partial"));
    if partial.exists() {
        fs::remove_dir_all(&partial).with_context(|| format!("clearing {}", partial.display()))?;
    }
    fs::create_dir_all(&partial).with_context(|| format!("making {}", partial.display()))?;
    fetch_crates(&partial)?;
    fetch_sources(&partial)?;
    copy_pythons_own(&partial.join("python"))?;
    fs::rename(&partial, &root).with_context(|| format!("moving {} into place", root.display()))
}

fn fetch_crates(root: &Path) -> Result<()> {
    let package = root.join("crates.list");
    let dependencies: String =
        CRATES.iter().map(|(name, version)| format!("{name} = \"={version}\"\n")).collect();
    let manifest = format!(
        "[package]\nname = \"corpora\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{dependencies}"
    );
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::write(package.join("src/lib.rs"), "")?;
    let mut command = shell::cargo(["vendor", "--quiet", "--manifest-path"]);
    shell::run(command.arg(package.join("Cargo.toml")).arg(root.join("crates")))
}

fn fetch_sources(root: &Path) -> Result<()> {
    let archives = root.join("archives");
    let mut pip = shell::command("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest"]);
    shell::run(pip.arg(&archives).args(SOURCES)).context("Tornister's tests need Python 3 with pip")?;
    for entry in fs::read_dir(&archives)? {
        let mut unpack = shell::command("python3");
        unpack.args(["-m", "tarfile", "--extract"]).arg(entry?.path()).arg(root.join("sources"));
        shell::run(&mut unpack)?;
    }
    Ok(())
}

fn copy_pythons_own(to: &Path) -> Result<()> {
    let look = || shell::output(shell::command("python3").args(["-c", PYTHONS_OWN]));
    let mut found = look()?;
    if !found.status.success() {
        tools::debian_install("tests compare with Python's own tests of email", &["libpython3-testsuite"])?;
        found = look()?;
    }
    let from = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(&from).with_context(|| format!("reading {from}"))? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "txt") {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
