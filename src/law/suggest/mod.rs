//! Suggesting activities and facts from a description as officers type it.
//!
//! A lexicon (`lexicon/*.toml`) finds words and patterns of words clause by clause; negation,
//! agent, company and absence are resolved around them; the acts are weighed against each other
//! as the articles combine. A small linear model, trained on labelled descriptions with and without
//! the lexicon's reading, then weighs the whole and takes the likeliest of the answers that careful
//! readers give. Nothing here decides for a person: what the officer states goes
//! first.

mod compose;
mod context;
mod decide;
mod features;
pub mod frames;
mod lexicon;
pub mod measure;
mod model;
mod pattern;
mod person;
mod scan;
pub mod train;

use std::sync::OnceLock;

pub use lexicon::{Lexicon, LexiconError};
pub use model::{Model, ModelError};

use crate::{Rulebook, Suggestion};

/// Reads descriptions by a lexicon and a model.
#[derive(Debug)]
pub struct Suggester {
    lexicon: Lexicon,
    cues: &'static frames::Cues,
    model: Option<Model>,
}

impl Suggester {
    /// A suggester of its own; without a model the lexicon decides alone.
    #[must_use]
    pub fn new(lexicon: Lexicon, model: Option<Model>) -> Self {
        Self { lexicon, cues: cues(), model }
    }

    /// The one that comes with the program, made at first use.
    pub fn embedded() -> &'static Self {
        static SUGGESTER: OnceLock<Suggester> = OnceLock::new();
        SUGGESTER.get_or_init(|| Self {
            lexicon: Lexicon::embedded().expect("the embedded lexicon is compiled by a test"),
            cues: cues(),
            model: Some(Model::from_bytes(include_bytes!("model.bin")).expect("the embedded model is read by a test")),
        })
    }

    /// Its lexicon.
    #[must_use]
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// What `text` suggests.
    #[must_use]
    pub fn read(&self, text: &str) -> Suggestion {
        let parts = parts(&self.lexicon, text);
        let mut suggestion = decide::decide(&self.lexicon, self.model.as_ref(), &parts);
        frames::gate(&mut suggestion, &parts, self.cues, &frames::frames(&parts, self.cues));
        suggestion
    }

    /// Whose acts the clauses of `text` tell of, and whether they came to pass.
    #[must_use]
    pub fn frames(&self, text: &str) -> Vec<frames::Frame> {
        frames::frames(&parts(&self.lexicon, text), self.cues)
    }
}

/// The words that frames are read from, compiled at first use.
fn cues() -> &'static frames::Cues {
    static CUES: OnceLock<frames::Cues> = OnceLock::new();
    CUES.get_or_init(|| frames::Cues::embedded().expect("the embedded cues are compiled by a test"))
}

/// A description taken apart.
pub(crate) struct Parts<'l, 't> {
    pub(crate) scan: scan::Scan<'t>,
    pub(crate) context: context::Context,
    pub(crate) reading: compose::Reading<'l>,
    pub(crate) features: Vec<features::Feature>,
    pub(crate) cues: Vec<frames::Said>,
}

/// Takes `text` apart by `lexicon`.
pub(crate) fn parts<'l, 't>(lexicon: &'l Lexicon, text: &'t str) -> Parts<'l, 't> {
    let scan = scan::Scan::new(lexicon, text);
    let context = context::read(lexicon, &scan);
    let reading = compose::compose(compose::acts(lexicon, &scan, &context), &context);
    let features = features::features(lexicon, &scan, &context, &reading);
    Parts { scan, context, reading, features, cues: cues().find(text) }
}

/// What `text` suggests under `book`; the codes in the answer are the rulebook's.
pub(crate) fn suggest(book: &Rulebook, text: &str) -> Suggestion {
    let mut suggestion = Suggester::embedded().read(text);
    suggestion.items.retain(|item| person::is_person_item(&item.code) || book.activity(&item.code).is_some());
    suggestion
}
