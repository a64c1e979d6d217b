//! The errors of the crates below in the reader's language, each with its exit code.

use auxlog_record::{MAX_LIST, OfficerId, TaskProblem};
use auxlog_server::ServeError;
use auxlog_server::admin::AdminError;
use auxlog_server::new_key::NewKeyError;
use auxlog_server::restore::RestoreError;
use auxlog_server::roster::EditError;
use auxlog_server::store::StoreError;
use auxlog_store::{DiskRefusal, LedgerError, OpenError};
use auxlog_sync::{EnrollError, JoinError, Refusal, SyncError};
use i18n_embed_fl::fl;

use crate::exit::{Exit, Failure};
use crate::network;
use crate::words::Words;

/// Several officers have keys here and none was named.
pub(crate) fn which_officer(known: &[OfficerId], words: &Words) -> Failure {
    let known = known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Failure::usage(fl!(words.loader(), "open-which-officer", known = known))
}

/// A data directory could not be opened.
pub(crate) fn open(error: &OpenError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        OpenError::NoDirectory { dir } => {
            Failure::usage(fl!(loader, "open-no-directory", dir = dir.display().to_string()))
        }
        OpenError::Exists { dir } => Failure::usage(fl!(loader, "open-exists", dir = dir.display().to_string())),
        OpenError::WhichOfficer { known } => which_officer(known, words),
        OpenError::WrongPassphrase { delay } if delay.is_zero() => {
            Failure::new(Exit::Locked, fl!(loader, "open-wrong-passphrase"))
        }
        OpenError::WrongPassphrase { delay } => {
            // Rounded up: who tries at the second named must not come too early.
            let seconds = delay.as_millis().div_ceil(1000).to_string();
            Failure::new(Exit::Locked, fl!(loader, "open-wrong-passphrase-wait", seconds = seconds))
        }
        OpenError::AwaitsApproval => Failure::new(Exit::Locked, fl!(loader, "open-awaits-approval")),
        OpenError::Locked { pid } => {
            let message = match pid {
                Some(pid) => fl!(loader, "open-busy-pid", pid = pid.to_string()),
                None => fl!(loader, "open-busy"),
            };
            Failure::new(Exit::Busy, message)
        }
        OpenError::Damaged { source } => {
            Failure::new(Exit::Damaged, fl!(loader, "open-damaged", what = words.reason(&**source)))
        }
        OpenError::Io { path, source } => {
            let mut message = file(path, source, words);
            if is_not_writable(error) {
                message.push_str(&fl!(loader, "open-still-readable"));
            }
            Failure::new(Exit::Found, message)
        }
    }
}

/// Whether the data directory can be read and not written.
pub(crate) fn is_not_writable(error: &OpenError) -> bool {
    let OpenError::Io { source, .. } = error else { return false };
    matches!(DiskRefusal::of(source), Some(DiskRefusal::ReadOnly | DiskRefusal::NotPermitted))
}

/// An action on the ledger was refused or failed.
pub(crate) fn ledger(error: &LedgerError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        LedgerError::OtherContent { reference, id } => {
            Failure::usage(fl!(loader, "ledger-other-content", reference = reference.clone(), id = id.to_string()))
        }
        LedgerError::BadTask { problems } => {
            let what: Vec<String> = problems.iter().map(|problem| task_problem(problem, words)).collect();
            Failure::usage(what.join("; "))
        }
        LedgerError::NothingChanged { id } => {
            Failure::usage(fl!(loader, "ledger-nothing-changed", id = id.to_string()))
        }
        LedgerError::NotNamed { person } => {
            Failure::usage(fl!(loader, "ledger-not-named", person = person.to_string()))
        }
        LedgerError::NoSuchTask { id } => Failure::usage(fl!(loader, "ledger-no-task", id = id.clone())),
        LedgerError::OwnTask { officer } => {
            Failure::usage(fl!(loader, "ledger-own-task", officer = officer.to_string()))
        }
        LedgerError::NothingToDecide { id } => {
            Failure::usage(fl!(loader, "ledger-nothing-to-decide", id = id.to_string()))
        }
        LedgerError::NotOpen { id, why } => {
            let why = crate::terms::closed(*why, words);
            Failure::usage(fl!(loader, "ledger-not-open", id = id.to_string(), why = why))
        }
        LedgerError::Missing { field } => Failure::usage(fl!(loader, "ledger-missing", field = format!("--{field}"))),
        LedgerError::NotMaskable { id } => Failure::usage(fl!(loader, "ledger-not-maskable", id = id.to_string())),
        LedgerError::MayNotMask => Failure::usage(fl!(loader, "ledger-may-not-mask")),
        LedgerError::MaskUnsent { id } => Failure::usage(fl!(loader, "ledger-mask-unsent", id = id.to_string())),
        LedgerError::MaskOwn { id } => Failure::usage(fl!(loader, "ledger-mask-own", id = id.to_string())),
        &LedgerError::TooLarge { ref path, mebibytes } => {
            let file = path.display().to_string();
            Failure::usage(fl!(loader, "ledger-too-large", file = file, mebibytes = mebibytes))
        }
        LedgerError::Beyond(beyond) => Failure::usage(words.reason(beyond)),
        LedgerError::RosterFromServer => Failure::usage(fl!(loader, "ledger-roster-from-server")),
        LedgerError::NotSaved { source } => Failure::new(
            Exit::Found,
            match disk(&**source, words) {
                Some((why, remedy)) => fl!(loader, "ledger-not-saved-remedy", why = why, remedy = remedy),
                None => fl!(loader, "ledger-not-saved", why = words.reason(&**source)),
            },
        ),
        LedgerError::Unreadable { place, source } => Failure::new(
            Exit::Damaged,
            fl!(loader, "ledger-unreadable", place = auxlog_i18n::spot(place, loader), why = words.reason(&**source)),
        ),
        LedgerError::Io { path, source } => Failure::new(Exit::Found, file(path, source, words)),
    }
}

/// Something left the store. That it could not be noted (a full disk) is said, but is no reason to
/// withhold what may be the only copy.
pub(crate) fn unnoted(noted: Result<(), LedgerError>, words: &Words) {
    if let Err(error) = noted {
        crate::output::tell(&fl!(words.loader(), "export-unnoted", why = ledger(&error, words).message));
    }
}

/// What is wrong with a task as a whole.
pub(crate) fn task_problem(problem: &TaskProblem, words: &Words) -> String {
    let loader = words.loader();
    match problem {
        TaskProblem::NoId => fl!(loader, "task-no-id"),
        TaskProblem::Nothing => fl!(loader, "task-nothing-stated"),
        TaskProblem::UnknownItem { code } => fl!(loader, "task-unknown-code", code = code.clone()),
        TaskProblem::BothEffects => fl!(loader, "task-both-effects"),
        TaskProblem::UntilBeforeAt => fl!(loader, "task-until-before-at"),
        TaskProblem::UntilWithoutAt => fl!(loader, "task-until-without-at"),
        TaskProblem::InFuture { .. } => fl!(loader, "task-in-future"),
        &TaskProblem::EmptyPerson { index, .. } => {
            let position: usize = index + 1;
            fl!(loader, "task-empty-person", position = position)
        }
        TaskProblem::PersonTwice { id, .. } => fl!(loader, "task-person-twice", id = id.clone()),
        &TaskProblem::TooLong { length, most, .. } => fl!(loader, "task-too-long", length = length, most = most),
        &TaskProblem::TooMany { length, .. } => {
            fl!(loader, "task-too-many", length = length, most = MAX_LIST)
        }
        TaskProblem::Control { .. } => fl!(loader, "task-control"),
    }
}

/// The file system refused.
pub(crate) fn file(path: &std::path::Path, why: &std::io::Error, words: &Words) -> String {
    let path = path.display().to_string();
    match disk(why, words) {
        Some((why, remedy)) => fl!(words.loader(), "file-refused-remedy", path = path, why = why, remedy = remedy),
        None => fl!(words.loader(), "file-refused", path = path, why = words.reason(why)),
    }
}

/// What a disk refused and what to do, where that is known.
fn disk(error: &(dyn std::error::Error + 'static), words: &Words) -> Option<(String, String)> {
    let loader = words.loader();
    Some(match DiskRefusal::of(error)? {
        DiskRefusal::ReadOnly => (fl!(loader, "disk-read-only"), fl!(loader, "disk-read-only-remedy")),
        DiskRefusal::NotPermitted => (fl!(loader, "disk-not-permitted"), fl!(loader, "disk-not-permitted-remedy")),
        DiskRefusal::Full => (fl!(loader, "disk-full"), fl!(loader, "disk-full-remedy")),
    })
}

/// A server did not start.
pub(crate) fn serve(error: &ServeError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        ServeError::PlainHttp(address) => {
            Failure::usage(fl!(loader, "serve-plain-http", address = address.to_string()))
        }
        ServeError::Certificate { tls, source } => {
            let (cert, key) = (tls.cert.display().to_string(), tls.key.display().to_string());
            Failure::usage(fl!(loader, "serve-certificate", cert = cert, key = key, why = words.reason(source)))
        }
        ServeError::Key { path, source } => {
            let path = path.display().to_string();
            match disk(source, words) {
                Some((why, remedy)) => Failure::new(
                    Exit::Found,
                    fl!(loader, "serve-key-unwritten", path = path, why = why, remedy = remedy),
                ),
                None => Failure::new(Exit::Damaged, fl!(loader, "serve-key", path = path, why = words.reason(source))),
            }
        }
        ServeError::Listen { address, source } => {
            let (address, why) = (address.to_string(), words.reason(source));
            Failure::new(Exit::Busy, fl!(loader, "serve-listen", address = address, why = why))
        }
        ServeError::Store(error) => server_store(error, words),
        ServeError::NoKey { path, server } => {
            let path = path.display().to_string();
            Failure::usage(match server {
                Some(server) => fl!(loader, "serve-no-key", path = path, server = server.to_string()),
                None => fl!(loader, "serve-no-key-at-all", path = path),
            })
        }
        ServeError::OtherKey { path, ours, theirs } => {
            let (path, ours, theirs) = (path.display().to_string(), ours.to_string(), theirs.to_string());
            Failure::usage(fl!(loader, "serve-other-key", path = path, ours = ours, theirs = theirs))
        }
        ServeError::Gone { database, heads } => {
            let heads = heads.display().to_string();
            Failure::new(Exit::Damaged, fl!(loader, "serve-gone", database = database.clone(), heads = heads))
        }
    }
}

/// A backup was not put in place.
pub(crate) fn restore(error: &RestoreError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        RestoreError::Postgres => Failure::usage(fl!(loader, "restore-postgres")),
        RestoreError::Running(database) => {
            Failure::new(Exit::Busy, fl!(loader, "restore-running", database = database.display().to_string()))
        }
        RestoreError::NoBackup { file, why } => {
            Failure::usage(fl!(loader, "restore-no-backup", file = file.display().to_string(), why = why.clone()))
        }
        RestoreError::OtherServer { file, ours, theirs } => {
            let (file, ours, theirs) = (file.display().to_string(), ours.to_string(), theirs.to_string());
            Failure::usage(fl!(loader, "restore-other-server", file = file, ours = ours, theirs = theirs))
        }
        RestoreError::Io { path, source } => Failure::new(Exit::Found, self::file(path, source, words)),
        RestoreError::Key(error) => serve(error, words),
    }
}

/// A server was given no other key.
pub(crate) fn new_key(error: &NewKeyError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        NewKeyError::KeyIsHere(path) => Failure::usage(fl!(loader, "new-key-here", path = path.display().to_string())),
        NewKeyError::NoServer(place) => Failure::usage(fl!(loader, "new-key-no-server", place = place.clone())),
        NewKeyError::Running(database) => {
            Failure::new(Exit::Busy, fl!(loader, "restore-running", database = database.display().to_string()))
        }
        NewKeyError::Io { path, source } => Failure::new(Exit::Found, self::file(path, source, words)),
        NewKeyError::Admin(error) => admin(error, words),
    }
}

/// An administrative act was not done.
pub(crate) fn admin(error: &AdminError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        AdminError::Store(error) => server_store(error, words),
        AdminError::Key(error) => serve(error, words),
        AdminError::BadAgency(id) => Failure::usage(fl!(loader, "admin-bad-agency", id = id.clone())),
        AdminError::Roster(error) => {
            Failure::new(Exit::Found, fl!(loader, "admin-roster-unpacked", why = error.to_string()))
        }
        AdminError::Random => Failure::new(Exit::Found, fl!(loader, "admin-no-random")),
        AdminError::NoReason | AdminError::Edit(EditError::NoReason) => {
            Failure::usage(fl!(loader, "ledger-missing", field = "--reason"))
        }
        AdminError::Edit(error) => Failure::usage(edit(error, words)),
        AdminError::OnRoster(person) => {
            Failure::new(Exit::Found, fl!(loader, "admin-on-roster", person = person.clone()))
        }
        AdminError::WrongDigits => Failure::new(Exit::Found, fl!(loader, "refused-wrong-digits")),
        AdminError::Moved { based_on, newest } => Failure::new(
            Exit::Found,
            fl!(loader, "edit-moved", based = based_on.to_string(), newest = newest.to_string()),
        ),
    }
}

/// Why an edit of the roster can't be made.
fn edit(error: &EditError, words: &Words) -> String {
    let loader = words.loader();
    match error {
        EditError::NoReason | EditError::Nothing => fl!(loader, "edit-nothing"),
        EditError::UnknownField { person, field, known } => {
            fl!(loader, "edit-unknown-field", person = person.clone(), field = field.clone(), known = known.join(", "))
        }
        EditError::BadValue { person, why } => {
            fl!(loader, "edit-bad-value", person = person.clone(), why = why.clone())
        }
        EditError::NoName { person } => fl!(loader, "edit-no-name", person = person.clone()),
        EditError::OtherAgency { person, agency } => {
            fl!(loader, "edit-other-agency", person = person.clone(), agency = agency.clone())
        }
    }
}

fn server_store(error: &StoreError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        StoreError::Address { url } => Failure::usage(fl!(loader, "db-address", url = url.clone())),
        damaged @ StoreError::Database(error) if damaged.is_damaged() => {
            Failure::new(Exit::Damaged, fl!(loader, "db-damaged", why = error.to_string()))
        }
        StoreError::Database(error) => {
            Failure::new(Exit::Unreachable, fl!(loader, "db-failed", why = error.to_string()))
        }
        StoreError::Corrupt { table, what } => {
            let table = (*table).to_owned();
            Failure::new(Exit::Damaged, fl!(loader, "db-corrupt", table = table, what = what.clone()))
        }
        StoreError::Newer { found, known } => {
            Failure::usage(fl!(loader, "db-newer", found = found.to_string(), known = known.to_string()))
        }
        StoreError::NoAgency(id) => Failure::usage(fl!(loader, "db-no-agency", id = id.to_string())),
        StoreError::Exists(what) => Failure::usage(fl!(loader, "db-exists", what = what.clone())),
        StoreError::NoDevice(device) => Failure::usage(fl!(loader, "db-no-device", device = device.clone())),
        StoreError::Ambiguous(device) => Failure::usage(fl!(loader, "db-ambiguous", device = device.clone())),
        StoreError::Beyond(beyond) => Failure::usage(words.reason(beyond)),
        StoreError::NoServerKey => Failure::usage(fl!(loader, "db-no-server-key")),
        StoreError::OwnDevice(_) => Failure::usage(fl!(loader, "refused-own-device")),
        StoreError::Unsupported(what) => Failure::usage(fl!(loader, "db-unsupported", what = (*what).to_owned())),
    }
}

/// An enrolment did not come about.
pub(crate) fn enroll(error: &EnrollError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        EnrollError::NoCode(code) => Failure::usage(fl!(loader, "enroll-no-code", code = code.clone())),
        EnrollError::BadCode => Failure::usage(fl!(loader, "enroll-bad-code")),
        EnrollError::OtherNonce => Failure::new(Exit::Found, fl!(loader, "enroll-other-nonce")),
        EnrollError::TooManyTries => Failure::usage(fl!(loader, "enroll-too-many-tries")),
        EnrollError::Sync(error) => sync(error, words),
    }
}

/// A laptop did not join a server, or has joined none.
pub(crate) fn join(error: &JoinError, words: &Words) -> Failure {
    let loader = words.loader();
    match error {
        JoinError::OtherOfficer { officer, agency } => {
            let (officer, agency) = (officer.to_string(), agency.to_string());
            Failure::usage(fl!(loader, "enroll-other-officer", officer = officer, agency = agency))
        }
        JoinError::OtherServer { server } => {
            Failure::usage(fl!(loader, "enroll-other-server", server = server.clone()))
        }
        JoinError::OtherKey { found } => {
            Failure::new(Exit::Found, fl!(loader, "enroll-other-key", found = found.clone()))
        }
        JoinError::NotEnrolled => Failure::usage(fl!(loader, "sync-not-enrolled")),
        JoinError::Enroll(error) => enroll(error, words),
        JoinError::Connection(error) => network::refused(error, words),
        JoinError::Key => Failure::new(Exit::Damaged, fl!(loader, "enroll-key-unreadable")),
        JoinError::Ledger(error) => ledger(error, words),
    }
}

/// A synchronisation stopped; the records stay where they are.
pub(crate) fn sync(error: &SyncError, words: &Words) -> Failure {
    let loader = words.loader();
    let (exit, message) = match error {
        SyncError::Network(why) => (Exit::Unreachable, fl!(loader, "sync-unreachable", why = words.reason(why))),
        SyncError::Timeout => (Exit::Unreachable, fl!(loader, "sync-timeout")),
        SyncError::NotTheServer { status, media_type } => {
            let (status, media) = (status.to_string(), media_type.clone());
            (Exit::Unreachable, fl!(loader, "sync-not-the-server", status = status, media = media))
        }
        SyncError::Refused(Refusal::AwaitsApproval) => (Exit::Locked, fl!(loader, "open-awaits-approval")),
        SyncError::Refused(refusal @ (Refusal::Revoked | Refusal::Frozen)) => (Exit::ShutOut, refused(*refusal, words)),
        SyncError::Refused(refusal) => (Exit::Found, refused(*refusal, words)),
        SyncError::BadAnswer(_) => (Exit::Found, fl!(loader, "sync-bad-answer", why = words.reason(error))),
        SyncError::OtherServer => (Exit::Found, fl!(loader, "sync-other-server")),
        SyncError::LogDiffers { size } => (Exit::Found, fl!(loader, "sync-log-differs", size = size.to_string())),
        SyncError::HistoryRewritten { old } => {
            (Exit::Found, fl!(loader, "sync-history-rewritten", old = old.to_string()))
        }
        SyncError::TwoViews { of, size } => {
            (Exit::Found, fl!(loader, "sync-two-views", of = of.to_string(), size = size.to_string()))
        }
        SyncError::RosterNotIssued { version } => {
            (Exit::Found, fl!(loader, "sync-roster-not-issued", version = version.to_string()))
        }
        SyncError::Fork(id) => (Exit::Found, fl!(loader, "sync-fork", id = id.to_string())),
        SyncError::SetAside { id, reason } => {
            let (id, reason) = (id.to_string(), auxlog_i18n::set_aside(*reason, loader));
            (Exit::Found, fl!(loader, "sync-set-aside", id = id, reason = reason))
        }
        SyncError::Stalled => (Exit::Found, fl!(loader, "sync-stalled")),
        SyncError::Ledger(why) => (Exit::Damaged, fl!(loader, "sync-ledger", why = words.reason(&**why))),
    };
    Failure::new(exit, message)
}

fn refused(refusal: Refusal, words: &Words) -> String {
    let loader = words.loader();
    match refusal {
        Refusal::ClockSkew => fl!(loader, "refused-clock-skew"),
        Refusal::Revoked => fl!(loader, "refused-revoked"),
        Refusal::Frozen => fl!(loader, "refused-frozen"),
        Refusal::OwnDevice => fl!(loader, "refused-own-device"),
        Refusal::WrongDigits => fl!(loader, "refused-wrong-digits"),
        Refusal::Quota => fl!(loader, "sync-attachments-kept"),
        Refusal::ServerDamaged => fl!(loader, "refused-server-damaged"),
        Refusal::Unauthenticated => fl!(loader, "refused-unauthenticated"),
        Refusal::UpgradeNeeded => fl!(loader, "refused-upgrade-needed"),
        Refusal::RateLimited => fl!(loader, "refused-rate-limited"),
        Refusal::Unavailable | Refusal::Internal => fl!(loader, "refused-unavailable"),
        other => fl!(loader, "refused-other", name = other.name()),
    }
}
