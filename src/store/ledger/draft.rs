//! Drafts: what is being typed, sealed, one file for each officer and form.

use std::path::PathBuf;

use auxlog_journal::{private_dir, replace};
use auxlog_record::crypto::sha256;

use super::Ledger;
use crate::{Draft, LedgerError};

impl Ledger {
    /// Keeps what is being typed in the form `form`; durable before it returns.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`] when it cannot be written.
    pub fn save_draft(&self, form: &str, draft: &Draft) -> Result<(), LedgerError> {
        let draft = Draft { saved_at: Some(self.clock.now()), ..draft.clone() };
        let fail = |source: Box<dyn std::error::Error + Send + Sync>| LedgerError::NotSaved { source };
        let plain = serde_json::to_vec(&draft).map_err(|error| fail(error.into()))?;
        let sealed = self.unlocked.store.for_purpose("drafts").seal(&self.place(form), &plain);
        let sealed = sealed.map_err(|error| fail(error.into()))?;
        let path = self.draft_path(form);
        private_dir(&self.layout.drafts()).map_err(|error| fail(error.into()))?;
        replace(&path, &sealed).map_err(|error| fail(error.into()))
    }

    /// What was being typed in the form `form`. A draft that cannot be opened is moved aside and
    /// counts as none: it never keeps anyone from working.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when the file cannot be read.
    pub fn load_draft(&self, form: &str) -> Result<Option<Draft>, LedgerError> {
        let path = self.draft_path(form);
        let sealed = match auxlog_journal::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(LedgerError::Io { path, source }),
        };
        let opened = self.unlocked.store.for_purpose("drafts").open(&self.place(form), &sealed).ok();
        let draft = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
        if draft.is_none() {
            tracing::warn!(path = %path.display(), "a draft that cannot be opened was moved aside");
            let aside = path.with_added_extension("bad");
            std::fs::rename(&path, aside).map_err(|source| LedgerError::Io { path, source })?;
        }
        Ok(draft)
    }

    /// Forgets what was being typed in the form `form`.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when the file cannot be removed.
    pub fn clear_draft(&self, form: &str) -> Result<(), LedgerError> {
        let path = self.draft_path(form);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(LedgerError::Io { path, source }),
            _ => Ok(()),
        }
    }

    /// Whose form it is: a sealed draft opens in its own place only.
    fn place(&self, form: &str) -> Vec<u8> {
        format!("{}\u{0}{form}", self.identity().officer).into_bytes()
    }

    /// The file's name tells neither the officer nor the form.
    fn draft_path(&self, form: &str) -> PathBuf {
        let key = self.unlocked.store.bytes_for("draft names");
        let name = sha256(&[&*key, &self.place(form)]).to_string();
        self.layout.drafts().join(name.get(..32).unwrap_or_default())
    }
}
