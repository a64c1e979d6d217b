//! Finding by what is typed: characters, full pinyin, initials or a mixture, every reading of a
//! character.

use auxlog_record::plain;
use ib_pinyin::matcher::PinyinMatcher;
use ib_pinyin::pinyin::PinyinNotation;

/// What is typed, in the form that is looked for; blanks are dropped, since input methods leave
/// them between syllables.
pub fn folded(typed: &str) -> String {
    plain(typed).into_owned()
}

/// What is looked for.
pub struct Needle<'a> {
    plain: &'a str,
    pinyin: Option<PinyinMatcher<'a>>,
}

impl std::fmt::Debug for Needle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Needle").field(&self.plain).finish()
    }
}

impl<'a> Needle<'a> {
    /// Looks for what [`folded`] gave.
    pub fn new(folded: &'a str) -> Self {
        let pinyin = (!folded.is_empty()).then(|| {
            PinyinMatcher::builder(folded)
                .pinyin_notations(PinyinNotation::Ascii | PinyinNotation::AsciiFirstLetter)
                .is_pattern_partial(true)
                .build()
        });
        Self { plain: folded, pinyin }
    }

    /// Whether nothing is looked for: then everything is found.
    pub fn is_empty(&self) -> bool {
        self.plain.is_empty()
    }

    /// How well `text` fits (less is better); `None` when it doesn't.
    ///
    /// 0 is the same, 1 begins with it, 2 begins with it by sound, 3 holds it, 4 by sound.
    pub fn rank(&self, text: &str) -> Option<u8> {
        let Some(pinyin) = &self.pinyin else { return Some(0) };
        let sounds = !text.is_ascii();
        let folded = plain(text);
        // Most are not meant; one look is enough for them.
        let heard = sounds && pinyin.is_match(text);
        if !heard && !folded.contains(self.plain) {
            None
        } else if folded == self.plain {
            Some(0)
        } else if folded.starts_with(self.plain) {
            Some(1)
        } else if heard && pinyin.test(text).is_some() {
            Some(2)
        } else if folded.contains(self.plain) {
            Some(3)
        } else {
            Some(4)
        }
    }

    /// The best rank among several texts.
    pub fn rank_any<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Option<u8> {
        texts.into_iter().filter_map(|text| self.rank(text)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_characters_pinyin_and_initials() {
        for typed in ["张伟", "zw", "zhangwei", "zhangw", "张w", "ＺＷ", "zhang wei", "伟"] {
            assert!(Needle::new(&folded(typed)).rank("张伟").is_some(), "{typed}");
        }
        assert!(Needle::new("lw").rank("张伟").is_none());
    }

    #[test]
    fn every_reading_counts() {
        for typed in ["sxm", "dxm"] {
            assert!(Needle::new(&folded(typed)).rank("单晓明").is_some(), "{typed}");
        }
    }

    #[test]
    fn what_begins_with_it_comes_before_what_holds_it() {
        let needle = Needle::new("核查");
        assert!(needle.rank("核查笔录") < needle.rank("现场核查"));
    }
}
