//! The append-only encrypted journal, and the keys at rest.
//!
//! The journal is the record: what it acknowledged survives a crash of the process and of the
//! machine, what was altered is noticed, and nobody reads it without a passphrase.

mod backup;
pub mod blob;
#[cfg(test)]
mod crash_tests;
pub mod disk;
mod entry;
mod error;
mod file;
#[cfg(test)]
mod golden_tests;
mod journal;
mod kdf;
mod key;
mod keyring;
mod layout;
mod lock;
mod lookup;
mod machine;
mod own;
mod read;
mod recovery;
mod report;
mod rewrite;
mod segment;
mod tries;

pub use backup::{BackupError, BackupReport, backup, restore};
pub use disk::{Directory, Disk};
pub use entry::{Entry, EntryError, Position, ServerVerdict};
pub use error::{JournalError, KeyError, LockError};
pub use file::{PASSING, fresh, replace, replace_with, sync_dir};
pub use journal::{Journal, JournalOptions, scan};
pub use kdf::{KdfCost, delay_after};
pub use key::{NoRandom, NotSealed, SealingKey, StoreKey, wipe};
pub use keyring::{KeyHolder, Keyring, Unlocked, composed};
pub use lock::InstanceLock;
pub use lookup::Lookup;
pub use machine::{file_limit, free_space, no_core_dumps, private_files, reading};
pub use own::{Link, no_link, no_links, open, private_dir, read};
pub use recovery::{RecoveryPublic, RecoverySecret};
pub use report::{Damage, DamageKind, Report, TornTail};
pub use rewrite::{finish_rewriting, rewrite};
pub use tries::Tries;
