//! The rulebook: provisions, activities and decision rows, read from data.

mod assemble;
mod condition;
mod entry;
mod example;
mod layer;
mod local;
mod raw;
mod reader;
mod table;
mod texts;
mod vocabulary;

use std::sync::{LazyLock, OnceLock};

use chrono::{DateTime, FixedOffset};

pub use assemble::Situation;
pub(crate) use assemble::{Model, assemble};
pub(crate) use condition::Condition;
pub(crate) use entry::EntryExample;
pub use example::Example;
pub(crate) use layer::ordered;
pub use layer::{Header, Layer, Rank, Source};
pub(crate) use local::{names as check_names, only_adds};
pub(crate) use reader::Place;
pub(crate) use table::{Rule, condition_order};
pub(crate) use texts::Texts;

use crate::judge::Tables;
use crate::{Activity, ActivityId, Chapter, Lang, Law, Problem, Provision, Row, RulebookSet, Suggestion, numeral};

/// A regulation as data, compiled for judging.
#[derive(Debug)]
pub struct Rulebook {
    model: Model,
    /// Compiled when first judged by: of the versions that come with the program a laptop mostly needs one.
    tables: OnceLock<Tables>,
}

static RELEASED: LazyLock<Vec<Rulebook>> = LazyLock::new(|| {
    let made = |layers: &Vec<Layer>| assemble(layers).expect("a test holds the released files to load");
    Layer::released().iter().map(made).map(Rulebook::compiled).collect()
});

const DIGEST_OF_0_1_0: &str = "sha256:48a83a22445a2bf98cc87c7be585714884b0b027cb6b6ac4d1623390e4425548";

impl Rulebook {
    /// The newest rulebook that comes with the program: 海政规〔2022〕7号 and the national provisions.
    #[must_use]
    pub fn embedded() -> &'static Self {
        RulebookSet::of_program().in_force_at(None)
    }

    /// The rulebook with this digest, of those that come with the program and that came with earlier
    /// releases.
    #[must_use]
    pub fn with_digest(digest: &str) -> Option<&'static Self> {
        let own = RulebookSet::of_program().versions().iter().map(|(_, book)| book);
        own.chain(RELEASED.iter()).find(|book| book.digest() == digest)
    }

    /// Those of earlier releases.
    pub fn released() -> &'static [Self] {
        &RELEASED
    }

    /// Whether facts are read for it as of the task's day. For the rulebook of 0.1.0 they were not:
    /// what it found stays what it finds.
    #[must_use]
    pub fn reads_days(&self) -> bool {
        !DIGEST_OF_0_1_0.eq(self.digest())
    }

    /// Makes a rulebook of layers: one city's, and any national and local ones.
    ///
    /// # Errors
    /// All that is wrong with them, in the order of files and lines; see [`crate::lint`].
    pub fn from_layers(layers: &[Layer]) -> Result<Self, Vec<Problem>> {
        let layers = ordered(layers);
        let book = Self::compiled(assemble(&layers)?);
        let problems = crate::lint::check(&book, &layers);
        if problems.is_empty() { Ok(book) } else { Err(problems) }
    }

    pub(crate) fn compiled(model: Model) -> Self {
        Self { tables: OnceLock::new(), model }
    }

    #[inline]
    pub(crate) fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| Tables::compile(&self.model))
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// Its id, e.g. `haian-2022-7`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.model.id
    }

    /// `sha256:…` over all its layers.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.model.digest
    }

    /// What each of its layers says of itself, the regulation's own first.
    #[must_use]
    pub fn layers(&self) -> &[Header] {
        &self.model.layers
    }

    /// The activity with this code.
    #[must_use]
    pub fn activity(&self, code: &str) -> Option<ActivityId> {
        let at = self.model.activities.iter().position(|activity| activity.code == code)?;
        u8::try_from(at).ok().map(ActivityId)
    }

    /// All activities; an [`ActivityId`] is a position in this list.
    #[must_use]
    pub fn activities(&self) -> &[Activity] {
        &self.model.activities
    }

    /// The provision cited as `cite`.
    #[must_use]
    pub fn provision(&self, cite: &str) -> Option<&Provision> {
        self.provisions().iter().find(|provision| provision.cite == cite)
    }

    /// All provisions: each article followed by its items, law by law.
    #[must_use]
    pub fn provisions(&self) -> &[Provision] {
        &self.model.texts.provisions
    }

    /// The regulation's chapters.
    #[must_use]
    pub fn chapters(&self) -> &[Chapter] {
        &self.model.texts.chapters
    }

    /// The laws whose provisions are held, the regulation itself first.
    #[must_use]
    pub fn laws(&self) -> &[Law] {
        &self.model.texts.laws
    }

    /// The decision table, in its order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.model.rows
    }

    /// The row with this id (also one that a higher layer replaced).
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows().iter().find(|row| row.id == id)
    }

    /// The words its rows use for kinds of supervision.
    #[must_use]
    pub fn situations(&self) -> &[Situation] {
        &self.model.situations
    }

    /// The worked examples.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.model.examples
    }

    /// When the regulation entered into force.
    #[must_use]
    pub fn in_force_from(&self) -> Option<DateTime<FixedOffset>> {
        self.model.in_force_from
    }

    /// When it ceased to be in force, where that is known.
    #[must_use]
    pub fn in_force_until(&self) -> Option<DateTime<FixedOffset>> {
        self.model.in_force_until
    }

    /// What everybody who reads the regulation here must be told first (it is marked 试行, and its
    /// being in force today was not verified).
    #[must_use]
    pub fn notice(&self, lang: Lang) -> &str {
        lang.pick(&self.model.notice.0, &self.model.notice.1)
    }

    /// How `cite` is written: 第十六条（二）, Art. 16(2), 行政处罚法第四十二条, 国办发〔2024〕54号.
    #[must_use]
    pub fn cite_label(&self, cite: &str, lang: Lang) -> String {
        if let Some(law) = self.laws().iter().find(|law| law.prefix == cite) {
            return lang.pick(&law.short_zh, &law.short_en).to_owned();
        }
        let (prefix, place) = cite.split_once('/').unwrap_or(("", cite));
        let (article, item) = place.split_once('.').map_or((place, None), |(article, item)| (article, Some(item)));
        let law = self.laws().iter().find(|law| law.prefix == prefix && !prefix.is_empty());
        match lang {
            Lang::Zh => {
                let numbered = |text: &str| text.parse().map_or_else(|_| text.to_owned(), numeral);
                let item = item.map_or_else(String::new, |item| format!("（{}）", numbered(item)));
                format!("{}第{}条{item}", law.map_or("", |law| &law.short_zh), numbered(article))
            }
            Lang::En => {
                let item = item.map_or_else(String::new, |item| format!("({item})"));
                let law = law.map_or_else(String::new, |law| format!(" {}", law.short_en));
                format!("Art. {article}{item}{law}")
            }
        }
    }

    /// What the description `text` suggests.
    #[must_use]
    pub fn suggest(&self, text: &str) -> Suggestion {
        crate::suggest::suggest(self, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rulebook_of_0_1_0_stays_what_it_was() {
        let first = Rulebook::released().first().expect("the first release");
        assert_eq!((first.digest(), first.id()), (DIGEST_OF_0_1_0, Rulebook::embedded().id()));
        assert!(!first.reads_days() && Rulebook::embedded().reads_days());
        for book in [first, Rulebook::embedded()] {
            assert_eq!(Rulebook::with_digest(book.digest()).map(Rulebook::digest), Some(book.digest()));
        }
        assert!(Rulebook::with_digest("sha256:0").is_none());
    }
}
