//! What a TOML parser found wrong, in the reader's language: the parser speaks English only.

use i18n_embed_fl::fl;

use crate::Terms;

/// What is meant by the parser's words.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault<'a> {
    /// No such key: its name, and the names there are.
    UnknownKey(&'a str, &'a str),
    /// A key that must be there.
    MissingKey(&'a str),
    /// Another type of value: what it is, what is wanted.
    Type(&'a str, &'a str),
    /// A fault of writing that is often made.
    Writing(&'static str),
    /// Anything else.
    Other,
}

/// Faults of writing, by what the parser says of them.
const WRITING: [(&str, &str); 5] = [
    ("duplicate key", "twice"),
    ("key with no value", "no-value"),
    ("must be quoted", "unquoted"),
    ("unclosed", "unclosed"),
    ("invalid basic string", "unclosed"),
];

impl<'a> Fault<'a> {
    fn of(said: &'a str) -> Self {
        let quoted = |rest: &'a str| rest.split_once('`').map(|(name, _)| name);
        if let Some(rest) = said.strip_prefix("unknown field `")
            && let Some(name) = quoted(rest)
        {
            let known = rest.split_once("expected ").map_or("", |(_, known)| known);
            return Self::UnknownKey(name, known.trim_start_matches("one of "));
        }
        if let Some(name) = said.strip_prefix("missing field `").and_then(quoted) {
            return Self::MissingKey(name);
        }
        let mistaken = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "));
        if let Some((found, wanted)) = mistaken.and_then(|rest| rest.split_once(", expected ")) {
            return Self::Type(found, wanted);
        }
        let writing = WRITING.iter().find(|(words, _)| said.contains(words));
        writing.map_or(Self::Other, |(_, fault)| Self::Writing(fault))
    }
}

/// The kind of value that the parser's words speak of, for the messages to choose by.
fn kind(words: &str) -> &'static str {
    const KINDS: [(&str, &str); 9] = [
        ("string", "text"),
        ("bool", "truth"),
        ("integer", "number"),
        ("float", "number"),
        ("u8", "number"),
        ("u32", "number"),
        ("sequence", "list"),
        ("map", "table"),
        ("struct", "table"),
    ];
    KINDS.iter().find(|(word, _)| words.contains(word)).map_or("other", |(_, kind)| kind)
}

impl Terms {
    /// What a TOML parser `said` was wrong; what is not known is quoted.
    pub fn toml_fault(&self, said: &str) -> String {
        let words = &self.loader;
        match Fault::of(said) {
            Fault::UnknownKey(name, known) => {
                fl!(words, "toml-unknown-key", name = name, known = known.replace('`', ""))
            }
            Fault::MissingKey(name) => fl!(words, "toml-missing-key", name = name),
            Fault::Type(found, wanted) => {
                fl!(words, "toml-type", found = kind(found), wanted = kind(wanted), value = found, must = wanted)
            }
            Fault::Writing(fault) => fl!(words, "toml-writing", fault = fault, said = said),
            Fault::Other => fl!(words, "toml-other", said = said),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parsers_words_are_understood() {
        assert_eq!(
            Fault::of("unknown field `kolor`, expected one of `lang`, `theme`"),
            Fault::UnknownKey("kolor", "`lang`, `theme`")
        );
        assert_eq!(Fault::of("missing field `keys`"), Fault::MissingKey("keys"));
        assert_eq!(Fault::of("invalid type: integer `1`, expected a string"), Fault::Type("integer `1`", "a string"));
        assert_eq!(Fault::of("unclosed table, expected `]`"), Fault::Writing("unclosed"));
        assert_eq!(Fault::of("something new"), Fault::Other);
    }

    #[test]
    fn common_faults_are_told_without_a_word_of_english() {
        let words = crate::terms(auxlog_law::Lang::Zh);
        for (said, told) in [
            ("unknown field `色`, expected one of `主题`, `语言`", "没有“色”这一项；可以写的有：主题, 语言"),
            ("missing field `键`", "缺少“键”这一项"),
            ("invalid type: integer `1`, expected a string", "这里要写文字，用引号括起来，写的却是数字"),
            ("duplicate key", "同一项写了两次"),
            ("unclosed table, expected `]`", "括号或引号没有闭合"),
        ] {
            assert_eq!(words.toml_fault(said), told);
        }
    }
}
