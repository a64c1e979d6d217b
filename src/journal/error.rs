//! What can go wrong, each with its place and remedy.

use std::path::PathBuf;

use crate::key::NoRandom;

/// Why the journal could not be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The entries are not durable. Nothing was acknowledged; they can be appended again.
    #[error("not saved: {file}: {source}; keep the entry on screen, free space or change the disk, and save again")]
    NotSaved {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file system refused on opening or reading.
    #[error("journal {file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// There is a journal already where a new one was to be made.
    #[error("a journal is here already")]
    Exists,
    /// There is none.
    #[error("there is no journal here; run `auxlog init`, or `auxlog restore` from a backup")]
    Missing,
    /// No segment can be opened with this key, although there are some.
    #[error(
        "no segment of the journal opens with this key: the keyring is another store's, or every header is damaged"
    )]
    OtherKey,
    /// The journal is damaged and must be mended before it is written anew.
    #[error("the journal is damaged: run `auxlog verify`, then `auxlog sync` or `auxlog restore`, and try again")]
    NotWhole,
    /// An entry is too large to be kept.
    #[error("an entry of {0} bytes is too large for the journal")]
    TooLarge(usize),
    /// No random bytes.
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
}

/// Why keys could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The passphrase doesn't open this officer's keys.
    #[error("wrong passphrase for officer {0}")]
    WrongPassphrase(auxlog_record::OfficerId),
    /// The officer has no keys here.
    #[error("officer {0} has no keys here")]
    NoOfficer(auxlog_record::OfficerId),
    /// The officer has keys here already.
    #[error("officer {0} has keys here already; change the passphrase instead")]
    HasKeys(auxlog_record::OfficerId),
    /// There is a keyring already.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// There is none.
    #[error("{} is not there; run `auxlog init`, or `auxlog restore` from a backup", .0.display())]
    Missing(PathBuf),
    /// Both copies of the keyring are damaged.
    #[error("{}: damaged, and so is its copy: {reason}; restore a backup, or use the agency's recovery key", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// No recovery key was set when the keys were made.
    #[error("this store has no recovery key; without a passphrase it can't be opened")]
    NoRecovery,
    /// The recovery key is another agency's.
    #[error("this recovery key does not open this store")]
    WrongRecoveryKey,
    /// The cost of key derivation is out of range.
    #[error("key derivation: {0}")]
    Cost(String),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No random bytes.
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
}

/// Why a data directory can't be locked for writing.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process writes here.
    #[error("another instance is writing here{}: close it, or only read", .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Held {
        /// The process, when it could be read.
        pid: Option<u32>,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
