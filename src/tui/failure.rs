//! What went wrong, for the officer: what, where, and what to do.

use auxlog_record::review::Closed;
use auxlog_store::{DiskRefusal, LedgerError, OpenError, TaskProblem};
use auxlog_sync::message::RefusedFor;
use auxlog_sync::{JoinError, Refusal, SyncError};

use crate::words::{Words, say};

/// Why the ledger could not be opened.
pub fn open(words: &Words, error: &OpenError) -> String {
    match error {
        OpenError::NoDirectory { dir } => say!(words, "open-no-directory", dir = dir.display().to_string()),
        OpenError::Exists { dir } => say!(words, "open-exists", dir = dir.display().to_string()),
        OpenError::WhichOfficer { .. } => say!(words, "open-which-officer"),
        OpenError::WrongPassphrase { delay } if delay.is_zero() => say!(words, "open-wrong-passphrase"),
        OpenError::WrongPassphrase { delay } => {
            let seconds = delay.as_millis().div_ceil(1000).to_string();
            say!(words, "open-wrong-passphrase-wait", seconds = seconds)
        }
        OpenError::AwaitsApproval => say!(words, "open-awaits-approval"),
        OpenError::Locked { pid } => {
            say!(words, "open-locked", pid = pid.map(|pid| pid.to_string()).unwrap_or_default())
        }
        OpenError::Damaged { source } => say!(words, "open-damaged", what = words.reason(&**source)),
        OpenError::Io { path, source } => io(words, path, source),
    }
}

/// Why the ledger refused, or could not.
pub fn ledger(words: &Words, error: &LedgerError) -> String {
    match error {
        LedgerError::OtherContent { reference, .. } => {
            say!(words, "ledger-other-content", reference = reference.as_str())
        }
        LedgerError::BadTask { problems } => {
            problems.iter().map(|problem| task(words, problem)).collect::<Vec<_>>().join(" ")
        }
        LedgerError::NothingChanged { .. } => say!(words, "ledger-nothing-changed"),
        LedgerError::NotNamed { person } => say!(words, "ledger-not-named", person = person.to_string()),
        LedgerError::NoSuchTask { id } => say!(words, "ledger-no-such-task", id = id.as_str()),
        LedgerError::OwnTask { .. } => say!(words, "ledger-own-task"),
        LedgerError::NothingToDecide { .. } => say!(words, "ledger-nothing-to-decide"),
        LedgerError::NotOpen { why, .. } => closed(words, *why),
        LedgerError::Missing { field } => match *field {
            "measure" => say!(words, "ledger-missing-measure"),
            "person" => say!(words, "ledger-missing-person"),
            _ => say!(words, "ledger-missing-reason"),
        },
        LedgerError::NotMaskable { id } => say!(words, "ledger-not-maskable", id = id.to_string()),
        LedgerError::MayNotMask => say!(words, "ledger-may-not-mask"),
        LedgerError::MaskUnsent { id } => say!(words, "ledger-mask-unsent", id = id.to_string()),
        LedgerError::MaskOwn { id } => say!(words, "ledger-mask-own", id = id.to_string()),
        LedgerError::TooLarge { path, mebibytes } => {
            say!(words, "ledger-too-large", file = path.display().to_string(), mebibytes = mebibytes.to_string())
        }
        LedgerError::Beyond(beyond) => words.reason(beyond),
        LedgerError::RosterFromServer => say!(words, "ledger-roster-from-server"),
        LedgerError::NotSaved { source } => match disk(words, &**source) {
            Some((why, remedy)) => say!(words, "ledger-not-saved-remedy", why = why, remedy = remedy),
            None => say!(words, "ledger-not-saved", why = words.reason(&**source)),
        },
        LedgerError::Unreadable { place, source } => {
            let place = auxlog_i18n::spot(place, words.loader());
            say!(words, "ledger-unreadable", place = place, why = words.reason(&**source))
        }
        LedgerError::Io { path, source } => io(words, path, source),
    }
}

/// Why a step of a review is not open.
pub fn closed(words: &Words, why: Closed) -> String {
    match why {
        Closed::Own => say!(words, "closed-own"),
        Closed::Decided => say!(words, "closed-decided"),
        Closed::Undecided => say!(words, "closed-undecided"),
        Closed::Nothing => say!(words, "ledger-nothing-to-decide"),
        Closed::NoFacts => say!(words, "closed-no-facts"),
        Closed::NoEvidence => say!(words, "closed-no-evidence"),
        Closed::NotAsked => say!(words, "closed-not-asked"),
        Closed::NotHeard => say!(words, "closed-not-heard"),
        Closed::NotTheirs => say!(words, "closed-not-his"),
        Closed::Role => say!(words, "closed-role"),
        Closed::Nobody => say!(words, "closed-nobody"),
        Closed::OwnDecision => say!(words, "closed-own-decision"),
        Closed::NotGivenAgain => say!(words, "closed-not-given-again"),
        Closed::Unsaid => say!(words, "closed-unsaid"),
        Closed::Emptied => say!(words, "closed-emptied"),
    }
}

/// Why a synchronisation stopped.
pub fn sync(words: &Words, error: &SyncError) -> String {
    match error {
        SyncError::Network(why) => say!(words, "syncerror-network", why = words.reason(why)),
        SyncError::Timeout => say!(words, "syncerror-timeout"),
        SyncError::NotTheServer { status, .. } => say!(words, "syncerror-not-the-server", status = status.to_string()),
        SyncError::Refused(refusal) => refused(words, *refusal),
        SyncError::BadAnswer(_) => say!(words, "syncerror-bad-answer", why = words.reason(error)),
        SyncError::OtherServer => say!(words, "syncerror-other-server"),
        SyncError::LogDiffers { size } => say!(words, "syncerror-log-differs", size = size.to_string()),
        SyncError::HistoryRewritten { old } => say!(words, "syncerror-history-rewritten", old = old.to_string()),
        SyncError::TwoViews { size, .. } => say!(words, "syncerror-two-views", size = size.to_string()),
        SyncError::RosterNotIssued { version } => {
            say!(words, "syncerror-roster-not-issued", version = version.to_string())
        }
        SyncError::Fork(id) => say!(words, "syncerror-fork", seq = id.seq.to_string()),
        SyncError::SetAside { id, reason } => {
            say!(words, "sync-set-aside", seq = id.seq.to_string(), why = set_aside(words, *reason))
        }
        SyncError::Stalled => say!(words, "syncerror-stalled"),
        SyncError::Ledger(why) => say!(words, "syncerror-ledger", why = words.reason(&**why)),
    }
}

/// Why this laptop's server can't be used.
pub fn join(words: &Words, error: &JoinError) -> String {
    match error {
        JoinError::NotEnrolled => say!(words, "join-not-enrolled"),
        JoinError::Key => say!(words, "join-key"),
        JoinError::OtherServer { server } => say!(words, "join-other-server", server = server.as_str()),
        JoinError::Connection(why) => say!(words, "join-address", why = words.reason(why)),
        JoinError::Ledger(why) => ledger(words, why),
        JoinError::OtherOfficer { .. } | JoinError::OtherKey { .. } | JoinError::Enroll(_) => say!(words, "join-again"),
    }
}

fn refused(words: &Words, refusal: Refusal) -> String {
    match refusal {
        Refusal::AwaitsApproval => say!(words, "open-awaits-approval"),
        Refusal::Revoked => say!(words, "sync-standing-revoked"),
        Refusal::Frozen => say!(words, "sync-standing-frozen"),
        Refusal::OwnDevice => say!(words, "refusal-own-device"),
        Refusal::WrongDigits => say!(words, "refusal-wrong-digits"),
        Refusal::Quota => say!(words, "sync-attachments-kept"),
        Refusal::ServerDamaged => say!(words, "refusal-server-damaged"),
        Refusal::Unauthenticated | Refusal::Forbidden => say!(words, "refusal-not-allowed"),
        Refusal::ClockSkew => say!(words, "refusal-clock"),
        Refusal::RateLimited | Refusal::Unavailable => say!(words, "refusal-busy"),
        Refusal::UpgradeNeeded => say!(words, "refusal-upgrade"),
        Refusal::Malformed
        | Refusal::TooLarge
        | Refusal::Replayed
        | Refusal::BadCode
        | Refusal::NotFound
        | Refusal::OutOfPlace
        | Refusal::Damaged
        | Refusal::Conflict
        | Refusal::Internal => say!(words, "refusal-other", name = refusal.name()),
    }
}

/// Why the server set a record aside.
pub fn set_aside(words: &Words, reason: RefusedFor) -> String {
    auxlog_i18n::set_aside(reason, words.loader())
}

fn task(words: &Words, problem: &TaskProblem) -> String {
    match problem {
        TaskProblem::NoId => say!(words, "task-no-id"),
        TaskProblem::Nothing => say!(words, "task-empty"),
        TaskProblem::UnknownItem { code } => say!(words, "task-unknown-activity", code = code.as_str()),
        TaskProblem::BothEffects => say!(words, "task-both-effects"),
        TaskProblem::UntilBeforeAt => say!(words, "task-ends-before-it-begins"),
        TaskProblem::UntilWithoutAt => say!(words, "task-end-without-beginning"),
        TaskProblem::InFuture { .. } => say!(words, "task-in-future"),
        TaskProblem::EmptyPerson { .. } => say!(words, "task-person-without-number"),
        TaskProblem::PersonTwice { id, .. } => say!(words, "task-person-twice", id = id.as_str()),
        TaskProblem::TooLong { most, .. } => say!(words, "task-too-long", limit = most.to_string()),
        TaskProblem::TooMany { .. } => {
            say!(words, "task-too-many", limit = auxlog_record::MAX_LIST.to_string())
        }
        TaskProblem::Control { .. } => say!(words, "task-control-character"),
    }
}

fn io(words: &Words, path: &std::path::Path, source: &std::io::Error) -> String {
    let path = path.display().to_string();
    match disk(words, source) {
        Some((why, remedy)) => say!(words, "open-io-remedy", path = path, why = why, remedy = remedy),
        None => say!(words, "open-io", path = path, why = words.reason(source)),
    }
}

/// What a disk refused and what to do, where that is known.
fn disk(words: &Words, error: &(dyn std::error::Error + 'static)) -> Option<(String, String)> {
    Some(match DiskRefusal::of(error)? {
        DiskRefusal::ReadOnly => (say!(words, "disk-read-only"), say!(words, "disk-read-only-remedy")),
        DiskRefusal::NotPermitted => (say!(words, "disk-not-permitted"), say!(words, "disk-not-permitted-remedy")),
        DiskRefusal::Full => (say!(words, "disk-full"), say!(words, "disk-full-remedy")),
    })
}
