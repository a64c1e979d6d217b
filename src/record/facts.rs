//! From a stated task and the roster to the facts that the decision table reads.
//!
//! Dates become facts of the task's day ([`standing`]), names become a recusal or none. Which facts
//! of a person count is [`Source`]'s matter: `check` judges by what is stated, `log` by the
//! roster; a stated fact that differs from the roster is listed either way.

mod fitness;
mod given;
mod standing;

pub use fitness::against;
pub use given::{Given, Known};
pub use standing::{officer_status, standing, supervises, told_by_both};

use auxlog_law::{Facts, Officers, Person, Recusal, Rulebook, Suggestion, Verdict};
use chrono::{Datelike as _, NaiveDate};

use crate::{
    Auxiliary, Certificate, Date, Judged, JudgedPerson, MAX_FIELD, OfficerId, RecusalEntry, Roster, StatedAuxiliary,
    StatedOfficer, Task, Validity, cut, plain, visible_line,
};

/// Whose word counts for a person who is on the roster and of whom the task states facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// The task's (`check`): facts it does not state take the harmless value.
    #[default]
    Stated,
    /// The roster's (`log`): what the task states beside it is recorded and shown.
    Roster,
}

/// What reducing needs to know beside task and roster.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// Whose word counts.
    pub source: Source,
    /// The agency of a task that names none.
    pub agency: Option<crate::AgencyId>,
    /// The day by which certificates and ages of an undated task are read; where it is `None`
    /// too, a certificate held counts as valid and nobody as under age.
    pub today: Option<Date>,
}

/// A task's facts, and whom they are about.
#[derive(Debug, Clone, Default)]
pub struct Reduced {
    /// What the judge reads.
    pub facts: Facts,
    /// The auxiliaries, in the order of `facts.people`.
    pub people: Vec<JudgedPerson>,
    /// Officers named by number alone of whom the roster doesn't say whether they could supervise
    /// that day. If no other could, the officers count as unstated, not as none valid.
    pub unknown_officers: Vec<OfficerId>,
}

impl Reduced {
    /// A verdict on these facts, as a record carries it; `office` as [`Given::office`].
    pub fn judged(self, verdict: Verdict, roster_version: u64, office: u64) -> Judged {
        let given = Given::of(&self.facts, office);
        Judged { verdict, roster_version, people: self.people, given: Some(given) }
    }
}

/// A task judged.
#[derive(Debug, Clone)]
pub struct Judging {
    /// What was judged.
    pub reduced: Reduced,
    /// What the text suggests, where there is one.
    pub suggestion: Option<Suggestion>,
    /// The verdict on it.
    pub verdict: Verdict,
}

/// Judges a task by `rulebook`, with what its text suggests.
pub fn judge(rulebook: &Rulebook, task: &Task, roster: &Roster, defaults: &Defaults) -> Judging {
    let reduced = reduce(rulebook, task, roster, defaults);
    let suggestion = task.said().map(|text| rulebook.suggest(text));
    let verdict = rulebook.judge_task(&reduced.facts, suggestion.as_ref());
    Judging { reduced, suggestion, verdict }
}

/// Reduces a task. Codes that `rulebook` doesn't know are left out, since [`Task::validate`] has
/// named them.
pub fn reduce(rulebook: &Rulebook, task: &Task, roster: &Roster, defaults: &Defaults) -> Reduced {
    let day = task.at.map(crate::Moment::china_date).or(defaults.today);
    let agency = task.agency.as_ref().or(defaults.agency.as_ref());
    let as_of_day = rulebook.reads_days();
    let mut reduced = Reduced {
        facts: Facts {
            activities: task.items.iter().filter_map(|code| rulebook.activity(code)).collect(),
            mode: task.mode,
            presence: task.presence,
            circumstances: task.circumstances.iter().copied().collect(),
            legal_basis: task.legal_basis.as_deref().is_some_and(|basis| !basis.trim().is_empty()),
            arranged: task.arranged,
            at: task.at.map(|at| at.0),
            ..Facts::default()
        },
        ..Reduced::default()
    };
    let supervising = |id: &OfficerId| {
        let officer = roster.officers.get(id)?;
        if as_of_day { supervises(officer, day) } else { Some(is_valid(officer.certificate.as_ref(), day)) }
    };
    if let Some(officers) = &task.officers {
        reduced.facts.officers = self::officers(officers, defaults.source, supervising, &mut reduced.unknown_officers);
    }
    for stated in &task.auxiliaries {
        let known = roster.auxiliaries.get(&stated.id);
        let from_roster = known.map(|known| Person {
            other_agency: differ(Some(&known.agency), agency),
            recusal: recusal(&known.recusals, task.counterpart.as_deref().unwrap_or_default()),
            ..if as_of_day { standing(known, day) } else { standing::first_reading(known, day) }
        });
        let full = is_stated(stated).then(|| stated_person(stated, day, agency));
        let mut person = match (from_roster, full, defaults.source) {
            (Some(roster), None, _) => roster,
            (None, Some(stated), _) | (Some(_), Some(stated), Source::Stated) => stated,
            (Some(roster), Some(stated), Source::Roster) => merged(roster, stated),
            (None, None, _) => Person { known: false, ..Person::default() },
        };
        person.known = known.is_some() || full.is_some();
        let differs = match (&from_roster, known) {
            (Some(roster), Some(known)) => differing(stated, known, roster),
            _ => Vec::new(),
        };
        reduced.facts.people.push(person);
        reduced.people.push(JudgedPerson {
            id: stated.id.clone(),
            name: known.map(|known| cut(&visible_line(&known.name), MAX_FIELD - 1).into_owned()),
            known: person.known,
            differs,
        });
    }
    reduced
}

/// A recusal that the officer states stands even where the roster has none: it is knowledge of
/// this task, and leaving it out would hide a finding.
fn merged(roster: Person, stated: Person) -> Person {
    Person { recusal: roster.recusal.max(stated.recusal), ..roster }
}

fn officers(
    stated: &[StatedOfficer],
    source: Source,
    supervising: impl Fn(&OfficerId) -> Option<bool>,
    unknown: &mut Vec<OfficerId>,
) -> Officers {
    let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let mut valid = 0;
    for officer in stated {
        let known = supervising(&officer.id);
        // With any fact stated the certificate, if it isn't that fact, takes the harmless value.
        let said = officer.certificate_valid.or(officer.agency.as_ref().and(known.or(Some(true))));
        let counts = match source {
            Source::Stated => said.or(known),
            Source::Roster => known.or(said),
        };
        match counts {
            Some(true) => valid += 1,
            Some(false) => {}
            None => unknown.push(officer.id.clone()),
        }
    }
    if valid == 0 && !unknown.is_empty() {
        Officers::Unstated
    } else {
        Officers::Stated { valid: count(valid), total: count(stated.len()) }
    }
}

fn is_stated(stated: &StatedAuxiliary) -> bool {
    *stated != StatedAuxiliary { id: stated.id.clone(), ..StatedAuxiliary::default() }
}

fn stated_person(stated: &StatedAuxiliary, day: Option<Date>, agency: Option<&crate::AgencyId>) -> Person {
    let harmless = Person::default();
    Person {
        known: true,
        status: stated.status.unwrap_or(harmless.status),
        certificate_valid: stated.certificate_valid.unwrap_or(harmless.certificate_valid),
        training: stated.training.unwrap_or(harmless.training),
        assessment: stated.assessment.unwrap_or(harmless.assessment),
        other_agency: differ(stated.agency.as_ref(), agency),
        recusal: if stated.recused == Some(true) { Recusal::Decided } else { Recusal::None },
        qualified: stated.qualified.unwrap_or(harmless.qualified),
        underage: is_underage(stated.born, day),
        ..harmless
    }
}

fn differ(theirs: Option<&crate::AgencyId>, task: Option<&crate::AgencyId>) -> bool {
    matches!((theirs, task), (Some(theirs), Some(task)) if !theirs.0.is_empty() && theirs != task)
}

/// Names of the facts that the task states otherwise than the roster.
fn differing(stated: &StatedAuxiliary, known: &Auxiliary, roster: &Person) -> Vec<String> {
    let facts = [
        ("status", stated.status.is_some_and(|status| status != roster.status)),
        ("certificate_valid", stated.certificate_valid.is_some_and(|valid| valid != roster.certificate_valid)),
        ("training", stated.training.is_some_and(|training| training != roster.training)),
        ("assessment", stated.assessment.is_some_and(|assessment| assessment != roster.assessment)),
        ("agency", stated.agency.as_ref().is_some_and(|agency| *agency != known.agency)),
        ("recused", stated.recused.is_some_and(|recused| recused != (roster.recusal == Recusal::Decided))),
        ("qualified", stated.qualified.is_some_and(|qualified| qualified != roster.qualified)),
        ("born", stated.born.is_some_and(|born| Some(born) != known.born)),
    ];
    facts.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
}

/// Whether a certificate is held and valid on that day, both ends included.
pub fn is_valid(certificate: Option<&Certificate>, day: Option<Date>) -> bool {
    day.map_or(certificate.is_some(), |day| Validity::on(certificate, day).is_valid())
}

/// Whether someone born on `born` is under eighteen on `day` (第八条（三）): of age on the
/// birthday; born on 29 February, on 1 March of a common year.
pub fn is_underage(born: Option<Date>, day: Option<Date>) -> bool {
    let (Some(Date(born)), Some(Date(day))) = (born, day) else { return false };
    let year = born.year() + 18;
    let birthday = NaiveDate::from_ymd_opt(year, born.month(), born.day())
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
        .unwrap_or(NaiveDate::MAX);
    day < birthday
}

/// Whether somebody must stand aside (第十九条（七）): the recusal towards a counterpart. An entry that names it counts as it stands; one that
/// merely holds the same words (张三 and 张三便利店) makes the relation known, to be looked at.
pub fn recusal(entries: &[RecusalEntry], counterpart: &str) -> Recusal {
    let counterpart = plain(counterpart);
    if counterpart.is_empty() {
        return Recusal::None;
    }
    let of = |entry: &RecusalEntry| {
        let named = plain(&entry.counterpart);
        if named == counterpart {
            if entry.decided { Recusal::Decided } else { Recusal::Known }
        } else if named.chars().count() >= 2
            && counterpart.chars().count() >= 2
            && (named.contains(&*counterpart) || counterpart.contains(&*named))
        {
            Recusal::Known
        } else {
            Recusal::None
        }
    };
    entries.iter().map(of).max().unwrap_or_default()
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
