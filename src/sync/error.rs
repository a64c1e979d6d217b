//! Why a synchronisation did not end well, and whether trying again can help.

use auxlog_record::RecordId;

use crate::Refusal;
use crate::http::LineFault;
use crate::local::LocalError;
use crate::message::RefusedFor;

/// Why a synchronisation stopped. Records stay where they are; nothing is lost by any of these.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// No connection, or it broke.
    #[error("the server cannot be reached: {0}")]
    Network(LineFault),
    /// The answer did not come in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// Something else than an auxlog server answered: a captive portal, a proxy, a redirect.
    #[error(
        "something else than the server answered (HTTP {status}, {media_type}): log in to this network, or check the address"
    )]
    NotTheServer {
        /// Its status.
        status: u16,
        /// What it called its answer.
        media_type: String,
    },
    /// The server refused the request.
    #[error("the server refused: {}", .0.name())]
    Refused(Refusal),
    /// The answer can't be read or contradicts itself.
    #[error("the server's answer is not usable: {0}")]
    BadAnswer(String),
    /// The answer is not signed by the server that the laptop enrolled with.
    #[error("not the server that this laptop enrolled with: its signature does not match; ask the administrator")]
    OtherServer,
    /// The server's log does not begin with what it showed before.
    #[error(
        "the server's log of {old} records is not what it was: its history was rewritten; tell the administrator and keep this laptop's data"
    )]
    HistoryRewritten {
        /// Size of the checkpoint kept here.
        old: u64,
    },
    /// What was pulled of the log is not what its root says.
    #[error(
        "the server's log of {size} records is not what its root says: a record was left out, exchanged or altered; \
         it is pulled anew at the next synchronisation"
    )]
    LogDiffers {
        /// Size of the log.
        size: u64,
    },
    /// Another laptop was shown another log, and the server signed both.
    #[error(
        "the server showed another laptop another log of {size} records than this one (record {of}), and signed both: \
         tell the administrator and keep this laptop's data"
    )]
    TwoViews {
        /// The record of the other laptop that bears the server's signature.
        of: RecordId,
        /// Size of the log that it speaks of.
        size: u64,
    },
    /// The roster that the server gives is not one that the log says its office issued.
    #[error(
        "the server gives a roster (version {version}) that its log does not say was issued: it is not taken, the \
         one that is here stays; tell the administrator to run `auxlog admin verify`"
    )]
    RosterNotIssued {
        /// The version that it names.
        version: u64,
    },
    /// The server holds another record in the place of an own one: a cloned or restored disk.
    #[error("record {0} exists twice with different content: this key is frozen; enrol again with a new code")]
    Fork(RecordId),
    /// The server set a record aside.
    #[error("the server set record {id} aside ({reason:?}): what follows it waits; tell the administrator")]
    SetAside {
        /// The record.
        id: RecordId,
        /// Why.
        reason: RefusedFor,
    },
    /// The server has no room for more records of this laptop.
    #[error(
        "the server takes no more records ({0:?}): they are safe here, and sent with a later synchronisation; where \
         it is the day that is full, on the next one"
    )]
    Full(RefusedFor),
    /// The server accepts nothing more and says no reason.
    #[error("the server took none of the records sent; it is tried again later")]
    Stalled,
    /// The laptop's own ledger.
    #[error("{0}")]
    Ledger(LocalError),
}

impl From<LocalError> for SyncError {
    fn from(error: LocalError) -> Self {
        Self::Ledger(error)
    }
}

impl SyncError {
    /// Whether it may go away without anyone doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network(_)
            | Self::Timeout
            | Self::NotTheServer { .. }
            | Self::BadAnswer(_)
            | Self::LogDiffers { .. }
            | Self::Full(_)
            | Self::Stalled => true,
            Self::Refused(refusal) => refusal.is_transient() || *refusal == Refusal::AwaitsApproval,
            Self::OtherServer
            | Self::HistoryRewritten { .. }
            | Self::TwoViews { .. }
            | Self::RosterNotIssued { .. }
            | Self::Fork(_)
            | Self::SetAside { .. }
            | Self::Ledger(_) => false,
        }
    }

    /// Whether the server was not reached at all.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Network(_) | Self::Timeout | Self::NotTheServer { .. })
    }
}
