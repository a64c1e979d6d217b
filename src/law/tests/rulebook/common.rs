//! Tasks in a few words, and verdicts as text, so that the tests read like the decision table.

use auxlog_law::{
    Answerable, Arranged, Circumstance, Facts, Finding, Mode, Officers, Person, Presence, Rulebook, Severity, Verdict,
};

/// A task with these activities, one auxiliary in good standing, and nothing else stated.
pub(crate) fn task(items: &[&str]) -> Facts {
    let activity = |code: &&str| Rulebook::embedded().activity(code).expect("an activity of the rulebook");
    Facts { activities: items.iter().map(activity).collect(), people: vec![Person::default()], ..Facts::default() }
}

/// Further facts, one at a time.
pub(crate) trait Stated: Sized {
    fn facts(self, change: impl FnOnce(&mut Facts)) -> Self;

    fn mode(self, mode: Mode) -> Self {
        self.facts(|facts| facts.mode = mode)
    }
    fn presence(self, presence: Presence) -> Self {
        self.facts(|facts| facts.presence = presence)
    }
    /// So many officers named, so many of them with a valid certificate.
    fn officers(self, valid: u8, total: u8) -> Self {
        self.facts(|facts| facts.officers = Officers::Stated { valid, total })
    }
    /// Assisting, two certified officers on the scene.
    fn supervised(self) -> Self {
        self.supervised_by(2)
    }
    fn supervised_by(self, valid: u8) -> Self {
        self.mode(Mode::Assisted).presence(Presence::OnScene).officers(valid, valid)
    }
    /// Independently, nobody there.
    fn alone(self) -> Self {
        self.mode(Mode::Independent).presence(Presence::None)
    }
    /// Assisting, with an officer on the scene who has no valid certificate.
    fn no_valid_officer(self) -> Self {
        self.mode(Mode::Assisted).presence(Presence::OnScene).officers(0, 1)
    }
    /// Assisting, two certified officers commanding by telephone.
    fn remote(self) -> Self {
        self.mode(Mode::Assisted).presence(Presence::Remote).officers(2, 2)
    }
    fn arranged(self, arranged: Arranged) -> Self {
        self.facts(|facts| facts.arranged = arranged)
    }
    fn with(self, circumstance: Circumstance) -> Self {
        self.facts(|facts| facts.circumstances.insert(circumstance))
    }
    fn basis(self) -> Self {
        self.facts(|facts| facts.legal_basis = true)
    }
    fn at(self, rfc3339: &str) -> Self {
        let at = rfc3339.parse().expect("a date with its offset");
        self.facts(|facts| facts.at = Some(at))
    }
    fn people(self, people: Vec<Person>) -> Self {
        self.facts(|facts| facts.people = people)
    }
    /// The one auxiliary, changed.
    fn person(self, change: impl FnOnce(&mut Person)) -> Self {
        self.facts(|facts| change(&mut facts.people[0]))
    }
}

impl Stated for Facts {
    fn facts(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(&mut self);
        self
    }
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Permitted => "permitted",
        Severity::NeedsReview => "needs_review",
        Severity::Improper => "improper",
    }
}

/// `improper supervision.alone 16.2:inspection | 16.2 6 17.2 | auxiliary | 29`
pub(crate) fn line(finding: &Finding) -> String {
    let about = match (&finding.activity, finding.person) {
        (Some(activity), _) => format!(" {activity}"),
        (None, Some(person)) => format!(" person {person}"),
        (None, None) => String::new(),
    };
    let answers = finding.answers.iter().map(|answers| match answers {
        Answerable::Agency => "agency",
        Answerable::Officer => "officer",
        Answerable::Auxiliary => "auxiliary",
    });
    format!(
        "{} {}{about} | {} | {} | {}",
        severity(finding.severity),
        finding.rule,
        finding.cites.join(" "),
        answers.collect::<Vec<_>>().join(" "),
        finding.consequence.join(" "),
    )
    .trim_end_matches([' ', '|'])
    .to_owned()
}

/// The verdict, its basis, and its findings line by line.
pub(crate) fn text(verdict: &Verdict) -> Vec<String> {
    let basis = verdict.basis.join(" ");
    let first = format!("{} [{basis}]", severity(verdict.verdict));
    std::iter::once(first).chain(verdict.findings.iter().map(line)).collect()
}
