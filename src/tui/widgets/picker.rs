//! Choosing from a list by typing: characters, pinyin, initials, codes.

mod tree;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::command::Command;
use crate::event::Input;
use crate::search::{Needle, folded};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Cell, Column, Field, List, table};
use crate::words::{Words, say};

/// Something to choose.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// What it is.
    pub value: T,
    /// Its name; found by characters and by sound.
    pub label: String,
    /// What stands beside it; found too.
    pub detail: String,
    /// Other words it is found by: numbers, codes, a reading of the name.
    pub keys: String,
    /// A remark at the right, and what it means (a certificate that has run out, say).
    pub remark: Option<(String, Meaning)>,
    /// How deep it lies in a tree: below the nearest entry before it that lies less deep.
    pub depth: u8,
    /// Whether it may be chosen; a heading of a tree may not.
    pub choosable: bool,
    /// Whether it stands back: choosing it only tells why not.
    pub faint: bool,
}

impl<T> Entry<T> {
    /// An entry without a remark.
    pub fn new(value: T, label: impl Into<String>, detail: impl Into<String>, keys: impl Into<String>) -> Self {
        Self {
            value,
            label: label.into(),
            detail: detail.into(),
            keys: keys.into(),
            remark: None,
            depth: 0,
            choosable: true,
            faint: false,
        }
    }

    /// The same, so deep in a tree.
    #[must_use]
    pub fn at_depth(self, depth: u8) -> Self {
        Self { depth, ..self }
    }

    /// A heading of a tree.
    #[must_use]
    pub fn heading(self) -> Self {
        Self { choosable: false, ..self }
    }
}

/// Finds the places of entries by what is typed, best first: for a list too long to be looked
/// through at each key.
#[derive(Clone)]
pub struct Finder(Arc<Find>);

type Find = dyn Fn(&str) -> Vec<usize> + Send + Sync;

impl Finder {
    /// Finds by `find`.
    pub fn new(find: impl Fn(&str) -> Vec<usize> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }
}

impl std::fmt::Debug for Finder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finder")
    }
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Picked<T> {
    /// Still choosing.
    Open,
    /// These were chosen; one, unless several may be.
    Chosen(Vec<T>),
    /// It was left.
    Cancelled,
}

/// A popup in which one or several of the entries are chosen.
///
/// Typing narrows the list, arrows move, Enter chooses ([`Command::ListOpen`]), Esc leaves
/// ([`Command::Back`]). Where several may be chosen, Tab ([`Command::FormNext`]) marks one and
/// Enter takes the marked ones, and the selected one if it was typed or none is marked.
///
/// Entries of different depth make a tree as long as nothing is typed: Enter or Right opens a
/// branch, Left closes it or goes to the one above. What is typed is looked for in all of them.
#[derive(Debug, Clone)]
pub struct Picker<T> {
    title: String,
    entries: Vec<Entry<T>>,
    field: Field,
    list: List,
    /// Places in `entries` of what is found, best first.
    found: Vec<usize>,
    /// Places in `entries` of what is marked, in the order of marking.
    marked: Vec<usize>,
    several: bool,
    /// What `found` was found by.
    searched: String,
    /// Finds instead of a look at each entry.
    finder: Option<Finder>,
    /// Places in `entries` of the branches that are open.
    open: BTreeSet<usize>,
    widest: Widest,
}

/// What the entries need, in columns and levels; measured once, for a city's roster is long.
#[derive(Debug, Clone, Copy)]
struct Widest {
    label: u16,
    remark: u16,
    depth: u16,
}

impl Widest {
    fn of<T>(entries: &[Entry<T>]) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = &str>| {
            u16::try_from(texts.map(text::width).max().unwrap_or(0)).unwrap_or(u16::MAX)
        };
        let label = widest(&mut entries.iter().map(|entry| entry.label.as_str()));
        // Hundreds have the same remark one after another.
        let mut remarks: Vec<&str> =
            entries.iter().filter_map(|entry| Some(entry.remark.as_ref()?.0.as_str())).collect();
        remarks.dedup();
        let remark = widest(&mut remarks.into_iter());
        Self { label, remark, depth: u16::from(entries.iter().map(|entry| entry.depth).max().unwrap_or(0)) }
    }
}

impl<T: Clone + PartialEq> Picker<T> {
    /// A picker of one entry.
    pub fn one(title: impl Into<String>, entries: Vec<Entry<T>>) -> Self {
        let mut picker = Self {
            title: title.into(),
            widest: Widest::of(&entries),
            entries,
            field: Field::new(),
            list: List::default(),
            found: Vec::new(),
            marked: Vec::new(),
            several: false,
            searched: String::new(),
            finder: None,
            open: BTreeSet::new(),
        };
        picker.found = picker.unfolded();
        picker.list = List::new(picker.found.len());
        picker
    }

    /// A picker of several entries, `marked` at first.
    pub fn several(title: impl Into<String>, entries: Vec<Entry<T>>, marked: &[T]) -> Self {
        let mut picker = Self::one(title, entries);
        picker.several = true;
        picker.marked =
            marked.iter().filter_map(|value| picker.entries.iter().position(|entry| entry.value == *value)).collect();
        picker
    }

    /// From now on `finder` finds; what is typed already is looked for again.
    pub fn find_by(&mut self, finder: Finder) {
        self.finder = Some(finder);
        if self.field.text().is_empty() {
            return;
        }
        let selected = self.list.selected().and_then(|row| self.found.get(row)).copied();
        self.search();
        let row = selected.and_then(|place| self.found.iter().position(|found| *found == place));
        self.list.select(row.unwrap_or(0));
    }

    /// What may be chosen, in the order of the list.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|entry| &entry.value)
    }

    /// What a value is called.
    pub fn label_of(&self, value: &T) -> Option<&str> {
        self.entries.iter().find(|entry| entry.value == *value).map(|entry| entry.label.as_str())
    }

    /// What is typed.
    pub fn typed(&self) -> &str {
        self.field.text()
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<&Entry<T>> {
        self.entries.get(*self.found.get(self.list.selected()?)?)
    }

    /// Handles a key or text; whether it was taken.
    pub fn input(&mut self, input: &Input) -> bool {
        if self.unfold(input) {
            return true;
        }
        let taken = self.field.input(input);
        if taken {
            self.search();
        }
        taken
    }

    /// Runs a command.
    pub fn run(&mut self, command: Command) -> Picked<T> {
        match command {
            Command::Back => return Picked::Cancelled,
            Command::ListOpen | Command::FormActivate => return self.choose_or_open(),
            Command::FormNext if self.several => self.mark(),
            command => {
                if self.field.run(command) {
                    self.search();
                } else {
                    self.list.run(command);
                }
            }
        }
        Picked::Open
    }

    /// A line was clicked: it is selected, and chosen when it already was.
    pub fn click(&mut self, hit: Hit) -> Picked<T> {
        match hit {
            Hit::Row(row) if self.several => {
                self.list.select(row);
                self.mark();
                Picked::Open
            }
            Hit::Row(row) if self.list.selected() == Some(row) => self.choose_or_open(),
            Hit::Row(row) => {
                self.list.select(row);
                Picked::Open
            }
            _ => Picked::Open,
        }
    }

    fn choose(&self) -> Picked<T> {
        let mut places = self.marked.clone();
        // A name typed in full and not marked is meant too.
        if let Some(place) = self.list.selected().and_then(|row| self.found.get(row))
            && (places.is_empty() || !self.field.text().is_empty())
            && self.entries.get(*place).is_some_and(|entry| entry.choosable)
            && !places.contains(place)
        {
            places.push(*place);
        }
        let chosen: Vec<T> = places.iter().filter_map(|place| Some(self.entries.get(*place)?.value.clone())).collect();
        if chosen.is_empty() { Picked::Open } else { Picked::Chosen(chosen) }
    }

    fn mark(&mut self) {
        let Some(place) = self.list.selected().and_then(|row| self.found.get(row)).copied() else { return };
        if !self.entries.get(place).is_some_and(|entry| entry.choosable) {
            return;
        }
        if let Some(at) = self.marked.iter().position(|marked| *marked == place) {
            self.marked.remove(at);
        } else {
            self.marked.push(place);
        }
        // The next name is typed at once.
        if !self.field.text().is_empty() {
            self.field.set("");
            self.search();
        }
    }

    fn search(&mut self) {
        let typed = folded(self.field.text());
        if typed.is_empty() {
            self.found = self.unfolded();
            self.list = List::new(self.found.len());
            self.searched.clear();
            return;
        }
        if let Some(Finder(find)) = &self.finder {
            self.found = find(self.field.text());
            self.list = List::new(self.found.len());
            self.searched.clear();
            return;
        }
        let needle = Needle::new(&typed);
        // Hundreds work in the same unit.
        let mut details: HashMap<&str, Option<u8>> = HashMap::new();
        // Whatever fits a longer text fits its beginning too: only what was found before is tried.
        let narrowed = !self.searched.is_empty() && typed.starts_with(&self.searched);
        let pool = if narrowed { std::mem::take(&mut self.found) } else { (0..self.entries.len()).collect() };
        let mut ranked: Vec<(u8, usize)> = pool
            .into_iter()
            .filter_map(|place| Some((place, self.entries.get(place)?)))
            .filter(|(_, entry)| entry.choosable)
            .filter_map(|(place, entry)| {
                // A name counts before what stands beside it.
                let name = needle.rank(&entry.label);
                let rest = || {
                    let detail = *details.entry(&entry.detail).or_insert_with(|| needle.rank(&entry.detail));
                    needle.rank_any(entry.keys.split(' ')).into_iter().chain(detail).min().map(|rank| rank + 5)
                };
                name.or_else(rest).map(|rank| (rank, place))
            })
            .collect();
        ranked.sort_unstable();
        self.found = ranked.into_iter().map(|(_, place)| place).collect();
        self.list = List::new(self.found.len());
        self.searched.clone_from(&typed);
    }

    /// As wide as the names and remarks need, within reason; what stands beside a name has the rest.
    fn columns(&self, width: u16) -> Vec<Column> {
        let Widest { label, remark, depth } = self.widest;
        let label = (label + if depth > 0 { 2 * depth + 2 } else { 0 }).clamp(6, width / 2);
        let remark = remark.min(width / 3);
        let mark = self.several.then(|| Column::fixed("", 1));
        let rest = [Column::fixed("", label), Column::rest("", 8), Column::fixed("", remark).right()];
        mark.into_iter().chain(rest).collect()
    }

    /// Draws it as a popup into `area`; it owns the caret.
    pub fn view(&self, words: &Words, canvas: &mut Canvas, area: Rect, placeholder: &str) {
        let inner = canvas.popup(area, &self.title);
        let check = canvas.glyphs.check;
        let (opened, closed) = (canvas.glyphs.opened, canvas.glyphs.closed);
        let tree = self.field.text().is_empty() && self.entries.iter().any(|entry| entry.depth > 0);
        let typed = Rect { height: inner.height.min(1), ..inner };
        let rest = Rect { y: inner.y + typed.height, height: inner.height.saturating_sub(typed.height), ..inner };
        table(canvas, rest, &self.columns(inner.width), &self.list, true, |row| {
            let Some((place, entry)) = self.found.get(row).and_then(|at| Some((*at, self.entries.get(*at)?))) else {
                return Vec::new();
            };
            let (remark, meaning) = entry.remark.clone().unwrap_or((String::new(), Meaning::Dim));
            let label = if tree {
                let sign = match (self.is_branch(place), self.open.contains(&place)) {
                    (true, true) => opened,
                    (true, false) => closed,
                    (false, _) => " ",
                };
                format!("{}{sign} {}", "  ".repeat(usize::from(entry.depth)), entry.label)
            } else {
                entry.label.clone()
            };
            let meaning_of_label = match (entry.choosable, entry.faint) {
                (false, _) => Meaning::Title,
                (true, true) => Meaning::Dim,
                (true, false) => Meaning::Text,
            };
            let mut cells = vec![
                Cell::new(label, meaning_of_label),
                Cell::new(entry.detail.as_str(), Meaning::Dim),
                Cell::new(remark, meaning),
            ];
            if self.several {
                let mark = if self.marked.contains(&place) { check } else { "" };
                cells.insert(0, Cell::new(mark, Meaning::Good));
            }
            cells
        });
        if self.found.is_empty() {
            canvas.paragraph(rest, &say!(words, "picker-nothing"), 0, Meaning::Dim);
        }
        self.field.view(canvas, typed, true, placeholder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff() -> Vec<Entry<&'static str>> {
        vec![
            Entry::new("X1", "张伟", "城管大队", "X1"),
            Entry::new("X2", "李静", "城管大队", "X2"),
            Entry::new("X3", "周文", "市场监管", "X3"),
        ]
    }

    fn typed(picker: &mut Picker<&'static str>, text: &str) {
        picker.input(&Input::Text(text.into()));
    }

    #[test]
    fn initials_find_everybody_they_fit() {
        let mut picker = Picker::one("", staff());
        typed(&mut picker, "zw");
        assert_eq!(picker.found, [0, 2]);
        picker.run(Command::ListDown);
        assert_eq!(picker.run(Command::ListOpen), Picked::Chosen(vec!["X3"]));
    }

    #[test]
    fn several_are_marked_and_taken_together() {
        let mut picker = Picker::several("", staff(), &[]);
        typed(&mut picker, "lj");
        picker.run(Command::FormNext);
        assert_eq!(picker.typed(), "", "ready for the next name");
        typed(&mut picker, "X1");
        picker.run(Command::FormNext);
        assert_eq!(picker.run(Command::ListOpen), Picked::Chosen(vec!["X2", "X1"]));
    }

    #[test]
    fn the_last_name_typed_needs_no_mark() {
        let mut picker = Picker::several("", staff(), &[]);
        typed(&mut picker, "lj");
        picker.run(Command::FormNext);
        typed(&mut picker, "X1");
        assert_eq!(picker.run(Command::ListOpen), Picked::Chosen(vec!["X2", "X1"]));
    }

    #[test]
    fn typed_letter_by_letter_the_same_are_found_as_at_once() {
        for text in ["zhangwei", "zhangw", "cgdd", "X2", "周w", "静", "scjg"] {
            let mut at_once = Picker::one("", staff());
            typed(&mut at_once, text);
            let mut by_letter = Picker::one("", staff());
            for letter in text.chars() {
                typed(&mut by_letter, letter.encode_utf8(&mut [0; 4]));
            }
            assert_eq!(by_letter.found, at_once.found, "{text}");
            assert!(!at_once.found.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_finder_that_comes_late_looks_again_and_keeps_the_selection() {
        let mut picker = Picker::one("", staff());
        typed(&mut picker, "zw");
        picker.run(Command::ListDown);
        picker.find_by(Finder::new(|typed| if typed == "zw" { vec![2, 1, 0] } else { Vec::new() }));
        assert_eq!(picker.found, [2, 1, 0]);
        assert_eq!(picker.selected().map(|entry| entry.value), Some("X3"));
        typed(&mut picker, "x");
        assert_eq!(picker.found, [0_usize; 0]);
    }

    #[test]
    fn choosing_from_nothing_chooses_nothing() {
        let mut picker = Picker::one("", staff());
        typed(&mut picker, "qqq");
        assert_eq!(picker.run(Command::ListOpen), Picked::Open);
        assert_eq!(picker.run(Command::Back), Picked::Cancelled);
    }
}
