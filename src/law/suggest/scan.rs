//! A description cut into clauses, with the lexicon's words found in it and negation resolved.

use super::lexicon::{ClassId, Lexicon};
use super::pattern::Scope;

/// A word of the lexicon in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Byte where it starts.
    pub(crate) start: usize,
    /// Byte after its end.
    pub(crate) end: usize,
    pub(crate) word: usize,
    /// Position of its clause.
    pub(crate) clause: usize,
    /// Negated, or part of a longer word with another meaning: patterns pass it over.
    pub(crate) void: bool,
    pub(crate) negated: bool,
    /// Inside a word of class `noise`.
    pub(crate) noise: bool,
}

/// One clause: its bytes, and its hits as a range of [`Scan::hits`].
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) hits: std::ops::Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Scan<'t> {
    pub(crate) text: &'t str,
    /// By start, then longest first.
    pub(crate) hits: Vec<Hit>,
    pub(crate) clauses: Vec<Clause>,
    present: Vec<u64>,
    all: Vec<u64>,
    width: usize,
}

/// Longest reach of a negator, in bytes between its end and the word (four Chinese characters).
const NEGATION_REACH: usize = 12;

fn is_break(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '；'
            | '！'
            | '？'
            | '：'
            | ','
            | ';'
            | '!'
            | '?'
            | ':'
            | '\n'
            | '\r'
            | '…'
            | '（'
            | '）'
            | '('
            | ')'
    )
}

impl<'t> Scan<'t> {
    /// Finds the words of `lexicon` in `text`.
    pub(crate) fn new(lexicon: &Lexicon, text: &'t str) -> Self {
        let mut clauses = clause_bounds(text);
        let mut hits: Vec<Hit> = lexicon
            .find(text)
            .map(|(word, start, end)| Hit { start, end, word, clause: 0, void: false, negated: false, noise: false })
            .collect();
        hits.sort_unstable_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
        // A word across a clause break (rare: a word holding punctuation) belongs to neither.
        let mut at = 0;
        for (n, clause) in clauses.iter_mut().enumerate() {
            let from = at;
            while at < hits.len() && hits[at].start < clause.end {
                hits[at].clause = n;
                hits[at].void |= hits[at].end > clause.end;
                at += 1;
            }
            clause.hits = from..at;
        }
        let width = lexicon.classes.div_ceil(64);
        let mut scan = Self {
            text,
            present: vec![0; width * (clauses.len() + 1)],
            all: vec![0; width * (clauses.len() + 1)],
            hits,
            clauses,
            width,
        };
        scan.mask(lexicon);
        scan.unname(lexicon);
        for n in 0..scan.clauses.len() {
            scan.negate(lexicon, n);
        }
        scan.collect_classes(lexicon);
        scan
    }

    /// Voids single characters inside longer words, and anything inside a word of class `noise`.
    fn mask(&mut self, lexicon: &Lexicon) {
        // Hits are ordered by start, longest first: whatever contains a hit comes before it.
        let mut reach: (usize, usize) = (0, 0);
        let mut noise: (usize, usize) = (0, 0);
        let mut compound: (usize, usize) = (0, 0);
        for hit in &mut self.hits {
            let inside =
                |outer: (usize, usize)| hit.start >= outer.0 && hit.end <= outer.1 && (hit.start, hit.end) != outer;
            let single = hit.end - hit.start <= 4 && self.text[hit.start..hit.end].chars().count() == 1;
            // 锁了, 翻过 are the same word as 锁, 翻.
            let aspect = hit.start == reach.0
                && self.text[hit.end..reach.1.max(hit.end)].chars().all(|c| matches!(c, '了' | '过' | '着' | '完'));
            // 检查 in 检查记录 is no inspection, 记录 is still a record.
            hit.noise = inside(noise) || (inside(compound) && hit.end < compound.1);
            if hit.noise || (single && inside(reach) && !aspect) {
                hit.void = true;
                continue;
            }
            if hit.end > reach.1 {
                reach = (hit.start, hit.end);
            }
            if hit.end > noise.1 && lexicon.is(hit.word, lexicon.context.noise) {
                noise = (hit.start, hit.end);
            }
            if hit.end > compound.1 && lexicon.is(hit.word, lexicon.context.compound) {
                compound = (hit.start, hit.end);
            }
        }
    }

    /// Voids titles that are the beginning of another word (去查工地 names no 查工).
    fn unname(&mut self, lexicon: &Lexicon) {
        let titled = lexicon.context.titled;
        for n in 0..self.hits.len() {
            let name = self.hits[n];
            if !lexicon.is(name.word, titled) {
                continue;
            }
            let cut = self.hits[n + 1..]
                .iter()
                .take_while(|h| h.start < name.end)
                .any(|h| h.start > name.start && h.end > name.end && !lexicon.is(h.word, titled));
            if cut {
                self.hits[n].void = true;
                self.hits[n].noise = true;
            }
        }
    }

    /// Marks the words that a negator reaches.
    fn negate(&mut self, lexicon: &Lexicon, clause: usize) {
        let range = self.clauses[clause].hits.clone();
        let c = &lexicon.context;
        for n in range.clone() {
            let negator = self.hits[n];
            // 没 inside a longer word (没审) still negates, inside 没收 it does not.
            if negator.noise || !lexicon.is(negator.word, c.negator) {
                continue;
            }
            // 没队员在场查了三家 is about the officer only.
            let own = range
                .clone()
                .map(|m| self.hits[m])
                .filter(|h| h.start == negator.start && (lexicon.is(h.word, c.alone) || lexicon.is(h.word, c.refused)))
                .map(|h| h.end)
                .max();
            // 不是单独检查 denies that they were alone, not the inspection.
            let limit = range
                .clone()
                .map(|m| self.hits[m])
                .filter(|h| h.start >= negator.end)
                .filter(|h| !h.noise && (lexicon.is(h.word, c.barrier) || lexicon.is(h.word, c.alone)))
                .map(|h| if lexicon.is(h.word, c.alone) { h.end } else { h.start })
                .chain(own)
                .min()
                .unwrap_or(usize::MAX);
            let mut reach = negator.end + NEGATION_REACH;
            // Somebody else named on the way ends it (未培训的小马跟队员送达).
            let person = range
                .clone()
                .map(|m| self.hits[m])
                .filter(|h| h.start > negator.end + 3)
                .filter(|h| [c.aux, c.name, c.officer, c.titled].iter().any(|&class| lexicon.is(h.word, class)))
                .map(|h| h.start)
                .min()
                .unwrap_or(usize::MAX);
            let limit = limit.min(person);
            for m in range.clone() {
                let hit = &mut self.hits[m];
                let gap_ok = hit.start >= negator.end && hit.start <= reach && hit.end <= limit;
                // 没发不去: what is itself a denial is not denied again.
                let denial = self.text[hit.start..].starts_with(['不', '没', '未', '无', '拒']);
                if gap_ok && !denial && !lexicon.is(hit.word, c.negator) {
                    hit.negated = true;
                    hit.void = true;
                    // Verb and object are denied together (没有开罚单).
                    if hit.start <= negator.end + 3 {
                        reach = reach.max(hit.end + 9);
                    }
                }
            }
        }
    }

    fn collect_classes(&mut self, lexicon: &Lexicon) {
        let whole = self.clauses.len() * self.width;
        for hit in &self.hits {
            let own = hit.clause * self.width;
            for &class in lexicon.classes_of(hit.word) {
                let (cell, bit) = (usize::from(class) / 64, 1_u64 << (class % 64));
                self.all[own + cell] |= bit;
                self.all[whole + cell] |= bit;
                if !hit.void {
                    self.present[own + cell] |= bit;
                    self.present[whole + cell] |= bit;
                }
            }
        }
    }

    pub(crate) fn clause_scope<'a>(&'a self, n: usize, is: &'a dyn Fn(usize, ClassId) -> bool) -> Scope<'a> {
        let bits = n * self.width..(n + 1) * self.width;
        Scope { hits: self.clause_hits(n), present: &self.present[bits.clone()], all: &self.all[bits], is }
    }

    /// The words of the whole description.
    pub(crate) fn whole_scope<'a>(&'a self, is: &'a dyn Fn(usize, ClassId) -> bool) -> Scope<'a> {
        let from = self.clauses.len() * self.width;
        Scope { hits: &self.hits, present: &self.present[from..], all: &self.all[from..], is }
    }

    pub(crate) fn clause_hits(&self, n: usize) -> &[Hit] {
        &self.hits[self.clauses[n].hits.clone()]
    }
}

fn clause_bounds(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if is_break(c) {
            if at > start {
                clauses.push(Clause { start, end: at, hits: 0..0 });
            }
            start = at + c.len_utf8();
        }
    }
    if start < text.len() {
        clauses.push(Clause { start, end: text.len(), hits: 0..0 });
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let lexicon = Lexicon::embedded().expect("the lexicon");
        let scan = Scan::new(&lexicon, text);
        scan.hits.iter().filter(|h| !h.void).map(|h| text[h.start..h.end].to_owned()).collect()
    }

    #[test]
    fn clauses_end_at_marks_and_keep_their_bytes() {
        let text = "甲，乙。丙";
        let bounds: Vec<&str> = clause_bounds(text).iter().map(|c| &text[c.start..c.end]).collect();
        assert_eq!(bounds, ["甲", "乙", "丙"]);
        assert!(clause_bounds("，。").is_empty());
    }

    #[test]
    fn a_negator_reaches_verb_and_object_in_its_clause_only() {
        assert!(!said("没有开罚单").contains(&"罚单".to_owned()));
        assert!(said("没来，开罚单").contains(&"罚单".to_owned()));
    }

    #[test]
    fn a_negator_does_not_reach_past_then() {
        assert!(said("没等就扣押").contains(&"扣押".to_owned()));
    }

    #[test]
    fn confiscating_is_no_negation() {
        assert!(said("没收罚单").contains(&"罚单".to_owned()));
    }

    #[test]
    fn compounds_hide_their_parts() {
        assert!(!said("填检查表").contains(&"检查".to_owned()));
        assert!(said("检查工地").contains(&"检查".to_owned()));
    }
}
