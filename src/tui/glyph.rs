//! The marks that are not letters, in two sets.
//!
//! Box drawing, bullets and arrows are "ambiguous" in Unicode: one column here, two on a terminal
//! set up for Chinese. Where they are two, ratatui's layout and the terminal disagree and every
//! border breaks, so the second set holds only characters that are one column everywhere.

use ratatui::symbols::border;

/// A set of marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Whether this is the set for terminals that draw ambiguous characters wide.
    pub ascii: bool,
    /// Frames.
    pub border: border::Set<'static>,
    /// A horizontal rule.
    pub rule: &'static str,
    /// Marks text that was cut.
    pub cut: &'static str,
    /// The selected line.
    pub pointer: &'static str,
    /// A bullet.
    pub bullet: &'static str,
    /// 可以.
    pub permitted: &'static str,
    /// 待复核.
    pub review: &'static str,
    /// 疑似不当.
    pub improper: &'static str,
    /// A branch that is open.
    pub opened: &'static str,
    /// A branch that is closed.
    pub closed: &'static str,
    /// Done, chosen.
    pub check: &'static str,
    /// Not chosen.
    pub empty: &'static str,
    /// Scroll bar: the part that stands for what is seen.
    pub thumb: &'static str,
    /// Scroll bar: the rest.
    pub track: &'static str,
    /// From low to high, for sparklines and the heat map.
    pub levels: [&'static str; 5],
    /// Stands for a character of a passphrase.
    pub secret: &'static str,
    /// There is more above or below.
    pub more: &'static str,
}

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// For terminals that draw ambiguous characters in one column.
pub const UNICODE: Glyphs = Glyphs {
    ascii: false,
    border: border::PLAIN,
    rule: "─",
    cut: "…",
    pointer: "▸",
    bullet: "•",
    permitted: "✔",
    review: "▲",
    improper: "✘",
    opened: "▾",
    closed: "▸",
    check: "✓",
    empty: "○",
    thumb: "█",
    track: "│",
    levels: [" ", "▂", "▄", "▆", "█"],
    secret: "•",
    more: "↕",
};

/// For terminals that draw them in two, and for those that lack them.
pub const ASCII: Glyphs = Glyphs {
    ascii: true,
    border: ASCII_BORDER,
    rule: "-",
    cut: "..",
    pointer: ">",
    bullet: "-",
    permitted: "+",
    review: "?",
    improper: "!",
    opened: "-",
    closed: "+",
    check: "x",
    empty: ".",
    thumb: "#",
    track: "|",
    levels: [" ", ".", ":", "=", "#"],
    secret: "*",
    more: "^",
};

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn the_safe_set_is_equally_wide_everywhere() {
        let g = ASCII;
        let border = g.border;
        let mut all = vec![g.rule, g.cut, g.pointer, g.bullet, g.permitted, g.review, g.improper, g.check, g.empty];
        all.extend([
            g.opened,
            g.closed,
            g.thumb,
            g.track,
            g.secret,
            g.more,
            border.top_left,
            border.vertical_left,
            border.horizontal_top,
        ]);
        all.extend(g.levels);
        for mark in all {
            assert_eq!(mark.width(), mark.width_cjk(), "{mark:?} is wider on some terminals");
        }
    }
}
