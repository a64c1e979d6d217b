//! The words of this crate in the reader's language.

use auxlog_law::Lang;

pub(crate) use auxlog_i18n::Words;

/// The messages in what `--lang`, `AUXLOG_LANG` or the locale asks for.
pub(crate) fn choose(asked: Option<&str>) -> Words {
    load(auxlog_i18n::choose(asked))
}

/// The messages in `lang`.
pub(crate) fn load(lang: Lang) -> Words {
    Words::load(env!("CARGO_PKG_NAME"), lang)
}
