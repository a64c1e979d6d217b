//! One signed request and its answer, for what is no synchronisation: administration from a laptop,
//! an attachment fetched to be looked at.

use std::time::{SystemTime, UNIX_EPOCH};

use auxlog_record::PublicKey;

use crate::Refusal;
use crate::auth::{RequestAuth, ServerId, Signable};
use crate::blob::{BlobId, MAX_PIECE, PIECE_TYPE};
use crate::connection::Connection;
use crate::error::SyncError;
use crate::http::{Answer, Request};
use crate::local::{HeldKey, LocalLedger};

/// A request to be signed and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Question {
    /// A request without a body.
    pub fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self { method, target: target.into(), body: Vec::new() }
    }

    /// The same, signed with the open officer's key as of `at_ms`.
    fn signed(&self, ledger: &dyn LocalLedger, server: &PublicKey, at_ms: u64) -> Result<Request, SyncError> {
        let mut nonce = [0; 12];
        getrandom::fill(&mut nonce).map_err(|e| SyncError::Ledger(e.to_string().into()))?;
        let signable =
            Signable { method: self.method, target: &self.target, body: &self.body, server: ServerId::of(server) };
        let auth = RequestAuth::sign(&HeldKey(ledger), &ledger.agency(), at_ms, nonce, signable).to_string();
        Ok(Request { method: self.method, target: self.target.clone(), auth: Some(auth), body: self.body.clone() })
    }
}

/// Asks, signing by the server's clock where the laptop's is too far off.
///
/// # Errors
/// Why no answer came. A refusal is an answer: [`Answer::content`] tells it.
pub async fn ask(
    ledger: &dyn LocalLedger,
    connection: &Connection,
    server: &PublicKey,
    question: &Question,
) -> Result<Answer, SyncError> {
    let answer = connection.send(question.signed(ledger, server, now_ms())?).await.map_err(SyncError::from)?;
    match (answer.error.as_deref().and_then(Refusal::from_name), answer.server_ms) {
        (Some(Refusal::ClockSkew), Some(server_ms)) => {
            connection.send(question.signed(ledger, server, server_ms)?).await.map_err(SyncError::from)
        }
        _ => Ok(answer),
    }
}

/// Fetches an attachment from the server, giving each piece to `keep` with its offset; whoever keeps
/// them checks the hash of the whole. A fetch that was cut goes on at `from`.
///
/// # Errors
/// Why it stopped; [`Refusal::NotFound`] where the server has not got all of it yet.
pub async fn fetch_attachment(
    ledger: &dyn LocalLedger,
    connection: &Connection,
    server: &PublicKey,
    blob: BlobId,
    from: u64,
    mut keep: impl FnMut(u64, &[u8]) -> Result<(), crate::local::LocalError>,
) -> Result<(), SyncError> {
    let mut offset = from;
    while offset < blob.length {
        let target = format!("{}&offset={offset}&limit={MAX_PIECE}", blob.target(&ledger.agency()));
        let piece = ask(ledger, connection, server, &Question::new("GET", target)).await?.content(PIECE_TYPE)?;
        if piece.is_empty() || offset + piece.len() as u64 > blob.length {
            return Err(SyncError::BadAnswer("a piece of an attachment has another length".into()));
        }
        keep(offset, &piece)?;
        offset += piece.len() as u64;
    }
    Ok(())
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
