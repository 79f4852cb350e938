//! TLS by rustls, with a certificate in files. They are read again when they change, so a renewed certificate
//! needs no restart.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use serde::Deserialize;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{
            CertificateDer, PrivateKeyDer,
            pem::{self, PemObject as _},
        },
    },
};

/// How soon a renewed certificate is used.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// The `[tls]` table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate and those that it hangs on, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing or holds something else.
    #[error("{path} cannot be read: {1}. It has to be a PEM file that tornister may read", path = .0.display())]
    File(PathBuf, pem::Error),
    /// There is nothing in it.
    #[error("{} holds no certificate", .0.display())]
    Empty(PathBuf),
    /// They do not belong together.
    #[error("certificate and key cannot be used: {0}. Do they belong together?")]
    Pair(#[from] rustls::Error),
}

/// The certificate that is used now. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    files: Arc<TlsFiles>,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        let current = Arc::new(RwLock::new(Arc::new(read(files)?)));
        Ok(Self { files: Arc::new(files.clone()), current })
    }

    /// Accepts connections with the certificate that is used now.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Looks after the files for ever. Where new ones cannot be used, the old ones stay.
    pub async fn look_after(self) {
        let mut known = self.written();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.written();
            if now != known {
                known = now;
                self.reload();
            }
        }
    }

    /// Reads the files again.
    pub fn reload(&self) {
        match read(&self.files) {
            Ok(config) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                tracing::info!("the new certificate is used from now on");
            }
            Err(error) => tracing::warn!(%error, "the old certificate stays in use"),
        }
    }

    fn written(&self) -> [Option<SystemTime>; 2] {
        let time = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        [time(&self.files.certificate), time(&self.files.key)]
    }
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let certificates = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| TlsError::File(files.certificate.clone(), error))?;
    if certificates.is_empty() {
        return Err(TlsError::Empty(files.certificate.clone()));
    }
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| TlsError::File(files.key.clone(), error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
