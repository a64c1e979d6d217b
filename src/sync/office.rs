//! What the office did after a backup that was put back: whoever pulled its records brings them, and the
//! newest roster.

use std::sync::Arc;

use auxlog_record::{Hash, PublicKey};

use crate::connection::Connection;
use crate::error::SyncError;
use crate::http::Answer;
use crate::local::LocalLedger;
use crate::pack::pack;
use crate::question::{Question, ask};
use crate::roster::Brought;
use crate::run::{MAX_RECORDS, Run};
use crate::session::BATCH_BYTES;

/// Brings what the office said and issued as far as it is here; the server takes what it lacks. Gives
/// whether it answered to all of it: else it is brought once more, by the next session or the next laptop.
pub(crate) async fn bring_back(ledger: &Arc<dyn LocalLedger>, connection: &Connection, server: &PublicKey) -> bool {
    let said = bring_chains(ledger, connection, server).await;
    // Only what the log says was issued is taken.
    let issued = answered(bring_roster(ledger, connection, server).await, "the roster");
    said && issued
}

/// Whether the server took something, or never will.
fn answered<T>(brought: Result<T, SyncError>, what: &str) -> bool {
    match brought {
        Ok(_) => true,
        Err(SyncError::Refused(refusal)) if !refusal.is_transient() => {
            tracing::warn!(?refusal, "{what} was refused");
            true
        }
        Err(error) => {
            tracing::warn!(%error, "{what} did not arrive");
            false
        }
    }
}

/// Brings the newest roster that is here, of its pieces those that the server asks for, each once.
async fn bring_roster(
    ledger: &Arc<dyn LocalLedger>,
    connection: &Connection,
    server: &PublicKey,
) -> Result<(), SyncError> {
    let held = Arc::clone(ledger);
    let kept = tokio::task::spawn_blocking(move || held.kept_roster()).await;
    let kept = kept.map_err(|error| SyncError::Ledger(error.into()))??;
    let Some((manifest, mut pieces)) = kept else { return Ok(()) };
    let mut brought = Brought { manifest, pieces: Vec::new() };
    loop {
        let body = pack(&brought).map_err(|error| SyncError::BadAnswer(error.to_string()))?;
        let target = format!("/v1/office/roster?agency={}", ledger.agency());
        let question = Question { body, ..Question::new("POST", target) };
        let missing: Vec<Hash> = ask(&**ledger, connection, server, &question).await?.message()?;
        let mut bytes = 0;
        brought.pieces.clear();
        for name in missing {
            if bytes > BATCH_BYTES {
                break;
            }
            if let Some(piece) = pieces.remove(&name) {
                bytes += piece.len();
                brought.pieces.push(piece.into());
            }
        }
        if brought.pieces.is_empty() {
            return Ok(());
        }
        tracing::info!(pieces = brought.pieces.len(), "the server takes back a roster");
    }
}

async fn bring_chains(ledger: &Arc<dyn LocalLedger>, connection: &Connection, server: &PublicKey) -> bool {
    let held = Arc::clone(ledger);
    let chains = tokio::task::spawn_blocking(move || held.office_chains()).await;
    let Ok(Ok(chains)) = chains else {
        tracing::warn!("the office's records could not be read");
        return false;
    };
    // Servers wrote longer chains once than are brought at once.
    for part in chains.iter().flat_map(|chain| chain.chunks(MAX_RECORDS)) {
        let Ok(run) = Run::of(part) else { continue };
        let Ok(body) = pack(&run) else { continue };
        let target = format!("/v1/office?agency={}", ledger.agency());
        let question = Question { body, ..Question::new("POST", target) };
        let answer = ask(&**ledger, connection, server, &question).await;
        let taken: Result<u64, SyncError> = answer.and_then(Answer::message);
        if let Ok(records @ 1..) = taken {
            tracing::info!(records, "the server took back what its office had said");
        }
        if !answered(taken, "a chain of the office") {
            return false;
        }
    }
    true
}
