//! What lies in front of a register and has the keys.

use ratatui::layout::Rect;

use super::Did;
use crate::canvas::{Canvas, Hit, centred};
use crate::command::{Command, Scope};
use crate::event::Input;
use crate::screen::Target;
use crate::shared::{Cx, Shared, Tone};
use crate::widgets::{Asked, Picked, Picker, Prompt};
use crate::words::say;

/// Words to be written, or something to choose. A wish says what for.
#[derive(Debug)]
pub struct Front<W> {
    what: What<W>,
    /// Columns and rows, where there is room.
    size: (u16, u16),
}

#[derive(Debug)]
enum What<W> {
    /// Words for a wish; what is said while there are none.
    Words(Prompt, W, String),
    /// One of several wishes, and what stands in the empty search field.
    Choice(Picker<W>, String),
    /// A provision to read.
    Cite(Picker<String>),
}

impl<W: Clone + PartialEq> Front<W> {
    /// Asks for words; `lacking` is said when Enter finds none.
    pub fn words(prompt: Prompt, wish: W, lacking: String, size: (u16, u16)) -> Self {
        Self { what: What::Words(prompt, wish, lacking), size }
    }

    /// Asks for a choice; `hint` stands in the empty search field.
    pub fn choice(picker: Picker<W>, hint: String, size: (u16, u16)) -> Self {
        Self { what: What::Choice(picker, hint), size }
    }

    pub(super) fn cite(picker: Picker<String>) -> Self {
        Self { what: What::Cite(picker), size: (76, 14) }
    }

    pub(super) fn scopes(&self) -> &'static [Scope] {
        if matches!(self.what, What::Words(..)) { &[Scope::Form] } else { &[Scope::List] }
    }

    /// Handles a key or text; whether it was taken.
    pub fn input(&mut self, input: &Input) -> bool {
        match &mut self.what {
            What::Words(prompt, ..) => prompt.input(input),
            What::Choice(picker, _) => picker.input(input),
            What::Cite(picker) => picker.input(input),
        }
    }

    /// Runs a command; what came of it, once it is done with.
    pub fn run(&mut self, command: Command, cx: &mut Cx) -> Option<Did<W>> {
        match &mut self.what {
            What::Words(prompt, wish, lacking) => match prompt.run(command) {
                Asked::Open => None,
                Asked::Cancelled => Some(Did::Taken),
                Asked::Empty => {
                    cx.notify(Tone::Failed, lacking.clone());
                    None
                }
                Asked::Given(words) => Some(Did::Written(wish.clone(), words)),
            },
            What::Choice(picker, _) => chosen(picker.run(command), Did::Chosen),
            What::Cite(picker) => chosen(picker.run(command), |cite| read(cite, cx)),
        }
    }

    pub(super) fn click(&mut self, hit: Hit, cx: &mut Cx) -> Option<Did<W>> {
        match &mut self.what {
            What::Words(..) => None,
            What::Choice(picker, _) => chosen(picker.click(hit), Did::Chosen),
            What::Cite(picker) => chosen(picker.click(hit), |cite| read(cite, cx)),
        }
    }

    /// Draws it over `area`.
    pub fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let (words, place) = (&shared.words, centred(area, self.size.0, self.size.1));
        match &self.what {
            What::Words(prompt, ..) => prompt.view(canvas, place, &say!(words, "prompt-hint")),
            What::Choice(picker, hint) => picker.view(words, canvas, place, hint),
            What::Cite(picker) => picker.view(words, canvas, place, &say!(words, "cites-hint")),
        }
    }
}

fn chosen<T, W>(picked: Picked<T>, then: impl FnOnce(T) -> Did<W>) -> Option<Did<W>> {
    match picked {
        Picked::Open => None,
        Picked::Cancelled => Some(Did::Taken),
        Picked::Chosen(all) => Some(all.into_iter().next().map_or(Did::Taken, then)),
    }
}

fn read<W>(cite: String, cx: &mut Cx) -> Did<W> {
    cx.go(Target::Provision(cite));
    Did::Taken
}
