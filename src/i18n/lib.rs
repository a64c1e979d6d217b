//! Every word a person reads, in Chinese and English, the law's own text aside.
//!
//! One Fluent file for each crate that speaks (`auxlog-tui.ftl`, …) under `locales/<language>/`.
//! Keys and arguments are checked against the Chinese file at compile time by
//! [`i18n_embed_fl::fl`]; a test holds both languages to the same keys.

mod entries;
mod reason;
mod refusal;
mod task;
mod terms;
mod toml;
mod words;

use auxlog_law::Lang;
use i18n_embed::LanguageLoader as _;
use i18n_embed::fluent::FluentLanguageLoader;
use rust_embed::RustEmbed;
use unic_langid::{LanguageIdentifier, langid};

pub use task::{Names, Place};
pub use terms::{Terms, terms};
pub use words::Words;

#[derive(RustEmbed)]
#[folder = "locales"]
struct Locales;

/// The languages, the default first.
pub const LANGUAGES: [LanguageIdentifier; 2] = [langid!("zh-CN"), langid!("en")];

/// Loads the messages of `domain` (a crate's name) in `language`, with Chinese behind it.
///
/// # Errors
/// When the embedded files do not parse, which a test rules out.
pub fn load(domain: &str, language: &LanguageIdentifier) -> Result<FluentLanguageLoader, i18n_embed::I18nEmbedError> {
    let loader = FluentLanguageLoader::new(domain, LANGUAGES[0].clone());
    // Isolation marks are invisible characters that break column arithmetic and copied text.
    loader.load_languages(&Locales, std::slice::from_ref(language))?;
    loader.set_use_isolating(false);
    Ok(loader)
}

/// The language that `--lang`, `AUXLOG_LANG` or the locale asks for; Chinese where none says.
pub fn choose(asked: Option<&str>) -> Lang {
    let asked = asked.map(str::to_owned).or_else(sys_locale::get_locale).unwrap_or_default();
    if asked.to_ascii_lowercase().starts_with("en") { Lang::En } else { Lang::Zh }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The messages of a file, attributes as `message.attribute`, each with its arguments.
    fn messages(language: &str, file: &str) -> BTreeMap<String, BTreeSet<String>> {
        let embedded = Locales::get(&format!("{language}/{file}")).unwrap_or_else(|| panic!("no {language}/{file}"));
        let source = String::from_utf8(embedded.data.into_owned()).unwrap();
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let (mut message, mut key) = (String::new(), String::new());
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let opening = line.split_once(" =").map(|(name, _)| name);
            if let Some(name) = opening.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())) {
                name.clone_into(&mut message);
                key.clone_from(&message);
                assert!(messages.insert(key.clone(), BTreeSet::new()).is_none(), "{language}/{file}: {key} twice");
            } else if let Some(name) = opening.and_then(|name| name.trim_start().strip_prefix('.')) {
                key = format!("{message}.{name}");
                messages.insert(key.clone(), BTreeSet::new());
            }
            for part in line.split('$').skip(1) {
                let name: String =
                    part.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
                messages.entry(key.clone()).or_default().insert(name);
            }
        }
        messages
    }

    #[test]
    fn both_languages_say_the_same_messages_with_the_same_arguments() {
        let files: BTreeSet<String> =
            Locales::iter().filter_map(|path| Some(path.split_once('/')?.1.to_owned())).collect();
        assert!(!files.is_empty());
        for file in files {
            assert_eq!(messages("zh-CN", &file), messages("en", &file), "{file}");
            for language in &LANGUAGES {
                load(file.trim_end_matches(".ftl"), language).unwrap();
            }
        }
    }
}
