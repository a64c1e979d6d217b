//! Group commit: pushes that wait while a transaction runs share the next one.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tokio::sync::{mpsc, oneshot};

use crate::store::{Appended, Push, Store, StoreError};

/// The most pushes in one transaction.
const GROUP: usize = 64;

/// The most records in one transaction.
const RECORDS: usize = 4000;

struct Waiting {
    pushes: Vec<Push>,
    now: u64,
    answer: oneshot::Sender<Result<Vec<Appended>, StoreError>>,
}

/// Takes pushes and answers once they are durable.
#[derive(Debug, Clone)]
pub(crate) struct Committer {
    lanes: Vec<mpsc::Sender<Waiting>>,
}

impl Committer {
    /// Starts the tasks that commit: one where a single transaction writes at a time, else
    /// several, an agency always going to the same.
    pub(crate) fn start(store: &Store) -> Self {
        let count = if store.single_writer() { 1 } else { 4 };
        let lanes = (0..count)
            .map(|_| {
                let (sender, receiver) = mpsc::channel(1024);
                tokio::spawn(run(store.clone(), receiver));
                sender
            })
            .collect();
        Self { lanes }
    }

    /// Stores pushes of one agency, in one transaction with whatever else waits.
    ///
    /// # Errors
    /// What the database says after all tries; then none is stored.
    pub(crate) async fn append(&self, pushes: Vec<Push>, now: u64) -> Result<Vec<Appended>, StoreError> {
        let mut hasher = DefaultHasher::new();
        pushes.first().map(|push| &push.agency).hash(&mut hasher);
        let lane = &self.lanes[usize::try_from(hasher.finish() % self.lanes.len() as u64).unwrap_or(0)];
        let (answer, receiver) = oneshot::channel();
        let stopped = || StoreError::Unsupported("the server is going down");
        lane.send(Waiting { pushes, now, answer }).await.map_err(|_| stopped())?;
        receiver.await.map_err(|_| stopped())?
    }
}

async fn run(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.recv().await {
        let mut records = size(&first);
        let mut group = vec![first];
        while group.len() < GROUP && records < RECORDS {
            let Ok(next) = waiting.try_recv() else { break };
            records += size(&next);
            group.push(next);
        }
        commit(&store, group).await;
    }
}

fn size(waiting: &Waiting) -> usize {
    waiting.pushes.iter().map(|push| push.fresh.len()).sum()
}

/// Commits a group; when it fails for good, each of its members alone, so that none fails for
/// another's sake.
async fn commit(store: &Store, mut group: Vec<Waiting>) {
    let now = group.iter().map(|waiting| waiting.now).max().unwrap_or_default();
    let counts: Vec<usize> = group.iter().map(|waiting| waiting.pushes.len()).collect();
    let all: Vec<Push> = group.iter_mut().flat_map(|waiting| std::mem::take(&mut waiting.pushes)).collect();
    match store.append(&all, now).await {
        Ok(mut outcomes) => {
            for (waiting, count) in group.into_iter().zip(counts) {
                let rest = outcomes.split_off(count);
                // Whoever asked may have hung up; what they sent is stored all the same.
                let _ = waiting.answer.send(Ok(std::mem::replace(&mut outcomes, rest)));
            }
        }
        Err(error) if group.len() == 1 => {
            if let Some(only) = group.pop() {
                let _ = only.answer.send(Err(error));
            }
        }
        Err(error) => {
            tracing::warn!(%error, pushes = all.len(), "a group of pushes failed; trying each alone");
            let mut rest = all.as_slice();
            for (waiting, count) in group.into_iter().zip(counts) {
                let (mine, others) = rest.split_at(count);
                rest = others;
                let _ = waiting.answer.send(store.append(mine, now).await);
            }
        }
    }
}
