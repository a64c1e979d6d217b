//! What is known of synchronisation.

use std::sync::Arc;
use std::time::Duration;

use auxlog_record::Moment;
use auxlog_store::JoinError;
use auxlog_sync::{Outcome, Progress, SyncError};

/// News from the background synchronisation.
#[derive(Debug, Clone)]
pub enum SyncNews {
    /// A round began.
    Started,
    /// How far it has come.
    Progress(Progress),
    /// It ended well.
    Done {
        /// When.
        at: Moment,
        /// What it came to.
        outcome: Arc<Outcome>,
    },
    /// It stopped; it is tried again by itself.
    Failed {
        /// When.
        at: Moment,
        /// Why.
        error: Arc<SyncError>,
        /// In how long it is tried again.
        again_in: Duration,
    },
    /// It can't be started on this laptop.
    Impossible(Arc<JoinError>),
}

/// The newest receipt that the server signed and this laptop verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    /// The last of the officer's own records that it covers.
    pub acked: u64,
    /// Hash of that record, as the server has it.
    pub head: String,
    /// Records in the agency's log.
    pub size: u64,
    /// Root of the tree over them.
    pub root: String,
    /// When the server signed it.
    pub at: Moment,
}
