//! How a screen looks, as it is kept in snapshots: its text, and under it its styles.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::play::Play;
use super::shared_in;
use crate::canvas::Canvas;
use crate::shared::Shared;
use crate::testing::dry_run::{Look, shown};
use crate::theme::Theme;

/// The one look in which most screens are kept: a list has something beside it there.
pub(crate) fn one() -> Look {
    Look { size: (120, 40), ..Look::default() }
}

/// Plays `story`; the snapshot to keep. A monochrome screen must say the same: nothing is said by
/// colour alone.
pub(crate) fn shot(story: impl Fn(&mut Play)) -> String {
    shot_in(&one(), story)
}

/// The same in a look.
pub(crate) fn shot_in(look: &Look, story: impl Fn(&mut Play)) -> String {
    let play = |look: &Look| {
        let mut play = Play::in_look(look);
        story(&mut play);
        play
    };
    let shot = play(look);
    assert_eq!(shot.text(), play(&Look { theme: Theme::Mono, ..look.clone() }).text(), "it says the same in colour");
    kept(shot.buffer())
}

/// What `draw` draws in a look.
pub(crate) fn drawn(look: &Look, draw: impl FnOnce(&Shared, &mut Canvas, Rect)) -> String {
    let settings = look.settings();
    let (theme, glyphs) = (settings.theme, settings.glyphs);
    let shared = Shared { theme, glyphs, ..shared_in(look.lang) };
    let area = Rect::new(0, 0, look.size.0, look.size.1);
    let mut buffer = Buffer::empty(area);
    draw(&shared, &mut Canvas::new(&mut buffer, theme, glyphs), area);
    kept(&buffer)
}

fn kept(buffer: &Buffer) -> String {
    format!("{}\n{}", shown(buffer), looks(buffer))
}

/// The styles of a frame: for each row the runs of columns that are not plain.
fn looks(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut said = String::new();
    for y in 0..area.height {
        let mut runs: Vec<(u16, u16, Style)> = Vec::new();
        let mut x = 0;
        while x < area.width {
            let style = buffer[(x, y)].style();
            // A wide character's second cell is never drawn.
            let next = x + u16::try_from(crate::text::width(buffer[(x, y)].symbol())).expect("narrow").max(1);
            match runs.last_mut() {
                Some((_, end, run)) if *run == style && *end == x => *end = next,
                _ => runs.push((x, next, style)),
            }
            x = next;
        }
        let runs: Vec<String> =
            runs.iter().filter_map(|(start, end, style)| Some(format!("{start}-{end} {}", look(*style)?))).collect();
        if !runs.is_empty() {
            let _ = writeln!(said, "{y:>2}: {}", runs.join(", "));
        }
    }
    said
}

/// A style in words; `None` for the plain one.
fn look(style: Style) -> Option<String> {
    let colour = |name: &str, colour: Option<ratatui::style::Color>| {
        colour.filter(|colour| *colour != ratatui::style::Color::Reset).map(|colour| format!("{name}{colour}"))
    };
    let modifiers = (style.add_modifier != Modifier::empty()).then(|| format!("{:?}", style.add_modifier));
    let parts: Vec<String> = [colour("", style.fg), colour("on-", style.bg), modifiers].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
