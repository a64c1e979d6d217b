//! The lexicon: classes of words, patterns over them, and the activities they show.
//!
//! Read from TOML (`lexicon/*.toml`), so that an agency can adapt the words it uses without
//! touching code. All words are found by one Aho-Corasick automaton, built once.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use super::pattern::{Pattern, parse};

/// What is wrong with a lexicon.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// The file is not TOML of the expected shape.
    #[error("lexicon file {file}: {source}")]
    Toml {
        /// Name of the file.
        file: &'static str,
        /// What the TOML reader says (line, column, reason).
        source: Box<toml::de::Error>,
    },
    /// A pattern refers to a class that no file defines.
    #[error("act {act}: pattern \"{pattern}\" names the class @{class}, which is not defined; add it to [classes]")]
    UnknownClass {
        /// Code of the act.
        act: String,
        /// The pattern as written.
        pattern: String,
        /// The missing class.
        class: String,
    },
    /// A pattern cannot be read.
    #[error("act {act}: pattern \"{pattern}\" {reason}")]
    Pattern {
        /// Code of the act.
        act: String,
        /// The pattern as written.
        pattern: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A class that the program itself reads is missing.
    #[error("the class \"{0}\" is missing from [classes]")]
    MissingClass(&'static str),
    /// The words make no automaton.
    #[error("the words cannot be compiled: {0}")]
    Automaton(#[from] aho_corasick::BuildError),
}

/// How an act composes with the rest of the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Work of articles 15 and 16.
    #[default]
    Work,
    /// A power of 17.1 or 17.2, which only an officer has.
    Power,
    /// Conduct of 17.3 to 17.8.
    Conduct,
    /// An arrangement of article 23.
    Arrangement,
    /// Something about the person (21, 22, 19.7).
    Person,
}

/// What an officer's doing it says about the auxiliary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ByOfficer {
    /// The auxiliary assisted in it.
    #[default]
    Keep,
    Drop,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActSource {
    code: String,
    #[serde(default)]
    activity: Option<String>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    by_officer: ByOfficer,
    #[serde(default)]
    alone: Option<String>,
    #[serde(default)]
    needs: Option<String>,
    #[serde(default)]
    circumstance: Option<crate::Circumstance>,
    #[serde(default)]
    whole_text: bool,
    when: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActsFile {
    act: Vec<ActSource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WordsFile {
    #[serde(default)]
    surnames: String,
    #[serde(default)]
    given: String,
    #[serde(default)]
    aux_prefixes: Vec<String>,
    #[serde(default)]
    officer_titles: Vec<String>,
    #[serde(default)]
    not_names: Vec<String>,
    #[serde(default)]
    compounds: Compounds,
    classes: BTreeMap<String, Vec<String>>,
}

/// Compounds whose first part tells no act (检查表): every event with every suffix.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Compounds {
    events: Vec<String>,
    suffixes: Vec<String>,
    patrol_events: Vec<String>,
    patrol_suffixes: Vec<String>,
}

/// An act and the patterns that show it.
#[derive(Debug)]
pub(crate) struct Act {
    /// Activity code, or `21`, `22`, `19.7`.
    pub(crate) code: String,
    /// `article.item` of the code.
    pub(crate) item: String,
    pub(crate) kind: Kind,
    pub(crate) by_officer: ByOfficer,
    /// Activity of article 17 added where nobody supervised.
    pub(crate) alone: Option<String>,
    /// Counts only where the text shows that it was arranged.
    pub(crate) needs_arranged: bool,
    pub(crate) circumstance: Option<crate::Circumstance>,
    /// Patterns are read over the whole description, not clause by clause.
    pub(crate) whole_text: bool,
    pub(crate) when: Vec<Pattern>,
    pub(crate) weak: Vec<Pattern>,
}

/// A class of words, by position.
pub(crate) type ClassId = u16;

macro_rules! context_classes {
    ($($field:ident = $name:literal),* $(,)?) => {
        /// The classes that the program itself reads.
        #[derive(Debug)]
        pub(crate) struct ContextClasses { $(pub(crate) $field: ClassId),* }

        impl ContextClasses {
            fn find(ids: &HashMap<String, ClassId>) -> Result<Self, LexiconError> {
                Ok(Self { $($field: *ids.get($name).ok_or(LexiconError::MissingClass($name))?),* })
            }
        }
    };
}

context_classes! {
    officer = "officer", weak_officer = "weak-officer", boss = "boss", aux = "aux", name = "name",
    titled = "titled", counterpart = "counterpart", self_word = "self-word",
    alone = "alone", alone_name = "alone-name", alone_weak = "alone-weak", count = "count",
    company = "company", assist = "assist", lead = "lead", absent = "absent", report_to = "report-to",
    of_officer = "of-officer", order = "order", order_strong = "order-strong", schedule = "schedule",
    remote_medium = "remote-medium", remote_verb = "remote-verb",
    negator = "negator", barrier = "barrier", cancelled = "cancelled", attempt = "attempt",
    corrected = "corrected", refused = "refused", own_thing = "own-thing", not_theirs = "not-theirs",
    noise = "noise", ferry = "ferry", compound = "compound", office_acts = "office-acts", in_name_of = "in-name-of", proposal = "proposal", unbidden = "unbidden", training = "training", assessment = "assessment", failed = "failed",
    certificate = "certificate", recusal_decided = "recusal-decided",
}

/// Words, classes and acts, compiled.
#[derive(Debug)]
pub struct Lexicon {
    automaton: AhoCorasick,
    /// Classes of each word, ascending.
    classes_of: Vec<Box<[ClassId]>>,
    pub(crate) classes: usize,
    /// What the model knows each class by, whatever its position: said, and denied.
    class_features: Vec<[u32; 2]>,
    pub(crate) context: ContextClasses,
    pub(crate) acts: Vec<Act>,
    /// For each class, the patterns that begin with it, as positions (act, weak, pattern).
    beginning_with: Vec<Vec<(u16, bool, u16)>>,
}

#[derive(Default)]
struct Builder {
    ids: HashMap<String, ClassId>,
    members: BTreeMap<String, Vec<ClassId>>,
}

impl Builder {
    fn class(&mut self, name: &str) -> ClassId {
        let next = ClassId::try_from(self.ids.len()).unwrap_or(ClassId::MAX);
        *self.ids.entry(name.to_owned()).or_insert(next)
    }

    fn word(&mut self, class: ClassId, word: &str) {
        if !word.is_empty() {
            self.members.entry(word.to_owned()).or_default().push(class);
        }
    }

    /// Puts the names with an officer's title (王队) into `class` too.
    fn add_titled(&mut self, class: ClassId) {
        let titled = self.class("titled");
        for of in self.members.values_mut().filter(|of| of.contains(&titled)) {
            of.push(class);
        }
    }

    fn add_words(&mut self, file: &WordsFile, named: &mut BTreeMap<String, Vec<String>>) {
        for (name, words) in &file.classes {
            let class = self.class(name);
            for word in words {
                self.word(class, word);
            }
            named.entry(name.clone()).or_default().extend(words.iter().cloned());
        }
        let (name, titled) = (self.class("name"), self.class("titled"));
        for surname in file.surnames.chars().chain(file.given.chars()) {
            for prefix in &file.aux_prefixes {
                let word = format!("{prefix}{surname}");
                if !file.not_names.contains(&word) {
                    self.word(name, &word);
                }
            }
            for title in file.officer_titles.iter().filter(|_| file.surnames.contains(surname)) {
                self.word(titled, &format!("{surname}{title}"));
            }
        }
        let noise = self.class("noise");
        file.not_names.iter().for_each(|word| self.word(noise, word));
        // 告知 in 告知书 tells nothing: the paper is meant.
        for paper in file.classes.get("document").into_iter().flatten() {
            if paper.ends_with(['书', '单', '证', '函', '款']) {
                self.word(noise, paper);
            }
        }
        let compound = self.class("compound");
        let of = &file.compounds;
        for (events, suffixes) in [(&of.events, &of.suffixes), (&of.patrol_events, &of.patrol_suffixes)] {
            for event in events {
                for suffix in suffixes {
                    self.word(compound, &format!("{event}{suffix}"));
                }
            }
        }
    }
}

impl Lexicon {
    /// The lexicon that comes with the program.
    ///
    /// # Errors
    /// None: the files are part of the program, and the tests compile them.
    pub fn embedded() -> Result<Self, LexiconError> {
        Self::from_toml(
            &[("words.toml", include_str!("lexicon/words.toml")), ("cues.toml", include_str!("lexicon/cues.toml"))],
            ("acts.toml", include_str!("lexicon/acts.toml")),
        )
    }

    /// Compiles files of word classes and one file of acts.
    ///
    /// # Errors
    /// Names the file or the act, and what to change.
    pub fn from_toml(
        words: &[(&'static str, &str)],
        (acts_name, acts): (&'static str, &str),
    ) -> Result<Self, LexiconError> {
        let mut builder = Builder::default();
        let mut named = BTreeMap::new();
        for &(file, text) in words {
            let parsed: WordsFile =
                toml::from_str(text).map_err(|source| LexiconError::Toml { file, source: Box::new(source) })?;
            builder.add_words(&parsed, &mut named);
        }
        let source: ActsFile =
            toml::from_str(acts).map_err(|source| LexiconError::Toml { file: acts_name, source: Box::new(source) })?;
        let acts: Vec<Act> =
            source.act.into_iter().map(|act| compile(act, &mut builder, &named)).collect::<Result<_, _>>()?;
        let context = ContextClasses::find(&builder.ids)?;
        let classes = builder.ids.len();
        let mut class_features = vec![[0; 2]; classes];
        for (name, class) in &builder.ids {
            class_features[usize::from(*class)] = super::features::of_class(name);
        }
        let mut beginning_with = vec![Vec::new(); classes];
        for (n, act) in acts.iter().enumerate() {
            let act: &Act = act;
            for (weak, patterns) in [(false, &act.when), (true, &act.weak)] {
                for (m, pattern) in patterns.iter().enumerate() {
                    let place = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
                    beginning_with[usize::from(pattern.first_class())].push((place(n), weak, place(m)));
                }
            }
        }
        let (words, classes_of): (Vec<_>, Vec<_>) = builder
            .members
            .into_iter()
            .map(|(word, mut of)| {
                of.sort_unstable();
                of.dedup();
                (word, of.into_boxed_slice())
            })
            .unzip();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(words)?;
        Ok(Self { automaton, classes_of, classes, class_features, context, acts, beginning_with })
    }

    /// Every word of the lexicon in `text`, overlapping ones included: (word, start, end).
    pub(crate) fn find(&self, text: &str) -> impl Iterator<Item = (usize, usize, usize)> {
        self.automaton.find_overlapping_iter(text).map(|m| (m.pattern().as_usize(), m.start(), m.end()))
    }

    /// The patterns that begin with a class of `set`: (act, pattern within its `when` or `weak`).
    pub(crate) fn candidates(&self, set: &[u64], weak: bool) -> impl Iterator<Item = (usize, usize)> {
        let classes = set.iter().enumerate().flat_map(|(cell, &bits)| {
            let mut rest = bits;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    cell * 64 + bit
                })
            })
        });
        classes
            .flat_map(|class| &self.beginning_with[class])
            .filter(move |(_, of_weak, _)| *of_weak == weak)
            .map(|&(act, _, pattern)| (usize::from(act), usize::from(pattern)))
    }

    pub(crate) fn classes_of(&self, word: usize) -> &[ClassId] {
        &self.classes_of[word]
    }

    /// What the model knows `class` by: a word of it said, and denied.
    pub(crate) fn class_features(&self, class: ClassId) -> [u32; 2] {
        self.class_features[usize::from(class)]
    }

    /// Whether `word` is of `class`.
    pub(crate) fn is(&self, word: usize, class: ClassId) -> bool {
        self.classes_of[word].binary_search(&class).is_ok()
    }
}

fn compile(
    source: ActSource,
    builder: &mut Builder,
    named: &BTreeMap<String, Vec<String>>,
) -> Result<Act, LexiconError> {
    let mut patterns = |list: &[String]| -> Result<Vec<Pattern>, LexiconError> {
        list.iter()
            .map(|pattern| {
                parse(pattern, |element| {
                    // One anonymous class an element, shared by equal elements.
                    let class = builder.class(&format!("={element}"));
                    for part in element.split('|') {
                        if let Some(name) = part.strip_prefix('@') {
                            let words = named.get(name).ok_or_else(|| LexiconError::UnknownClass {
                                act: source.code.clone(),
                                pattern: pattern.clone(),
                                class: name.to_owned(),
                            })?;
                            for word in words {
                                builder.word(class, word);
                            }
                            if name == "officer" {
                                builder.add_titled(class);
                            }
                        } else {
                            builder.word(class, part);
                        }
                    }
                    Ok(class)
                })
                .map_err(|problem| problem.locate(&source.code, pattern))
            })
            .collect()
    };
    let when = patterns(&source.when)?;
    let weak = patterns(&source.weak)?;
    let item = source.code.split(':').next().unwrap_or_default().to_owned();
    Ok(Act {
        code: source.activity.unwrap_or(source.code),
        item,
        kind: source.kind,
        by_officer: source.by_officer,
        alone: source.alone,
        needs_arranged: source.needs.as_deref() == Some("arranged"),
        circumstance: source.circumstance,
        whole_text: source.whole_text,
        when,
        weak,
    })
}
