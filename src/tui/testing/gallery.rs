//! Every state of a screen as it is kept in snapshots: in both languages, at both sizes, in
//! colour and without.

use std::fmt::Write as _;

use auxlog_law::Lang;
use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};

use super::play::Play;
use crate::theme::Theme;

/// Plays `story` in each language, size and look; the snapshots to keep, by name. The text is
/// that of the monochrome screen, and a coloured one must say the same: nothing is said by
/// colour alone. What the text looks like is kept apart, in colour and without.
pub(crate) fn gallery(name: &str, story: impl Fn(&mut Play)) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    for lang in [Lang::Zh, Lang::En] {
        for size in [(80, 24), (120, 40)] {
            let play = |theme| {
                let mut play = Play::dressed(lang, size, theme);
                story(&mut play);
                play
            };
            let (plain, coloured) = (play(Theme::Mono), play(Theme::Dark));
            assert_eq!(plain.text(), coloured.text(), "{name} says the same in colour");
            let named = |what: &str| format!("{name}_{lang:?}_{}{what}", size.0).to_lowercase();
            kept.push((named(""), plain.text()));
            kept.push((named("_mono"), looks(plain.buffer())));
            kept.push((named("_colour"), looks(coloured.buffer())));
        }
    }
    kept
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
