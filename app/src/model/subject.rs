//! A colour for each subject, the same on every device and every day.

/// How many colours `style/subjects.css` has.
pub const COLORS: u32 = 12;

/// The number of a subject's colour, from its short form: letters and digits, case does not matter.
#[must_use]
pub fn color(subject: &str) -> u32 {
    // FNV-1a: short, and spreads short forms such as `M`, `Mu` and `Mus` well.
    let hash = subject.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 15)) % COLORS
}

/// The class that sets it.
#[must_use]
pub fn class(subject: &str) -> String {
    format!("subject-{}", color(subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_timetable_uses_most_colours() {
        let subjects = ["M", "D", "E", "F", "L", "Bi", "Ph", "Ch", "Ek", "Ge", "Po", "Ku", "Mu", "Sp", "Re"];
        let used: std::collections::BTreeSet<u32> = subjects.iter().map(|it| color(it)).collect();
        assert!(used.len() >= 7, "{used:?}");
        assert_eq!(color("BI"), color("bi"));
    }
}
