//! What the terminal reports, brought into one form.

use crossterm::event::{Event, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Size};

use crate::key::Key;
use crate::text;

/// An input, after normalising.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A key; characters typed are keys too.
    Key(Key),
    /// Text pasted, or committed by an input method as a paste (Alacritty does so with more than
    /// one character): already clean.
    Text(String),
    /// The left button went down here.
    Click(Position),
    /// The wheel turned: negative is up.
    Wheel(Position, i16),
    /// The terminal has a new size.
    Resize(Size),
}

/// The input that `event` stands for; `None` for what says nothing here (a key let go, the
/// pointer moving).
pub fn normalise(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(key.into())),
        Event::Paste(pasted) => {
            Some(Input::Text(text::clean(&pasted))).filter(|input| *input != Input::Text(String::new()))
        }
        Event::Mouse(mouse) => pointer(mouse),
        Event::Resize(width, height) => Some(Input::Resize(Size { width, height })),
        Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

fn pointer(mouse: MouseEvent) -> Option<Input> {
    let at = Position { x: mouse.column, y: mouse.row };
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Input::Click(at)),
        MouseEventKind::ScrollUp => Some(Input::Wheel(at, -3)),
        MouseEventKind::ScrollDown => Some(Input::Wheel(at, 3)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    #[test]
    fn a_key_let_go_is_not_a_key() {
        let mut event = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
        assert!(normalise(Event::Key(event)).is_some());
        event.kind = KeyEventKind::Release;
        assert_eq!(normalise(Event::Key(event)), None);
    }

    #[test]
    fn a_paste_is_text_without_escapes() {
        assert_eq!(normalise(Event::Paste("现场\u{1b}核查".into())), Some(Input::Text("现场核查".into())));
        assert_eq!(normalise(Event::Paste("\u{1b}".into())), None);
    }

    #[test]
    fn shift_tab_is_one_key_on_every_terminal() {
        let one = KeyEvent::new(KeyCode::Tab, KeyModifiers::SHIFT);
        let other = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        assert_eq!(Key::from(one), Key::from(other));
    }
}
