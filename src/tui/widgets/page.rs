//! A page to be read: paragraphs wrapped into lines, headings, facts with their labels.

use crate::glyph::Glyphs;
use crate::shared::Shared;
use crate::text;
use crate::theme::Meaning;
use crate::words::{Words, say};

/// A line to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its text, indented.
    pub text: String,
    /// What it means.
    pub meaning: Meaning,
}

/// A page being written.
#[derive(Debug)]
pub struct Page<'a> {
    /// What every screen may read.
    pub shared: &'a Shared,
    /// The messages.
    pub words: &'a Words,
    /// The marks.
    pub glyphs: &'a Glyphs,
    /// How wide it is.
    pub columns: usize,
    /// What is written so far.
    pub lines: Vec<Line>,
}

impl<'a> Page<'a> {
    /// An empty page.
    pub fn new(shared: &'a Shared, columns: usize) -> Self {
        Self { shared, words: &shared.words, glyphs: &shared.glyphs, columns, lines: Vec::new() }
    }

    /// A paragraph that stands in by so many columns.
    pub fn add(&mut self, indent: usize, said: &str, meaning: Meaning) {
        let blank = " ".repeat(indent);
        for line in text::wrap(said, self.columns.saturating_sub(indent)) {
            self.lines.push(Line { text: format!("{blank}{line}"), meaning });
        }
    }

    /// One line, cut where it is too long.
    pub fn cut(&mut self, said: &str, meaning: Meaning) {
        let text = text::truncate(said, self.columns, self.glyphs.cut).into_owned();
        self.lines.push(Line { text, meaning });
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.lines.push(Line { text: String::new(), meaning: Meaning::Text });
    }

    /// A heading, an empty line before it.
    pub fn heading(&mut self, heading: &str) {
        self.blank();
        self.add(0, heading, Meaning::Title);
    }

    /// A fact with its label; what was not stated is left out.
    pub fn fact(&mut self, label: &str, value: &str) {
        self.fact_as(label, value, Meaning::Text);
    }

    /// The same with a look of its own.
    pub fn fact_as(&mut self, label: &str, value: &str, meaning: Meaning) {
        if !value.is_empty() {
            self.add(0, &say!(self.words, "detail-fact", label = label, value = value), meaning);
        }
    }
}
