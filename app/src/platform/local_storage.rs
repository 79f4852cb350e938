//! Small texts that outlive a page. Never anything of a school's: logging out wipes the databases.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The text under a name.
#[must_use]
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Keeps a text, where the browser lets us.
pub fn write(name: &str, text: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage costs a preference, nothing else.
        let _ = storage.set_item(name, text);
    }
}

/// Forgets a text.
pub fn remove(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}
