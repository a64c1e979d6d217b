//! Synchronisation in the background, while a ledger is open and enrolled.

use std::sync::Arc;

use auxlog_record::{Clock, Moment, china};
use auxlog_store::Ledger;
use auxlog_store::{JoinError, newest_receipt, server_of};
use auxlog_sync::local::LocalLedger;
use auxlog_sync::{Command, Update};
use chrono::DateTime;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::effect::Answer;
use crate::msg::Msg;
use crate::sync_state::{ReceiptView, SyncNews};

/// News that wait to be told. Progress beyond it is dropped; the next one says more.
const NEWS: usize = 32;

/// A running synchronisation.
#[derive(Debug)]
pub(super) struct Background {
    commands: mpsc::Sender<Command>,
    client: JoinHandle<()>,
    teller: JoinHandle<()>,
}

impl Background {
    /// Starts synchronising `ledger` with its server.
    pub(super) fn start(
        runtime: &Handle,
        ledger: &Arc<Ledger>,
        clock: Arc<dyn Clock>,
        messages: mpsc::UnboundedSender<Msg>,
    ) -> Result<Self, JoinError> {
        let (connection, server) = server_of(ledger)?;
        let (commands, orders) = mpsc::channel(1);
        let (updates, news) = mpsc::channel(NEWS);
        let local: Arc<dyn LocalLedger> = Arc::clone(ledger) as _;
        let client = runtime.spawn(auxlog_sync::run(local, connection, server, orders, updates));
        let teller = Teller { ledger: Arc::clone(ledger), clock, messages };
        let teller = runtime.spawn(teller.tell(news));
        Ok(Self { commands, client, teller })
    }

    /// Synchronises now. When it was told so already it will.
    pub(super) fn now(&self) {
        let _ = self.commands.try_send(Command::Now);
    }

    /// Stops; a request on its way is given up, and made again another time.
    pub(super) fn stop(self, runtime: &Handle) {
        self.client.abort();
        self.teller.abort();
        runtime.block_on(async {
            // Both end as cancelled; that they ended is what counts.
            let _ = self.client.await;
            let _ = self.teller.await;
        });
    }
}

/// Passes on what the client says, with what changed in the ledger.
struct Teller {
    ledger: Arc<Ledger>,
    clock: Arc<dyn Clock>,
    messages: mpsc::UnboundedSender<Msg>,
}

impl Teller {
    async fn tell(self, mut updates: mpsc::Receiver<Update>) {
        self.receipt();
        while let Some(update) = updates.recv().await {
            let at = self.clock.now();
            match update {
                Update::Began => self.send(Answer::Sync(SyncNews::Started)),
                Update::Progress(progress) => {
                    self.send(Answer::Sync(SyncNews::Progress(progress)));
                    self.send(Answer::Counts(self.ledger.counts()));
                }
                Update::Synced(outcome) => {
                    self.ledger_changed(outcome.roster.is_some());
                    self.send(Answer::Sync(SyncNews::Done { at, outcome: Arc::new(outcome) }));
                }
                Update::Failed { error, again_in, outcome } => {
                    self.ledger_changed(outcome.roster.is_some());
                    self.send(Answer::Sync(SyncNews::Failed { at, error: Arc::new(error), again_in }));
                }
            }
        }
    }

    fn ledger_changed(&self, roster: bool) {
        if roster {
            self.send(Answer::Roster(self.ledger.roster()));
        }
        if let Ok(entries) = self.ledger.entries_now() {
            self.send(Answer::Registers(entries));
        }
        self.receipt();
        self.send(Answer::Counts(self.ledger.counts()));
    }

    /// The newest receipt; one that can't be read shows as none.
    fn receipt(&self) {
        let Ok(Some(receipt)) = newest_receipt(&self.ledger) else { return };
        let signed = i64::try_from(receipt.checkpoint.at_ms).ok().and_then(DateTime::from_timestamp_millis);
        self.send(Answer::Receipt(ReceiptView {
            acked: receipt.acked,
            head: receipt.head.to_string(),
            size: receipt.checkpoint.size,
            root: receipt.checkpoint.root.to_string(),
            at: Moment(signed.unwrap_or_default().with_timezone(&china())),
        }));
    }

    fn send(&self, answer: Answer) {
        // The screen is gone only when the program ends.
        let _ = self.messages.send(Msg::Answer(None, Box::new(answer)));
    }
}
