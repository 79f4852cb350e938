//! What somebody prefers on this device: language and appearance. Nothing of a school's.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use super::local_storage;

const LANGUAGE: &str = "tornister.language";
const APPEARANCE: &str = "tornister.appearance";

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Appearance {
    /// As the device is set.
    #[default]
    Device,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Appearance {
    /// All, in the order of the settings.
    pub const ALL: [Self; 3] = [Self::Device, Self::Light, Self::Dark];

    /// In storage and in the page's `data-theme`; `None` for the device's own.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Device => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The tag of the language chosen, if one was.
#[must_use]
pub fn language() -> Option<String> {
    local_storage::read(LANGUAGE)
}

/// Keeps the choice of a language.
pub fn set_language(tag: &str) {
    local_storage::write(LANGUAGE, tag);
}

/// The tags of the languages that the browser is set to, the dearest first.
#[must_use]
pub fn browser_languages() -> Vec<String> {
    let languages = web_sys::window().map(|window| window.navigator().languages());
    languages.into_iter().flatten().filter_map(|tag| tag.as_string()).collect()
}

/// The appearance chosen.
#[must_use]
pub fn appearance() -> Appearance {
    let kept = local_storage::read(APPEARANCE);
    let named = |it: &Appearance| it.name() == kept.as_deref();
    Appearance::ALL.into_iter().find(named).unwrap_or_default()
}

/// Keeps the choice of an appearance.
pub fn set_appearance(appearance: Appearance) {
    match appearance.name() {
        Some(name) => local_storage::write(APPEARANCE, name),
        None => local_storage::remove(APPEARANCE),
    }
}
