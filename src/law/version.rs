//! Versions of a rulebook side by side, and what changes from one to another.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, FixedOffset};

use crate::rulebook::{Header, assemble, check_names, ordered};
use crate::{Finding, Layer, Problem, Rank, Rulebook, Severity, Verdict};

static OF_PROGRAM: LazyLock<RulebookSet> =
    LazyLock::new(|| RulebookSet::embedded().expect("a test holds the embedded files to load"));

/// Rulebooks by the day they enter into force: a task is judged by the one in force when it was
/// done, not by the newest.
///
/// Whoever opens a ledger or starts a server says by which set it judges; by default by the program's own.
#[derive(Debug, Clone)]
pub struct RulebookSet {
    /// Oldest first, each with its first moment; never empty.
    versions: Arc<[(DateTime<FixedOffset>, Rulebook)]>,
}

impl Default for RulebookSet {
    fn default() -> Self {
        OF_PROGRAM.clone()
    }
}

impl PartialEq for RulebookSet {
    fn eq(&self, other: &Self) -> bool {
        let digests =
            |set: &Self| set.versions.iter().map(|(from, book)| (*from, book.digest().to_owned())).collect::<Vec<_>>();
        Arc::ptr_eq(&self.versions, &other.versions) || digests(self) == digests(other)
    }
}

impl Eq for RulebookSet {}

impl RulebookSet {
    /// The versions that come with the program.
    ///
    /// # Errors
    /// Never for the embedded layers, which a test rules out.
    pub fn embedded() -> Result<Self, Vec<Problem>> {
        Self::build(&Layer::embedded(), |layers| assemble(&ordered(layers)).map(Rulebook::compiled))
    }

    /// The same, made once.
    pub(crate) fn of_program() -> &'static Self {
        &OF_PROGRAM
    }

    /// Makes one rulebook for each moment at which some layer enters into force or ceases to be.
    ///
    /// # Errors
    /// All that is wrong with the layers.
    pub fn from_layers(layers: &[Layer]) -> Result<Self, Vec<Problem>> {
        Self::build(layers, Rulebook::from_layers)
    }

    fn build(
        layers: &[Layer],
        make: impl Fn(&[Layer]) -> Result<Rulebook, Vec<Problem>>,
    ) -> Result<Self, Vec<Problem>> {
        let headers = layers.iter().map(Header::of).collect::<Result<Vec<_>, _>>()?;
        // Before layers are chosen by date: one that is passed over could not be refused any more.
        check_names(layers)?;
        let mut moments: Vec<_> = headers
            .iter()
            .flat_map(|header| std::iter::once(header.in_force_from).chain(header.in_force_until))
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let mut versions = Vec::new();
        for moment in moments {
            let chosen = in_force(&headers, moment);
            // Before any regulation of its own a city has no rulebook.
            let is_base = |&&at: &&usize| !matches!(headers[at].rank, Rank::Local | Rank::National);
            if chosen.iter().any(|at| is_base(&at)) {
                let chosen: Vec<Layer> = chosen.iter().map(|&at| layers[at].clone()).collect();
                versions.push((moment, make(&chosen)?));
            }
        }
        if versions.is_empty() {
            // Without a regulation the layers are judged, and refused, as they stand.
            let book = make(layers)?;
            versions.push((book.in_force_from().unwrap_or_default(), book));
        }
        Ok(Self { versions: versions.into() })
    }

    /// The rulebook in force at `at`; for an undated task the newest, and before the oldest the
    /// oldest (which then finds `law.not-in-force`).
    #[must_use]
    pub fn in_force_at(&self, at: Option<DateTime<FixedOffset>>) -> &Rulebook {
        let newest = self.versions.len() - 1;
        let place = at.map_or(newest, |at| self.versions.iter().rposition(|(from, _)| *from <= at).unwrap_or(0));
        &self.versions[place].1
    }

    /// All versions, oldest first, each with its first moment.
    #[must_use]
    pub fn versions(&self) -> &[(DateTime<FixedOffset>, Rulebook)] {
        &self.versions
    }

    /// What tells it from the program's own, where it is another set.
    #[must_use]
    pub fn of_agency(&self) -> Option<String> {
        let digests = || self.versions.iter().map(|(_, book)| book.digest()).collect::<Vec<_>>().join(" ");
        (*self != *OF_PROGRAM).then(digests)
    }

    /// The newest version. Its words explain the verdicts of older ones, too.
    #[must_use]
    pub fn newest(&self) -> &Rulebook {
        self.in_force_at(None)
    }

    /// The rulebook with this digest: one of these versions, or of those that this program has or had.
    #[must_use]
    pub fn with_digest(&self, digest: &str) -> Option<&Rulebook> {
        let own = self.versions.iter().map(|(_, book)| book).find(|book| book.digest() == digest);
        own.or_else(|| Rulebook::with_digest(digest))
    }
}

/// The layers in force at `moment`, without those in whose place another stands.
fn in_force(headers: &[Header], moment: DateTime<FixedOffset>) -> Vec<usize> {
    let holds =
        |header: &Header| header.in_force_from <= moment && header.in_force_until.is_none_or(|until| moment < until);
    let superseded =
        |id: &str| headers.iter().any(|other| holds(other) && other.supersedes.as_deref().is_some_and(|old| old == id));
    (0..headers.len()).filter(|&at| holds(&headers[at]) && !superseded(&headers[at].id)).collect()
}

/// How a new verdict on the same facts differs from an old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictChange {
    /// The old verdict.
    pub from: Severity,
    /// The new one.
    pub to: Severity,
    /// Findings of the old one that the new one lacks.
    pub gone: Vec<Finding>,
    /// Findings of the new one that the old one lacked.
    pub come: Vec<Finding>,
}

impl VerdictChange {
    /// What changed from `old` to `new`; `None` if verdict and findings are the same.
    #[must_use]
    pub fn between(old: &Verdict, new: &Verdict) -> Option<Self> {
        let lacking = |these: &Verdict, those: &Verdict| -> Vec<Finding> {
            these.findings.iter().filter(|finding| !those.findings.contains(finding)).cloned().collect()
        };
        let change = Self { from: old.verdict, to: new.verdict, gone: lacking(old, new), come: lacking(new, old) };
        (change.from != change.to || !change.gone.is_empty() || !change.come.is_empty()).then_some(change)
    }
}
