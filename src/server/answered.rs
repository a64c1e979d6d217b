//! Reads are answered once: whoever listened in and sends a signed request again learns nothing, at
//! whichever replica and after whichever restart. What is read waits for no disk: requests that come
//! together are noted in one statement, and those are lost that a power cut takes from the machine.

use std::collections::BTreeMap;

use auxlog_record::{AgencyId, WriterId};
use tokio::sync::{mpsc, oneshot};

use crate::scope::AgencyScope;
use crate::store::Store;

/// The most requests in one statement.
const GROUP: usize = 256;

/// A request's sender and nonce.
pub(crate) type Request = (WriterId, [u8; 12]);

struct Waiting {
    agency: AgencyId,
    request: Request,
    now: u64,
    fresh: oneshot::Sender<bool>,
}

/// What becomes of a request that is being noted: to be asked before its answer is given.
#[derive(Debug)]
pub(crate) struct Noted(oneshot::Receiver<bool>);

impl Noted {
    /// Whether it came for the first time; `None` where the database did not say.
    pub(crate) async fn fresh(self) -> Option<bool> {
        self.0.await.ok()
    }
}

/// Takes note of reads.
#[derive(Debug, Clone)]
pub(crate) struct Answered(mpsc::Sender<Waiting>);

impl Answered {
    /// Starts the task that notes them.
    pub(crate) fn start(store: &Store) -> Self {
        let (sender, receiver) = mpsc::channel(4096);
        tokio::spawn(run(store.clone(), receiver));
        Self(sender)
    }

    /// Begins to note a request; the work that it asks for may begin meanwhile.
    pub(crate) async fn note(&self, scope: &AgencyScope, request: Request, now: u64) -> Noted {
        let (fresh, noted) = oneshot::channel();
        // Where the task has ended, so has the server: the receiver says so.
        let _ = self.0.send(Waiting { agency: scope.agency().clone(), request, now, fresh }).await;
        Noted(noted)
    }
}

async fn run(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.recv().await {
        let mut group = vec![first];
        while group.len() < GROUP {
            let Ok(next) = waiting.try_recv() else { break };
            group.push(next);
        }
        let mut agencies: BTreeMap<AgencyId, Vec<Waiting>> = BTreeMap::new();
        for one in group {
            agencies.entry(one.agency.clone()).or_default().push(one);
        }
        for (agency, group) in agencies {
            let now = group.iter().map(|one| one.now).max().unwrap_or_default();
            let requests: Vec<Request> = group.iter().map(|one| one.request).collect();
            match store.use_reads(&agency, &requests, now).await {
                Ok(fresh) => {
                    for one in group {
                        // Whoever asked may have hung up.
                        let _ = one.fresh.send(fresh.contains(&one.request));
                    }
                }
                // Dropped, they say that it is not known: nothing is answered then.
                Err(error) => tracing::warn!(%error, "reads could not be noted"),
            }
        }
    }
}
