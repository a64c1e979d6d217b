//! What can be wrong with a keymap file.

use std::fmt;

use crate::command::{Command, Scope};
use crate::words::{Words, say};

/// Something wrong with a keymap file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file's name.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What.
    pub kind: MistakeKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MistakeKind {
    /// Not TOML, or not of the form of a keymap.
    Syntax {
        /// As the TOML reader puts it.
        message: String,
    },
    /// `extends` names no preset.
    UnknownPreset {
        /// As written.
        name: String,
        /// The preset probably meant.
        meant: Option<String>,
    },
    /// A table that is no scope.
    UnknownScope {
        /// As written.
        name: String,
        /// The scope probably meant.
        meant: Option<String>,
    },
    /// `run` names no command.
    UnknownCommand {
        /// As written.
        name: String,
        /// The command probably meant.
        meant: Option<String>,
    },
    /// The command belongs to another scope's table.
    WrongScope {
        /// The command.
        name: String,
        /// Where it stands.
        scope: Scope,
        /// Where it belongs.
        belongs: Scope,
    },
    /// `on` names no key.
    UnknownKey {
        /// As written.
        name: String,
    },
    /// Unbinds what is not bound.
    NotBound {
        /// The keys.
        keys: String,
        /// Where.
        scope: Scope,
    },
    /// The same keys run two commands of one scope.
    Conflict {
        /// The keys.
        keys: String,
        /// The command that wins.
        first: Command,
        /// The command that loses.
        second: Command,
    },
    /// Keys that can't be reached, since shorter ones already run something.
    Shadowed {
        /// The keys.
        keys: String,
        /// The shorter keys.
        by: String,
    },
    /// The keys run another command where this one's would be meant, and it has no other way.
    Hides {
        /// The keys.
        keys: String,
        /// The scope of the command that takes them.
        scope: Scope,
        /// The command that can't be reached there.
        hidden: Command,
    },
    /// What leads to everything else is left without a key that works while an input method is on.
    Unreachable {
        /// The command.
        command: Command,
    },
    /// Every key of the command is dead while a Chinese input method is on.
    NotImeSafe {
        /// The command.
        command: Command,
        /// The keys.
        keys: String,
    },
}

impl Mistake {
    pub(super) fn new(file: &str, line: usize, kind: MistakeKind) -> Self {
        Self { file: file.to_owned(), line, kind }
    }

    /// Whether the keymap does not do what its author wanted; else it is a warning.
    pub fn is_error(&self) -> bool {
        !matches!(self.kind, MistakeKind::NotImeSafe { .. } | MistakeKind::Hides { .. })
    }

    /// Where it is, what is wrong and what to do, in a sentence.
    pub fn describe(&self, words: &Words) -> String {
        let mut said = match &self.kind {
            MistakeKind::Syntax { message } => {
                say!(words, "keymap-syntax", message = words.terms().toml_fault(message))
            }
            MistakeKind::UnknownPreset { name, .. } => say!(words, "keymap-unknown-preset", name = name.as_str()),
            MistakeKind::UnknownScope { name, .. } => say!(words, "keymap-unknown-scope", name = name.as_str()),
            MistakeKind::UnknownCommand { name, .. } => say!(words, "keymap-unknown-command", name = name.as_str()),
            MistakeKind::WrongScope { name, scope, belongs } => {
                say!(words, "keymap-wrong-scope", name = name.as_str(), scope = scope.id(), belongs = belongs.id())
            }
            MistakeKind::UnknownKey { name } => say!(words, "keymap-unknown-key", name = name.as_str()),
            MistakeKind::NotBound { keys, scope } => {
                say!(words, "keymap-not-bound", keys = keys.as_str(), scope = scope.id())
            }
            MistakeKind::Conflict { keys, first, second } => {
                say!(words, "keymap-conflict", keys = keys.as_str(), first = first.id(), second = second.id())
            }
            MistakeKind::Shadowed { keys, by } => {
                say!(words, "keymap-shadowed", keys = keys.as_str(), by = by.as_str())
            }
            MistakeKind::Hides { keys, scope, hidden } => {
                say!(words, "keymap-hides", keys = keys.as_str(), scope = scope.id(), hidden = hidden.id())
            }
            MistakeKind::Unreachable { command } => say!(words, "keymap-unreachable", command = command.id()),
            MistakeKind::NotImeSafe { command, keys } => {
                say!(words, "keymap-not-ime-safe", command = command.id(), keys = keys.as_str())
            }
        };
        if let MistakeKind::UnknownPreset { meant: Some(meant), .. }
        | MistakeKind::UnknownScope { meant: Some(meant), .. }
        | MistakeKind::UnknownCommand { meant: Some(meant), .. } = &self.kind
        {
            said.push_str(&say!(words, "keymap-did-you-mean", meant = meant.as_str()));
        }
        format!("{self}: {said}")
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The known name nearest to `name`, when it is near enough to have been meant.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let (distance, near) = known.into_iter().map(|known| (distance(name, known), known)).min()?;
    (distance <= 1 + name.chars().count() / 3).then(|| near.to_owned())
}

/// Insertions, deletions and replacements between two names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
