//! The errors of the crates below: each with its exit code, and with what the command line alone can do
//! about it.

mod server;

use auxlog_record::OfficerId;
use auxlog_record::review::Closed;
use auxlog_store::JoinError;
use auxlog_store::{DiskRefusal, LedgerError, OpenError};
use auxlog_sync::{EnrolError, Refusal, SyncError};
use i18n_embed_fl::fl;

use crate::exit::{Exit, Failure};
use crate::network;
use crate::words::Words;

pub(crate) use server::{admin, new_key, restore, serve};

/// Several officers have keys here and none was named.
pub(crate) fn which_officer(known: &[OfficerId], words: &Words) -> Failure {
    let known = known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Failure::usage(fl!(words.loader(), "open-which-officer", known = known))
}

/// A data directory could not be opened.
pub(crate) fn open(error: &OpenError, words: &Words) -> Failure {
    let exit = match error {
        OpenError::WhichOfficer { known } => return which_officer(known, words),
        OpenError::NoDirectory { .. } | OpenError::Exists { .. } => Exit::Usage,
        OpenError::WrongPassphrase { .. } | OpenError::AwaitsApproval => Exit::Locked,
        OpenError::Locked { .. } => Exit::Busy,
        OpenError::Damaged { .. } => Exit::Damaged,
        OpenError::Io { .. } => Exit::Found,
    };
    let mut message = words.terms().open(error);
    if is_not_writable(error) {
        message.push_str(&fl!(words.loader(), "open-still-readable"));
    }
    Failure::new(exit, message)
}

/// Whether the data directory can be read and not written.
pub(crate) fn is_not_writable(error: &OpenError) -> bool {
    let OpenError::Io { source, .. } = error else { return false };
    matches!(DiskRefusal::of(source), Some(DiskRefusal::ReadOnly | DiskRefusal::NotPermitted))
}

/// An action on the ledger was refused or failed.
pub(crate) fn ledger(error: &LedgerError, words: &Words) -> Failure {
    let exit = match error {
        LedgerError::NotSaved { .. } | LedgerError::Io { .. } => Exit::Found,
        LedgerError::Unreadable { .. } => Exit::Damaged,
        _ => Exit::Usage,
    };
    let said = words.terms().ledger(error);
    let option = match error {
        LedgerError::Missing { field } => Some(format!("--{field}")),
        LedgerError::NotOpen { why, .. } => first_step(*why).map(|step| format!("--decision {step}")),
        _ => None,
    };
    Failure::new(
        exit,
        match option {
            Some(option) => fl!(words.loader(), "said-option", said = said, option = option),
            None => said,
        },
    )
}

/// The step that has to be taken first.
fn first_step(why: Closed) -> Option<&'static str> {
    match why {
        Closed::NoFacts => Some("facts"),
        Closed::NoEvidence => Some("evidence"),
        Closed::NotAsked => Some("statement"),
        Closed::NotHeard => Some("take_statement"),
        _ => None,
    }
}

/// Something left the store. That it could not be noted (a full disk) is said, but is no reason to
/// withhold what may be the only copy.
pub(crate) fn unnoted(noted: Result<(), LedgerError>, words: &Words) {
    if let Err(error) = noted {
        crate::output::tell(&fl!(words.loader(), "export-unnoted", why = words.terms().ledger(&error)));
    }
}

/// The file system refused.
pub(crate) fn file(path: &std::path::Path, why: &std::io::Error, words: &Words) -> String {
    words.terms().file(path, why)
}

/// An enrolment did not come about.
pub(crate) fn enrol(error: &EnrolError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        EnrolError::NoCode(code) => Failure::usage(fl!(loader, "enroll-no-code", code = code.clone())),
        EnrolError::BadCode => Failure::usage(fl!(loader, "enroll-bad-code")),
        EnrolError::OtherNonce => Failure::new(Exit::Found, fl!(loader, "enroll-other-nonce")),
        EnrolError::TooManyTries => Failure::usage(fl!(loader, "enroll-too-many-tries")),
        EnrolError::Sync(error) => sync(error, words),
    }
}

/// A laptop did not join a server, or has joined none.
pub(crate) fn join(error: &JoinError, words: &Words) -> Failure {
    let exit = match error {
        JoinError::Enrol(error) => return enrol(error, words),
        JoinError::Connection(error) => return network::refused(error, words),
        JoinError::Ledger(error) => return ledger(error, words),
        JoinError::OtherOfficer { .. } | JoinError::OtherServer { .. } | JoinError::NotEnrolled => Exit::Usage,
        JoinError::OtherKey { .. } => Exit::Found,
        JoinError::Key => Exit::Damaged,
    };
    Failure::new(exit, words.terms().join(error))
}

/// A synchronisation stopped; the records stay where they are.
pub(crate) fn sync(error: &SyncError, words: &Words) -> Failure {
    let exit = match error {
        SyncError::Network(_) | SyncError::Timeout | SyncError::NotTheServer { .. } => Exit::Unreachable,
        SyncError::Refused(Refusal::AwaitsApproval) => Exit::Locked,
        SyncError::Refused(Refusal::Revoked | Refusal::Frozen) => Exit::ShutOut,
        SyncError::Ledger(_) => Exit::Damaged,
        _ => Exit::Found,
    };
    let mut message = words.terms().sync(error);
    if matches!(error, SyncError::Network(_) | SyncError::Timeout) {
        message.push_str(&fl!(words.loader(), "sync-later"));
    }
    Failure::new(exit, message)
}
