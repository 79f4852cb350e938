//! The results: a table for people, JSON for machines.

use std::{fmt, fs, path::Path};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// What must hold.
#[derive(Clone, Copy)]
pub enum Budget {
    /// Measured divided by its reference.
    RatioAtLeast(f64),
    /// Measured divided by its reference.
    RatioAtMost(f64),
    /// Measured, whatever its reference.
    AtMost(f64),
}

struct Row {
    name: String,
    unit: &'static str,
    value: f64,
    reference: Option<f64>,
    budget: Option<Budget>,
}

/// All numbers of a run.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds a number that has a budget.
    pub fn judge(&mut self, name: &str, unit: &'static str, value: f64, reference: f64, budget: Budget) {
        self.add(name, unit, value, Some(reference), Some(budget));
    }

    /// Adds a number that only informs, beside what it is compared with.
    pub fn compare(&mut self, name: &str, unit: &'static str, value: f64, reference: f64) {
        self.add(name, unit, value, Some(reference), None);
    }

    /// Adds a number that only informs.
    pub fn tell(&mut self, name: &str, unit: &'static str, value: f64) {
        self.add(name, unit, value, None, None);
    }

    fn add(
        &mut self,
        name: &str,
        unit: &'static str,
        value: f64,
        reference: Option<f64>,
        budget: Option<Budget>,
    ) {
        let row = Row { name: name.to_owned(), unit, value, reference, budget };
        eprintln!("{row}");
        self.rows.push(row);
    }

    /// Whether no budget is broken.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(Row::holds)
    }

    /// Writes `gateway.json` into `folder`.
    pub fn save(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let path = folder.join("gateway.json");
        fs::write(&path, serde_json::to_string_pretty(&rows)?)
            .with_context(|| format!("writing {}", path.display()))
    }
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        self.reference.map(|reference| self.value / reference)
    }

    fn holds(&self) -> bool {
        let ratio = self.ratio().unwrap_or(f64::NAN);
        match self.budget {
            None => true,
            Some(Budget::RatioAtLeast(least)) => ratio >= least,
            Some(Budget::RatioAtMost(most)) => ratio <= most,
            Some(Budget::AtMost(most)) => self.value <= most,
        }
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name, "unit": self.unit, "value": self.value, "reference": self.reference,
            "ratio": self.ratio(), "budget": self.budget.map(|budget| budget.to_string()),
            "holds": self.holds(),
        })
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RatioAtLeast(least) => write!(f, "ratio >= {least}"),
            Self::RatioAtMost(most) => write!(f, "ratio <= {most}"),
            Self::AtMost(most) => write!(f, "<= {most}"),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<f64>| match value {
            Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
            Some(value) => format!("{value:.2}"),
            None => String::new(),
        };
        let verdict = match self.budget {
            Some(_) if !self.holds() => "OVER BUDGET",
            Some(_) => "holds",
            None => "",
        };
        let budget = self.budget.map(|budget| budget.to_string()).unwrap_or_default();
        let (value, reference, ratio) =
            (number(Some(self.value)), number(self.reference), number(self.ratio()));
        let line = format!(
            "{:<58} {value:>9} {:<7} {reference:>9} {ratio:>7}  {budget:<14} {verdict}",
            self.name, self.unit
        );
        f.write_str(line.trim_end())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<58} {:>9} {:<7} {:>9} {:>7}  budget", "", "measured", "", "reference", "ratio")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}
