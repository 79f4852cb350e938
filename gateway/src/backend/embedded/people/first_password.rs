//! First passwords (R7): six digits, which can be read out and typed by a child, and are good for nothing
//! but choosing a password.

use tornister_formats::profile::Password;

use crate::{
    backend::{BackendError, embedded::EmbeddedSchool},
    environment::Random,
};

const COUNT: u32 = 1_000_000;

impl EmbeddedSchool {
    /// A new first password and its hash.
    pub(super) async fn first_password(&self) -> Result<(Password, String), BackendError> {
        let password = draw(self.environment.random.as_ref())?;
        let hash = self.passwords.hash(password.reveal().to_owned()).await?;
        Ok((password, hash))
    }
}

/// Six digits, each as likely as another.
fn draw(random: &dyn Random) -> std::io::Result<Password> {
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes)?;
        let number = u32::from_le_bytes(bytes);
        if number < u32::MAX - u32::MAX % COUNT {
            return Ok(Password::new(format!("{:06}", number % COUNT)));
        }
    }
}
