//! The commands in `docs/operations.md` and its examples exist.

use std::{collections::BTreeSet, path::Path, process::Command};

use tornister::config::Config;

/// What `--help` names below these words.
fn help(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tornister")).args(words).arg("--help").output().unwrap();
    assert!(output.status.success(), "tornister {} is no command", words.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

fn check(line: &str) {
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let depth = if ["school", "user"].contains(words.first().unwrap()) { 2 } else { 1 };
    let text = help(&words[..depth]);
    for option in words.iter().filter(|word| word.starts_with("--")) {
        assert!(text.contains(option), "`{line}`: {option} is no option of it");
    }
}

#[test]
fn every_command_in_the_documentation_exists() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut commands = BTreeSet::new();
    for file in std::iter::once(docs.join("operations.md"))
        .chain(std::fs::read_dir(docs.join("examples")).unwrap().map(|entry| entry.unwrap().path()))
    {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines() {
            let line = line.trim().trim_start_matches("ExecStart=/usr/local/bin/");
            if line.starts_with("tornister ") {
                commands.insert(line.to_owned());
            }
        }
    }
    assert!(commands.len() > 15, "{commands:?}");
    commands.iter().for_each(|line| check(line));
    let top = help(&[]);
    for command in ["serve", "backup", "restore", "doctor", "user", "school"] {
        assert!(top.contains(command), "{top}");
        assert!(commands.iter().any(|line| line.contains(command)), "{command} is not documented");
    }
}

#[test]
fn the_example_configuration_is_one() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/tornister.toml");
    let config = Config::read(&example).unwrap();
    assert_eq!(config.trusted_proxies.len(), 2);
}
