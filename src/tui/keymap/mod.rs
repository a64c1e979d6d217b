//! Which keys run which commands: layers of TOML, checked when read.

mod check;
mod file;
mod mistake;

use std::collections::BTreeMap;

use crate::command::{Command, Scope};
use crate::key::Key;

pub use check::check_file;
pub use mistake::{Mistake, MistakeKind};

/// A key or sequence of keys and what it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The keys, one after another.
    pub keys: Vec<Key>,
    /// What they run.
    pub command: Command,
    /// What to call it instead of the command's own name.
    pub desc: Option<String>,
}

impl Binding {
    /// Whether it can be pressed while a Chinese input method is on.
    pub fn is_ime_safe(&self) -> bool {
        self.keys.iter().all(|key| key.is_ime_safe())
    }

    /// The keys, as shown: `Ctrl-S`, `g g`.
    pub fn shown(&self) -> String {
        file::shown(&self.keys)
    }
}

/// What keys pressed so far mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// They run this.
    Run(Command),
    /// They begin something.
    Prefix,
    /// Nothing.
    Nothing,
}

/// A keymap in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {
    bindings: BTreeMap<Scope, Vec<Binding>>,
}

/// A keymap that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// Input-method-safe keys, letters as extras.
    #[default]
    Default,
    /// `hjkl` and sequences on top of it.
    Vim,
    /// One hand, no chords, no letters.
    Accessible,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 3] = [Self::Default, Self::Vim, Self::Accessible];

    /// Its name in keymap files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Vim => "vim",
            Self::Accessible => "accessible",
        }
    }

    /// The preset called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Its file.
    pub fn source(self) -> &'static str {
        match self {
            Self::Default => include_str!("../../../keymaps/default.toml"),
            Self::Vim => include_str!("../../../keymaps/vim.toml"),
            Self::Accessible => include_str!("../../../keymaps/accessible.toml"),
        }
    }

    /// Its keymap.
    pub fn keymap(self) -> Keymap {
        Keymap::read(self.source(), self.name()).0
    }
}

impl Keymap {
    /// Reads a keymap file named `file` (for messages) over the preset that it extends. What is
    /// wrong with it is listed; the rest of it counts.
    pub fn read(source: &str, file: &str) -> (Self, Vec<Mistake>) {
        let (layer, mut mistakes) = file::parse(source, file);
        let mut keymap = layer.extends.map(Preset::keymap).unwrap_or_default();
        mistakes.extend(keymap.merge(&layer, file));
        mistakes.extend(check::check(&keymap, &layer, file));
        mistakes.sort_by_key(|mistake| mistake.line);
        (keymap, mistakes)
    }

    /// Puts a layer over what is there: its unbindings first, then its bindings, which take the
    /// place of others with the same keys.
    fn merge(&mut self, layer: &file::Layer, file: &str) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for unbinding in &layer.unbind {
            let bound = self.bindings.entry(unbinding.scope).or_default();
            let before = bound.len();
            bound.retain(|binding| binding.keys != unbinding.keys);
            if bound.len() == before {
                let kind = MistakeKind::NotBound { keys: file::shown(&unbinding.keys), scope: unbinding.scope };
                mistakes.push(Mistake::new(file, unbinding.line, kind));
            }
        }
        for located in layer.bind.iter().rev() {
            let bound = self.bindings.entry(located.scope).or_default();
            bound.retain(|binding| binding.keys != located.binding.keys);
            bound.insert(0, located.binding.clone());
        }
        mistakes
    }

    /// What `keys` mean where `scopes` (innermost first) have the focus. A command that is not
    /// `enabled` gives way to the scopes behind it.
    pub fn resolve(&self, scopes: &[Scope], keys: &[Key], enabled: impl Fn(Command) -> bool) -> Resolved {
        for scope in scopes {
            let bound = self.in_scope(*scope).iter().filter(|binding| binding.keys.starts_with(keys));
            let able: Vec<_> = bound.filter(|binding| enabled(binding.command)).collect();
            if let Some(exact) = able.iter().find(|binding| binding.keys.len() == keys.len()) {
                return Resolved::Run(exact.command);
            }
            if !able.is_empty() {
                return Resolved::Prefix;
            }
        }
        Resolved::Nothing
    }

    /// The bindings of a scope.
    pub fn in_scope(&self, scope: Scope) -> &[Binding] {
        self.bindings.get(&scope).map_or(&[], Vec::as_slice)
    }

    /// The bindings that run `command`, input-method-safe ones first.
    pub fn bindings_of(&self, command: Command) -> Vec<&Binding> {
        let mut found: Vec<_> =
            self.in_scope(command.scope()).iter().filter(|binding| binding.command == command).collect();
        found.sort_by_key(|binding| !binding.is_ime_safe());
        found
    }

    /// The keys to show for `command`.
    pub fn shown(&self, command: Command) -> Option<String> {
        self.bindings_of(command).first().map(|binding| binding.shown())
    }

    /// What can follow `keys`, for the popup on a prefix.
    pub fn following(&self, scopes: &[Scope], keys: &[Key]) -> Vec<&Binding> {
        let all = scopes.iter().flat_map(|scope| self.in_scope(*scope));
        all.filter(|binding| binding.keys.starts_with(keys) && binding.keys.len() > keys.len()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        text.split(' ').map(|key| key.parse().unwrap()).collect()
    }

    #[test]
    fn the_presets_are_without_fault() {
        for preset in Preset::ALL {
            let (_, mistakes) = Keymap::read(preset.source(), preset.name());
            assert_eq!(mistakes, [], "{}", preset.name());
        }
    }

    #[test]
    fn what_leads_to_every_command_has_an_input_method_safe_key_in_every_preset() {
        for preset in Preset::ALL {
            let screens = crate::screens::ScreenId::all().map(crate::screens::ScreenId::command);
            // Terminals and input methods leave no function key for it: there the palette leads to it.
            let palette_leads = |command: &Command| preset == Preset::Accessible && *command == Command::GoPlan;
            let screens = screens.filter(|command| !palette_leads(command));
            for command in check::ESSENTIAL.into_iter().chain(screens) {
                assert!(check::has_safe_key(&preset.keymap(), command), "{} in {}", command.id(), preset.name());
            }
        }
    }

    #[test]
    fn the_accessible_keymap_has_no_chords_and_no_letters() {
        let keymap = Preset::Accessible.keymap();
        for command in Command::ALL {
            for binding in keymap.bindings_of(*command) {
                let plain = binding.keys.iter().all(|key| key.modifiers.is_empty() && key.typed().is_none());
                assert!(plain && binding.keys.len() == 1, "{} on {}", command.id(), binding.shown());
            }
        }
    }

    #[test]
    fn a_users_file_prepends_and_unbinds() {
        let (keymap, mistakes) = Keymap::read(
            "extends = \"default\"\n[global]\nunbind = [\"Ctrl-T\"]\nbind = [{ on = \"F2\", run = \"go.tasks\" }]\n",
            "mine.toml",
        );
        assert_eq!(mistakes, []);
        let run = |text: &str| keymap.resolve(&[Scope::Global], &keys(text), |_| true);
        assert_eq!(run("F2"), Resolved::Run(Command::GoTasks));
        assert_eq!(run("Ctrl-T"), Resolved::Nothing);
        assert_eq!(run("F7"), Resolved::Run(Command::GoLaw));
    }

    #[test]
    fn a_sequence_waits_for_its_end() {
        let keymap = Preset::Vim.keymap();
        let scopes = [Scope::List, Scope::Global];
        let run = |text: &str| keymap.resolve(&scopes, &keys(text), |_| true);
        assert_eq!(run("g"), Resolved::Prefix);
        assert_eq!(run("g g"), Resolved::Run(Command::ListFirst));
        assert_eq!(run("g r"), Resolved::Run(Command::GoReview));
        assert_eq!(run("g q"), Resolved::Nothing);
        assert!(keymap.following(&scopes, &keys("g")).len() > 5);
    }

    #[test]
    fn a_disabled_command_gives_way_to_the_scope_behind() {
        let source = "extends = \"default\"\n[law]\nbind = [{ on = \"F2\", run = \"law.part\" }]\n";
        let (keymap, _) = Keymap::read(source, "mine.toml");
        let run = |able: bool| {
            keymap.resolve(&[Scope::Law, Scope::Global], &keys("F2"), |command| able || command != Command::LawPart)
        };
        assert_eq!(run(true), Resolved::Run(Command::LawPart));
        assert_eq!(run(false), Resolved::Run(Command::GoToday));
    }
}
