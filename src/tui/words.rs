//! The words on the screen, in the officer's language.

use auxlog_i18n::{Names, Place, TaskWords};
use auxlog_law::{Lang, Rulebook};
use auxlog_record::{Task, TaskField};
use i18n_embed::fluent::FluentLanguageLoader;

/// Says a message of the locale file: `say!(words, "key", argument = value)`.
///
/// Key and arguments are checked at compile time.
macro_rules! say {
    ($words:expr, $($message:tt)*) => {
        ::i18n_embed_fl::fl!($words.loader(), $($message)*)
    };
}
pub(crate) use say;

/// The messages of one language.
pub struct Words {
    lang: Lang,
    loader: FluentLanguageLoader,
}

impl Words {
    /// The messages in `lang`.
    pub fn load(lang: Lang) -> Self {
        let language = match lang {
            Lang::Zh => &auxlog_i18n::LANGUAGES[0],
            Lang::En => &auxlog_i18n::LANGUAGES[1],
        };
        let loader =
            auxlog_i18n::load("auxlog-tui", language).expect("the embedded locale files parse: a test loads them");
        Self { lang, loader }
    }

    /// Why something failed, in this language.
    pub fn reason(&self, error: &(dyn std::error::Error + 'static)) -> String {
        auxlog_i18n::reason(error, &self.loader)
    }

    /// Which language they are.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// For messages that are looked up by id.
    pub fn loader(&self) -> &FluentLanguageLoader {
        &self.loader
    }

    /// The words of tasks: what fields are called, and what stands in them.
    pub fn task(&self) -> &'static TaskWords {
        auxlog_i18n::task_words(self.lang)
    }

    /// What stands in a field of `task`, as a screen shows it.
    pub fn value(&self, task: &Task, field: TaskField, names: &dyn Names) -> String {
        self.task().value(task, field, Place::Screen, names, Rulebook::in_use())
    }

    /// A message whose id is computed (the command table's). Tests hold the tables to the files.
    pub fn by_id(&self, id: &str) -> String {
        self.loader.get(id)
    }

    /// An attribute of such a message.
    pub fn attribute(&self, id: &str, attribute: &str) -> String {
        self.loader.get_attr(id, attribute)
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.lang).finish()
    }
}
