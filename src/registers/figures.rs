//! The figures of an agency and a period (第三十二条): each a numerator and a denominator, counted from tasks and
//! entries as they stand on the last day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use auxlog_law::{Lang, Mode, Outcome, Severity, Status as Service};
use auxlog_record::fold::{Status, TaskView};
use auxlog_record::{AgencyId, AuxiliaryId, Date, Datum, Decision};
use serde::Deserialize;

use crate::dossier::day_of;
use crate::{Dossier, EntryError, Names, Reading};

const DAY_MS: i64 = 86_400_000;

/// What a figure is called, and how it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Told {
    key: String,
    #[serde(flatten)]
    name: Names,
    counts: Names,
}

static TOLD: LazyLock<Vec<Told>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        figure: Vec<Told>,
    }
    toml::from_str::<File>(include_str!("figures.toml")).map(|file| file.figure).expect("a test reads it")
});

/// One figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Its name; what it counts is told by the words of this key.
    pub key: &'static str,
    /// What was counted.
    pub numerator: u64,
    /// Of how many; `None` where it is a number by itself.
    pub denominator: Option<u64>,
}

impl Figure {
    /// What it is called, and how it is counted.
    pub fn told(&self, lang: Lang) -> (&'static str, &'static str) {
        let told = TOLD.iter().find(|told| told.key == self.key);
        told.map_or((self.key, ""), |told| (told.name.of(lang), told.counts.of(lang)))
    }
}

/// Counts tasks one by one, and at the end the registers.
#[derive(Debug)]
pub struct Figures {
    since: Date,
    until: Date,
    independent: u64,
    assisted: u64,
    assisted_items: u64,
    supervised: u64,
    tasks: u64,
    improper: u64,
    needs_review: u64,
    confirmed: u64,
    agency_answers: u64,
    /// Whole days from a record to the decision on it.
    review_days: Vec<u64>,
}

impl Figures {
    /// Figures of a period, both days counted.
    pub fn new(since: Date, until: Date) -> Self {
        Self {
            since,
            until,
            independent: 0,
            assisted: 0,
            assisted_items: 0,
            supervised: 0,
            tasks: 0,
            improper: 0,
            needs_review: 0,
            confirmed: 0,
            agency_answers: 0,
            review_days: Vec::new(),
        }
    }

    fn within(&self, day: Option<Date>) -> bool {
        day.is_some_and(|day| self.since <= day && day <= self.until)
    }

    /// Counts a task, if it was carried out in the period and stands.
    pub fn take(&mut self, view: &TaskView) {
        let counts = !matches!(view.status, Status::Incomplete | Status::Planned | Status::Annulled | Status::Entry);
        if !counts || view.planned || !self.within(view.when_ms().and_then(day_of)) {
            return;
        }
        self.tasks += 1;
        self.independent += u64::from(view.task.mode == Mode::Independent);
        self.assisted += u64::from(view.task.mode == Mode::Assisted);
        if view.task.items.iter().any(|item| item.starts_with("16.")) {
            self.assisted_items += 1;
            let officers = view.task.officers.as_ref().is_some_and(|officers| !officers.is_empty());
            self.supervised += u64::from(view.task.mode == Mode::Assisted && officers);
        }
        self.improper += u64::from(view.worst == Severity::Improper);
        self.needs_review += u64::from(view.worst == Severity::NeedsReview);
        self.confirmed += u64::from(view.status == Status::Confirmed);
        self.agency_answers += u64::from(
            view.findings().iter().any(|found| found.cites.iter().any(|cite| cite.split('.').next() == Some("23"))),
        );
        let decided = view.review.iter().filter(|step| step.void.is_none());
        let decided = decided
            .filter(|step| matches!(step.decision, Decision::Confirm | Decision::Dismiss))
            .map(|step| step.wall_ms);
        if let Some((recorded, decided)) = view.recorded_ms().zip(decided.min()) {
            self.review_days.push(u64::try_from((decided - recorded).max(0) / DAY_MS).unwrap_or(0));
        }
    }

    /// All figures; the registers are read once each.
    ///
    /// # Errors
    /// What the store returns.
    pub fn count(mut self, entries: &dyn Reading, agency: &AgencyId) -> Result<Vec<Figure>, EntryError> {
        self.review_days.sort_unstable();
        let mut out = Out(Vec::new());
        self.people(entries, agency, &mut out)?;
        self.of_tasks(&mut out);
        self.answering(entries, &mut out)?;
        Ok(out.0)
    }

    fn of_tasks(&self, out: &mut Out) {
        out.share("tasks-independent", self.independent, self.tasks);
        out.share("tasks-assisted", self.assisted, self.tasks);
        out.share("supervised", self.supervised, self.assisted_items);
        out.share("improper", self.improper, self.tasks);
        out.share("needs-review", self.needs_review, self.tasks);
        out.share("confirmed", self.confirmed, self.improper + self.needs_review);
        out.share("agency-answers", self.agency_answers, self.tasks);
        // By nearest rank.
        let rank = |percent: usize| (self.review_days.len() * percent).div_ceil(100).checked_sub(1);
        let at = |percent: usize| self.review_days.get(rank(percent)?);
        for (key, percent) in [("review-days-half", 50), ("review-days-most", 90)] {
            if let Some(days) = at(percent) {
                out.number(key, *days);
            }
        }
    }

    fn people(&self, entries: &dyn Reading, agency: &AgencyId, out: &mut Out) -> Result<(), EntryError> {
        let roster = entries.roster();
        let gone = self.gone(entries)?;
        let serves = |person: &&auxlog_record::Auxiliary| {
            person.agency == *agency
                && !gone.contains(&person.id)
                && person.left_on.map_or(person.status == Service::Active, |left| self.until <= left)
        };
        let at_work: BTreeSet<&AuxiliaryId> =
            roster.auxiliaries.values().filter(serves).map(|person| &person.id).collect();
        let all = at_work.len() as u64;
        let limits = standing(entries, "limit")?;
        let in_force = |one: &&Arc<Dossier>| one.state_on(self.until).key == "in_force";
        let approved = limits.iter().filter(in_force).filter_map(|one| one.get("approved").and_then(Datum::number));
        out.share("limit-use", all, u64::try_from(approved.sum::<i64>()).unwrap_or(0));
        let named = |register: &str, counts: &dyn Fn(&Dossier) -> bool| -> Result<u64, EntryError> {
            let all = standing(entries, register)?;
            let persons: BTreeSet<AuxiliaryId> =
                all.iter().filter(|one| counts(one)).flat_map(|one| one.persons()).collect();
            Ok(persons.iter().filter(|person| at_work.contains(person)).count() as u64)
        };
        let by = |one: &Dossier| one.day().is_some_and(|day| day <= self.until);
        out.share("filed", named("filing", &|one| by(one) && one.state == "received")?, all);
        let certified = named("certificate", &|one| by(one) && one.state_on(self.until).key == "issued")?;
        out.share("certified", certified, all);
        let inspected = |one: &Dossier| self.within(one.day_in("on")) && one.text("conclusion") == Some("passed");
        out.share("inspected", named("inspection", &inspected)?, certified);
        let courses: BTreeMap<String, Arc<Dossier>> =
            standing(entries, "course")?.into_iter().map(|course| (course.id.to_string(), course)).collect();
        let on_roster = |person: &&auxlog_record::Auxiliary| {
            person.training == Outcome::Passed && person.trained_on.is_none_or(|on| on <= self.until)
        };
        let mut trained: BTreeSet<AuxiliaryId> =
            roster.auxiliaries.values().filter(on_roster).map(|person| person.id.clone()).collect();
        let mut hours: BTreeMap<&str, u64> = BTreeMap::new();
        for result in standing(entries, "result")? {
            let Some(course) = result.text("course").and_then(|id| courses.get(id)) else { continue };
            let yes = |of: &Dossier, key: &str| of.get(key).is_some_and(Datum::is_yes);
            let ended = course.day_in("until");
            if yes(&result, "passed") && yes(course, "pre_post") && ended.is_some_and(|on| on <= self.until) {
                trained.extend(result.persons());
            }
            if !yes(&result, "attended") || !self.within(ended) {
                continue;
            }
            let strand = STRANDS.iter().find(|(strand, _)| course.text("strand") == Some(*strand));
            let lasted = course.get("hours").and_then(Datum::number).and_then(|hours| u64::try_from(hours).ok());
            if let Some(((_, key), lasted)) = strand.zip(lasted) {
                *hours.entry(key).or_default() += lasted;
            }
        }
        out.share("pre-post-trained", at_work.iter().filter(|person| trained.contains(person)).count() as u64, all);
        for (_, key) in STRANDS {
            out.share(key, hours.get(key).copied().unwrap_or(0), all);
        }
        Ok(())
    }

    /// Whoever left by the last day, by an approved leaving.
    fn gone(&self, entries: &dyn Reading) -> Result<BTreeSet<AuxiliaryId>, EntryError> {
        let mut leavings = standing(entries, "leaving")?;
        leavings.retain(|one| matches!(one.state, "effective" | "closed"));
        leavings.retain(|one| one.day_in("effective").is_some_and(|on| on < self.until));
        Ok(leavings.iter().flat_map(|one| one.persons()).collect())
    }

    fn answering(&self, entries: &dyn Reading, out: &mut Out) -> Result<(), EntryError> {
        let of = |register: &str| -> Result<Vec<Arc<Dossier>>, EntryError> {
            let mut all = standing(entries, register)?;
            all.retain(|one| self.within(one.day()));
            Ok(all)
        };
        let complaints = of("complaint")?;
        let took = |one: &Dossier, step: &str| one.taken.iter().any(|taken| taken.step.key == step);
        let count = |all: &[Arc<Dossier>], counts: &dyn Fn(&Dossier) -> bool| {
            all.iter().filter(|one| counts(one)).count() as u64
        };
        let answered = count(&complaints, &|one| took(one, "answer"));
        out.share("complaints-answered", answered, complaints.len() as u64);
        out.share(
            "complaints-upheld",
            count(&complaints, &|one| said(one, "answer", "upheld", &["upheld", "partly"])),
            answered,
        );
        let rated = count(&complaints, &|one| took(one, "rate"));
        out.share(
            "complaints-satisfied",
            count(&complaints, &|one| said(one, "rate", "rating", &["satisfied", "fairly"])),
            rated,
        );
        let discipline = of("discipline")?;
        let decided = count(&discipline, &|one| took(one, "decide"));
        out.share(
            "heard",
            count(&discipline, &|one| took(one, "decide") && (took(one, "hear") || took(one, "waive"))),
            decided,
        );
        for (measure, key) in MEASURES {
            out.share(key, count(&discipline, &|one| said(one, "decide", "measure", &[measure])), decided);
        }
        out.number("injuries", of("injury")?.len() as u64);
        let kit = standing(entries, "kit")?;
        let (roster, gone) = (entries.roster(), self.gone(entries)?);
        let left = |one: &Dossier| {
            let gone = |person: &AuxiliaryId| {
                let row = roster.auxiliaries.get(person);
                gone.contains(person) || row.is_none_or(|row| row.status == Service::Departed)
            };
            one.state == "in_use" && one.persons().iter().any(gone)
        };
        out.share("kit-outstanding", count(&kit, &left), kit.len() as u64);
        let suggestions = of("suggestion")?;
        out.share("suggestions-answered", count(&suggestions, &|one| took(one, "answer")), suggestions.len() as u64);
        Ok(())
    }
}

/// The strands of training, and the figures of their hours.
const STRANDS: [(&str, &str); 4] =
    [("ideology", "hours-ideology"), ("law", "hours-law"), ("skills", "hours-skills"), ("mind", "hours-mind")];

/// The measures of 第二十九条, and their figures.
const MEASURES: [(&str, &str); 4] = [
    ("correct", "measure-correct"),
    ("criticise", "measure-criticise"),
    ("return", "measure-return"),
    ("transfer", "measure-transfer"),
];

struct Out(Vec<Figure>);

impl Out {
    fn share(&mut self, key: &'static str, numerator: u64, denominator: u64) {
        self.0.push(Figure { key, numerator, denominator: Some(denominator) });
    }

    fn number(&mut self, key: &'static str, numerator: u64) {
        self.0.push(Figure { key, numerator, denominator: None });
    }
}

/// Whether the newest of these steps says one of these words in a field.
fn said(entry: &Dossier, step: &str, key: &str, words: &[&str]) -> bool {
    let newest = entry.taken.iter().rev().find(|taken| taken.step.key == step);
    let datum = newest.and_then(|taken| {
        let field = taken.step.fields.iter().find(|field| field.key == key)?;
        taken.data.get(&field.n)
    });
    datum.is_some_and(|datum| datum.texts().iter().any(|text| words.contains(text)))
}

fn standing(entries: &dyn Reading, register: &str) -> Result<Vec<Arc<Dossier>>, EntryError> {
    let Some(register) = crate::named(register) else { return Ok(Vec::new()) };
    let mut all = entries.dossiers(register, None)?;
    all.retain(|one| !one.is_annulled());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entries;

    #[test]
    fn every_figure_is_told_in_both_languages_and_none_that_is_not_counted() {
        let day = |text: &str| crate::field::date_of(text).expect("a day");
        let mut figures = Figures::new(day("2026-01-01"), day("2026-12-31"));
        figures.review_days = vec![3, 1, 7];
        let counted = figures.count(&Entries::default(), &"A01".into()).expect("counted");
        for figure in &counted {
            for lang in [Lang::Zh, Lang::En] {
                let (name, counts) = figure.told(lang);
                assert!(name != figure.key && !name.is_empty() && !counts.is_empty(), "{figure:?}");
            }
        }
        let keys: BTreeSet<&str> = counted.iter().map(|figure| figure.key).collect();
        assert_eq!(keys, TOLD.iter().map(|told| told.key.as_str()).collect());
        let days = |key: &str| counted.iter().find(|figure| figure.key == key).map(|figure| figure.numerator);
        assert_eq!((days("review-days-half"), days("review-days-most")), (Some(3), Some(7)));
    }
}
