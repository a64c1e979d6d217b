//! The words of this crate in the reader's language.

use std::error::Error;

use auxlog_i18n::TaskWords;
use auxlog_law::Lang;
use i18n_embed::fluent::FluentLanguageLoader;
use unic_langid::LanguageIdentifier;

/// The messages in the chosen language.
pub(crate) struct Words {
    loader: FluentLanguageLoader,
    lang: Lang,
}

impl Words {
    /// Loads the messages for what `--lang`, `AUXLOG_LANG` or the locale asks for.
    pub(crate) fn choose(asked: Option<&str>) -> Self {
        Self::load(&auxlog_i18n::choose(asked))
    }

    /// Loads the messages of `language`.
    pub(crate) fn load(language: &LanguageIdentifier) -> Self {
        let loader = auxlog_i18n::load(env!("CARGO_PKG_NAME"), language).expect("a test loads the embedded files");
        let lang = if language.language.as_str() == "en" { Lang::En } else { Lang::Zh };
        Self { loader, lang }
    }

    /// For [`i18n_embed_fl::fl`], which checks keys and arguments at compile time.
    pub(crate) fn loader(&self) -> &FluentLanguageLoader {
        &self.loader
    }

    /// The language of the rulebook's texts.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// Why something failed, in the reader's language.
    pub(crate) fn reason(&self, error: &(dyn Error + 'static)) -> String {
        auxlog_i18n::reason(error, &self.loader)
    }

    /// The words of tasks: what fields are called, and what stands in them.
    pub(crate) fn task(&self) -> &'static TaskWords {
        auxlog_i18n::task_words(self.lang)
    }

    /// What separates names in a list.
    pub(crate) fn comma(&self) -> &'static str {
        self.lang.pick("、", ", ")
    }

    /// The message `key` where there is one: for keys made from the names of commands and options.
    pub(crate) fn find(&self, key: &str) -> Option<String> {
        self.loader.has(key).then(|| self.loader.get(key))
    }
}
