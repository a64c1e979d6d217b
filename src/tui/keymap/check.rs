//! Whether a keymap does what its author wanted.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command::{Command, Scope};
use crate::keymap::file::{Layer, Located, shown};
use crate::keymap::{Keymap, Mistake, MistakeKind};

/// Reads and checks a user's keymap file, as `auxlog keys check` does.
///
/// # Errors
/// When the file can't be read.
pub fn check_file(path: &Path) -> std::io::Result<(Keymap, Vec<Mistake>)> {
    let source = std::fs::read_to_string(path)?;
    Ok(Keymap::read(&source, &path.display().to_string()))
}

/// Conflicts within `layer`, keys shadowed by shorter ones, commands left without a key that
/// works while an input method is on. `keymap` is what came of putting the layer over its preset.
pub(super) fn check(keymap: &Keymap, layer: &Layer, file: &str) -> Vec<Mistake> {
    let mut mistakes = conflicts(layer, file);
    mistakes.extend(shadows(keymap, layer, file));
    mistakes.extend(unsafe_commands(keymap, layer, file));
    mistakes.extend(hidden(keymap, layer, file));
    mistakes.extend(unreachable(keymap, layer, file));
    mistakes
}

/// The commands that must have a key of their own that works while an input method is on: they
/// lead to all others, which the palette and the help page run.
pub(super) const ESSENTIAL: [Command; 11] = [
    Command::Palette,
    Command::Help,
    Command::Back,
    Command::Lock,
    Command::ListOpen,
    Command::ListUp,
    Command::ListDown,
    Command::ListSearch,
    Command::FormNext,
    Command::FormPrevious,
    Command::FormActivate,
];

/// Whether a command can be run while an input method is on by a key of its own.
pub(super) fn has_safe_key(keymap: &Keymap, command: Command) -> bool {
    keymap.bindings_of(command).iter().any(|binding| binding.is_ime_safe())
}

/// Keys that the layer binds in one scope while the command that has them everywhere is left
/// without another.
fn hidden(keymap: &Keymap, layer: &Layer, file: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for located in layer.bind.iter().filter(|located| located.scope != Scope::Global) {
        let taken = &located.binding.keys;
        let everywhere = keymap.in_scope(Scope::Global).iter().find(|binding| binding.keys == *taken);
        let Some(hidden) = everywhere.map(|binding| binding.command) else { continue };
        let another = keymap.bindings_of(hidden).iter().any(|other| other.keys != *taken && other.is_ime_safe());
        if !another {
            let kind = MistakeKind::Hides { keys: shown(taken), scope: located.scope, hidden };
            mistakes.push(Mistake::new(file, located.line, kind));
        }
    }
    mistakes
}

fn unreachable(keymap: &Keymap, layer: &Layer, file: &str) -> Vec<Mistake> {
    let lost: Vec<Command> = ESSENTIAL.into_iter().filter(|command| !has_safe_key(keymap, *command)).collect();
    if lost.is_empty() {
        return Vec::new();
    }
    let preset = layer.extends.unwrap_or_default().keymap();
    let place = |command: Command| {
        let before = preset.bindings_of(command);
        let had = |keys: &[crate::key::Key]| before.iter().any(|binding| binding.keys == keys);
        let unbound = layer.unbind.iter().filter(|it| it.scope == command.scope() && had(&it.keys)).map(|it| it.line);
        let taken = layer.bind.iter().filter(|it| it.scope == command.scope() && had(&it.binding.keys));
        unbound.chain(taken.map(|it| it.line)).max().unwrap_or(1)
    };
    let mistake = |command| Mistake::new(file, place(command), MistakeKind::Unreachable { command });
    lost.into_iter().map(mistake).collect()
}

fn conflicts(layer: &Layer, file: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (at, later) in layer.bind.iter().enumerate() {
        let same = |earlier: &&Located| earlier.scope == later.scope && earlier.binding.keys == later.binding.keys;
        if let Some(earlier) = layer.bind.iter().take(at).find(same) {
            let kind = MistakeKind::Conflict {
                keys: later.binding.shown(),
                first: earlier.binding.command,
                second: later.binding.command,
            };
            mistakes.push(Mistake::new(file, later.line, kind));
        }
    }
    mistakes
}

fn shadows(keymap: &Keymap, layer: &Layer, file: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for located in &layer.bind {
        for other in keymap.in_scope(located.scope) {
            let mut pair = [&other.keys, &located.binding.keys];
            pair.sort_by_key(|keys| keys.len());
            let [short, long] = pair;
            if short.len() < long.len() && long.starts_with(short) {
                let kind = MistakeKind::Shadowed { keys: shown(long), by: shown(short) };
                mistakes.push(Mistake::new(file, located.line, kind));
            }
        }
    }
    mistakes
}

fn unsafe_commands(keymap: &Keymap, layer: &Layer, file: &str) -> Vec<Mistake> {
    let mut seen = BTreeSet::new();
    let mut mistakes = Vec::new();
    for located in &layer.bind {
        let command = located.binding.command;
        let bindings = keymap.bindings_of(command);
        if seen.insert(command) && !bindings.is_empty() && !bindings.iter().any(|binding| binding.is_ime_safe()) {
            let keys = bindings.iter().map(|binding| binding.shown()).collect::<Vec<_>>().join(", ");
            mistakes.push(Mistake::new(file, located.line, MistakeKind::NotImeSafe { command, keys }));
        }
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use auxlog_law::Lang;

    use super::*;

    fn said(source: &str) -> Vec<String> {
        let words = crate::words::load(Lang::En);
        Keymap::read(source, "keys.toml").1.iter().map(|mistake| mistake.describe(&words)).collect()
    }

    #[test]
    fn each_fault_is_reported_with_its_line() {
        let base = "extends = \"default\"\n";
        let cases = [
            ("extends = \"defalt\"\n".to_owned(), 1, "default"),
            (format!("{base}\n[globl]\nbind = []\n"), 3, "global"),
            (format!("{base}[global]\nbind = [{{ on = \"F2\", run = \"go.todya\" }}]\n"), 3, "go.today"),
            (format!("{base}[list]\nbind = [{{ on = \"F2\", run = \"go.today\" }}]\n"), 3, "global"),
            (format!("{base}[global]\nbind = [\n  {{ on = \"F22\", run = \"help\" }},\n]\n"), 4, "F22"),
            (format!("{base}[global]\nunbind = [\"F11\"]\n"), 3, "F11"),
            (
                format!(
                    "{base}[global]\nbind = [\n{{ on = \"F2\", run = \"help\" }},\n{{ on = \"F2\", run = \"lock\" }},\n]\n"
                ),
                5,
                "lock",
            ),
            (
                format!(
                    "{base}[list]\nbind = [\n{{ on = \"g\", run = \"list.first\" }},\n{{ on = \"g g\", run = \"list.last\" }},\n]\n"
                ),
                4,
                "g g",
            ),
            ("[global]\nbind = [{ on = \"q\", run = \"quit\" }]\n".to_owned(), 2, "quit"),
            ("[global\n".to_owned(), 1, ""),
            (format!("{base}[global]\nunbind = [\n\"F9\",\n]\n"), 4, "palette"),
            (format!("{base}[form]\nbind = [\n{{ on = \"Esc\", run = \"form.next\" }},\n]\n"), 4, "back"),
        ];
        for (source, line, holds) in cases {
            let said = said(&source);
            let found =
                said.iter().any(|said| said.starts_with(&format!("keys.toml:{line}: ")) && said.contains(holds));
            assert!(found, "{source}\n{said:#?}");
        }
    }

    #[test]
    fn a_file_that_is_not_toml_leaves_the_usual_keys() {
        let (keymap, mistakes) = Keymap::read("[global\n", "keys.toml");
        assert!(mistakes[0].is_error());
        assert!(!keymap.in_scope(crate::command::Scope::Global).is_empty());
    }
}
