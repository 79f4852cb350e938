//! Counts tests from the summary lines of the runners: nextest, and Rust's own, which doctests and
//! the runner in the browser print.

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// Adds what `line` says if it is a summary line.
    pub fn read(&mut self, line: &str) {
        // What nextest shows of a failed test is indented; that test's own summary counts nothing.
        let result = line.strip_prefix("test result:");
        let run = || line.split_once(" tests run:").or_else(|| line.split_once(" test run:"));
        let Some(counts) = result.or_else(|| Some(run()?.1)) else { return };
        for part in counts.split([',', ';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(Ok(count)), Some(outcome)) = (words.next().map(str::parse::<u64>), words.next()) else {
                continue;
            };
            match outcome {
                "passed" => self.passed += count,
                "failed" | "timed" | "exec" => self.failed += count,
                "skipped" | "ignored" => self.skipped += count,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "     Summary [   1.2s] 9 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 1 exec failed, 3 skipped",
            "     Summary [   0.1s] 1 test run: 1 passed, 0 skipped",
            "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test a_story_that_passed ... 7 passed",
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            tally.read(line);
        }
        assert_eq!(tally, Tally { passed: 10, failed: 4, skipped: 4 });
    }
}
