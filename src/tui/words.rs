//! The words on the screen, in the officer's language.

use auxlog_law::Lang;

pub use auxlog_i18n::Words;

/// Says a message of the locale file: `say!(words, "key", argument = value)`.
///
/// Key and arguments are checked at compile time.
macro_rules! say {
    ($words:expr, $($message:tt)*) => {
        ::i18n_embed_fl::fl!($words.loader(), $($message)*)
    };
}
pub(crate) use say;

/// The messages of the screens in `lang`.
pub fn load(lang: Lang) -> Words {
    Words::load(env!("CARGO_PKG_NAME"), lang)
}
