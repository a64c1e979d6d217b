//! The open ledger: lists, search and counts, cached in sled and rebuilt from the journal.
//!
//! [`Ledger`] is an unlocked data directory, the single door for screens, commands and sync.
//! The journal is the record; everything this crate keeps beside it is derived and may be deleted.

mod api;
mod cache;
mod day;
mod error;
mod flaw;
mod index;
mod laptop;
mod ledger;
mod media;
mod people;
pub mod roster;
pub mod search;

pub use api::{
    Ack, Draft, Enrolment, HistoryEntry, Identity, InitOptions, Judgement, NamedAuxiliary, NamedOfficer, Order,
    ReviewInput, TaskDetail, TaskPage, TaskQuery, TaskRow, TaskStatus, Whole,
};
pub use auxlog_journal::blob::{Blob, BlobError, Incoming, KeptBlob, MAX_BLOB};
pub use auxlog_record::TaskProblem;
pub use cache::cache_process;
pub use day::{Agenda, Counts, DayCount, DayReport, Due, DueKind, Shift};
pub use error::{DiskRefusal, LedgerError, OpenError};
pub use flaw::{Flaw, Spot};
pub use laptop::join::{JoinError, join, server_of, successor_digits};
pub use laptop::{Concerns, concerns, fetch_missing, newest_receipt, only_here};
pub use ledger::{
    AttachmentRow, ClockJump, ClockOffset, Ledger, Listed, MaskOrder, ORDER_REFUSED, OpenOptions, OwnWriter, People,
    RELEASED, Reader, Received, RecoverError, Rejudgement, RosterParts, Staged, Waiting, note_copied,
};
pub use people::{OfficerRow, PersonDetail, PersonKey, PersonRow, Service, StatementRow};

/// A hash of a task's reference that stays the same on every machine and under every version.
fn reference_hash(reference: &str) -> u64 {
    let hash = auxlog_record::crypto::sha256(&[b"reference", reference.as_bytes()]);
    u64::from_le_bytes(hash.0.first_chunk().copied().unwrap_or_default())
}
