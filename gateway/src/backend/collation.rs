//! The order of texts: the keys that `i;unicode-casemap` (RFC 5051) compares.

use unicode_normalization::UnicodeNormalization as _;

/// Texts that differ only in case have the same key; letters with marks stand after those without.
#[must_use]
pub fn casemap(text: &str) -> String {
    text.to_uppercase().nfkd().collect()
}

#[cfg(test)]
mod tests {
    use super::casemap;

    #[test]
    fn case_does_not_matter_and_marks_matter_last() {
        assert_eq!(casemap("straße"), casemap("STRASSE"));
        let mut names = ["Zoe", "änne", "Anton", "anna"];
        names.sort_by_key(|name| casemap(name));
        assert_eq!(names, ["anna", "Anton", "änne", "Zoe"]);
    }
}
