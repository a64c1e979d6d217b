//! Keys: how they are named in keymap files, shown, and told from text.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::text;

/// A key with its modifiers, as keymaps name it: `F1`, `Enter`, `Ctrl-s`, `Shift-Tab`, `?`.
///
/// For a character, Shift is in the character itself (`A`, `?`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// Ctrl, Alt, Shift.
    pub modifiers: KeyModifiers,
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    /// Ctrl and a letter.
    pub const fn ctrl(letter: char) -> Self {
        Self { code: KeyCode::Char(letter), modifiers: KeyModifiers::CONTROL }
    }

    /// The character that pressing it types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => Some(c),
            _ => None,
        }
    }

    /// Whether it works while a Chinese input method is on and on every usual terminal.
    ///
    /// Letters and punctuation go into the composition; Ctrl-Space, Ctrl-. and Ctrl-, switch the
    /// input method; F10 and F11 open a menu or the full screen; Alt belongs to the window.
    pub fn is_ime_safe(self) -> bool {
        let ctrl = self.modifiers == KeyModifiers::CONTROL;
        let plain = self.modifiers.is_empty() || self.modifiers == KeyModifiers::SHIFT;
        match self.code {
            // Ctrl-I, -J, -M, -H and -[ are Tab, Enter, Backspace and Esc on a terminal.
            KeyCode::Char(c) => ctrl && c.is_ascii_lowercase() && !matches!(c, 'i' | 'j' | 'm' | 'h'),
            KeyCode::F(n) => self.modifiers.is_empty() && (n <= 9 || n == 12),
            KeyCode::Enter
            | KeyCode::Esc
            | KeyCode::Tab
            | KeyCode::BackTab
            | KeyCode::Up
            | KeyCode::Down
            | KeyCode::Left
            | KeyCode::Right
            | KeyCode::PageUp
            | KeyCode::PageDown
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::Insert
            | KeyCode::Delete
            | KeyCode::Backspace => plain || ctrl,
            _ => false,
        }
    }

    /// The same key with full-width characters as the ASCII ones that were meant.
    #[must_use]
    pub fn folded(self) -> Self {
        match self.code {
            KeyCode::Char(c) => Self { code: KeyCode::Char(text::fold_full_width(c)), ..self },
            _ => self,
        }
    }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        let mut modifiers = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match event.code {
            // Some terminals send Ctrl-S as `S` with Shift, some as `s`; they are one key here.
            KeyCode::Char(c) if modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                KeyCode::Char(c.to_ascii_lowercase())
            }
            KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            code => code,
        };
        if matches!(code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers -= KeyModifiers::SHIFT;
        }
        Self { code, modifiers }
    }
}

const NAMES: &[(&str, KeyCode)] = &[
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("PageUp", KeyCode::PageUp),
    ("PageDown", KeyCode::PageDown),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("Insert", KeyCode::Insert),
    ("Delete", KeyCode::Delete),
    ("Backspace", KeyCode::Backspace),
    ("Space", KeyCode::Char(' ')),
];

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "Ctrl-"), (KeyModifiers::ALT, "Alt-"), (KeyModifiers::SHIFT, "Shift-")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::F(n) => write!(f, "F{n}"),
            KeyCode::Char(c) if self.modifiers.contains(KeyModifiers::CONTROL) => {
                write!(f, "{}", c.to_ascii_uppercase())
            }
            KeyCode::Char(c) => write!(f, "{c}"),
            other => write!(f, "{other}"),
        }
    }
}

/// A key's name that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no key is called {0:?}")]
pub struct UnknownKey(pub String);

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownKey(name.to_owned());
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = name;
        loop {
            if let Some((_, code)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(rest)) {
                return Ok(Self { code: *code, modifiers });
            }
            let (modifier, tail) = match rest.split_once('-') {
                Some((m, tail)) if m.eq_ignore_ascii_case("ctrl") && !tail.is_empty() => (KeyModifiers::CONTROL, tail),
                Some((m, tail)) if m.eq_ignore_ascii_case("alt") && !tail.is_empty() => (KeyModifiers::ALT, tail),
                Some((m, tail)) if m.eq_ignore_ascii_case("shift") && !tail.is_empty() => (KeyModifiers::SHIFT, tail),
                _ => break,
            };
            modifiers |= modifier;
            rest = tail;
        }
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => {
                let held = modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
                let c = if held { c.to_ascii_lowercase() } else { c };
                Ok(Self { code: KeyCode::Char(c), modifiers: modifiers - KeyModifiers::SHIFT })
            }
            (Some('F' | 'f'), Some(_)) => match chars.as_str() {
                "" | "0" | "1" | "2" => {
                    let n = rest.get(1..).and_then(|n| n.parse::<u8>().ok()).filter(|n| (1..=12).contains(n));
                    n.map(|n| Self { code: KeyCode::F(n), modifiers }).ok_or_else(unknown)
                }
                _ => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for name in ["F1", "F12", "Ctrl-S", "Shift-Tab", "Enter", "?", "-", "Ctrl-Home", "Alt-x", "Space", "g", "G"] {
            let key: Key = name.parse().unwrap();
            assert_eq!(key.to_string(), name);
        }
        assert!("F13".parse::<Key>().is_err());
        assert!("Entr".parse::<Key>().is_err());
        assert!("".parse::<Key>().is_err());
    }

    #[test]
    fn keys_that_input_methods_or_terminals_take_are_unsafe() {
        for name in ["F1", "F9", "F12", "Enter", "Shift-Tab", "Ctrl-S", "PageDown", "Delete"] {
            assert!(name.parse::<Key>().unwrap().is_ime_safe(), "{name}");
        }
        for name in ["q", "?", "F10", "F11", "Ctrl-Space", "Ctrl-.", "Ctrl-I", "Ctrl-M", "Alt-x", "Space"] {
            assert!(!name.parse::<Key>().unwrap().is_ime_safe(), "{name}");
        }
    }
}
