//! The results: a table for people, JSON for machines.

use std::{fmt, fs, path::Path};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// One number and what it may be at most.
struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    /// What must hold.
    budget: Option<f64>,
    /// What we would like.
    aim: Option<f64>,
}

/// All numbers of a run.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds a number that has a budget.
    pub fn judge(&mut self, name: &str, value: f64, unit: &'static str, budget: f64, aim: f64) {
        self.rows.push(Row { name: name.to_owned(), value, unit, budget: Some(budget), aim: Some(aim) });
    }

    /// Adds a number that only informs.
    pub fn tell(&mut self, name: &str, value: f64, unit: &'static str) {
        self.rows.push(Row { name: name.to_owned(), value, unit, budget: None, aim: None });
    }

    /// Whether no budget is broken.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(Row::holds)
    }

    /// Writes `bench.json` into `folder`.
    pub fn save(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let path = folder.join("bench.json");
        fs::write(&path, serde_json::to_string_pretty(&rows)?)
            .with_context(|| format!("writing {}", path.display()))
    }
}

impl Row {
    fn holds(&self) -> bool {
        self.budget.is_none_or(|budget| self.value <= budget)
    }

    fn verdict(&self) -> &'static str {
        match (self.budget, self.aim) {
            (Some(budget), _) if self.value > budget => "OVER BUDGET",
            (_, Some(aim)) if self.value > aim => "in budget",
            (_, Some(_)) => "aim reached",
            _ => "",
        }
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name, "value": self.value, "unit": self.unit,
            "budget": self.budget, "aim": self.aim, "holds": self.holds(),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
        writeln!(f, "{:<52} {:>10} {:<4} {:>8} {:>8}", "", "measured", "", "budget", "aim")?;
        for row in &self.rows {
            let (value, budget, aim) = (number(Some(row.value)), number(row.budget), number(row.aim));
            let line = format!(
                "{:<52} {value:>10} {:<4} {budget:>8} {aim:>8}  {}",
                row.name,
                row.unit,
                row.verdict()
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
