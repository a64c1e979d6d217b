//! How a command ends: its exit code and, where it failed, the words for it.

use std::process::ExitCode;

/// Exit codes that scripts may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done; for `check`, all permitted; for `verify`, whole.
    Done = 0,
    /// Done, and something was found: a task not permitted, a record not whole, a sync not complete.
    Found = 1,
    /// Bad input or usage.
    Usage = 2,
    /// Enrolment awaits approval, or the store is locked (a wrong or missing passphrase).
    Locked = 3,
    /// Another instance is writing.
    Busy = 4,
    /// The server cannot be reached.
    Unreachable = 5,
    /// The store is damaged.
    Damaged = 6,
    /// This key is revoked or frozen.
    ShutOut = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that could not do its work, in the reader's language.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What is wrong, where, and what to do; empty where nobody is left to read it.
    pub(crate) message: String,
    /// Whether the message has lines of its own.
    pub(crate) of_lines: bool,
}

impl Failure {
    /// A failure with `exit` and `message`.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), of_lines: false }
    }

    /// Bad input or usage, told in several lines.
    pub(crate) fn usage_lines(message: impl Into<String>) -> Self {
        Self { of_lines: true, ..Self::usage(message) }
    }

    /// Bad input or usage.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }
}

/// What a command gives back.
pub(crate) type Outcome = Result<Exit, Failure>;
