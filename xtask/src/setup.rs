//! Installs what is missing, one line of progress per tool.

use anyhow::{Context as _, Result};

use crate::tools::Tool;

/// Makes sure that all of `tools` are there. A second call only looks.
pub fn ensure(tools: &[Tool]) -> Result<()> {
    for (index, tool) in tools.iter().enumerate() {
        let step = format!("[{}/{}] {}", index + 1, tools.len(), tool.label()?);
        if tool.is_there()? {
            println!("{step} … there already");
            continue;
        }
        println!("{step} … installing");
        tool.install().with_context(|| format!("{step} could not be installed"))?;
        anyhow::ensure!(tool.is_there()?, "{step}: installed, yet not found");
        println!("{step} … installed");
    }
    Ok(())
}
