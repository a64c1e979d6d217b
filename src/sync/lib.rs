//! Synchronisation: the protocol's messages, the client as a state machine without I/O, and its
//! HTTP driver.

pub mod auth;
pub mod backoff;
pub mod blob;
mod client;
mod code;
pub mod compare;
mod connection;
pub mod enrol;
mod error;
pub mod http;
pub mod local;
pub mod merkle;
pub mod message;
mod office;
pub mod pack;
mod progress;
mod question;
pub mod receipt;
mod refusal;
pub mod roster;
pub mod run;
pub mod session;
pub mod signed;
pub mod task_proof;
mod verify;
pub mod vouched;

pub use client::{Command, POLL, Update, run, sync_once};
pub use code::{Confirmed, EnrolError, Offered, confirm, offer};
pub use connection::{Connection, ConnectionError};
pub use error::SyncError;
pub use progress::{Notice, Outcome, Progress};
pub use question::{Question, ask, fetch_attachment};
pub use refusal::Refusal;
