//! The law (法规): the regulation's articles, the duties it names, the laws above it, and the rows
//! of the decision table; searched by number, words and pinyin.

mod duty;
mod part;
mod view;

use auxlog_law::Rulebook;
use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::{Command, Scope};
use crate::event::Input;
use crate::remembered::Remembered;
use crate::screen::{Screen, Target};
use crate::shared::{Cx, Shared};
use crate::widgets::{Field, List};

use part::Part;

/// The screen's state.
#[derive(Debug, Default)]
pub struct Law {
    part: Part,
    search: Field,
    /// Whether the search field has the focus; else the list.
    searching: bool,
    /// What is found in the part shown, as places in the rulebook's lists.
    found: Vec<usize>,
    list: List,
    /// Lines of the text that are scrolled away.
    scroll: usize,
    /// The item jumped to, by its cite; marked in the text.
    item: Option<String>,
}

impl Law {
    fn find(&mut self, rulebook: &Rulebook) {
        self.found = self.part.find(rulebook, self.search.text());
        self.list = List::new(self.found.len());
        self.scroll = 0;
        // An item asked for by its number is marked in its article.
        let typed = self.search.text().trim();
        let item = rulebook.provision(typed).filter(|provision| provision.item.is_some());
        self.item = item.map(|provision| provision.cite.clone());
    }

    fn show_part(&mut self, part: Part, rulebook: &Rulebook) {
        self.part = part;
        self.find(rulebook);
    }

    /// Shows the article that holds `cite`, whatever was searched before.
    fn jump(&mut self, cite: &str, rulebook: &Rulebook) {
        self.search.set("");
        self.searching = false;
        if let Some(provision) = rulebook.provision(cite) {
            self.show_part(if provision.law.is_empty() { Part::Regulation } else { Part::Above }, rulebook);
            let same = |place: &usize| {
                rulebook.provisions().get(*place).is_some_and(|other| {
                    other.law == provision.law && other.article == provision.article && other.item.is_none()
                })
            };
            let place = self.found.iter().position(same);
            self.list.select(place.unwrap_or(0));
            self.item = provision.item.is_some().then(|| cite.to_owned());
        } else if let Some(place) = rulebook.rows().iter().position(|row| row.id == cite) {
            self.show_part(Part::Rules, rulebook);
            self.list.select(place);
        }
    }

    fn moved(&mut self) {
        self.scroll = 0;
        self.item = None;
    }
}

impl Screen for Law {
    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Law, Scope::List]
    }

    fn editing(&self) -> bool {
        self.searching
    }

    fn input(&mut self, input: &Input, cx: &mut Cx) -> bool {
        let taken = self.search.input(input);
        if taken {
            self.find(cx.words().rulebook());
        }
        taken
    }

    fn run(&mut self, command: Command, cx: &mut Cx) -> bool {
        match command {
            Command::LawPart => self.show_part(self.part.next(), cx.words().rulebook()),
            Command::ListSearch => self.searching = true,
            Command::ListOpen => self.searching = false,
            Command::ListPageDown => self.scroll += view::SCROLL,
            Command::ListPageUp => self.scroll = self.scroll.saturating_sub(view::SCROLL),
            Command::Back if self.searching || !self.search.text().is_empty() => {
                self.searching = false;
                self.search.set("");
                self.find(cx.words().rulebook());
            }
            Command::Back => return false,
            command => {
                if self.searching && self.search.run(command) {
                    self.find(cx.words().rulebook());
                } else if self.list.run(command) {
                    self.moved();
                } else {
                    return false;
                }
            }
        }
        true
    }

    fn click(&mut self, hit: Hit, _cx: &mut Cx) {
        if let Hit::Row(row) = hit {
            self.list.select(row);
            self.moved();
        }
    }

    fn shows(&self, target: &Target) -> bool {
        matches!(target, Target::Provision(_))
    }

    fn enter(&mut self, target: &Target, cx: &mut Cx) {
        match target {
            Target::Provision(cite) => self.jump(cite, cx.words().rulebook()),
            _ if self.found.is_empty() => self.find(cx.words().rulebook()),
            _ => {}
        }
    }

    fn remember(&self, kept: &mut Remembered) {
        kept.put("law.part", self.part.name());
        kept.put("law.search", self.search.text());
        kept.put("law.line", self.list.selected().unwrap_or(0).to_string());
    }

    fn restore(&mut self, kept: &Remembered, cx: &mut Cx) {
        self.part = kept.get("law.part").and_then(Part::named).unwrap_or_default();
        self.search.set(kept.get("law.search").unwrap_or_default());
        self.find(cx.words().rulebook());
        self.list.select(kept.number("law.line").unwrap_or(0));
    }

    fn view(&self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        view::view(self, shared, canvas, area);
    }
}

#[cfg(test)]
mod tests;
