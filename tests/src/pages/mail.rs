//! Post.

use anyhow::Result;

use crate::{
    browser::SOON,
    facts::Mail,
    patience::eventually,
    screen::{Role, Screen},
};

/// Lists mails and shows one.
pub struct MailPage<'b> {
    screen: Screen<'b>,
}

impl<'b> MailPage<'b> {
    /// Its address.
    pub const PATH: &'static str = "/post";

    /// Opens it by its address.
    pub async fn open(screen: Screen<'b>) -> Result<Self> {
        screen.open(Self::PATH).await?;
        screen.find(Role::Heading, "Post").await?;
        Ok(Self { screen })
    }

    /// Opens a mail's folder by its address, and the mail from the list, however far down it is.
    pub async fn read(screen: Screen<'b>, mail: &Mail) -> Result<Self> {
        screen.open(&format!("{}/{}", Self::PATH, mail.mailbox)).await?;
        screen.scroll_to(Role::Link, &mail.subject).await?;
        screen.press(Role::Link, &mail.subject).await?;
        screen.find(Role::Heading, &mail.subject).await?;
        Ok(Self { screen })
    }

    /// Opens a mail by its address.
    pub async fn open_mail(screen: Screen<'b>, mailbox: &str, id: &str) -> Result<Self> {
        screen.open(&format!("{}/{mailbox}/{id}", Self::PATH)).await?;
        Ok(Self { screen })
    }

    /// Waits until the open mail says so.
    pub async fn see(&self, text: &str) -> Result<()> {
        self.screen.see(text).await
    }

    /// Waits until a picture in the open mail's text is drawn; its width in pixels.
    pub async fn picture_width(&self) -> Result<u64> {
        let script = "
            const texts = [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument);
            const pictures = texts.flatMap((text) => [...(text?.images ?? [])]);
            return pictures.find((picture) => picture.complete)?.naturalWidth ?? 0;";
        eventually("a picture in the mail's text", SOON, async || {
            let width = self.screen.browser().run(script, vec![]).await?.as_u64();
            Ok(width.filter(|width| *width > 0))
        })
        .await
    }

    /// Saves an attachment of the open mail and gives its bytes.
    pub async fn save_attachment(&self, name: &str) -> Result<Vec<u8>> {
        let downloads = self.screen.browser().downloads().await?;
        self.screen.press(Role::Button, &format!("{name} speichern")).await?;
        eventually("the saved attachment", SOON, async || {
            let files = std::fs::read_dir(&downloads)?.collect::<Result<Vec<_>, _>>()?;
            let finished =
                |path: &std::path::Path| path.extension().is_none_or(|extension| extension != "crdownload");
            let file = files.into_iter().map(|file| file.path()).find(|path| finished(path));
            Ok(file.map(std::fs::read).transpose()?.filter(|bytes| !bytes.is_empty()))
        })
        .await
    }
}
