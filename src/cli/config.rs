//! The configuration file: what a person sets once instead of on every command line.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use auxlog_tui::keymap::Preset;
use auxlog_tui::theme::Theme;
use i18n_embed_fl::fl;
use serde::Deserialize;
use toml::Spanned;

use crate::exit::Failure;
use crate::words::Words;

/// The file as it is written. Names keep their places, for messages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    data_dir: Option<PathBuf>,
    lang: Option<Spanned<String>>,
    keymap: Option<String>,
    theme: Option<Spanned<String>>,
    review_every_months: Option<NonZeroU32>,
}

/// The configuration, in TOML. Every key may be left out; the command line goes before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) data_dir: Option<PathBuf>,
    /// `zh-CN` or `en`.
    pub(crate) lang: Option<String>,
    /// `default`, `vim`, `accessible`, or a file of key bindings laid over one of them.
    pub(crate) keymap: Option<String>,
    /// `dark`, `light`, `sunlight` or `mono`.
    pub(crate) theme: Option<Theme>,
    /// How often, in months, auxiliaries are reviewed (定期审验, 第二十一条); the law names no interval.
    pub(crate) review_every_months: Option<u32>,
    /// Where the file is.
    beside: PathBuf,
}

impl Config {
    /// The file named by `--config`, or the one in the user's configuration directory if there is one.
    ///
    /// # Errors
    /// A file that cannot be read, is not TOML, or holds an unknown key, with the line.
    pub(crate) fn load(named: Option<&Path>, words: &Words) -> Result<Self, Failure> {
        let usual = || directories::ProjectDirs::from("", "", "auxlog").map(|d| d.config_dir().join("auxlog.toml"));
        let Some(path) = named.map(Path::to_path_buf).or_else(|| usual().filter(|path| path.exists())) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let (path, why) = (path.display().to_string(), words.reason(&error));
            Failure::usage(fl!(words.loader(), "config-unreadable", path = path, why = why))
        })?;
        let mut config = Self::parse(&text, &path, words)?;
        // A path in the file is meant from where the file is.
        let beside = path.parent().unwrap_or(Path::new(""));
        if let Some(dir) = &mut config.data_dir {
            *dir = beside.join(&dir);
        }
        config.beside = beside.to_path_buf();
        Ok(config)
    }

    /// The file of key bindings, where the configuration names one and not a preset.
    pub(crate) fn keymap_file(&self) -> Option<PathBuf> {
        let keymap = self.keymap.as_deref().filter(|keymap| Preset::named(keymap).is_none())?;
        Some(self.beside.join(keymap))
    }

    fn parse(text: &str, path: &Path, words: &Words) -> Result<Self, Failure> {
        let wrong = |at: usize, why: String| {
            let line = 1 + text.get(..at).unwrap_or(text).matches('\n').count();
            Failure::usage(fl!(words.loader(), "config-bad", path = path.display().to_string(), line = line, why = why))
        };
        let written: Written = toml::from_str(text)
            .map_err(|error| (error.span().map_or(0, |span| span.start), error))
            .map_err(|(at, error)| wrong(at, words.terms().toml_fault(error.message())))?;
        let theme = written.theme.as_ref().map(|name| (name, Theme::named(name.get_ref())));
        if let Some(name) = written.lang.as_ref().filter(|lang| !is_known(lang.get_ref())) {
            let why = fl!(words.loader(), "config-unknown-lang", name = name.get_ref().clone());
            return Err(wrong(name.span().start, why));
        }
        if let Some((name, None)) = theme {
            let why = fl!(words.loader(), "config-unknown-theme", name = name.get_ref().clone());
            return Err(wrong(name.span().start, why));
        }
        Ok(Self {
            data_dir: written.data_dir,
            lang: written.lang.map(Spanned::into_inner),
            keymap: written.keymap,
            theme: theme.and_then(|(_, theme)| theme),
            review_every_months: written.review_every_months.map(NonZeroU32::get),
            beside: PathBuf::new(),
        })
    }
}

/// Whether messages are there in `lang`.
fn is_known(lang: &str) -> bool {
    auxlog_i18n::LANGUAGES.iter().any(|known| *known == lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_line_of_what_it_cannot_take() {
        let words = crate::words::choose(Some("en"));
        let failure = Config::parse("lang = \"en\"\n\nkolor = 1\n", Path::new("a.toml"), &words).unwrap_err();
        assert!(failure.message.contains("a.toml"), "{}", failure.message);
        assert!(failure.message.contains("line 3"), "{}", failure.message);
        assert!(failure.message.contains("kolor"), "{}", failure.message);
    }

    #[test]
    fn an_empty_file_sets_nothing() {
        let words = crate::words::choose(None);
        assert_eq!(Config::parse("", Path::new("a.toml"), &words).unwrap(), Config::default());
    }
}
