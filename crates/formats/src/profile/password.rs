//! What a school asks of a password (R8): data of the profile, plain rules for people.

use std::collections::BTreeSet;

use serde::Deserialize;
use tornister_protocol::auth::{PasswordNeeds, PasswordRule};

/// Names shorter than this may stand in a password: "Al" is in half of all words.
const SHORTEST_NAME: usize = 3;

/// The `[password]` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// In characters.
    pub min_length: u32,
    /// Of each of these at least one.
    pub must_contain: BTreeSet<CharacterClass>,
    /// Who resets a password, as the app tells it (R9), such as `die Klassenleitung`.
    pub reset_by: Option<String>,
}

/// Kinds of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CharacterClass {
    /// Lower-case letters of any script.
    LowerCase,
    /// Upper-case letters of any script.
    UpperCase,
    /// Digits.
    Digit,
    /// What is neither letter nor digit.
    SpecialCharacter,
}

impl Default for PasswordPolicy {
    /// What three of the five schools ask for: eight characters of all four kinds.
    fn default() -> Self {
        let all = [
            CharacterClass::LowerCase,
            CharacterClass::UpperCase,
            CharacterClass::Digit,
            CharacterClass::SpecialCharacter,
        ];
        Self { min_length: 8, must_contain: all.into(), reset_by: None }
    }
}

impl CharacterClass {
    fn holds(self, character: char) -> bool {
        match self {
            Self::LowerCase => character.is_lowercase(),
            Self::UpperCase => character.is_uppercase(),
            Self::Digit => character.is_numeric(),
            Self::SpecialCharacter => !character.is_alphanumeric(),
        }
    }

    fn rule(self) -> PasswordRule {
        match self {
            Self::LowerCase => PasswordRule::LowerCase,
            Self::UpperCase => PasswordRule::UpperCase,
            Self::Digit => PasswordRule::Digit,
            Self::SpecialCharacter => PasswordRule::SpecialCharacter,
        }
    }
}

impl PasswordPolicy {
    /// Everything that this school asks for.
    #[must_use]
    pub fn needs(&self) -> PasswordNeeds {
        let classes = self.must_contain.iter().map(|class| class.rule());
        let rules = std::iter::once(PasswordRule::Length)
            .chain(classes)
            .chain([PasswordRule::NotTheName, PasswordRule::NotTheOld]);
        PasswordNeeds { min_length: self.min_length, rules: rules.collect() }
    }

    /// The rules that this password breaks. `names` are the login and the name of the person, `old` the
    /// password before it.
    #[must_use]
    pub fn broken_rules(&self, password: &str, names: &[&str], old: &str) -> Vec<PasswordRule> {
        let folded = password.to_lowercase();
        let mut names =
            names.iter().flat_map(|name| name.split(|character: char| !character.is_alphanumeric()));
        let has_name =
            names.any(|name| name.chars().count() >= SHORTEST_NAME && folded.contains(&name.to_lowercase()));
        let is_broken = |rule: &PasswordRule| match rule {
            PasswordRule::Length => {
                u32::try_from(password.chars().count()).is_ok_and(|count| count < self.min_length)
            }
            PasswordRule::NotTheName => has_name,
            PasswordRule::NotTheOld => password == old,
            _ => {
                let class = self.must_contain.iter().find(|class| class.rule() == *rule);
                class.is_some_and(|class| !password.chars().any(|character| class.holds(character)))
            }
        };
        self.needs().rules.into_iter().filter(is_broken).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_what_it_lacks() {
        let policy = PasswordPolicy::default();
        let names = ["lena.sommer", "Lena Sommer"];
        let broken = |password: &str| policy.broken_rules(password, &names, "482913");
        assert_eq!(broken("Igel-Ranzen-7"), []);
        assert_eq!(broken("Öl-häuser3"), [], "letters of any language count");
        assert_eq!(
            broken("igelranzen"),
            [PasswordRule::UpperCase, PasswordRule::Digit, PasswordRule::SpecialCharacter]
        );
        assert_eq!(broken("Sommer-2026!"), [PasswordRule::NotTheName]);
        assert_eq!(
            broken("482913"),
            [
                PasswordRule::Length,
                PasswordRule::LowerCase,
                PasswordRule::UpperCase,
                PasswordRule::SpecialCharacter,
                PasswordRule::NotTheOld
            ]
        );
    }

    #[test]
    fn a_school_may_ask_for_length_alone() {
        let policy = PasswordPolicy { min_length: 12, must_contain: BTreeSet::new(), reset_by: None };
        assert_eq!(policy.broken_rules("vier kleine waldameisen", &[], ""), []);
        assert_eq!(policy.broken_rules("ameise", &[], ""), [PasswordRule::Length]);
    }
}
