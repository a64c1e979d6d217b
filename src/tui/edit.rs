//! Editing text: a caret that moves by grapheme, undo and redo. Knows nothing of the screen.

use crossterm::event::{KeyCode, KeyModifiers};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};
use zeroize::Zeroize as _;

use crate::command::Command;
use crate::event::Input;
use crate::text;

const UNDO_DEPTH: usize = 100;

/// A state of the text to come back to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    text: String,
    caret: usize,
}

/// A text being edited.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Editor {
    text: String,
    /// Byte index, always on a grapheme boundary.
    caret: usize,
    undo: Vec<Version>,
    redo: Vec<Version>,
    /// Characters typed since the last version are taken back together.
    typing: bool,
    /// Several lines; otherwise a line feed becomes a space.
    lines: bool,
    /// Keeps no versions, and wipes itself.
    secret: bool,
}

impl std::fmt::Debug for Editor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = if self.secret { "(secret)" } else { &self.text };
        f.debug_struct("Editor").field("text", &text).field("caret", &self.caret).finish_non_exhaustive()
    }
}

impl Editor {
    /// An empty line of text.
    pub fn line() -> Self {
        Self::default()
    }

    /// An empty text of several lines.
    pub fn lines() -> Self {
        let mut editor = Self::default();
        editor.lines = true;
        editor
    }

    /// An empty passphrase: no undo, shown as marks, wiped when dropped.
    pub fn secret() -> Self {
        let mut editor = Self::default();
        editor.secret = true;
        editor
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The caret, as a byte index.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// Whether it is a passphrase.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Replaces the text and forgets the versions; the caret goes to the end.
    pub fn set(&mut self, text: &str) {
        self.text.zeroize();
        self.text = self.fitting(text);
        self.caret = self.text.len();
        self.undo.clear();
        self.redo.clear();
        self.typing = false;
    }

    /// Takes the text out and leaves the field empty.
    pub fn take(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        self.set("");
        text
    }

    /// Puts text in at the caret, as one step to undo.
    pub fn insert(&mut self, inserted: &str) {
        let inserted = self.fitting(inserted);
        if inserted.is_empty() {
            return;
        }
        let one = inserted.graphemes(true).nth(1).is_none();
        if !(one && self.typing) {
            self.remember();
        }
        self.typing = one;
        self.text.insert_str(self.caret, &inserted);
        self.caret += inserted.len();
        self.settle();
    }

    /// Handles a key or text; whether it was an editing key.
    pub fn input(&mut self, input: &Input) -> bool {
        match input {
            Input::Text(text) => {
                self.insert(text);
                self.typing = false;
                true
            }
            Input::Key(key) => {
                if let Some(c) = key.typed() {
                    self.insert(c.encode_utf8(&mut [0; 4]));
                    return true;
                }
                let by_word = key.modifiers == KeyModifiers::CONTROL;
                if !(by_word || key.modifiers.is_empty()) {
                    return false;
                }
                match key.code {
                    KeyCode::Left => self.go(if by_word { self.word_before() } else { self.before() }),
                    KeyCode::Right => self.go(if by_word { self.word_after() } else { self.after() }),
                    KeyCode::Home => self.go(self.line_start()),
                    KeyCode::End => self.go(self.line_end()),
                    KeyCode::Backspace if by_word => self.delete(self.word_before()),
                    KeyCode::Backspace => self.delete(self.before()),
                    KeyCode::Delete if self.caret < self.text.len() => {
                        let after = if by_word { self.word_after() } else { self.after() };
                        let start = self.caret;
                        self.remember();
                        self.typing = false;
                        self.text.replace_range(start..after, "");
                        self.settle();
                    }
                    KeyCode::Enter if self.lines && !by_word => self.insert("\n"),
                    _ => return false,
                }
                true
            }
            _ => false,
        }
    }

    /// Runs a command of [`crate::command::Scope::Text`]; whether it was one.
    pub fn run(&mut self, command: Command) -> bool {
        match command {
            Command::TextUndo => Self::swap_version(&mut self.undo, &mut self.redo, &mut self.text, &mut self.caret),
            Command::TextRedo => Self::swap_version(&mut self.redo, &mut self.undo, &mut self.text, &mut self.caret),
            Command::TextClear if !self.text.is_empty() => {
                self.remember();
                self.text.zeroize();
                self.caret = 0;
            }
            Command::TextDeleteWord => self.delete(self.word_before()),
            Command::TextClear => {}
            _ => return false,
        }
        self.typing = false;
        true
    }

    /// Moves the caret to the grapheme boundary at or before byte `at`.
    pub fn go(&mut self, at: usize) {
        self.typing = false;
        self.caret = at.min(self.text.len());
        self.settle();
    }

    fn swap_version(from: &mut Vec<Version>, to: &mut Vec<Version>, text: &mut String, caret: &mut usize) {
        if let Some(version) = from.pop() {
            to.push(Version { text: std::mem::replace(text, version.text), caret: *caret });
            *caret = version.caret;
        }
    }

    fn remember(&mut self) {
        self.redo.clear();
        if self.secret {
            return;
        }
        if self.undo.len() == UNDO_DEPTH {
            self.undo.remove(0);
        }
        self.undo.push(Version { text: self.text.clone(), caret: self.caret });
    }

    fn delete(&mut self, from: usize) {
        if from < self.caret {
            self.remember();
            self.typing = false;
            self.text.replace_range(from..self.caret, "");
            self.caret = from;
            self.settle();
        }
    }

    /// What was put in may combine with what was there: the caret goes back onto a boundary.
    fn settle(&mut self) {
        while !self.text.is_char_boundary(self.caret) {
            self.caret -= 1;
        }
        let mut cursor = GraphemeCursor::new(self.caret, self.text.len(), true);
        if !cursor.is_boundary(&self.text, 0).unwrap_or(true) {
            self.caret = cursor.next_boundary(&self.text, 0).ok().flatten().unwrap_or(self.text.len());
        }
    }

    fn before(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.caret, self.text.len(), true);
        cursor.prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0)
    }

    fn after(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.caret, self.text.len(), true);
        cursor.next_boundary(&self.text, 0).ok().flatten().unwrap_or(self.text.len())
    }

    fn word_before(&self) -> usize {
        let (head, _) = self.text.split_at(self.caret);
        let mut words = head.split_word_bound_indices().filter(|(_, word)| !word.trim().is_empty());
        words.next_back().map_or(0, |(at, _)| at)
    }

    fn word_after(&self) -> usize {
        let (_, tail) = self.text.split_at(self.caret);
        let mut words = tail.split_word_bound_indices().skip(1).filter(|(_, word)| !word.trim().is_empty());
        words.next().map_or(self.text.len(), |(at, _)| self.caret + at)
    }

    fn line_start(&self) -> usize {
        self.text.split_at(self.caret).0.rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        self.text.split_at(self.caret).1.find('\n').map_or(self.text.len(), |at| self.caret + at)
    }

    fn fitting(&self, text: &str) -> String {
        let text = text::clean(text);
        if self.lines { text } else { text.replace('\n', " ") }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if self.secret {
            self.text.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::Key;

    fn press(editor: &mut Editor, keys: &[&str]) {
        for key in keys {
            let key: Key = key.parse().unwrap();
            editor.input(&Input::Key(key));
        }
    }

    #[test]
    fn the_caret_moves_by_character_not_by_byte() {
        let mut editor = Editor::line();
        editor.insert("占道é👍🏽");
        press(&mut editor, &["Left", "Left", "Left", "Backspace"]);
        assert_eq!(editor.text(), "道é👍🏽");
        press(&mut editor, &["End", "Backspace", "Backspace"]);
        assert_eq!(editor.text(), "道");
    }

    #[test]
    fn typing_is_taken_back_as_one_and_made_again() {
        let mut editor = Editor::line();
        press(&mut editor, &["现", "场"]);
        editor.input(&Input::Text("核查".into()));
        editor.run(Command::TextUndo);
        assert_eq!(editor.text(), "现场");
        editor.run(Command::TextUndo);
        assert_eq!(editor.text(), "");
        editor.run(Command::TextRedo);
        editor.run(Command::TextRedo);
        assert_eq!(editor.text(), "现场核查");
    }

    #[test]
    fn one_line_stays_one_line() {
        let mut editor = Editor::line();
        editor.input(&Input::Text("甲\r\n乙".into()));
        assert_eq!(editor.text(), "甲 乙");
        assert!(!editor.input(&Input::Key("Enter".parse().unwrap())), "Enter is the form's");
    }

    #[test]
    fn home_and_end_keep_to_the_line() {
        let mut editor = Editor::lines();
        editor.insert("第一行\n第二行");
        press(&mut editor, &["Home", "二", "End", "。"]);
        assert_eq!(editor.text(), "第一行\n二第二行。");
    }

    #[test]
    fn a_passphrase_is_not_printed() {
        let mut editor = Editor::secret();
        editor.insert("correct horse");
        assert!(!format!("{editor:?}").contains("horse"));
        editor.run(Command::TextUndo);
        assert_eq!(editor.text(), "correct horse", "no versions of a passphrase are kept");
    }

    proptest! {
        #[test]
        fn the_caret_is_always_on_a_boundary(steps in prop::collection::vec((0usize..9, "\\PC{0,4}"), 0..40)) {
            let mut editor = Editor::lines();
            for (step, text) in steps {
                match step {
                    0..=2 => editor.insert(&text),
                    3 => press(&mut editor, &["Left"]),
                    4 => press(&mut editor, &["Backspace"]),
                    5 => press(&mut editor, &["Delete"]),
                    6 => press(&mut editor, &["Ctrl-Left"]),
                    7 => { editor.run(Command::TextUndo); }
                    _ => press(&mut editor, &["Home"]),
                }
                let mut boundaries = editor.text().grapheme_indices(true).map(|(at, _)| at).chain([editor.text().len()]);
                prop_assert!(boundaries.any(|at| at == editor.caret()), "{:?} at {}", editor.text(), editor.caret());
            }
        }
    }
}
