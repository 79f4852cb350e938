//! Files that the page itself holds: pictures inside a mail, attachments to open or save.
#![expect(clippy::disallowed_methods, reason = "this is the browser's place")]

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast as _;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// How long a file that another tab or the download manager reads stays there, in milliseconds.
const HANDED_OVER_MILLIS: u32 = 60_000;

/// What a browser shows without running anything in it. Opened under our own origin, so nothing
/// that can carry a script is among them.
const SHOWN: [&str; 6] =
    ["application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"];

/// Whether the browser may show a file of this type.
#[must_use]
pub fn can_be_shown(media_type: &str) -> bool {
    SHOWN.contains(&media_type)
}

/// The address of bytes in this page's memory; freed when dropped.
#[derive(Debug)]
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// An address for these bytes, where the browser gives one. A type that could run scripts
    /// becomes `application/octet-stream`.
    #[must_use]
    pub fn new(bytes: &[u8], media_type: &str) -> Option<Self> {
        let parts = Array::of1(&Uint8Array::from(bytes));
        let options = BlobPropertyBag::new();
        options.set_type(if can_be_shown(media_type) { media_type } else { "application/octet-stream" });
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
        Url::create_object_url_with_blob(&blob).ok().map(Self)
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        // An address that is already gone is what we want.
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// Saves bytes as a file.
pub fn save(bytes: &[u8], media_type: &str, name: &str) {
    hand_over(bytes, media_type, |link| link.set_download(name));
}

/// Shows bytes in a tab of their own; see [`can_be_shown`].
pub fn show(bytes: &[u8], media_type: &str) {
    hand_over(bytes, media_type, |link| {
        link.set_target("_blank");
        link.set_rel("noopener");
    });
}

fn hand_over(bytes: &[u8], media_type: &str, prepare: impl FnOnce(&HtmlAnchorElement)) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Some(url) = ObjectUrl::new(bytes, media_type) else { return };
    let link = document.create_element("a").ok().and_then(|it| it.dyn_into::<HtmlAnchorElement>().ok());
    let Some(link) = link else { return };
    link.set_href(url.as_str());
    prepare(&link);
    link.click();
    gloo_timers::callback::Timeout::new(HANDED_OVER_MILLIS, move || drop(url)).forget();
}
