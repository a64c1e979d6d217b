//! The asynchronous runtime of the commands that need one, and the signals that end them.

use std::future::Future;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::{Exit, Failure};

/// Runs `work` to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    start()?.block_on(work)
}

/// A runtime of its own.
pub(crate) fn start() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| failed(&error))
}

fn failed(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Found, error.to_string())
}

/// The wish that the program end: SIGTERM, or Ctrl-C.
pub(crate) struct Ended {
    term: Signal,
    int: Signal,
}

impl Ended {
    /// Takes note of such signals from now on.
    pub(crate) fn watch() -> Result<Self, Failure> {
        let on = |kind| signal(kind).map_err(|error| failed(&error));
        Ok(Self { term: on(SignalKind::terminate())?, int: on(SignalKind::interrupt())? })
    }

    pub(crate) async fn wait(mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}
