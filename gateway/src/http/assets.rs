//! The built app: files from inside the binary (D10), or from a folder while it is being written.

use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
};

use axum::{
    extract::State,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{
            ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
        },
    },
    response::{IntoResponse as _, Response},
};
use percent_encoding::percent_decode_str;
use rust_embed::RustEmbed;

use super::{Gateway, error::Error, headers};
use crate::digest::sha256;

#[derive(RustEmbed)]
#[folder = "../dist/"]
struct Built;

/// Where the app's files are.
#[derive(Clone, Debug)]
pub enum Assets {
    /// In the binary.
    Embedded,
    /// In a folder; each request reads it anew.
    Folder(PathBuf),
}

struct File {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
}

impl Assets {
    async fn file(&self, path: &str) -> Option<File> {
        match self {
            Self::Embedded => {
                let file = Built::get(path)?;
                Some(File { hash: file.metadata.sha256_hash(), bytes: file.data })
            }
            Self::Folder(folder) => {
                let is_inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
                if !is_inside {
                    return None;
                }
                let bytes = tokio::fs::read(folder.join(path)).await.ok()?;
                Some(File { hash: sha256(&bytes), bytes: Cow::Owned(bytes) })
            }
        }
    }
}

const INDEX: &str = "index.html";
/// Never an address inside the app: who asks for these is a program, and must not be told a page.
const RESERVED: [&str; 3] = [".well-known/", "auth/", "jmap/"];

/// A file of the app, or for an address inside the app its page.
pub async fn serve(
    State(gateway): State<Gateway>,
    method: Method,
    uri: Uri,
    request_headers: HeaderMap,
) -> Result<Response, Error> {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return Ok((StatusCode::METHOD_NOT_ALLOWED, allow).into_response());
    }
    let path = percent_decode_str(uri.path().trim_start_matches('/')).decode_utf8();
    let path = path.map_err(|_| Error::NotFound)?;
    let is_reserved = RESERVED.iter().any(|prefix| path.starts_with(prefix));
    let is_deep_link = !is_reserved && !path.rsplit('/').next().unwrap_or_default().contains('.');
    let found = match gateway.assets.file(&path).await {
        Some(file) => Some((path.as_ref(), file)),
        None if is_deep_link => gateway.assets.file(INDEX).await.map(|file| (INDEX, file)),
        None => None,
    };
    let (path, file) = found.ok_or(Error::NotFound)?;
    Ok(answer(&gateway.assets, path, file, &request_headers).await)
}

async fn answer(assets: &Assets, path: &str, file: File, request_headers: &HeaderMap) -> Response {
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let is_page = media_type == mime_guess::mime::TEXT_HTML;
    let mut response_headers = HeaderMap::new();
    if is_page {
        headers::page(&mut response_headers);
    } else if media_type.subtype() == mime_guess::mime::JAVASCRIPT {
        headers::script(&mut response_headers);
    }
    let text = if media_type.type_() == mime_guess::mime::TEXT { "; charset=utf-8" } else { "" };
    insert(&mut response_headers, CONTENT_TYPE, &format!("{media_type}{text}"));
    if is_hashed(path) {
        insert(&mut response_headers, CACHE_CONTROL, "public, max-age=31536000, immutable");
    } else {
        // A page that is left while its worker writes must end: WebKit would keep both asleep, to go back
        // to, and with them the transaction on which every other page of the app then waits.
        insert(&mut response_headers, CACHE_CONTROL, if is_page { "no-store" } else { "no-cache" });
        let tag: String = file.hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        let tag = format!("W/\"{tag}\"");
        insert(&mut response_headers, ETAG, &tag);
        let known = request_headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        if known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
            return (StatusCode::NOT_MODIFIED, response_headers).into_response();
        }
    }
    if let Some(compressed) = assets.file(&format!("{path}.br")).await {
        insert(&mut response_headers, VARY, "accept-encoding");
        if takes_brotli(request_headers) {
            insert(&mut response_headers, CONTENT_ENCODING, "br");
            return (response_headers, compressed.bytes).into_response();
        }
    }
    (response_headers, file.bytes).into_response()
}

fn insert(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("br") && weight.replace(' ', "") != "q=0"
    })
}

/// Whether the name holds a hash of the content, as in `app-0a1b2c3d4e5f6071_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    const SHORTEST_HASH: usize = 8;
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '.', '_']).skip(1).any(|part| {
        part.len() >= SHORTEST_HASH
            && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            && part.bytes().any(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("tornister-app-0a1b2c3d4e5f6071_bg.wasm"));
        assert!(is_hashed("assets/style-9f86d081.css"));
        for name in ["index.html", "sw.js", "manifest.webmanifest", "icon-192.png", "feedback-deadbeef.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
