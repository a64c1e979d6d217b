//! Why something failed, in the reader's language: the errors of the crates below speak English,
//! for logs and for programs.

use std::error::Error;
use std::io;
use std::sync::Arc;

use auxlog_journal::blob::BlobError;
use auxlog_journal::{Damage, DamageKind, JournalError, KeyError, Link, NoRandom, NotSealed};
use auxlog_record::crypto::CryptoError;
use auxlog_record::evidence::{EvidenceError, NoBundle};
use auxlog_record::{Beyond, ChainError, EnvelopeError, EventError};
use auxlog_store::{Flaw, LedgerError, Spot};
use auxlog_sync::http::LineFault;
use auxlog_sync::vouched::VouchedError;
use auxlog_sync::{ConnectionError, SyncError};
use i18n_embed_fl::fl;

use crate::Terms;

/// Tries the types that an error may be of, in this order.
macro_rules! first_of {
    ($self:ident, $error:ident, $($type:ty => $told:ident),+ $(,)?) => {
        $(if let Some(known) = $error.downcast_ref::<$type>() {
            return $self.$told(known);
        })+
    };
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "every kind of error is handed on in the same way")]
impl Terms {
    /// Why something failed. What is not known here is quoted in the program's own words, and said to be
    /// that.
    pub fn reason(&self, error: &(dyn Error + 'static)) -> String {
        first_of!(self, error,
            Flaw => flaw,
            Beyond => beyond,
            Damage => damage,
            JournalError => journal,
            KeyError => keys,
            LedgerError => ledger_why,
            ChainError => chain,
            EnvelopeError => envelope,
            EventError => event,
            EvidenceError => evidence,
            NoBundle => no_bundle,
            VouchedError => vouched,
            SyncError => sync_why,
            LineFault => line,
            ConnectionError => connection,
            Arc<LedgerError> => shared,
            BlobError => blob,
            CryptoError => crypto,
            NotSealed => not_sealed,
            NoRandom => no_random,
            Link => link,
            io::Error => io,
        );
        self.quoted(error)
    }

    fn quoted(&self, error: &dyn std::fmt::Display) -> String {
        fl!(self.loader, "reason-quoted", said = error.to_string())
    }

    fn beyond(&self, beyond: &Beyond) -> String {
        let field = fl!(self.loader, "beyond-field", field = beyond.field());
        match *beyond {
            Beyond::TooLong { length, most, .. } => {
                fl!(self.loader, "beyond-long", field = field, length = length.to_string(), most = most.to_string())
            }
            Beyond::Hidden { .. } => fl!(self.loader, "beyond-hidden", field = field),
        }
    }

    fn not_sealed(&self, _: &NotSealed) -> String {
        fl!(self.loader, "reason-not-sealed")
    }

    fn link(&self, link: &Link) -> String {
        fl!(self.loader, "reason-link", path = link.0.display().to_string())
    }

    fn no_random(&self, _: &NoRandom) -> String {
        fl!(self.loader, "reason-no-random")
    }

    fn damage(&self, damage: &Damage) -> String {
        let kind = match &damage.kind {
            DamageKind::Frame => "frame",
            DamageKind::Replaced => "replaced",
            DamageKind::CutShort => "cut",
            DamageKind::SegmentMissing => "missing",
            DamageKind::Header => "header",
            DamageKind::Slots | DamageKind::Slot => "slot",
            DamageKind::Padding => "padding",
            DamageKind::Entry(_) => "entry",
        };
        let what = fl!(self.loader, "damage-kind", kind = kind);
        let (file, offset) = (damage.file.clone(), damage.offset.to_string());
        match damage.lost_entries() {
            None => fl!(self.loader, "damage", file = file, offset = offset, what = what),
            Some((first, last)) if first == last => {
                fl!(self.loader, "damage-one", file = file, offset = offset, what = what, entry = first.to_string())
            }
            Some((first, last)) => fl!(
                self.loader,
                "damage-several",
                file = file,
                offset = offset,
                what = what,
                first = first.to_string(),
                last = last.to_string()
            ),
        }
    }

    fn flaw(&self, flaw: &Flaw) -> String {
        match flaw {
            Flaw::Damage(damage) => self.damage(damage),
            Flaw::Chain(error) => self.chain(error),
            Flaw::Event(error) => self.event(error),
            Flaw::Twice => fl!(self.loader, "flaw-twice"),
            Flaw::Missing => fl!(self.loader, "flaw-missing"),
            Flaw::Late => fl!(self.loader, "flaw-late"),
            Flaw::CutOff { received, newest } => {
                fl!(self.loader, "flaw-cut-off", received = received.to_string(), newest = newest.to_string())
            }
            Flaw::OlderCopy => fl!(self.loader, "flaw-older-copy"),
            Flaw::Lists => fl!(self.loader, "flaw-lists"),
            Flaw::NoContent => fl!(self.loader, "flaw-no-content"),
            Flaw::Content(error) => self.ledger_why(error),
            Flaw::NotThere => fl!(self.loader, "flaw-not-there"),
            Flaw::NoRecord => fl!(self.loader, "flaw-no-record"),
            Flaw::NoRoster => fl!(self.loader, "flaw-no-roster"),
        }
    }

    /// Where something is wrong.
    pub fn spot(&self, spot: &Spot) -> String {
        match spot {
            Spot::Entry(position) => fl!(self.loader, "spot-entry", entry = position.to_string()),
            Spot::Byte { file, offset } => {
                fl!(self.loader, "spot-byte", file = file.clone(), offset = offset.to_string())
            }
            Spot::Record(id) => fl!(self.loader, "spot-record", id = id.to_string()),
            Spot::Journal => fl!(self.loader, "spot-journal"),
            Spot::JournalEnd => fl!(self.loader, "spot-journal-end"),
            Spot::Roster => fl!(self.loader, "spot-roster"),
            Spot::Cache => fl!(self.loader, "spot-cache"),
            Spot::Attachment(name) => fl!(self.loader, "spot-attachment", name = name.clone()),
            Spot::Content(hash) => fl!(self.loader, "spot-content", hash = hash.to_string()),
        }
    }

    fn journal(&self, error: &JournalError) -> String {
        match error {
            JournalError::NotSaved { file, source } => {
                fl!(self.loader, "journal-not-saved", file = file.clone(), why = self.io(source))
            }
            JournalError::Io { file, source } => self.at(file, source),
            JournalError::Exists => fl!(self.loader, "journal-exists"),
            JournalError::Missing => fl!(self.loader, "journal-missing"),
            JournalError::OtherKey => fl!(self.loader, "journal-other-key"),
            JournalError::NotWhole => fl!(self.loader, "journal-not-whole"),
            JournalError::TooLarge(bytes) => fl!(self.loader, "journal-too-large", bytes = bytes.to_string()),
            JournalError::NoRandom(error) => self.no_random(error),
        }
    }

    fn keys(&self, error: &KeyError) -> String {
        let path = |path: &std::path::Path| path.display().to_string();
        match error {
            KeyError::WrongPassphrase(officer) => {
                fl!(self.loader, "keys-wrong-passphrase", officer = officer.to_string())
            }
            KeyError::NoOfficer(officer) => fl!(self.loader, "keys-no-officer", officer = officer.to_string()),
            KeyError::HasKeys(officer) => fl!(self.loader, "keys-has-keys", officer = officer.to_string()),
            KeyError::Exists(file) => fl!(self.loader, "keys-exists", path = path(file)),
            KeyError::Missing(file) => fl!(self.loader, "keys-missing", path = path(file)),
            KeyError::Damaged { path: file, .. } => fl!(self.loader, "keys-damaged", path = path(file)),
            KeyError::NoRecovery => fl!(self.loader, "keys-no-recovery"),
            KeyError::WrongRecoveryKey => fl!(self.loader, "keys-wrong-recovery"),
            KeyError::Cost(_) => fl!(self.loader, "keys-cost"),
            KeyError::Io { path: file, source } => self.at(&path(file), source),
            KeyError::NoRandom(error) => self.no_random(error),
        }
    }

    fn ledger_why(&self, error: &LedgerError) -> String {
        match error {
            LedgerError::Unreadable { place, source } => {
                fl!(self.loader, "unreadable", place = self.spot(place), why = self.reason(&**source))
            }
            LedgerError::NotSaved { source } => fl!(self.loader, "not-saved", why = self.reason(&**source)),
            LedgerError::Io { path, source } => self.at(&path.display().to_string(), source),
            other => self.quoted(other),
        }
    }

    /// One error for all the tasks of a batch.
    fn shared(&self, error: &Arc<LedgerError>) -> String {
        match &**error {
            LedgerError::NotSaved { source } => self.reason(&**source),
            other => self.ledger_why(other),
        }
    }

    fn sync_why(&self, error: &SyncError) -> String {
        match error {
            SyncError::Network(fault) => self.line(fault),
            SyncError::BadAnswer(why) => self.quoted(why),
            SyncError::Ledger(error) => self.reason(&**error),
            other => self.quoted(other),
        }
    }

    fn line(&self, fault: &LineFault) -> String {
        let kind = match fault {
            LineFault::Name => "name",
            LineFault::Refused => "refused",
            LineFault::Unreachable => "unreachable",
            LineFault::Late => "late",
            LineFault::Broke => "broke",
            LineFault::Certificate(said) => return fl!(self.loader, "line-certificate", said = said.clone()),
            LineFault::Other(said) => return self.quoted(said),
        };
        fl!(self.loader, "line", kind = kind)
    }

    fn connection(&self, error: &ConnectionError) -> String {
        match error {
            ConnectionError::Address(address) => fl!(self.loader, "connection-address", address = address.clone()),
            ConnectionError::PlainHttp(address) => fl!(self.loader, "connection-plain", address = address.clone()),
            ConnectionError::Tls(error) => fl!(self.loader, "connection-tls", said = error.to_string()),
        }
    }

    fn chain(&self, error: &ChainError) -> String {
        match error {
            ChainError::OtherWriter { found, .. } => fl!(self.loader, "chain-other-writer", id = found.to_string()),
            ChainError::OtherAgency { id, expected, found } => fl!(
                self.loader,
                "chain-other-agency",
                id = id.to_string(),
                expected = expected.to_string(),
                found = found.to_string()
            ),
            ChainError::Gap { expected, found } => {
                fl!(self.loader, "chain-gap", id = found.to_string(), expected = expected.to_string())
            }
            ChainError::Fork { id, .. } => fl!(self.loader, "chain-fork", id = id.to_string()),
            ChainError::Behind { found, tip } => {
                fl!(self.loader, "chain-behind", id = found.to_string(), tip = tip.to_string())
            }
            ChainError::Broken { id, .. } => fl!(self.loader, "chain-broken", id = id.to_string()),
            ChainError::ClockBack { id } => fl!(self.loader, "chain-clock-back", id = id.to_string()),
            ChainError::NotOpened { id } => fl!(self.loader, "chain-not-opened", id = id.to_string()),
            ChainError::Envelope(error) => self.envelope(error),
            ChainError::Event(error) => self.event(error),
        }
    }

    fn envelope(&self, error: &EnvelopeError) -> String {
        match error {
            EnvelopeError::Layout(_) | EnvelopeError::Form(_) => fl!(self.loader, "envelope-form"),
            EnvelopeError::BodyHash { id } => fl!(self.loader, "envelope-body", id = id.to_string()),
            EnvelopeError::BodyTooLarge(bytes) => fl!(self.loader, "envelope-too-large", bytes = bytes.to_string()),
            EnvelopeError::Agency(_) => fl!(self.loader, "envelope-agency"),
            EnvelopeError::OtherKey { id } => fl!(self.loader, "envelope-other-key", id = id.to_string()),
            EnvelopeError::Clock { .. } => fl!(self.loader, "envelope-clock"),
            EnvelopeError::Crypto { id, source } => {
                fl!(self.loader, "of-record", id = id.to_string(), why = self.crypto(source))
            }
        }
    }

    fn crypto(&self, error: &CryptoError) -> String {
        match error {
            CryptoError::UnknownProfile(number) => fl!(self.loader, "crypto-profile", number = number.to_string()),
            CryptoError::PublicKey => fl!(self.loader, "crypto-key"),
            CryptoError::Signature => fl!(self.loader, "crypto-signature"),
            CryptoError::Random => fl!(self.loader, "reason-no-random"),
        }
    }

    fn event(&self, error: &EventError) -> String {
        fl!(self.loader, "event", kind = error.kind.to_string(), schema = error.schema.to_string())
    }

    fn evidence(&self, error: &EvidenceError) -> String {
        match error {
            EvidenceError::Form(error) => self.no_bundle(error),
            EvidenceError::Chain(error) => self.chain(error),
            EvidenceError::Record { writer, place, source } => {
                let writer = writer.map_or_else(|| "?".to_owned(), |writer| writer.to_string());
                fl!(
                    self.loader,
                    "evidence-record",
                    writer = writer,
                    place = place.to_string(),
                    why = self.envelope(source)
                )
            }
            EvidenceError::Event { id, source } => {
                fl!(self.loader, "of-record", id = id.to_string(), why = self.event(source))
            }
            EvidenceError::NoTask(id) => fl!(self.loader, "evidence-no-task", id = id.to_string()),
            EvidenceError::Emptied(id) => fl!(self.loader, "evidence-emptied", id = id.to_string()),
            EvidenceError::Changed { exporter } => {
                fl!(self.loader, "evidence-changed", exporter = exporter.to_string())
            }
            EvidenceError::Provision { cite, rulebook } => {
                fl!(self.loader, "evidence-provision", cite = cite.clone(), rulebook = rulebook.clone())
            }
        }
    }

    fn no_bundle(&self, error: &NoBundle) -> String {
        match error {
            NoBundle::NotText => fl!(self.loader, "bundle-not-text"),
            NoBundle::TooLarge => fl!(self.loader, "bundle-too-large"),
            NoBundle::NoPlace => fl!(self.loader, "bundle-no-place"),
            NoBundle::Absent => fl!(self.loader, "bundle-absent"),
            NoBundle::CutShort => fl!(self.loader, "bundle-cut-short"),
            NoBundle::Several => fl!(self.loader, "bundle-several"),
            NoBundle::Base64(_) => fl!(self.loader, "bundle-base64"),
            NoBundle::Content(_) => fl!(self.loader, "bundle-content"),
            NoBundle::Newer(version) => fl!(self.loader, "bundle-newer", version = version.to_string()),
            NoBundle::EmptyChain => fl!(self.loader, "bundle-empty-chain"),
            NoBundle::TwoChains => fl!(self.loader, "bundle-two-chains"),
            NoBundle::OtherExporter => fl!(self.loader, "bundle-other-exporter"),
        }
    }

    fn vouched(&self, error: &VouchedError) -> String {
        match error {
            VouchedError::Form(_) => fl!(self.loader, "vouched-form"),
            VouchedError::Newer(version) => fl!(self.loader, "vouched-newer", version = version.to_string()),
            VouchedError::Signature { key } => fl!(self.loader, "vouched-signature", key = key.clone()),
            VouchedError::OtherRecord { record } => fl!(self.loader, "vouched-other-record", id = record.to_string()),
            VouchedError::Proof { record } => fl!(self.loader, "vouched-proof", id = record.to_string()),
            VouchedError::LeftOut { record } => fl!(self.loader, "vouched-left-out", id = record.to_string()),
            VouchedError::Emptied { record } => fl!(self.loader, "evidence-emptied", id = record.to_string()),
            VouchedError::Agency { record, agency } => {
                fl!(self.loader, "vouched-agency", id = record.to_string(), agency = agency.to_string())
            }
        }
    }

    fn blob(&self, error: &BlobError) -> String {
        match error {
            BlobError::TooLarge => fl!(self.loader, "blob-too-large"),
            BlobError::OtherContent(hash) => fl!(self.loader, "blob-other-content", hash = hash.to_string()),
            BlobError::Damaged(path) => fl!(self.loader, "blob-damaged", path = path.display().to_string()),
            BlobError::Io { path, source } => self.at(&path.display().to_string(), source),
            BlobError::NoRandom(error) => self.no_random(error),
        }
    }

    fn at(&self, path: &str, error: &io::Error) -> String {
        fl!(self.loader, "at-path", path = path.to_owned(), why = self.io(error))
    }

    /// By its kind; an error of ours that was wrapped into one, as itself.
    fn io(&self, error: &io::Error) -> String {
        use io::ErrorKind as Kind;
        if let Some(inner) = error.get_ref() {
            return self.reason(inner);
        }
        let kind = match error.kind() {
            Kind::NotFound => "not-found",
            Kind::PermissionDenied => "not-permitted",
            Kind::AlreadyExists => "exists",
            Kind::ReadOnlyFilesystem => "read-only",
            Kind::StorageFull | Kind::QuotaExceeded => "full",
            Kind::FileTooLarge => "too-large",
            Kind::IsADirectory => "a-directory",
            Kind::NotADirectory => "no-directory",
            Kind::UnexpectedEof => "cut-short",
            Kind::InvalidData => "no-text",
            Kind::AddrInUse => "in-use",
            Kind::AddrNotAvailable => "no-such-address",
            Kind::ConnectionRefused => "refused",
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => "broken",
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => "unreachable",
            Kind::TimedOut => "late",
            Kind::ResourceBusy => "busy",
            Kind::OutOfMemory => "memory",
            _ => return self.quoted(error),
        };
        fl!(self.loader, "io", kind = kind)
    }
}

#[cfg(test)]
#[path = "reason_tests.rs"]
mod tests;
