//! The messages of one crate in the reader's language, and the words that it shares with the others.

use std::error::Error;

use auxlog_law::{Lang, Rulebook, RulebookSet};
use auxlog_record::{Task, TaskField};
use i18n_embed::fluent::FluentLanguageLoader;

use crate::{Names, Place, Terms};

/// The messages of one crate in one language, and the rulebooks whose words are told with them.
pub struct Words {
    lang: Lang,
    loader: FluentLanguageLoader,
    rulebooks: RulebookSet,
}

impl Words {
    /// The messages of the crate `domain` in `lang`.
    ///
    /// # Panics
    /// Never, for a crate that has messages: a test loads the embedded files.
    pub fn load(domain: &str, lang: Lang) -> Self {
        let language = &crate::LANGUAGES[usize::from(lang == Lang::En)];
        let loader = crate::load(domain, language).expect("a test loads the embedded files");
        Self { lang, loader, rulebooks: RulebookSet::default() }
    }

    /// The same with the words of these rulebooks instead of the program's own.
    #[must_use]
    pub fn with_rulebooks(self, rulebooks: RulebookSet) -> Self {
        Self { rulebooks, ..self }
    }

    /// The rulebooks by which whoever reads them judges.
    pub fn rulebooks(&self) -> &RulebookSet {
        &self.rulebooks
    }

    /// The newest of them: its words explain what older ones say, too.
    pub fn rulebook(&self) -> &Rulebook {
        self.rulebooks.newest()
    }

    /// Which language they are, for the rulebook's texts.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// For [`i18n_embed_fl::fl`], which checks keys and arguments at compile time.
    pub fn loader(&self) -> &FluentLanguageLoader {
        &self.loader
    }

    /// The words that all crates share.
    pub fn terms(&self) -> &'static Terms {
        crate::terms(self.lang)
    }

    /// Why something failed.
    pub fn reason(&self, error: &(dyn Error + 'static)) -> String {
        self.terms().reason(error)
    }

    /// What separates names in a list.
    pub fn comma(&self) -> &'static str {
        self.terms().comma()
    }

    /// What stands in a field of `task`, as a screen shows it.
    pub fn value(&self, task: &Task, field: TaskField, names: &dyn Names) -> String {
        self.terms().value(task, field, Place::Screen, names, self.rulebook())
    }

    /// A message whose key is computed, such as the command table's. Tests hold the tables to the files.
    pub fn by_id(&self, id: &str) -> String {
        self.loader.get(id)
    }

    /// An attribute of such a message.
    pub fn attribute(&self, id: &str, attribute: &str) -> String {
        self.loader.get_attr(id, attribute)
    }

    /// The message `key` where there is one: for keys made from the names of commands and options.
    pub fn find(&self, key: &str) -> Option<String> {
        self.loader.has(key).then(|| self.loader.get(key))
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.lang).finish()
    }
}
