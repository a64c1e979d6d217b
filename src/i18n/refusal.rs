//! What was refused or failed, for whoever asked: what, where, and what to do. A caller adds the
//! remedy that is its own, such as an option of the command line.

use std::error::Error;
use std::path::Path;

use auxlog_record::{MAX_LIST, TaskProblem};
use auxlog_store::JoinError;
use auxlog_store::{DiskRefusal, LedgerError, OpenError};
use auxlog_sync::{Refusal, SyncError};
use i18n_embed_fl::fl;

use crate::Terms;

impl Terms {
    /// Why a data directory could not be opened.
    pub fn open(&self, error: &OpenError) -> String {
        match error {
            OpenError::NoDirectory { dir } => fl!(self.loader, "open-no-directory", dir = dir.display().to_string()),
            OpenError::Exists { dir } => fl!(self.loader, "open-exists", dir = dir.display().to_string()),
            OpenError::WhichOfficer { .. } => fl!(self.loader, "open-which-officer"),
            OpenError::WrongPassphrase { delay } if delay.is_zero() => fl!(self.loader, "open-wrong-passphrase"),
            OpenError::WrongPassphrase { delay } => {
                // Rounded up: who tries at the second named must not come too early.
                let seconds = delay.as_millis().div_ceil(1000).to_string();
                fl!(self.loader, "open-wrong-passphrase-wait", seconds = seconds)
            }
            OpenError::AwaitsApproval => fl!(self.loader, "open-awaits-approval"),
            OpenError::Locked { pid: Some(pid) } => fl!(self.loader, "open-busy-pid", pid = pid.to_string()),
            OpenError::Locked { pid: None } => fl!(self.loader, "open-busy"),
            OpenError::Damaged { source } => fl!(self.loader, "open-damaged", what = self.reason(&**source)),
            OpenError::Io { path, source } => self.file(path, source),
        }
    }

    /// Why the ledger refused, or could not.
    pub fn ledger(&self, error: &LedgerError) -> String {
        match error {
            LedgerError::OtherContent { reference, id } => {
                fl!(self.loader, "ledger-other-content", reference = reference.clone(), id = id.to_string())
            }
            LedgerError::BadTask { problems } => problems
                .iter()
                .map(|problem| self.task_problem(problem))
                .collect::<Vec<_>>()
                .join(self.lang.pick("；", "; ")),
            LedgerError::NothingChanged { .. } => fl!(self.loader, "ledger-nothing-changed"),
            LedgerError::NotNamed { person } => fl!(self.loader, "ledger-not-named", person = person.to_string()),
            LedgerError::NoSuchTask { id } => fl!(self.loader, "ledger-no-task", id = id.clone()),
            LedgerError::OwnTask { .. } => fl!(self.loader, "ledger-own-task"),
            LedgerError::NothingToDecide { .. } => fl!(self.loader, "ledger-nothing-to-decide"),
            LedgerError::NotOpen { why, .. } => fl!(self.loader, "ledger-not-open", why = self.closed(*why)),
            LedgerError::Missing { field } => match *field {
                "measure" => fl!(self.loader, "ledger-missing-measure"),
                "person" => fl!(self.loader, "ledger-missing-person"),
                _ => fl!(self.loader, "ledger-missing-reason"),
            },
            LedgerError::NotMaskable { id } => fl!(self.loader, "ledger-not-maskable", id = id.to_string()),
            LedgerError::MayNotMask => fl!(self.loader, "ledger-may-not-mask"),
            LedgerError::MaskUnsent { id } => fl!(self.loader, "ledger-mask-unsent", id = id.to_string()),
            LedgerError::MaskOwn { id } => fl!(self.loader, "ledger-mask-own", id = id.to_string()),
            &LedgerError::TooLarge { ref path, mebibytes } => {
                fl!(self.loader, "ledger-too-large", file = path.display().to_string(), mebibytes = mebibytes)
            }
            LedgerError::Beyond(beyond) => self.reason(beyond),
            LedgerError::RosterFromServer => fl!(self.loader, "ledger-roster-from-server"),
            LedgerError::NotSaved { source } => match self.disk(&**source) {
                Some((why, remedy)) => fl!(self.loader, "ledger-not-saved-remedy", why = why, remedy = remedy),
                None => fl!(self.loader, "ledger-not-saved", why = self.reason(&**source)),
            },
            LedgerError::Unreadable { place, source } => {
                fl!(self.loader, "ledger-unreadable", place = self.spot(place), why = self.reason(&**source))
            }
            LedgerError::Io { path, source } => self.file(path, source),
        }
    }

    /// What is wrong with a task as a whole.
    pub fn task_problem(&self, problem: &TaskProblem) -> String {
        match problem {
            TaskProblem::NoId => fl!(self.loader, "task-no-id"),
            TaskProblem::Nothing => fl!(self.loader, "task-nothing-stated"),
            TaskProblem::UnknownItem { code } => fl!(self.loader, "task-unknown-code", code = code.clone()),
            TaskProblem::BothEffects => fl!(self.loader, "task-both-effects"),
            TaskProblem::UntilBeforeAt => fl!(self.loader, "task-until-before-at"),
            TaskProblem::UntilWithoutAt => fl!(self.loader, "task-until-without-at"),
            TaskProblem::InFuture { .. } => fl!(self.loader, "task-in-future"),
            &TaskProblem::EmptyPerson { index, .. } => {
                let position: usize = index + 1;
                fl!(self.loader, "task-empty-person", position = position)
            }
            TaskProblem::PersonTwice { id, .. } => fl!(self.loader, "task-person-twice", id = id.clone()),
            &TaskProblem::TooLong { length, most, .. } => {
                fl!(self.loader, "task-too-long", length = length, most = most)
            }
            &TaskProblem::TooMany { length, .. } => {
                fl!(self.loader, "task-too-many", length = length, most = MAX_LIST)
            }
            TaskProblem::Control { .. } => fl!(self.loader, "task-control"),
        }
    }

    /// The file system refused.
    pub fn file(&self, path: &Path, why: &std::io::Error) -> String {
        let path = path.display().to_string();
        match self.disk(why) {
            Some((why, remedy)) => fl!(self.loader, "file-refused-remedy", path = path, why = why, remedy = remedy),
            None => fl!(self.loader, "file-refused", path = path, why = self.reason(why)),
        }
    }

    /// What a disk refused and what to do, where that is known.
    pub fn disk(&self, error: &(dyn Error + 'static)) -> Option<(String, String)> {
        let loader = &self.loader;
        Some(match DiskRefusal::of(error)? {
            DiskRefusal::ReadOnly => (fl!(loader, "disk-read-only"), fl!(loader, "disk-read-only-remedy")),
            DiskRefusal::NotPermitted => (fl!(loader, "disk-not-permitted"), fl!(loader, "disk-not-permitted-remedy")),
            DiskRefusal::Full => (fl!(loader, "disk-full"), fl!(loader, "disk-full-remedy")),
        })
    }

    /// Why a laptop did not join a server, or has joined none.
    pub fn join(&self, error: &JoinError) -> String {
        match error {
            JoinError::OtherOfficer { officer, agency } => {
                fl!(self.loader, "join-other-officer", officer = officer.to_string(), agency = agency.to_string())
            }
            JoinError::OtherServer { server } => fl!(self.loader, "join-other-server", server = server.clone()),
            JoinError::OtherKey { found } => fl!(self.loader, "join-other-key", found = found.clone()),
            JoinError::NotEnrolled => fl!(self.loader, "join-not-enrolled"),
            JoinError::Key => fl!(self.loader, "join-key"),
            JoinError::Connection(why) => fl!(self.loader, "join-address", why = self.reason(why)),
            JoinError::Ledger(why) => self.ledger(why),
            JoinError::Enrol(_) => fl!(self.loader, "join-again"),
        }
    }

    /// Why a synchronisation stopped; the records stay where they are.
    pub fn sync(&self, error: &SyncError) -> String {
        match error {
            SyncError::Network(why) => fl!(self.loader, "sync-unreachable", why = self.reason(why)),
            SyncError::Timeout => fl!(self.loader, "sync-timeout"),
            SyncError::NotTheServer { status, media_type } => {
                fl!(self.loader, "sync-not-the-server", status = status.to_string(), media = media_type.clone())
            }
            SyncError::Refused(refusal) => self.refused(*refusal),
            SyncError::BadAnswer(_) => fl!(self.loader, "sync-bad-answer", why = self.reason(error)),
            SyncError::OtherServer => fl!(self.loader, "sync-other-server"),
            SyncError::LogDiffers { size } => fl!(self.loader, "sync-log-differs", size = size.to_string()),
            SyncError::HistoryRewritten { old } => fl!(self.loader, "sync-history-rewritten", old = old.to_string()),
            SyncError::TwoViews { of, size } => {
                fl!(self.loader, "sync-two-views", of = of.to_string(), size = size.to_string())
            }
            SyncError::RosterNotIssued { version } => {
                fl!(self.loader, "sync-roster-not-issued", version = version.to_string())
            }
            SyncError::Fork(id) => fl!(self.loader, "sync-fork", id = id.to_string()),
            SyncError::SetAside { id, reason } => {
                fl!(self.loader, "sync-set-aside", id = id.to_string(), reason = self.set_aside(*reason))
            }
            SyncError::Full(reason) => fl!(self.loader, "sync-full", reason = self.set_aside(*reason)),
            SyncError::Stalled => fl!(self.loader, "sync-stalled"),
            SyncError::Ledger(why) => fl!(self.loader, "sync-ledger", why = self.reason(&**why)),
        }
    }

    /// What a server refused.
    pub fn refused(&self, refusal: Refusal) -> String {
        match refusal {
            Refusal::AwaitsApproval => fl!(self.loader, "open-awaits-approval"),
            Refusal::ClockSkew => fl!(self.loader, "refused-clock-skew"),
            Refusal::Revoked => fl!(self.loader, "refused-revoked"),
            Refusal::Frozen => fl!(self.loader, "refused-frozen"),
            Refusal::OwnDevice => fl!(self.loader, "refused-own-device"),
            Refusal::WrongDigits => fl!(self.loader, "refused-wrong-digits"),
            Refusal::Quota => fl!(self.loader, "refused-quota"),
            Refusal::ServerDamaged => fl!(self.loader, "refused-server-damaged"),
            Refusal::Unauthenticated => fl!(self.loader, "refused-unauthenticated"),
            Refusal::Forbidden => fl!(self.loader, "refused-forbidden"),
            Refusal::UpgradeNeeded => fl!(self.loader, "refused-upgrade-needed"),
            Refusal::RateLimited => fl!(self.loader, "refused-rate-limited"),
            Refusal::Unavailable | Refusal::Internal => fl!(self.loader, "refused-unavailable"),
            Refusal::Malformed
            | Refusal::TooLarge
            | Refusal::Replayed
            | Refusal::BadCode
            | Refusal::NotFound
            | Refusal::OutOfPlace
            | Refusal::Damaged
            | Refusal::Conflict => fl!(self.loader, "refused-other", name = refusal.name()),
        }
    }
}
