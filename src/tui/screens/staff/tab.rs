//! The pages of the staff screen.

use ratatui::layout::Rect;

use crate::canvas::{Canvas, Hit};
use crate::shared::Shared;
use crate::theme::Meaning;
use crate::words::say;

/// A page of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Tab {
    /// The auxiliaries, and from one their file.
    #[default]
    People,
    /// The registers, and from one its entries.
    Registers,
    /// What falls due.
    Due,
}

impl Tab {
    pub(super) const ALL: [Self; 3] = [Self::People, Self::Registers, Self::Due];

    /// As it is remembered.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Registers => "registers",
            Self::Due => "due",
        }
    }

    /// The page that was remembered so.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name() == name)
    }

    /// The names of the pages, this one marked.
    pub(super) fn view(self, shared: &Shared, canvas: &mut Canvas, area: Rect) {
        let words = &shared.words;
        let mut x = area.x;
        for (place, tab) in Self::ALL.into_iter().enumerate() {
            let name = match tab {
                Self::People => say!(words, "staff-tab-people"),
                Self::Registers => say!(words, "staff-tab-registers"),
                Self::Due => say!(words, "staff-tab-due"),
            };
            let (mark, meaning) =
                if tab == self { (canvas.glyphs.pointer, Meaning::Focus) } else { (" ", Meaning::Dim) };
            let start = x;
            x = canvas.text(x, area.y, &format!("{mark} {name}  "), area.right().saturating_sub(x), meaning);
            canvas.hit(Rect { x: start, y: area.y, width: x - start, height: area.height }, Hit::Field(place));
        }
    }
}
