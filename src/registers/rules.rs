//! The checks of registers: rows in a vocabulary of each register's own, cited and explained like those on tasks.

use std::sync::{Arc, LazyLock};

use auxlog_law::{Explanation, Finding, Lang, Problem, Rulebook, Rules, Severity, Source, Vocabulary};
use auxlog_record::Date;

use crate::{Dossier, Reading, agreement, certificate};

/// Facts and their values, as a vocabulary names them.
pub(crate) type Stated = Vec<(&'static str, &'static str)>;

type Facts = fn(&dyn Reading, &Dossier, Date) -> Stated;

/// The checks of one register.
struct Checks {
    register: &'static str,
    vocabulary: &'static str,
    rows: &'static str,
    facts: Facts,
}

macro_rules! checks {
    ($($(#[$when:meta])? $register:literal in $room:literal by $facts:expr;)*) => {
        const CHECKS: &[Checks] = &[$($(#[$when])? Checks {
            register: $register,
            vocabulary: include_str!(concat!($room, "/", $register, ".facts.toml")),
            rows: include_str!(concat!($room, "/", $register, ".rows.toml")),
            facts: $facts,
        }),*];
    };
}

checks! {
    "certificate" in "certificate" by certificate::facts;
    "company" in "agreement" by agreement::company;
    "agreement" in "agreement" by agreement::agreement;
    "contract" in "agreement" by agreement::contract;
    #[cfg(any(test, feature = "trial"))]
    "trial" in "trial" by crate::trial_facts::facts;
}

impl Checks {
    fn load(&self, check: bool) -> Result<Rules, Vec<Problem>> {
        let vocabulary = Arc::new(Vocabulary::read(&format!("{}.facts.toml", self.register), self.vocabulary)?);
        let source = Source { file: format!("{}.rows.toml", self.register), text: self.rows.to_owned() };
        let load = if check { Rules::load } else { Rules::read };
        load(&vocabulary, Rulebook::embedded(), &[source])
    }
}

static ALL: LazyLock<Vec<(&'static Checks, Rules)>> = LazyLock::new(|| {
    let rules = |checks: &'static Checks| (checks, checks.load(false).expect("a test holds the rows to be sound"));
    CHECKS.iter().map(rules).collect()
});

fn of(register: &str) -> Option<&'static (&'static Checks, Rules)> {
    ALL.iter().find(|(checks, _)| checks.register == register)
}

/// The rows on each register that has any.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Rules)> {
    ALL.iter().map(|(checks, rules)| (checks.register, rules))
}

/// Reads all rows with every check, as the program's own tests do.
///
/// # Errors
/// Everything that is wrong with them.
pub fn check() -> Result<(), Vec<Problem>> {
    CHECKS.iter().try_for_each(|checks| checks.load(true).map(drop))
}

/// What is found about an entry on a day, the gravest first.
pub fn findings(entries: &dyn Reading, dossier: &Dossier, day: Date) -> Vec<Finding> {
    let Some((checks, rules)) = of(&dossier.register.key).filter(|_| !dossier.is_annulled()) else { return Vec::new() };
    let stated = (checks.facts)(entries, dossier, day);
    rules.vocabulary().point(&stated).map(|facts| rules.decide(&facts).findings).unwrap_or_default()
}

/// Whether something is found that stands against it until somebody says why not.
pub(crate) fn stands_against(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Improper)
}

/// A finding in words; `person` is whom it is about.
pub fn explain(register: &str, finding: &Finding, lang: Lang, person: Option<&str>) -> Option<Explanation> {
    of(register).map(|(_, rules)| rules.explain(Rulebook::embedded(), finding, lang, person))
}
