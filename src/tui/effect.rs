//! Effects as data: what `update` wants done, and what came of it.
//!
//! `update` returns [`Effect`]s; the shell runs them in tasks of their own and sends each
//! [`Answer`] back as a message. A new question to the ledger is a variant of [`Ask`], its answer
//! a variant of [`Answer`], and one arm where [`crate::effects`] puts it.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use auxlog_record::{AuxiliaryId, Date, Hash, OfficerId, RecordId, Roster, Statement, Task};
use auxlog_registers::Entries;
use auxlog_store::Concerns;
use auxlog_store::{
    Ack, Agenda, Counts, DayReport, Draft, Enrolment, Identity, LedgerError, OfficerRow, OpenError, People,
    PersonDetail, PersonRow, ReviewInput, Staged, TaskDetail, TaskPage, TaskQuery, Waiting,
};
use zeroize::Zeroizing;

use crate::entries::{EntryList, EntryPage, Holdings, Refusal, Sheet, Written};
use crate::export::Job;
use crate::sync_state::{ReceiptView, SyncNews};

/// A passphrase on its way; wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(pub Zeroizing<String>);

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase")
    }
}

/// Names a question: its answer bears it, so that nobody takes another's answer for their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Where tickets come from; each is given once.
#[derive(Debug, Default)]
pub struct Tickets(Cell<u64>);

impl Tickets {
    /// The next one.
    pub fn take(&self) -> Ticket {
        let next = self.0.get() + 1;
        self.0.set(next);
        Ticket(next)
    }
}

/// Something to be done outside `update`.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Finds out which officers have keys here.
    ListOfficers,
    /// Opens the ledger.
    Unlock {
        /// Whose keys.
        officer: OfficerId,
        /// Their passphrase.
        passphrase: Passphrase,
    },
    /// Closes the ledger and forgets the keys.
    Lock,
    /// Asks the open ledger.
    Ask(Ticket, Ask),
    /// Synchronises now.
    SyncNow,
    /// Sends [`Answer::Woke`] after a while; a later one of the same kind replaces it.
    Wake {
        /// Which.
        alarm: Alarm,
        /// How long from now.
        after: Duration,
    },
    /// Stops the process until the shell continues it (SIGTSTP).
    Suspend,
    /// Ends the program, after what must be finished is.
    Quit,
}

/// What a wake-up is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alarm {
    /// Locks when nothing was pressed for some minutes.
    Idle,
    /// A wrong passphrase may be tried again.
    Unlock,
    /// The form's draft is saved after a quiet moment.
    Draft,
    /// What is typed into the filter of the list is looked for after a quiet moment.
    Filter,
}

/// A question to the open ledger, or something to be stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Today's page.
    Today(Date),
    /// Tasks.
    Tasks(TaskQuery),
    /// Plans for the days from the first to the second.
    Plans(Date, Date),
    /// Flags that await a decision.
    Flags(TaskQuery),
    /// A task with everything known about it.
    Task(RecordId),
    /// Auxiliaries found by what is typed.
    People {
        /// What is typed.
        query: String,
        /// At most so many; 0 is all.
        limit: usize,
    },
    /// Officers found by what is typed.
    Officers {
        /// What is typed.
        query: String,
        /// At most so many; 0 is all.
        limit: usize,
    },
    /// The search index over everybody of the roster, for lists that are searched at each key.
    PeopleIndex,
    /// An auxiliary with what they did.
    Person(AuxiliaryId),
    /// The registers, with how many entries they hold.
    Holdings,
    /// Entries of registers.
    Entries(EntryList),
    /// An entry with everything known about it.
    Entry(RecordId),
    /// Writes a form of a register's entry.
    Write(Box<Written>),
    /// What waits to be sent to the server.
    Waiting,
    /// What the server said that somebody should look at.
    Concerns,
    /// What was being typed in a form.
    LoadDraft(&'static str),
    /// Keeps what is being typed in a form.
    SaveDraft(&'static str, Box<Draft>),
    /// Forgets it.
    ClearDraft(&'static str),
    /// Logs a task.
    Log(Box<Task>),
    /// Logs a task with what is attached to it, all or nothing.
    LogWith(Box<Task>, Vec<Staged>),
    /// Keeps a file's content for a task that is being written.
    Stage(PathBuf),
    /// Attaches a file whose content is kept to a task.
    Attach(RecordId, Box<Staged>),
    /// Plans a task; an improper one with the reason why it is sent all the same.
    Plan(Box<Task>, Option<String>),
    /// Corrects a task.
    Amend {
        /// The task.
        target: RecordId,
        /// The newest records about it that the author saw.
        based_on: Vec<Hash>,
        /// As it should be.
        corrected: Box<Task>,
        /// Why.
        reason: String,
    },
    /// Marks a task as annulled.
    Annul(RecordId, String),
    /// Takes a review step.
    Review(ReviewInput),
    /// Takes down a statement.
    Statement(Statement),
    /// Writes tasks to a file.
    Export(Box<Job>),
}

impl Ask {
    /// Whether it stores something: then the program doesn't end before it is done.
    pub fn must_finish(&self) -> bool {
        match self {
            Self::Today(_)
            | Self::Tasks(_)
            | Self::Plans(..)
            | Self::Flags(_)
            | Self::Task(_)
            | Self::People { .. }
            | Self::Officers { .. }
            | Self::PeopleIndex
            | Self::Person(_)
            | Self::Holdings
            | Self::Entries(_)
            | Self::Entry(_)
            | Self::Waiting
            | Self::Concerns
            | Self::LoadDraft(_)
            // What is half written when the program ends can be written again.
            | Self::Export(_) => false,
            Self::SaveDraft(..)
            | Self::ClearDraft(_)
            | Self::Log(_)
            | Self::LogWith(..)
            | Self::Stage(_)
            | Self::Attach(..)
            | Self::Plan(..)
            | Self::Amend { .. }
            | Self::Annul(..)
            | Self::Write(_)
            | Self::Review(_)
            | Self::Statement(_) => true,
        }
    }
}

/// What came of an effect. Every screen is offered every answer; whether it is to a question of its own,
/// [`crate::shared::Cx::answers`] says.
#[derive(Debug)]
pub enum Answer {
    /// Who has keys here.
    OfficersHere(Result<Vec<OfficerId>, Arc<OpenError>>),
    /// The ledger is open.
    Opened {
        /// Whose it is.
        identity: Identity,
        /// The roster.
        roster: Arc<Roster>,
        /// Where the laptop is enrolled.
        enrolment: Option<Enrolment>,
        /// How they left the screens.
        kept: Option<Box<Draft>>,
    },
    /// It could not be opened.
    NotOpened(Arc<OpenError>),
    /// The cache is being rebuilt: records done, records in all.
    Rebuilding(u64, u64),
    /// The three counts changed.
    Counts(Counts),
    /// Another version of the roster is in force.
    Roster(Arc<Roster>),
    /// What the registers say.
    Registers(Arc<Entries>),
    /// News of the synchronisation.
    Sync(SyncNews),
    /// The newest receipt.
    Receipt(ReceiptView),
    /// A wake-up.
    Woke(Alarm),
    /// Today's page.
    Today(Box<DayReport>),
    /// Tasks.
    Tasks(TaskQuery, TaskPage),
    /// Plans.
    Plans(Vec<Agenda>),
    /// Flags.
    Flags(TaskQuery, TaskPage),
    /// A task.
    Task(Box<TaskDetail>),
    /// Auxiliaries found by what was typed.
    People(String, Vec<PersonRow>),
    /// Officers found by what was typed.
    Officers(String, Vec<OfficerRow>),
    /// The search index over everybody of the roster.
    PeopleIndex(Arc<People>),
    /// An auxiliary; `None` where the roster does not have them.
    Person(AuxiliaryId, Option<Box<PersonDetail>>),
    /// The registers.
    Holdings(Box<Holdings>),
    /// Entries of registers.
    Entries(EntryList, EntryPage),
    /// An entry; `None` where there is none.
    Entry(RecordId, Option<Box<Sheet>>),
    /// What was written about this entry is durable.
    Written(RecordId),
    /// Registers refused to be read or written.
    Refused(Arc<Refusal>),
    /// What waits to be sent to the server.
    Waiting(Vec<Waiting>),
    /// What the server said that somebody should look at.
    Concerns(Box<Concerns>),
    /// What was being typed in a form.
    Draft(&'static str, Option<Box<Draft>>),
    /// The draft is safe on disk.
    DraftSaved(&'static str),
    /// The file's content is kept.
    Staged(Box<Staged>),
    /// The task is durable (已保存).
    Logged(Ack),
    /// The plan is durable.
    Planned(RecordId),
    /// The correction, annulment, step or statement about this task is durable.
    Recorded(RecordId),
    /// The file is written, with so many tasks; or why it is not, in the officer's words.
    Exported(Box<Job>, Result<u64, String>),
    /// The ledger refused, or could not.
    Failed(Failure),
    /// A fault of the program stopped an effect; what it was about may not have happened.
    Panicked,
}

/// What failed, and why.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What was asked.
    pub ask: Ask,
    /// Why not.
    pub error: Arc<LedgerError>,
}
