//! What an import read and what it could not read: for the one teacher who runs the server.

use std::{collections::BTreeMap, fmt};

/// How bad a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Read, but something in it was put right or left out.
    Warning,
    /// Not read: one record, or the file where no line is named.
    Error,
}

/// Something in a file that an administrator should look at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Of the file, relative to the school's folder, with `/`.
    pub path: String,
    /// Counted from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do about it, in a sentence or two.
    pub message: String,
}

/// Everything that one import has to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Records read, by file.
    pub records: BTreeMap<String, usize>,
    /// A whole import's are ordered by file and line, one reader's as it met them.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Notes that `count` more records of this file were read; zero notes that the file was seen.
    pub fn count(&mut self, path: &str, count: usize) {
        *self.records.entry(path.to_owned()).or_default() += count;
    }

    /// Notes something that was put right or left out.
    pub fn warn(&mut self, path: &str, line: Option<usize>, message: impl Into<String>) {
        self.push(path, line, Severity::Warning, message.into());
    }

    /// Notes something that could not be read.
    pub fn error(&mut self, path: &str, line: Option<usize>, message: impl Into<String>) {
        self.push(path, line, Severity::Error, message.into());
    }

    /// Takes in another report.
    pub fn extend(&mut self, other: Self) {
        for (path, count) in other.records {
            self.count(&path, count);
        }
        self.findings.extend(other.findings);
    }

    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    pub(crate) fn push(&mut self, path: &str, line: Option<usize>, severity: Severity, message: String) {
        self.findings.push(Finding { path: path.to_owned(), line, severity, message });
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {severity}: {}", self.message)
    }
}

/// One line for each file, one for each finding, one for the sum.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, count) in &self.records {
            writeln!(f, "{path}: {count} read")?;
        }
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let errors = self.errors();
        let warnings = self.findings.len() - errors;
        write!(f, "{} files, {errors} errors, {warnings} warnings", self.records.len())
    }
}
