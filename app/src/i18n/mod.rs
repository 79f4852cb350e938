//! The app's words. One struct with a field for every text, one constant for every language: a text
//! that a language lacks does not compile.
//!
//! Texts are plain values: when the language changes, the whole view is drawn anew.

pub mod dates;
mod day_words;
mod de;
mod en;
mod texts;

pub use day_words::DateStyle;
pub use texts::Texts;

use leptos::prelude::*;

use crate::platform::preferences;

/// A language of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// All, each with its own name.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// As its speakers call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::De => "Deutsch",
            Self::En => "English",
        }
    }

    /// The language of a tag such as `en-GB`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// Its texts.
    #[must_use]
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::De => &de::TEXTS,
            Self::En => &en::TEXTS,
        }
    }

    /// The language chosen, else the first of the browser's that there is, else German.
    #[must_use]
    pub fn preferred() -> Self {
        let chosen = preferences::language();
        let wanted = chosen.into_iter().chain(preferences::browser_languages());
        wanted.into_iter().find_map(|tag| Self::of_tag(&tag)).unwrap_or(Self::De)
    }
}

/// The language now shown, as a context.
#[derive(Clone, Copy)]
pub struct CurrentLanguage(pub RwSignal<Language>);

/// The language of this view.
#[must_use]
pub fn language() -> Language {
    expect_context::<CurrentLanguage>().0.get_untracked()
}

/// The texts of this view.
#[must_use]
pub fn texts() -> &'static Texts {
    language().texts()
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_browsers_tag_finds_its_language_whatever_the_country() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::De));
        assert_eq!(Language::of_tag("EN"), Some(Language::En));
        assert_eq!(Language::of_tag("tr-TR"), None);
        assert_eq!(Language::of_tag(""), None);
    }

    #[test]
    fn no_language_has_an_empty_text_where_another_has_one() {
        for (name, german, english) in super::texts::pairs(Language::De.texts(), Language::En.texts()) {
            assert!(!german.is_empty() && !english.is_empty(), "{name}");
        }
    }
}
