//! Audits of the server's database: when somebody asks, and in the background after each start.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use auxlog_record::{AgencyId, PublicKey};

use crate::admin::{Admin, AdminError};
use crate::api::App;
use crate::metrics;
use crate::scope::AgencyScope;
use crate::store::{Audit, IncidentKind, Step, Store, StoreError, Wrong};

/// Of the time of one processor an audit in the background takes one part in so many.
const SHARE: u32 = 10;

/// What an audit of an agency's log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Everything is what the log says.
    Whole {
        /// Records in the log.
        records: u64,
        /// Whose.
        writers: u64,
    },
    /// The first row that is not.
    Wrong(Wrong),
}

impl Admin {
    /// Compares every row of an agency's log, and what is computed from them, with what the log says.
    ///
    /// # Errors
    /// When there is no such agency, or the database fails.
    pub async fn verify(&self, agency: &AgencyId) -> Result<Found, AdminError> {
        self.store().agency_name(agency).await?;
        Ok(audit(self.store(), agency, self.server_key(), async |_| {}).await?)
    }
}

/// Audits one agency's log to its end; `between` its steps it does what the caller wants.
async fn audit(
    store: &Store,
    agency: &AgencyId,
    server: &PublicKey,
    between: impl AsyncFn(std::time::Duration),
) -> Result<Found, StoreError> {
    let mut audit = Audit::begin(store, agency, server).await?;
    loop {
        let began = Instant::now();
        match audit.step(store).await? {
            Step::More => between(began.elapsed()).await,
            Step::Whole { records, writers } => return Ok(Found::Whole { records, writers }),
            Step::Wrong(wrong) => return Ok(Found::Wrong(wrong)),
        }
    }
}

/// Audits one agency's log after another, so slowly that nobody notices.
pub(crate) async fn in_background(app: Arc<App>) {
    let agencies = match app.store.agencies().await {
        Ok(agencies) => agencies,
        Err(error) => return tracing::warn!(%error, "the logs could not be audited"),
    };
    for (agency, _) in agencies {
        let pause = async |took: std::time::Duration| tokio::time::sleep(took * (SHARE - 1)).await;
        match audit(&app.store, &agency, &app.public_key, pause).await {
            Ok(Found::Whole { records, writers }) => {
                app.metrics.audited.fetch_add(records, Ordering::Relaxed);
                tracing::info!(%agency, records, writers, "the log is whole");
            }
            Ok(Found::Wrong(wrong)) => {
                metrics::add(&app.metrics.damaged, 1);
                tracing::error!(%agency, %wrong, "the database is not what the log says: auxlog admin verify");
                let (scope, of) = (AgencyScope::local(&agency), (wrong.writer, wrong.seq));
                let detail = wrong.to_string();
                let filed = app.store.file_once(&scope, app.now(), IncidentKind::LogDamaged, of, &detail).await;
                if let Err(error) = filed {
                    tracing::error!(%error, "the incident could not be filed");
                }
            }
            Err(error) => tracing::warn!(%agency, %error, "the log could not be audited"),
        }
    }
}
