//! Named things that an officer keeps for themselves: templates of the log form, views of the list.
//! They lie sealed beside their drafts, a shelf for each screen.

use std::collections::BTreeMap;

use auxlog_store::Draft;

use crate::canvas::{Canvas, Hit, centred};
use crate::command::Command;
use crate::effect::{Answer, Ask};
use crate::event::Input;
use crate::shared::Cx;
use crate::widgets::{Asked, Prompt};
use crate::widgets::{Entry, Picked, Picker};
use crate::words::{Words, say};

/// What is kept under names.
#[derive(Debug, Default)]
pub struct Shelf {
    /// `None` until it was read: then nothing may be kept, or what is there would be lost.
    kept: Option<BTreeMap<String, String>>,
}

impl Shelf {
    /// Asks for what is kept in the shelf called `name`.
    pub fn load(&self, name: &'static str, cx: &mut Cx) {
        if self.kept.is_none() {
            cx.ask(Ask::LoadDraft(name));
        }
    }

    /// Takes in what the ledger answers about the shelf called `name`; whether it did.
    pub fn answer(&mut self, name: &'static str, answer: &Answer) -> bool {
        let Answer::Draft(form, draft) = answer else { return false };
        if *form != name || self.kept.is_some() {
            return false;
        }
        self.kept = Some(draft.as_ref().map(|draft| draft.state.clone()).unwrap_or_default());
        true
    }

    /// Whether it was read.
    pub fn is_loaded(&self) -> bool {
        self.kept.is_some()
    }

    /// What is kept under a name.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.kept.as_ref()?.get(key).map(String::as_str)
    }

    /// Everything, in the order of names.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.kept.iter().flatten().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Keeps `value` under `key`, or takes away what is kept there.
    pub fn put(&mut self, name: &'static str, key: &str, value: Option<String>, cx: &mut Cx) {
        let Some(kept) = &mut self.kept else { return };
        match value {
            Some(value) => drop(kept.insert(key.to_owned(), value)),
            None => drop(kept.remove(key)),
        }
        let draft = Draft { state: kept.clone(), ..Draft::default() };
        cx.ask(Ask::SaveDraft(name, Box::new(draft)));
    }
}

/// The words of a shelf's popups.
#[derive(Debug, Clone)]
pub struct Labels {
    /// The title.
    pub title: String,
    /// Keep what is there now.
    pub keep: String,
    /// Asks for a name.
    pub name: String,
    /// Take something away.
    pub take_away: String,
}

/// A popup over a shelf: take something, keep something, take something away.
#[derive(Debug)]
pub enum Browser {
    /// Choosing.
    Choosing(Picker<String>, Labels, Vec<Offer>),
    /// Naming what is to be kept.
    Naming(Prompt),
    /// Choosing what goes.
    Dropping(Picker<String>),
}

/// Something to take: what it is called, what it is, and whether the officer kept it themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// What it amounts to, in a line.
    pub gist: String,
    /// Whether it can be taken away.
    pub own: bool,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Still choosing.
    None,
    /// Nothing.
    Left,
    /// What is kept under this name.
    Take(String),
    /// To keep what is there under this name.
    Keep(String),
    /// To take away what is kept under this name.
    Drop(String),
    /// A name was to be given and none was.
    Unnamed,
}

/// Stand for the two other choices; no name can be a control character.
const KEEP: &str = "\u{1}";
const DROP: &str = "\u{2}";

impl Browser {
    /// Over these offers; `may_keep` says whether there is anything to keep.
    pub fn open(labels: Labels, offers: Vec<Offer>, may_keep: bool) -> Self {
        let mut entries: Vec<Entry<String>> =
            offers.iter().map(|offer| Entry::new(offer.name.clone(), &*offer.name, &*offer.gist, "")).collect();
        if may_keep {
            entries.push(Entry::new(KEEP.to_owned(), &*labels.keep, "", ""));
        }
        if offers.iter().any(|offer| offer.own) {
            entries.push(Entry::new(DROP.to_owned(), &*labels.take_away, "", ""));
        }
        Self::Choosing(Picker::one(labels.title.clone(), entries), labels, offers)
    }

    /// Handles a key or text; whether it was taken.
    pub fn input(&mut self, input: &Input) -> bool {
        match self {
            Self::Choosing(picker, ..) | Self::Dropping(picker) => picker.input(input),
            Self::Naming(prompt) => prompt.input(input),
        }
    }

    /// Runs a command.
    pub fn run(&mut self, command: Command) -> Wish {
        match self {
            Self::Choosing(picker, ..) | Self::Dropping(picker) => {
                let outcome = picker.run(command);
                self.picked(outcome)
            }
            Self::Naming(prompt) => match prompt.run(command) {
                Asked::Open => Wish::None,
                Asked::Empty => Wish::Unnamed,
                Asked::Cancelled => Wish::Left,
                Asked::Given(name) => Wish::Keep(name.replace('\n', " ")),
            },
        }
    }

    /// A line was clicked.
    pub fn click(&mut self, hit: Hit) -> Wish {
        match self {
            Self::Choosing(picker, ..) | Self::Dropping(picker) => {
                let outcome = picker.click(hit);
                self.picked(outcome)
            }
            Self::Naming(_) => Wish::None,
        }
    }

    fn picked(&mut self, picked: Picked<String>) -> Wish {
        let chosen = match picked {
            Picked::Open => return Wish::None,
            Picked::Cancelled => return Wish::Left,
            Picked::Chosen(chosen) => chosen.into_iter().next(),
        };
        let Some(chosen) = chosen else { return Wish::Left };
        match (&*self, chosen.as_str()) {
            (Self::Choosing(_, labels, _), KEEP) => {
                *self = Self::Naming(Prompt::new(labels.keep.clone(), labels.name.clone()));
                Wish::None
            }
            (Self::Choosing(_, labels, offers), DROP) => {
                let own = offers.iter().filter(|offer| offer.own);
                let entries = own.map(|offer| Entry::new(offer.name.clone(), &*offer.name, &*offer.gist, ""));
                *self = Self::Dropping(Picker::one(labels.take_away.clone(), entries.collect()));
                Wish::None
            }
            (Self::Dropping(_), _) => Wish::Drop(chosen),
            _ => Wish::Take(chosen),
        }
    }

    /// Draws it over `area`; it owns the caret.
    pub fn view(&self, words: &Words, canvas: &mut Canvas, area: ratatui::layout::Rect) {
        match self {
            Self::Choosing(picker, ..) | Self::Dropping(picker) => {
                picker.view(words, canvas, centred(area, 76, 16), &say!(words, "shelf-hint"));
            }
            Self::Naming(prompt) => prompt.view(canvas, centred(area, 70, 5), &say!(words, "prompt-hint")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser() -> Browser {
        let labels =
            Labels {
                title: "模板".into(), keep: "存为模板".into(), name: "名称".into(), take_away: "删除模板".into()
            };
        let offer = |name: &str, own| Offer { name: name.into(), gist: String::new(), own };
        Browser::open(labels, vec![offer("早市巡查", true), offer("今天", false)], true)
    }

    #[test]
    fn what_is_kept_is_found_by_its_initials_and_taken() {
        let mut browser = browser();
        browser.input(&Input::Text("zsxc".into()));
        assert_eq!(browser.run(Command::ListOpen), Wish::Take("早市巡查".into()));
    }

    #[test]
    fn keeping_asks_for_a_name_first() {
        let mut browser = browser();
        browser.input(&Input::Text("存为".into()));
        assert_eq!(browser.run(Command::ListOpen), Wish::None);
        assert_eq!(browser.run(Command::FormActivate), Wish::Unnamed);
        browser.input(&Input::Text("夜市".into()));
        assert_eq!(browser.run(Command::FormActivate), Wish::Keep("夜市".into()));
    }

    #[test]
    fn only_what_the_officer_kept_himself_can_be_taken_away() {
        let mut browser = browser();
        browser.input(&Input::Text("删除".into()));
        assert_eq!(browser.run(Command::ListOpen), Wish::None);
        let Browser::Dropping(picker) = &browser else { panic!("nothing is chosen to go") };
        assert_eq!(picker.selected().map(|entry| entry.label.as_str()), Some("早市巡查"));
        assert_eq!(browser.run(Command::ListOpen), Wish::Drop("早市巡查".into()));
    }
}
