//! What the office did after a backup that was put back: whoever pulled its records brings them.

use std::sync::Arc;

use auxlog_record::PublicKey;

use crate::ask::{Question, ask};
use crate::connection::Connection;
use crate::error::SyncError;
use crate::hooks::Hooks;
use crate::http::Answer;
use crate::pack::pack;
use crate::run::{MAX_RECORDS, Run};

/// Brings each chain of the office that is here; the server takes what it lacks. What does not arrive is
/// brought by the next laptop.
pub(crate) async fn bring_back(ledger: &Arc<dyn Hooks>, connection: &Connection, server: &PublicKey) {
    let held = Arc::clone(ledger);
    let chains = tokio::task::spawn_blocking(move || held.office_chains()).await;
    let Ok(Ok(chains)) = chains else {
        tracing::warn!("the office's records could not be read");
        return;
    };
    for chain in chains.iter().filter(|chain| (1..=MAX_RECORDS).contains(&chain.len())) {
        let Ok(run) = Run::of(chain) else { continue };
        let Ok(body) = pack(&run) else { continue };
        let target = format!("/v1/office?agency={}", ledger.agency());
        let question = Question { body, ..Question::new("POST", target) };
        let answer = ask(&**ledger, connection, server, &question).await;
        let taken: Result<u64, SyncError> = answer.and_then(Answer::message);
        match taken {
            Ok(0) => {}
            Ok(records) => tracing::info!(records, "the server took back what its office had said"),
            Err(SyncError::Refused(refusal)) => tracing::warn!(?refusal, "the office's records were refused"),
            Err(error) => {
                tracing::warn!(%error, "the office's records did not arrive");
                return;
            }
        }
    }
}
