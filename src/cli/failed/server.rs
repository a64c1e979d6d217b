//! Why a server did not start, and why an administrator's act was not done.

use auxlog_server::ServeError;
use auxlog_server::admin::AdminError;
use auxlog_server::new_key::NewKeyError;
use auxlog_server::restore::RestoreError;
use auxlog_server::roster::EditError;
use auxlog_server::store::StoreError;
use auxlog_sync::Refusal;
use i18n_embed_fl::fl;

use crate::exit::{Exit, Failure};
use crate::words::Words;

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
            match words.terms().disk(source) {
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
        RestoreError::Io { path, source } => Failure::new(Exit::Found, words.terms().file(path, source)),
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
        NewKeyError::Io { path, source } => Failure::new(Exit::Found, words.terms().file(path, source)),
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
            Failure::usage(fl!(loader, "missing-option", option = "--reason"))
        }
        AdminError::Edit(error) => Failure::usage(edit(error, words)),
        AdminError::OnRoster(person) => {
            Failure::new(Exit::Found, fl!(loader, "admin-on-roster", person = person.clone()))
        }
        AdminError::WrongDigits => Failure::new(Exit::Found, words.terms().refused(Refusal::WrongDigits)),
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
        StoreError::Link(link) => Failure::usage(words.reason(link)),
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
        StoreError::OwnDevice(_) => Failure::usage(words.terms().refused(Refusal::OwnDevice)),
        StoreError::Unsupported(what) => Failure::usage(fl!(loader, "db-unsupported", what = (*what).to_owned())),
    }
}
