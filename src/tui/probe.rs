//! Whether the terminal draws ambiguous characters (box drawing above all) in one column or two.

use std::io::{self, Write as _, stdout};

use crossterm::cursor::{MoveTo, position};
use crossterm::queue;

use crate::glyph::{self, Glyphs};

/// Which marks to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GlyphChoice {
    /// What the terminal can draw, found out at the start.
    #[default]
    Auto,
    /// Box drawing.
    Unicode,
    /// Only what is one column wide everywhere.
    Ascii,
}

impl GlyphChoice {
    /// The marks to begin with.
    pub fn glyphs(self) -> Glyphs {
        match self {
            Self::Ascii => glyph::ASCII,
            Self::Auto if !speaks_utf8() => glyph::ASCII,
            Self::Auto | Self::Unicode => glyph::UNICODE,
        }
    }

    /// Whether the terminal should be asked.
    pub fn asks(self) -> bool {
        self == Self::Auto && speaks_utf8()
    }
}

/// Whether the locale says UTF-8, or says nothing.
fn speaks_utf8() -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os).find(|value| !value.is_empty());
    said.is_none_or(|locale| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Draws one such character in the corner and asks where the cursor went. Asked after the first
/// frame, which waits for nobody, and before anything else reads the terminal's events; a terminal
/// that doesn't answer within two seconds is taken to draw them narrow, as almost all do. The
/// corner must be drawn again.
///
/// # Errors
/// When the terminal doesn't answer.
pub fn draws_wide() -> io::Result<bool> {
    const TRIES: usize = 3;
    let mut question = Vec::new();
    queue!(question, MoveTo(0, 0))?;
    question.extend_from_slice(glyph::UNICODE.rule.as_bytes());
    for _ in 0..TRIES {
        let mut out = stdout();
        out.write_all(&question)?;
        out.flush()?;
        // A frame drawn meanwhile moves the cursor away from the first line: ask again.
        if let (column, 0) = position()? {
            return Ok(column == 2);
        }
    }
    Ok(false)
}
