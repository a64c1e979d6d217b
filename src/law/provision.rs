//! Provisions: the law's own words, by cite.

/// An article or an item of a law, verbatim.
///
/// Cites are `article.item` (`16.2` is 第十六条（二）, `6` is 第六条); another law's stand behind its
/// prefix (`cfl/42`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// How it is cited.
    pub cite: String,
    /// Prefix of its law; empty for the rulebook's own regulation.
    pub law: String,
    /// Number of its chapter, where the law has chapters.
    pub chapter: Option<u8>,
    /// Article number.
    pub article: u16,
    /// Item number within the article.
    pub item: Option<u16>,
    /// An article: all of it, items included, one paragraph or item a line. An item: its words
    /// without its number.
    pub text: String,
    /// For an item: the words that open its article.
    pub lead: Option<String>,
}

impl Provision {
    /// An item with the words that open its article; an article as it stands.
    #[must_use]
    pub fn verbatim(&self) -> String {
        match (&self.lead, self.item) {
            (Some(lead), Some(item)) => format!("{lead}（{}）{}", numeral(item), self.text),
            _ => self.text.clone(),
        }
    }
}

/// A chapter of a regulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Number, from 1.
    pub number: u8,
    /// Heading in Chinese, without its number.
    pub zh: String,
    /// Heading in English.
    pub en: String,
}

/// A law whose provisions a rulebook holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// Prefix of its cites; empty for the rulebook's own regulation.
    pub prefix: String,
    /// Title in Chinese.
    pub zh: String,
    /// Title in English.
    pub en: String,
    /// Short title in Chinese, put before its articles.
    pub short_zh: String,
    /// Short title in English.
    pub short_en: String,
    /// Document number, adoption and entry into force, as published.
    pub published: String,
    /// The notice by which it was issued, verbatim; empty where it is not held.
    pub promulgation: String,
}

/// A number below 100 as the law writes it: 二十三.
#[must_use]
pub fn numeral(n: u16) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (usize::from(n / 10 % 10), usize::from(n % 10));
    match tens {
        0 => DIGITS[ones].to_owned(),
        1 => format!("十{}", DIGITS[ones]),
        _ => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}

/// Reads 二十三 as 23; `None` if it is no such number.
pub(crate) fn number(numeral_text: &str) -> Option<u16> {
    (1..100).find(|&n| numeral(n) == numeral_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_read_as_they_are_written() {
        for (n, text) in [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (33, "三十三")] {
            assert_eq!(numeral(n), text);
            assert_eq!(number(text), Some(n));
        }
        assert_eq!(number("两"), None);
    }
}
