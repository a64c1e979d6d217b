//! A forgotten passphrase must not destroy evidence: the agency's recovery key opens the store,
//! and the officer goes on under a new signing key, as a new writer.

use std::path::Path;
use std::sync::PoisonError;

use auxlog_journal::{KeyError, RecoveryPublic, RecoverySecret};
use auxlog_record::{Event, OfficerId, Signer as _, WriterOpened, WriterRetired};

use super::open::{Layout, key};
use super::renewal::OLD_COPY;
use super::{Ledger, reader};
use crate::{OpenError, OpenOptions};

/// The agency's recovery key did not help.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The key is another agency's, or none was set here.
    #[error("this recovery key does not open this data directory")]
    WrongKey,
    /// The data directory can't be opened, whichever key.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Ledger {
    /// Seals the store's key to the agency's recovery key, whose secret half the agency keeps.
    ///
    /// # Errors
    /// [`OpenError::Io`].
    pub fn trust_recovery(&self, to: RecoveryPublic) -> Result<(), OpenError> {
        let mut keyring = self.keyring.lock().unwrap_or_else(PoisonError::into_inner);
        keyring.set_recovery(&self.unlocked, to).map_err(key)
    }

    /// Opens `dir` with the agency's recovery key and gives `officer` a new passphrase and a new
    /// signing key; the old one is lost with the old passphrase.
    ///
    /// # Errors
    /// [`RecoverError::WrongKey`], and as [`Ledger::open`].
    pub fn recover(
        dir: &Path,
        secret: &RecoverySecret,
        officer: &OfficerId,
        passphrase: &str,
        options: OpenOptions,
    ) -> Result<Self, RecoverError> {
        let mut keyring = Layout::new(dir).keyring()?;
        let known: Vec<OfficerId> = keyring.officers().into_iter().map(|holder| holder.officer).collect();
        if !known.contains(officer) {
            return Err(OpenError::WhichOfficer { known }.into());
        }
        {
            let _lock = auxlog_journal::InstanceLock::acquire(dir).map_err(super::open::lock)?;
            keyring.recover(secret, officer, passphrase, options.cost()?).map_err(|error| match error {
                KeyError::NoRecovery | KeyError::WrongRecoveryKey => RecoverError::WrongKey,
                other => key(other).into(),
            })?;
        }
        Ok(Self::open(dir, Some(officer), passphrase, options)?)
    }

    /// Begins the chain of a signing key that has none yet, in the name of the officer's earlier
    /// one, and retires that. Does nothing for a key that has a chain.
    pub(super) fn go_on_with_new_key(&self) -> Result<(), OpenError> {
        let own = self.unlocked.signing.writer();
        let keyring = self.keyring.lock().unwrap_or_else(PoisonError::into_inner).officers();
        let (opened, retired) = {
            let index = self.reader.index();
            if index.writers().get(&own).is_some() {
                return Ok(());
            }
            let earlier: Vec<_> = index
                .writers()
                .iter()
                .filter(|writer| writer.own && !keyring.iter().any(|holder| holder.writer == writer.id))
                .filter_map(|writer| Some((writer, &writer.view.as_ref()?.opened)))
                .filter(|(_, opened)| opened.officer == self.unlocked.officer)
                .collect();
            let Some((_, newest)) = earlier.last() else { return Ok(()) };
            let opened =
                WriterOpened { public_key: self.unlocked.signing.public_key().to_bytes(), ..(*newest).clone() };
            let reason = if self.came_back().is_some() {
                OLD_COPY
            } else {
                "the key was given up with its passphrase or by its officer"
            };
            let retired = earlier.iter().map(|(writer, _)| {
                let (writer, last) = (writer.id, writer.tip.seq);
                Event::WriterRetired(WriterRetired { writer, last, reason: reason.to_owned() })
            });
            (opened, retired.collect::<Vec<_>>())
        };
        self.lock_writer().agency = opened.agency.clone();
        let events: Vec<Event> = std::iter::once(Event::WriterOpened(opened)).chain(retired).collect();
        self.append(&events).map_err(reader::damaged).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use auxlog_record::Task;

    use super::*;
    use crate::{InitOptions, TaskQuery, Whole};

    #[test]
    fn the_key_of_a_restored_old_copy_is_retired_and_the_records_go_on() {
        let place = tempfile::tempdir().expect("a directory");
        let (dir, usb) = (place.path().join("data"), place.path().join("usb"));
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        let options = OpenOptions { cheap_keys: true, ..OpenOptions::default() };
        let task = |id: &str| Task { id: id.into(), items: vec!["15.2:patrol".into()], ..Task::default() };
        let log = |ledger: &Ledger, id: &str| ledger.log(&[task(id)]).pop().expect("an answer").expect("stored").id;
        let ledger = Ledger::init(&dir, &who, "p", options.clone()).expect("made");
        log(&ledger, "t-1");
        auxlog_journal::backup(&dir, &usb).expect("backed up");
        let last = log(&ledger, "t-2");
        let server = ledger.own_records(last.writer, 0, 9, 1 << 20).expect("read");
        ledger.close();
        std::fs::remove_dir_all(&dir).expect("stolen");
        auxlog_journal::restore(&usb, &dir).expect("restored");

        // At the next synchronisation the server gives back what the copy lacks.
        let ledger = Ledger::open(&dir, None, "p", options.clone()).expect("opens");
        ledger.restore_own(&server[2..]).expect("taken back");
        assert_eq!(ledger.tip_of(last.writer).seq, last.seq);
        ledger.close();
        let ledger = Ledger::renew_key(&dir, None, "p", options.clone()).expect("renewed");
        assert_ne!(ledger.identity().writer, last.writer);
        let retired = ledger.notices(1).expect("read").remove(0).event;
        assert!(
            matches!(&retired, Event::WriterRetired(gone)
                if gone.writer == last.writer && gone.last == last.seq && gone.reason.contains("old copy")),
            "{retired:?}"
        );
        log(&ledger, "t-3");
        assert!(matches!(ledger.verify(&|_, _| {}), Ok(Whole::Yes { records: 6 })));
        ledger.close();
        let wrong = Ledger::renew_key(&dir, None, "q", options);
        assert!(matches!(wrong, Err(OpenError::WrongPassphrase { .. })));
    }

    #[test]
    fn a_forgotten_passphrase_loses_no_record_and_the_officer_goes_on() {
        let dir = tempfile::tempdir().expect("a directory");
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        let options = OpenOptions { cheap_keys: true, ..OpenOptions::default() };
        let task = |id: &str| Task { id: id.into(), items: vec!["15.2:patrol".into()], ..Task::default() };
        let secret = RecoverySecret::generate().expect("random bytes");
        let ledger = Ledger::init(dir.path(), &who, "forgotten words", options.clone()).expect("made");
        let first = ledger.identity().writer;
        ledger.log(&[task("t-1")]).pop().expect("an answer").expect("stored");
        let officer = OfficerId::from("O1");
        ledger.close();
        let recover = |secret| Ledger::recover(dir.path(), secret, &officer, "new words", options.clone());
        assert!(matches!(recover(&secret), Err(RecoverError::WrongKey)), "none was set");

        let ledger = Ledger::open(dir.path(), None, "forgotten words", options.clone()).expect("opens");
        ledger.trust_recovery(secret.public()).expect("sealed");
        ledger.close();
        let other = RecoverySecret::generate().expect("random bytes");
        assert!(matches!(recover(&other), Err(RecoverError::WrongKey)));

        let ledger = recover(&secret).expect("recovered");
        assert_ne!(ledger.identity().writer, first, "a new key is a new writer");
        assert_eq!(ledger.identity().agency, "A01".into());
        ledger.log(&[task("t-2")]).pop().expect("an answer").expect("stored");
        ledger.close();
        let ledger = Ledger::open(dir.path(), None, "new words", options).expect("opens");
        assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, 2);
        assert!(
            matches!(ledger.verify(&|_, _| {}), Ok(Whole::Yes { records: 5 })),
            "opened, task; opened, retired, task"
        );
    }
}
