//! The palette and the help page: the command table with its keys, searchable; Enter runs.

use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit, centred};
use crate::command::{Command, Scope};
use crate::event::Input;
use crate::model::Model;
use crate::screen::Screen;
use crate::shared::{Cx, Shared};
use crate::theme::Meaning;
use crate::update::{is_enabled, scopes};
use crate::widgets::{Entry, Picked, Picker};
use crate::words::say;

/// A list of commands to choose from.
#[derive(Debug)]
pub struct CommandList {
    picker: Picker<Command>,
    /// The whole screen, as the help page has it; else a popup.
    full: bool,
}

impl CommandList {
    /// Every command that does something now.
    pub fn palette(model: &Model) -> Self {
        let able = Command::ALL.iter().copied().filter(|command| is_enabled(model, *command));
        let entries = able.filter(|command| *command != Command::Palette).map(|command| entry(model, command));
        Self { picker: Picker::one(say!(model.shared.words, "palette-title"), entries.collect()), full: false }
    }

    /// Every command of what has the focus, with what can't be run now marked as such.
    pub fn help(model: &Model) -> Self {
        let front = model.front();
        let here = scopes(front);
        let mut commands: Vec<Command> =
            Command::ALL.iter().copied().filter(|command| here.contains(&command.scope())).collect();
        commands.sort_by_key(|command| here.iter().position(|scope| *scope == command.scope()));
        let entries = commands.into_iter().map(|command| {
            let entry = entry(model, command);
            if is_enabled(model, command) {
                entry
            } else {
                Entry { remark: Some((say!(model.shared.words, "help-not-now"), Meaning::Dim)), ..entry }
            }
        });
        Self { picker: Picker::one(say!(model.shared.words, "help-title"), entries.collect()), full: true }
    }
}

/// A command as a line: name, what it does, all its keys. English ids are found too.
fn entry(model: &Model, command: Command) -> Entry<Command> {
    let words = &model.shared.words;
    let keys: Vec<String> = model.shared.keymap.bindings_of(command).iter().map(|binding| binding.shown()).collect();
    let remark = Some((keys.join("  "), Meaning::Key));
    Entry { remark, ..Entry::new(command, command.name(words), command.doc(words), command.id()) }
}

impl Screen for CommandList {
    fn scopes(&self) -> &'static [Scope] {
        &[Scope::List]
    }

    fn editing(&self) -> bool {
        true
    }

    /// The search field has the focus already.
    fn enabled(&self, command: Command, _shared: &Shared) -> bool {
        command != Command::ListSearch
    }

    fn input(&mut self, input: &Input, _cx: &mut Cx) -> bool {
        self.picker.input(input)
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        if command == Command::Back {
            return false;
        }
        let picked = self.picker.run(command);
        finish(picked, cx);
        true
    }

    fn click(&mut self, hit: Hit, cx: &mut Cx) {
        let picked = self.picker.click(hit);
        finish(picked, cx);
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let area = if self.full { area } else { centred(area, 76, 18) };
        self.picker.view(&shared.words, canvas, area, &say!(shared.words, "palette-placeholder"));
    }
}

fn finish(picked: Picked<Command>, cx: &mut Cx) {
    if let Picked::Chosen(commands) = picked {
        cx.close();
        for command in commands {
            cx.run(command);
        }
    }
}
