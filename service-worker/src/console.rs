//! The browser's console, for developers.

/// Logs an error. Texts of errors carry no secrets.
pub fn error(what: &str, error: &dyn std::fmt::Display) {
    web_sys::console::error_1(&format!("{what}: {error}").into());
}
