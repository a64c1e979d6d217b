//! Synchronisation: the protocol's messages, the client as a state machine without I/O, and its
//! HTTP driver.

mod ask;
pub mod auth;
pub mod backoff;
pub mod blob;
mod client;
pub mod compare;
mod connection;
pub mod enrol;
mod enroll;
mod error;
pub mod hooks;
pub mod http;
mod join;
mod laptop;
pub mod merkle;
pub mod message;
mod office;
pub mod pack;
mod progress;
pub mod receipt;
mod refusal;
pub mod roster;
pub mod run;
pub mod session;
pub mod signed;
pub mod task_proof;
mod trust;
pub mod vouched;

pub use ask::{Question, ask, fetch_attachment};
pub use client::{Command, POLL, Update, run, sync_once};
pub use connection::{Connection, ConnectionError};
pub use enroll::{Confirmed, EnrollError, Offered, confirm, offer};
pub use error::SyncError;
pub use join::{JoinError, join, server_of, successor_digits};
pub use laptop::{Concerns, concerns, fetch_missing, newest_receipt, only_here};
pub use progress::{Notice, Outcome, Progress};
pub use refusal::Refusal;
