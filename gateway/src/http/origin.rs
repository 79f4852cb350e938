//! From where a request comes, and under which address the gateway is known.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{
        Extensions, HeaderMap, Method,
        header::{CONTENT_TYPE, HOST, ORIGIN},
        request::Parts,
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{Gateway, challenge, error::Error};

/// Scheme and authority, such as `https://tornister.example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    authority: String,
}

/// A text that is no [`PublicUrl`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an address like https://tornister.example.org, without a path")]
pub struct BadPublicUrl(String);

impl FromStr for PublicUrl {
    type Err = BadPublicUrl;

    fn from_str(text: &str) -> Result<Self, BadPublicUrl> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let authority = rest.filter(|rest| !rest.contains(['/', '?', '#', '@']));
        let authority = authority.and_then(|rest| rest.parse::<Authority>().ok());
        let authority = authority.ok_or_else(|| BadPublicUrl(text.to_owned()))?;
        Ok(Self { text: text.to_owned(), authority: authority.to_string() })
    }
}

impl PublicUrl {
    /// Whether browsers come by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
}

/// The address that a client uses, without a path.
#[derive(Debug)]
pub struct Base(pub String);

impl FromRequestParts<Gateway> for Base {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Error> {
        if let Some(public) = &gateway.public_url {
            return Ok(Self(public.text.clone()));
        }
        let host = host(&parts.headers).ok_or_else(|| Error::BadRequest("no Host header".to_owned()))?;
        let scheme = if is_https(gateway, &parts.headers, &parts.extensions) { "https" } else { "http" };
        Ok(Self(format!("{scheme}://{host}")))
    }
}

fn host(headers: &HeaderMap) -> Option<Authority> {
    let host = headers.get(HOST)?.to_str().ok()?;
    host.parse::<Authority>().ok().filter(|authority| !authority.as_str().contains('@'))
}

/// Whether the browser came by https: to this process, or to a proxy that is believed.
pub fn is_https(gateway: &Gateway, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let told = || {
        let is_believed = peer(extensions).is_some_and(|peer| is_trusted(gateway, peer));
        is_believed && headers.get(FORWARDED_PROTO).is_some_and(|proto| proto == "https")
    };
    gateway.is_tls || gateway.public_url.as_ref().is_some_and(PublicUrl::is_https) || told()
}

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

fn is_trusted(gateway: &Gateway, address: IpAddr) -> bool {
    gateway.trusted_proxies.iter().any(|network| network.contains(&address))
}

/// The client's address, as trusted proxies tell it where there are any.
#[derive(Debug)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequestParts<Gateway> for ClientAddress {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Error> {
        let Some(mut client) = peer(&parts.extensions) else { return Ok(Self(None)) };
        // Each proxy adds, at the end, who asked it: believed from there up to the first one that nobody trusts.
        let values = parts.headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let told: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        let mut told = told.into_iter().rev();
        while is_trusted(gateway, client) {
            let Some(Ok(address)) = told.next().map(str::parse::<IpAddr>) else { break };
            client = address.to_canonical();
        }
        Ok(Self(Some(client)))
    }
}

/// Refuses POSTs that another site made a browser send.
pub async fn check(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || challenge::speaks_for_itself(request.headers()) {
        return next.run(request).await;
    }
    let headers = request.headers();
    if let Some(origin) = headers.get(ORIGIN) {
        let authority = origin.to_str().ok().and_then(|text| text.split_once("://")).map(|(_, rest)| rest);
        let own = authority.is_some_and(|authority| {
            host(headers).is_some_and(|host| host.as_str() == authority)
                || gateway.public_url.as_ref().is_some_and(|public| public.authority == authority)
        });
        if !own {
            return Error::Forbidden("this request comes from another site").into_response();
        }
    }
    next.run(request).await
}

/// Refuses POSTs without the JSON media type, which a form cannot have.
pub async fn check_json(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let headers = request.headers();
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(tornister_protocol::JSON) {
        let detail = "the Content-Type is not application/json".to_owned();
        return Error::Problem(crate::jmap::envelope::problem("notJSON", 400, detail)).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_has_no_path() {
        let url: PublicUrl = "https://schule.example:8443/".parse().unwrap();
        assert_eq!(
            (url.text.as_str(), url.authority.as_str()),
            ("https://schule.example:8443", "schule.example:8443")
        );
        for text in ["schule.example", "ftp://schule.example", "https://schule.example/a", "https://"] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
