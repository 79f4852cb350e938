//! Which browser, how its driver is started, and what it is asked for.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel};

use super::PHONE;
use crate::process::Group;

/// An engine that pupils' phones and computers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    /// WebKitGTK, the nearest thing to Safari that runs here.
    WebKit,
}

/// How a browser is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mode {
    /// A port of this machine through which all requests go but those to this machine.
    pub proxy: Option<u16>,
    /// With a private window, which keeps nothing when it is closed. A driven WebKit has no other.
    pub is_private: bool,
}

/// Programs that `cargo xtask setup` installs.
const MISSING: &str = "a browser's driver is missing; `cargo xtask setup` installs it or names the package";

/// Firefox asks its maker about many things; a test wants to see only what a page asks for.
const QUIET_FIREFOX: [(&str, bool); 8] = [
    ("app.normandy.enabled", false),
    ("app.update.disabledForTesting", true),
    ("browser.safebrowsing.malware.enabled", false),
    ("browser.safebrowsing.phishing.enabled", false),
    ("datareporting.policy.dataSubmissionEnabled", false),
    ("extensions.systemAddon.update.enabled", false),
    ("network.captive-portal-service.enabled", false),
    ("network.connectivity-service.enabled", false),
];

impl Engine {
    /// Starts the driver on `port`, with what it needs around it; the first to end comes first.
    pub(super) fn start_driver(self, port: u16, profile: &Path) -> Result<Vec<Group>> {
        let log = File::create(profile.join("driver.log"))?;
        let mut command = Command::new(match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
            Self::WebKit => "WebKitWebDriver",
        });
        command.arg(format!("--port={port}")).stdout(log.try_clone()?).stderr(log.try_clone()?);
        let mut groups = Vec::new();
        if self == Self::WebKit {
            let (display, server) = virtual_display(log)?;
            command.env("DISPLAY", display).env("XDG_DATA_HOME", profile).env("XDG_CACHE_HOME", profile);
            groups.push(server);
        }
        groups.insert(0, Group::start(&mut command).context(MISSING)?);
        Ok(groups)
    }

    /// What a session is asked for.
    pub(super) fn capabilities(self, profile: &Path, mode: Mode) -> Result<Capabilities> {
        let mut capabilities = match self {
            Self::Chromium => chromium(profile, mode.is_private)?,
            Self::Firefox => firefox(mode.is_private)?,
            Self::WebKit => webkit()?,
        };
        if let Some(port) = mode.proxy {
            let proxy = format!("127.0.0.1:{port}");
            let mut manual = json!({ "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy });
            if self == Self::WebKit {
                manual["noProxy"] = json!(["localhost", "127.0.0.1"]);
            }
            capabilities.set("proxy", manual)?;
        }
        Ok(capabilities)
    }
}

fn chromium(profile: &Path, is_private: bool) -> Result<Capabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--lang=de",
    ] {
        capabilities.add_arg(flag)?;
    }
    if is_private {
        capabilities.add_arg("--incognito")?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.join("chromium").display()))?;
    capabilities.add_experimental_option("prefs", json!({ "intl.accept_languages": "de-DE,de" }))?;
    let (width, height) = PHONE;
    let metrics =
        json!({ "width": width, "height": height, "pixelRatio": 3.0, "mobile": true, "touch": true });
    capabilities.add_experimental_option("mobileEmulation", json!({ "deviceMetrics": metrics }))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities.into())
}

fn firefox(is_private: bool) -> Result<Capabilities> {
    let mut capabilities: Capabilities = DesiredCapabilities::firefox().into();
    let mut preferences: serde_json::Map<String, Value> =
        QUIET_FIREFOX.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    preferences.insert("intl.accept_languages".to_owned(), json!("de-DE,de"));
    preferences.insert("browser.privatebrowsing.autostart".to_owned(), json!(is_private));
    preferences.insert("services.settings.server".to_owned(), json!("data:,none"));
    let (width, height) = PHONE;
    let arguments = ["-headless".to_owned(), format!("--width={width}"), format!("--height={height}")];
    capabilities.set("moz:firefoxOptions", json!({ "args": arguments, "prefs": preferences }))?;
    Ok(capabilities)
}

fn webkit() -> Result<Capabilities> {
    let mut capabilities = Capabilities::new();
    let browser = mini_browser().context(MISSING)?;
    // Its login needs https, and the gateway's certificate is a test's own.
    capabilities.set("acceptInsecureCerts", true)?;
    capabilities.set("webkitgtk:browserOptions", json!({ "binary": browser, "args": ["--automation"] }))?;
    Ok(capabilities)
}

/// WebKitGTK's own browser, which stands beside its library.
fn mini_browser() -> Result<PathBuf> {
    for folder in std::fs::read_dir("/usr/lib")? {
        for version in ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"] {
            let program = folder.as_ref().map(|folder| folder.path().join(version).join("MiniBrowser"));
            if let Ok(program) = program.map_err(|error| error.to_string())
                && program.is_file()
            {
                return Ok(program);
            }
        }
    }
    anyhow::bail!("MiniBrowser stands nowhere in /usr/lib")
}

/// An X server without a screen, and the display that it chose.
fn virtual_display(log: File) -> Result<(String, Group)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "800x900x24", "-nolisten", "tcp"]);
    command.stdout(Stdio::piped()).stderr(log);
    let mut server = Group::start(&mut command).context(MISSING)?;
    let mut line = String::new();
    BufReader::new(server.stdout().context("Xvfb has no output")?).read_line(&mut line)?;
    Ok((format!(":{}", line.trim()), server))
}
