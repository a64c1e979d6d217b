//! Marks that hide, forge or reorder what is read: refused where text enters, and shown as what
//! they are where text leaves for a terminal or a file. What such a mark is, is said here alone.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether `c` acts on whatever shows it, or changes how other text reads, without being seen:
/// controls (C0, DEL, C1), direction marks, zero-width and filling marks, separators of lines and
/// paragraphs, tags, variation selectors (an emoji reads the same without).
///
/// Line ends and tabs are controls too; where they may stand is for the caller to say.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` with every hidden mark but line ends and tabs shown by its number: `‹1B›`, `‹202E›`.
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text, |c| matches!(c, '\n' | '\t'))
}

/// `text` for a place of one line, such as a cell: a run of line ends and tabs is one blank, every
/// other hidden mark its number.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\r', '\t']) {
        return visible(text);
    }
    let words: Vec<&str> = text.split(['\n', '\r', '\t']).filter(|part| !part.is_empty()).collect();
    Cow::Owned(visible(&words.join(" ")).into_owned())
}

fn shown(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && !stays(c);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if hidden(c) {
            let _ = write!(shown, "‹{:02X}›", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_shown_by_their_number() {
        assert_eq!(visible("\u{1b}]52;c;YQ==\u{7}"), "‹1B›]52;c;YQ==‹07›");
        assert_eq!(visible("a\u{202e}b\u{200b}c\u{85}\u{7f}\r\n"), "a‹202E›b‹200B›c‹85›‹7F›‹0D›\n");
        assert_eq!(visible("葛\u{e0100}\u{fe00}☎\u{fe0f}"), "葛‹E0100›‹FE00›☎‹FE0F›");
        assert_eq!(visible_line("第一行\r\n第二行\t后"), "第一行 第二行 后");
        assert!(matches!(visible("占道经营，清点 3 件（A-1）"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_hidden_leaves(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(|c| is_hidden(c) && c != '\n' && c != '\t'));
            prop_assert!(!visible_line(&text).contains(is_hidden));
        }
    }
}
