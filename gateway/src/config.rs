//! `tornister.toml`: everything that a school may set. Every key has a default that suits one machine.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{
    backend::embedded::HISTORY_DAYS,
    http::{origin::PublicUrl, tls::TlsFiles},
};

/// What a gateway needs to know.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Config {
    /// `listen`: address and port.
    pub listen: SocketAddr,
    /// `database`: the file; a relative one lies beside the configuration.
    pub database: PathBuf,
    /// `public-url`: how browsers reach the gateway through a proxy with a certificate.
    #[serde(deserialize_with = "from_text")]
    pub public_url: Option<PublicUrl>,
    /// `trusted-proxies`: addresses or networks of proxies, which are believed what `X-Forwarded-For` and
    /// `X-Forwarded-Proto` say of the client; nobody else is.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// `[tls]`: `certificate` and `key`, PEM files; relative ones lie beside the configuration.
    pub tls: Option<TlsFiles>,
    /// `history-days`: for how long a device may stay away and is still told exactly what has changed; after
    /// that it fetches everything anew.
    #[serde(deserialize_with = "days")]
    pub history_days: u32,
    /// `metrics-listen`: address and port on which Prometheus may ask; nobody else should reach it.
    pub metrics_listen: Option<SocketAddr>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: PathBuf::from("data/tornister.db"),
            public_url: None,
            trusted_proxies: Vec::new(),
            tls: None,
            history_days: HISTORY_DAYS,
            metrics_listen: None,
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "cannot read the configuration {path}: {reason}. Name an existing file with --config, or leave it out"
    )]
    Read {
        /// The file.
        path: String,
        /// Why.
        reason: std::io::Error,
    },
    /// A key or value is wrong.
    #[error(
        "the configuration {path} is wrong:\n{reason}\nKnown keys: listen = \"127.0.0.1:8080\", \
             database = \"data/tornister.db\", public-url = \"https://…\", \
             trusted-proxies = [\"127.0.0.1\"], metrics-listen = \"127.0.0.1:9090\", \
             history-days = 90, \
             [tls] certificate = \"fullchain.pem\" and key = \"privkey.pem\""
    )]
    Parse {
        /// The file.
        path: String,
        /// Names line and key.
        reason: Box<toml::de::Error>,
    },
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = || path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|reason| ConfigError::Read { path: name(), reason })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|reason| ConfigError::Parse { path: name(), reason: Box::new(reason) })?;
        if let Some(folder) = path.parent() {
            config.database = folder.join(&config.database);
            if let Some(tls) = &mut config.tls {
                tls.certificate = folder.join(&tls.certificate);
                tls.key = folder.join(&tls.key);
            }
        }
        Ok(config)
    }
}

fn from_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let days = u32::deserialize(deserializer)?;
    if days == 0 {
        return Err(D::Error::custom(
            "0 days are too few: every device would fetch everything each day; 1 is the least",
        ));
    }
    Ok(days)
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let network = |text: &String| {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse::<IpNet>().or_else(|_| address()).map_err(|_| {
            D::Error::custom(format!(
                "\"{text}\" is neither an address such as 127.0.0.1 nor a network such as 10.0.0.0/8"
            ))
        })
    };
    texts.iter().map(network).collect()
}
