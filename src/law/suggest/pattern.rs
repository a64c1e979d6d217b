//! Patterns over word classes: `A + B`, `A > B`, `A - B`, `!A`.

use super::lexicon::{ClassId, LexiconError};
use super::scan::Hit;

/// How an element stands to the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// Somewhere in the scope, not overlapping.
    With,
    /// After the element before.
    After,
}

/// A pattern, compiled to classes.
#[derive(Debug)]
pub(crate) struct Pattern {
    first: Element,
    rest: Vec<(Relation, Element)>,
    without: Vec<ClassId>,
}

/// Words of a class, said or (`!`) denied.
#[derive(Debug, Clone, Copy)]
struct Element {
    class: ClassId,
    denied: bool,
}

impl Element {
    fn read(text: &str, class: &mut impl FnMut(&str) -> Result<ClassId, LexiconError>) -> Result<Self, LexiconError> {
        let denied = text.starts_with('!');
        Ok(Self { class: class(text.trim_start_matches('!'))?, denied })
    }

    fn possible(self, scope: &Scope<'_>) -> bool {
        has(if self.denied { scope.all } else { scope.present }, self.class)
    }

    fn fits(self, hit: &Hit, scope: &Scope<'_>) -> bool {
        (if self.denied { hit.negated } else { !hit.void }) && (scope.is)(hit.word, self.class)
    }
}

/// What is wrong with a pattern, before it is known where it stands.
pub(crate) enum PatternError {
    /// It cannot be read.
    Syntax(&'static str),
    Class(LexiconError),
}

impl From<LexiconError> for PatternError {
    fn from(error: LexiconError) -> Self {
        Self::Class(error)
    }
}

impl PatternError {
    /// Names the act and the pattern.
    pub(crate) fn locate(self, act: &str, pattern: &str) -> LexiconError {
        match self {
            Self::Class(error) => error,
            Self::Syntax(reason) => LexiconError::Pattern { act: act.to_owned(), pattern: pattern.to_owned(), reason },
        }
    }
}

/// Reads a pattern; `class` gives the class of an element such as `查|看|@look`.
pub(crate) fn parse(
    text: &str,
    mut class: impl FnMut(&str) -> Result<ClassId, LexiconError>,
) -> Result<Pattern, PatternError> {
    let mut tokens = text.split_whitespace();
    let first = tokens.next().ok_or(PatternError::Syntax("is empty"))?;
    let mut pattern = Pattern { first: Element::read(first, &mut class)?, rest: Vec::new(), without: Vec::new() };
    while let Some(operator) = tokens.next() {
        let element = tokens.next().ok_or(PatternError::Syntax("ends with an operator; add the words after it"))?;
        match operator {
            "+" => pattern.rest.push((Relation::With, Element::read(element, &mut class)?)),
            ">" => pattern.rest.push((Relation::After, Element::read(element, &mut class)?)),
            "-" => pattern.without.push(class(element)?),
            _ => {
                return Err(PatternError::Syntax(
                    "has an operator other than + > -; join alternatives by | without spaces",
                ));
            }
        }
    }
    Ok(pattern)
}

/// The words of one clause (or of the whole text) that a pattern may use.
pub(crate) struct Scope<'a> {
    /// The hits, in order of their start.
    pub(crate) hits: &'a [Hit],
    /// Classes of hits that count.
    pub(crate) present: &'a [u64],
    /// Classes of all hits, negated ones too.
    pub(crate) all: &'a [u64],
    pub(crate) is: &'a dyn Fn(usize, ClassId) -> bool,
}

/// Whether `class` is in a bit set.
pub(crate) fn has(set: &[u64], class: ClassId) -> bool {
    set[usize::from(class) / 64] & (1 << (class % 64)) != 0
}

impl Pattern {
    /// The class of the first element: without a word of it nothing matches.
    pub(crate) fn first_class(&self) -> ClassId {
        self.first.class
    }

    pub(crate) fn matched(&self, scope: &Scope<'_>) -> Option<Vec<Hit>> {
        // Nearly every pattern ends here: bits only.
        if !self.first.possible(scope) || self.rest.iter().any(|(_, element)| !element.possible(scope)) {
            return None;
        }
        if self.without.iter().any(|&class| has(scope.all, class)) {
            return None;
        }
        let mut chosen = Vec::with_capacity(1 + self.rest.len());
        for hit in scope.hits.iter().filter(|h| self.first.fits(h, scope)) {
            chosen.push(*hit);
            if self.extend(0, scope, &mut chosen) {
                return Some(chosen);
            }
            chosen.pop();
        }
        None
    }

    fn extend(&self, at: usize, scope: &Scope<'_>, chosen: &mut Vec<Hit>) -> bool {
        let Some(&(relation, element)) = self.rest.get(at) else { return true };
        for hit in scope.hits.iter().filter(|h| element.fits(h, scope)) {
            let apart = chosen.iter().all(|c| hit.start >= c.end || hit.end <= c.start);
            let after = chosen.last().is_none_or(|last| hit.start >= last.end);
            if !apart || (relation == Relation::After && !after) {
                continue;
            }
            chosen.push(*hit);
            if self.extend(at + 1, scope, chosen) {
                return true;
            }
            chosen.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::suggest::Lexicon;

    const WORDS: &str = include_str!("lexicon/words.toml");
    const CUES: &str = include_str!("lexicon/cues.toml");

    fn codes(pattern: &str, text: &str) -> Vec<String> {
        let acts = format!("[[act]]\ncode = \"15.1:publicity\"\nwhen = [\"{pattern}\"]\n");
        let lexicon = Lexicon::from_toml(&[("words.toml", WORDS), ("cues.toml", CUES)], ("acts.toml", &acts))
            .expect("a lexicon of one act");
        let parts = crate::suggest::parts(&lexicon, text);
        parts.reading.found.iter().map(|f| f.act.code.clone()).collect()
    }

    #[test]
    fn operators() {
        assert_eq!(codes("甲|乙", "见到乙").len(), 1);
        assert_eq!(codes("甲 + 乙", "乙和甲").len(), 1);
        assert!(codes("甲 + 乙", "甲，乙").is_empty(), "not across clauses");
        assert_eq!(codes("甲 > 乙", "甲和乙").len(), 1);
        assert!(codes("甲 > 乙", "乙和甲").is_empty());
        assert!(codes("甲 - 乙", "甲和乙").is_empty());
        assert!(codes("甲", "没甲").is_empty());
        assert_eq!(codes("!甲", "没甲").len(), 1);
        assert!(codes("!甲", "有甲").is_empty());
    }

    #[test]
    fn a_pattern_that_cannot_be_read_names_itself() {
        for (pattern, part) in [("甲 乙 丙", "operator"), ("甲 +", "ends"), ("", "empty"), ("@nowhere", "@nowhere")]
        {
            let acts = format!("[[act]]\ncode = \"15.1:publicity\"\nwhen = [\"{pattern}\"]\n");
            let error = Lexicon::from_toml(&[("words.toml", WORDS), ("cues.toml", CUES)], ("acts.toml", &acts))
                .expect_err(pattern)
                .to_string();
            assert!(error.contains(part) && error.contains("15.1:publicity"), "{error}");
        }
    }
}
