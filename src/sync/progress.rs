//! What a synchronisation says of itself while it runs and once it ended.

use crate::message::{Awaiting, Custody, Noted, Refused, Standing};

/// How far a synchronisation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Records that the server confirmed since it began.
    pub sent: u64,
    /// Records still to be sent.
    pub to_send: u64,
    /// Records received since it began.
    pub received: u64,
    /// Records still to be received.
    pub to_receive: u64,
    /// Attachments still to be sent, once the records are.
    pub attachments: u64,
    /// Bytes of requests.
    pub bytes_up: u64,
    /// Bytes of answers.
    pub bytes_down: u64,
    /// Since it began, milliseconds.
    pub elapsed_ms: u64,
}

impl Progress {
    /// Records a second, both ways.
    pub fn rate(&self) -> u64 {
        (self.sent + self.received) * 1000 / self.elapsed_ms.max(1)
    }

    /// Milliseconds that the rest will take at this rate; `None` before there is one.
    pub fn left_ms(&self) -> Option<u64> {
        let done = self.sent + self.received;
        (done > 0).then(|| (self.to_send + self.to_receive) * self.elapsed_ms / done)
    }
}

/// What happened that someone should know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The server came back behind what it had acknowledged; what was missing was sent again.
    ServerCameBack,
    /// This laptop came back behind what the server holds; its own records were fetched back.
    LaptopCameBack,
    /// The server takes no more attachments for now; those that are left stay here.
    AttachmentsKept,
}

/// What a synchronisation came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Records that the server confirmed, but for notes of what this laptop was shown.
    pub sent: u64,
    /// Records of others received, but for such notes.
    pub received: u64,
    /// Own records that the server set aside or holds for review.
    pub refused: u64,
    /// The highest seq of the officer's own records that a verified receipt covers, but for such a note
    /// of this synchronisation's.
    pub acked: u64,
    /// Whether receipts cover all that is here.
    pub covered: bool,
    /// Requests made.
    pub requests: u64,
    /// Bytes of requests.
    pub bytes_up: u64,
    /// Bytes of answers.
    pub bytes_down: u64,
    /// The device's standing.
    pub standing: Standing,
    /// Records confirmed but not plainly logged.
    pub noted: Vec<Noted>,
    /// Records set aside.
    pub set_aside: Vec<Refused>,
    /// Incidents.
    pub notices: Vec<Notice>,
    /// The roster's version, where a new one came.
    pub roster: Option<u64>,
    /// Attachments that the server has whole since it began.
    pub attachments: u64,
    /// Attachments that could not be sent this time.
    pub attachments_left: u64,
    /// Own records that are with the server but not in the log.
    pub custody: Vec<Custody>,
    /// Others' records that await the officer of this laptop.
    pub awaiting: Vec<Awaiting>,
}
