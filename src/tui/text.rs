//! Text on a grid: the only place that knows how wide a character is.
//!
//! Four units must not be mixed: bytes (slices), scalar values (`char`), graphemes (what a person
//! calls a character, what the caret moves by) and columns (what the terminal draws). Everything
//! here cuts at grapheme boundaries and measures in columns, as ratatui does when it lays out.

use std::borrow::Cow;

use ratatui::buffer::CellWidth as _;
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// The columns that `text` takes. Control characters take none: they are never drawn.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

/// The columns that one grapheme takes.
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.contains(char::is_control) { 0 } else { usize::from(grapheme.cell_width()) }
}

/// The longest prefix of whole graphemes that fits into `columns`.
pub fn prefix(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_width(grapheme);
        if used > columns {
            return text.split_at(at).0;
        }
    }
    text
}

/// `text` in at most `columns`; what is cut off is marked by `mark` (itself cut if it must be).
pub fn truncate<'a>(text: &'a str, columns: usize, mark: &str) -> Cow<'a, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mark = prefix(mark, columns);
    Cow::Owned(format!("{}{mark}", prefix(text, columns - width(mark))))
}

/// `text` in exactly `columns`: truncated, then filled up with spaces, so that nothing of what
/// stood there before shows through.
pub fn pad(text: &str, columns: usize, mark: &str) -> String {
    let mut out = truncate(text, columns, mark).into_owned();
    out.extend(std::iter::repeat_n(' ', columns - width(&out)));
    out
}

/// The column at which byte `at` of `text` is drawn.
pub fn column_of(text: &str, at: usize) -> usize {
    text.grapheme_indices(true).take_while(|(start, _)| *start < at).map(|(_, g)| grapheme_width(g)).sum()
}

/// The byte at which the grapheme drawn at `column` starts; the text's end beyond it.
pub fn byte_at_column(text: &str, column: usize) -> usize {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_width(grapheme);
        if used > column {
            return at;
        }
    }
    text.len()
}

/// Byte ranges of the lines that `text` takes when wrapped at `columns` (at least 2).
///
/// Latin words stay whole where they fit; Chinese breaks between any two characters, but a line
/// doesn't begin with closing punctuation. The ranges cover the text but for its line feeds.
pub fn wrap_ranges(text: &str, columns: usize) -> Vec<std::ops::Range<usize>> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut offset = 0;
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, offset, columns, &mut lines);
        offset += paragraph.len() + 1;
    }
    lines
}

/// The lines of `text` wrapped at `columns`, without the blanks at their ends.
pub fn wrap(text: &str, columns: usize) -> Vec<&str> {
    wrap_ranges(text, columns).into_iter().map(|range| text.get(range).unwrap_or_default().trim_end()).collect()
}

fn wrap_paragraph(paragraph: &str, offset: usize, columns: usize, lines: &mut Vec<std::ops::Range<usize>>) {
    let mut start = 0;
    let mut used = 0;
    // The last place where the line may break, and the columns used up to there.
    let mut good: Option<(usize, usize)> = None;
    let mut before = "";
    for (at, grapheme) in paragraph.grapheme_indices(true) {
        let wide = grapheme_width(grapheme);
        if at > start && may_break(before, grapheme) {
            good = Some((at, used));
        }
        // What is carried over to the next line may itself be too long: then it is cut where it is.
        while used + wide > columns && at > start && grapheme != " " {
            let (cut, spent) = good.take().unwrap_or((at, used));
            lines.push(offset + start..offset + cut);
            start = cut;
            used -= spent;
        }
        used += wide;
        before = grapheme;
    }
    lines.push(offset + start..offset + paragraph.len());
}

/// Whether a line may end between two graphemes.
fn may_break(before: &str, after: &str) -> bool {
    const NO_START: &str = "，。、；：？！）》」』】〉”’…%％,.;:?!)]}";
    const NO_END: &str = "（《「『【〈“‘([{";
    if NO_START.contains(after) || NO_END.contains(before) || after == " " {
        return false;
    }
    before == " " || grapheme_width(before) == 2 || grapheme_width(after) == 2
}

/// Text fit for a field: NFC, line ends as `\n`, tabs as spaces, escapes and controls gone.
///
/// What is pasted or committed by an input method passes through here; the screen must never
/// receive a control character from data.
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\r' | '\n' => Some('\n'),
            '\t' => Some(' '),
            c if auxlog_record::is_hidden(c) => None,
            c => Some(c),
        })
        .nfc()
        .collect()
}

/// The key that was meant by one in full width (`Ａ`, `１`, `？`, ideographic space), or by what an
/// input method gives in its place.
pub fn fold_full_width(c: char) -> char {
    match c {
        '。' => '.',
        '、' => '/',
        '【' => '[',
        '】' => ']',
        c => auxlog_record::narrow(c),
    }
}

/// `text` with punctuation of ambiguous width as the ASCII characters that stand for it.
pub fn unambiguous(text: &str) -> Cow<'_, str> {
    let plain = |c: char| match c {
        '·' | '…' => '.',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '—' | '–' | '─' => '-',
        '×' => 'x',
        '→' => '>',
        c => c,
    };
    if text.chars().all(|c| plain(c) == c) { text.into() } else { text.chars().map(plain).collect::<String>().into() }
}

/// Whether `c` is a Chinese character (an ideograph), as an input method commits it.
pub fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_a_chinese_character_is_never_kept() {
        assert_eq!(truncate("占道经营物品", 5, ""), "占道");
        assert_eq!(pad("占道经营物品", 5, ""), "占道 ");
        assert_eq!(truncate("占道经营物品", 7, "..."), "占道...");
    }

    #[test]
    fn lines_do_not_begin_with_closing_punctuation() {
        assert_eq!(wrap("协助执法队员清点，登记。", 16), ["协助执法队员清", "点，登记。"]);
        assert_eq!(wrap("see Article 16", 8), ["see", "Article", "16"]);
        assert_eq!(wrap("一行\n\n三行", 10), ["一行", "", "三行"]);
    }

    #[test]
    fn a_word_longer_than_the_line_is_cut() {
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }

    #[test]
    fn pasted_controls_disappear() {
        assert_eq!(clean("张\u{1b}[31m三\r\n李\t四\u{202e}"), "张[31m三\n李 四");
    }

    #[test]
    fn ambiguous_punctuation_has_a_plain_form_of_the_same_width() {
        let text = "“正在读取……” · 80×24 → 60—18";
        assert_eq!(unambiguous(text), "\"正在读取..\" . 80x24 > 60-18");
        assert_eq!(width(&unambiguous(text)), width(text));
        assert!(matches!(unambiguous("占道"), Cow::Borrowed(_)));
    }

    #[test]
    fn full_width_letters_fold() {
        assert_eq!("Ｆ１？　：".chars().map(fold_full_width).collect::<String>(), "F1? :");
    }

    proptest! {
        #[test]
        fn truncated_fits_and_padded_fills(text in "\\PC{0,40}", columns in 0usize..40) {
            prop_assert!(width(&truncate(&text, columns, "...")) <= columns);
            prop_assert_eq!(width(&pad(&text, columns, "...")), columns);
        }

        #[test]
        fn a_prefix_is_as_wide_as_its_column(text in "\\PC{0,30}", nth in 0usize..30) {
            let at = text.grapheme_indices(true).map(|(at, _)| at).nth(nth).unwrap_or(text.len());
            prop_assert_eq!(column_of(&text, at), width(&text[..at]));
        }

        #[test]
        fn wrapping_loses_nothing_and_fits(text in "[\\PC\n]{0,60}", columns in 2usize..30) {
            let ranges = wrap_ranges(&text, columns);
            let joined: String = ranges.iter().map(|r| &text[r.clone()]).collect();
            prop_assert_eq!(joined, text.replace('\n', ""));
            for range in ranges {
                let line = text[range].trim_end_matches(' ');
                // A few scripts have single characters of three columns.
                prop_assert!(width(line) <= columns || line.graphemes(true).count() == 1);
            }
        }

        #[test]
        fn cleaning_is_idempotent(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
