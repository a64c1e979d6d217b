//! Colours by meaning. No screen names a colour; it says what something means.
//!
//! Meaning never stands in colour alone: verdicts carry a mark and a word, the selected line a
//! pointer, so that the monochrome theme says all that the others do.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Plain text.
    Text,
    /// Less important text, labels.
    Dim,
    /// A heading.
    Title,
    /// Something that draws the eye: an article's number, a match.
    Accent,
    /// A frame.
    Border,
    /// The frame around what has the focus.
    Focus,
    /// The selected line.
    Selected,
    /// The chosen tab.
    Tab,
    /// Where text is typed.
    Field,
    /// What stands in an empty field.
    Placeholder,
    /// A value suggested from the text, not yet accepted.
    Suggested,
    /// A key that may be pressed.
    Key,
    /// Permitted, done, whole.
    Good,
    /// Needs a look.
    Warn,
    /// Improper, failed, damaged.
    Bad,
}

/// A theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// For dark terminals.
    #[default]
    Dark,
    /// For light terminals.
    Light,
    /// Black on white, no dim text: for a screen in the sun.
    Sunlight,
    /// No colours: bold, reversed and underlined (`NO_COLOR`).
    Mono,
}

impl Theme {
    /// All themes, in the order in which the command goes through them.
    pub const ALL: [Self; 4] = [Self::Dark, Self::Light, Self::Sunlight, Self::Mono];

    /// The theme after this one.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|theme| *theme == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Sunlight => "sunlight",
            Self::Mono => "mono",
        }
    }

    /// The theme called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// How `meaning` looks.
    pub fn style(self, meaning: Meaning) -> Style {
        match self {
            Self::Dark => dark(meaning),
            Self::Light => light(meaning),
            Self::Sunlight => sunlight(meaning),
            Self::Mono => mono(meaning),
        }
    }
}

fn dark(meaning: Meaning) -> Style {
    let s = Style::new();
    match meaning {
        Meaning::Text => s,
        Meaning::Dim | Meaning::Border => s.fg(Color::Gray),
        Meaning::Title => s.add_modifier(Modifier::BOLD),
        Meaning::Accent | Meaning::Focus => s.fg(Color::LightCyan),
        Meaning::Selected => s.bg(Color::Indexed(24)).fg(Color::White),
        Meaning::Tab => s.bg(Color::Indexed(24)).fg(Color::White).add_modifier(Modifier::BOLD),
        Meaning::Field => s.bg(Color::Indexed(236)).fg(Color::White),
        Meaning::Placeholder => s.bg(Color::Indexed(236)).fg(Color::Indexed(247)),
        Meaning::Suggested => s.fg(Color::LightMagenta).add_modifier(Modifier::ITALIC),
        Meaning::Key => s.fg(Color::LightYellow),
        Meaning::Good => s.fg(Color::LightGreen),
        Meaning::Warn => s.fg(Color::LightYellow).add_modifier(Modifier::BOLD),
        Meaning::Bad => s.fg(Color::LightRed).add_modifier(Modifier::BOLD),
    }
}

fn light(meaning: Meaning) -> Style {
    let s = Style::new();
    match meaning {
        Meaning::Text => s,
        Meaning::Dim | Meaning::Border => s.fg(Color::Indexed(240)),
        Meaning::Title => s.add_modifier(Modifier::BOLD),
        Meaning::Accent | Meaning::Focus => s.fg(Color::Indexed(25)),
        Meaning::Selected => s.bg(Color::Indexed(153)).fg(Color::Black),
        Meaning::Tab => s.bg(Color::Indexed(153)).fg(Color::Black).add_modifier(Modifier::BOLD),
        Meaning::Field => s.bg(Color::Indexed(254)).fg(Color::Black),
        Meaning::Placeholder => s.bg(Color::Indexed(254)).fg(Color::Indexed(240)),
        Meaning::Suggested => s.fg(Color::Indexed(90)).add_modifier(Modifier::ITALIC),
        Meaning::Key => s.fg(Color::Indexed(25)).add_modifier(Modifier::BOLD),
        Meaning::Good => s.fg(Color::Indexed(22)),
        Meaning::Warn => s.fg(Color::Indexed(94)).add_modifier(Modifier::BOLD),
        Meaning::Bad => s.fg(Color::Indexed(124)).add_modifier(Modifier::BOLD),
    }
}

fn sunlight(meaning: Meaning) -> Style {
    let s = Style::new().fg(Color::Black).bg(Color::White);
    let inverse = Style::new().fg(Color::White).bg(Color::Black);
    match meaning {
        Meaning::Text | Meaning::Dim | Meaning::Border | Meaning::Placeholder => s,
        Meaning::Title | Meaning::Accent | Meaning::Key => s.add_modifier(Modifier::BOLD),
        Meaning::Focus => s.fg(Color::Blue).add_modifier(Modifier::BOLD),
        Meaning::Selected | Meaning::Tab => inverse.add_modifier(Modifier::BOLD),
        Meaning::Field | Meaning::Suggested => s.add_modifier(Modifier::UNDERLINED),
        Meaning::Good => s.fg(Color::Indexed(22)).add_modifier(Modifier::BOLD),
        Meaning::Warn => s.fg(Color::Indexed(88)).add_modifier(Modifier::BOLD),
        Meaning::Bad => Style::new().fg(Color::White).bg(Color::Indexed(88)).add_modifier(Modifier::BOLD),
    }
}

fn mono(meaning: Meaning) -> Style {
    let s = Style::new();
    match meaning {
        Meaning::Text | Meaning::Dim | Meaning::Border | Meaning::Placeholder => s,
        Meaning::Title | Meaning::Accent | Meaning::Focus | Meaning::Key | Meaning::Good => {
            s.add_modifier(Modifier::BOLD)
        }
        Meaning::Selected | Meaning::Tab => s.add_modifier(Modifier::REVERSED),
        Meaning::Field | Meaning::Suggested => s.add_modifier(Modifier::UNDERLINED),
        Meaning::Warn | Meaning::Bad => s.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monochrome_theme_has_no_colour() {
        for meaning in [Meaning::Selected, Meaning::Good, Meaning::Warn, Meaning::Bad, Meaning::Field, Meaning::Key] {
            let style = Theme::Mono.style(meaning);
            assert_eq!((style.fg, style.bg), (None, None), "{meaning:?}");
        }
    }

    #[test]
    fn going_on_comes_back() {
        assert_eq!(Theme::ALL.iter().fold(Theme::Dark, |theme, _| theme.next()), Theme::Dark);
    }
}
