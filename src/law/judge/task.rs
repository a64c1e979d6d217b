//! Judging a task with its text: what is stated wins over what is suggested, field by field.

use super::{Cited, NOTHING};
use crate::{
    ActivityId, ActivitySet, Arranged, Circumstance, Circumstances, Facts, Mode, Person, Presence, Rulebook,
    Suggestion, Verdict,
};

impl Rulebook {
    /// Judges a task by its stated facts.
    #[must_use]
    pub fn judge(&self, facts: &Facts) -> Verdict {
        self.assess(facts).verdict()
    }

    /// Judges a task by its stated facts and what its text suggests.
    ///
    /// With no activity stated the suggested ones are judged (`text.judged`), what is stated
    /// winning field by field; otherwise a confident disagreement is a finding.
    #[must_use]
    pub fn judge_task(&self, facts: &Facts, suggestion: Option<&Suggestion>) -> Verdict {
        let Some(suggestion) = suggestion else { return self.judge(facts) };
        if facts.activities.is_empty() {
            let text = if suggestion.items.is_empty() { self.tables().unclassified } else { self.tables().judged };
            return self.assess_as(&self.merged(facts, suggestion), &unnamed(suggestion), text).verdict();
        }
        let judgement = self.assess_as(facts, &Person { known: false, ..Person::default() }, NOTHING);
        let contradictions = if judgement.in_force { self.contradictions(facts, suggestion) } else { Vec::new() };
        judgement.verdict_with(contradictions)
    }

    /// The facts that are judged of a task which states no activity: what the text suggests stands
    /// in the place of what is not stated. A task that states one is judged as it stands.
    #[must_use]
    pub fn merged(&self, facts: &Facts, suggestion: &Suggestion) -> Facts {
        let mut merged = facts.clone();
        if !facts.activities.is_empty() {
            return merged;
        }
        merged.activities = suggestion.items.iter().filter_map(|item| self.activity(&item.code)).collect();
        if facts.mode == Mode::Unstated {
            merged.mode = suggestion.mode;
        }
        if facts.presence == Presence::Unstated {
            merged.presence = suggestion.presence;
        }
        if facts.arranged == Arranged::Unstated {
            merged.arranged = suggestion.arranged;
        }
        merged.circumstances = circumstances(facts.circumstances, suggestion.circumstances);
        merged
    }

    /// The rows by which the text contradicts the stated activities.
    fn contradictions(&self, facts: &Facts, suggestion: &Suggestion) -> Vec<Cited<'_>> {
        let mut found: Vec<Cited<'_>> = Vec::new();
        for row in &self.tables().contradictions {
            let suggested: ActivitySet = suggestion
                .items
                .iter()
                .filter(|item| item.confidence >= row.confidence)
                .filter_map(|item| self.activity(&item.code))
                .filter(|&activity| !self.covers(facts.activities, activity, &row.covers))
                .collect();
            found.extend(suggested.iter().filter_map(|activity| {
                let template = row.templates[usize::from(activity.0)]?;
                let template = &self.tables().templates[usize::from(template)];
                Some(Cited { book: self, template, activity: Some(activity), person: None })
            }));
        }
        found
    }

    /// Whether an item among the `stated` ones covers `activity`: its own, or one said to.
    fn covers(&self, stated: ActivitySet, activity: ActivityId, covers: &[(String, u128)]) -> bool {
        let item = |id: ActivityId| &self.activities()[usize::from(id.0)].item;
        stated.iter().any(|stated| {
            item(stated) == item(activity)
                || covers.iter().any(|(by, covered)| by == item(stated) && covered & (1 << activity.0) != 0)
        })
    }
}

/// The auxiliary of whom a text speaks without naming them.
fn unnamed(suggestion: &Suggestion) -> Person {
    let suggested = suggestion.person;
    let harmless = Person::default();
    Person {
        known: false,
        status: suggested.status.unwrap_or(harmless.status),
        certificate_valid: suggested.certificate_valid.unwrap_or(harmless.certificate_valid),
        training: suggested.training.unwrap_or(harmless.training),
        assessment: suggested.assessment.unwrap_or(harmless.assessment),
        recusal: suggested.recusal.unwrap_or(harmless.recusal),
        ..harmless
    }
}

/// Both together; a suggested effect gives way to a stated one.
fn circumstances(stated: Circumstances, suggested: Circumstances) -> Circumstances {
    let effects = [Circumstance::SubstantiveEffect, Circumstance::NoSubstantiveEffect];
    let effect_stated = effects.into_iter().any(|effect| stated.contains(effect));
    let adds = |circumstance: &Circumstance| {
        stated.contains(*circumstance)
            || suggested.contains(*circumstance) && !(effect_stated && effects.contains(circumstance))
    };
    Circumstance::ALL.into_iter().filter(adds).collect()
}
