//! What would make an entry proper.

use super::Rules;
use crate::vocabulary::{Fact, word};
use crate::{Lang, Point, Severity};

/// One change of one fact, of those that would make an entry proper.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FactChange {
    /// The fact.
    pub fact: String,
    /// One of its values.
    pub value: String,
    /// Whether that value comes to hold; only of a fact of which any may hold one may cease to.
    pub holds: bool,
}

/// A fact and the values of which one may take the place of what holds.
type Choice<'a> = (&'a Fact, Vec<usize>);

impl Rules {
    /// The smallest change of facts that makes the verdict `permitted`: empty when it is already, `None` when
    /// nothing would. Of changes that are equally small, one to facts and values that stand first is taken.
    #[must_use]
    pub fn make_proper(&self, facts: &Point) -> Option<Vec<FactChange>> {
        let choices: Vec<Choice<'_>> =
            self.vocabulary().facts.iter().filter(|fact| !fact.fixed).flat_map(choices).collect();
        (0..=choices.len()).find_map(|most| self.reach(*facts, &choices, most))
    }

    /// The first `count` changes among `choices` that make `facts` proper.
    fn reach(&self, facts: Point, choices: &[Choice<'_>], count: usize) -> Option<Vec<FactChange>> {
        if count == 0 {
            let can_be = self.vocabulary().can_be(&self.fields, facts);
            let severity = self.fired(facts).iter().map(|template| template.severity).max();
            return (can_be && severity == Some(Severity::Permitted)).then(Vec::new);
        }
        choices.iter().enumerate().find_map(|(at, (fact, values))| {
            let now = facts.get(fact.field);
            values.iter().filter(|&&value| fact.set || !fact.holds(value, now)).find_map(|&value| {
                let mut then = facts;
                then.set(fact.field, fact.with(value, now));
                let mut changes = self.reach(then, &choices[at + 1..], count - 1)?;
                let holds = fact.holds(value, then.get(fact.field));
                changes.insert(0, FactChange { fact: fact.key.clone(), value: fact.values[value].clone(), holds });
                Some(changes)
            })
        })
    }

    /// A change in words; `person` is the name of whom it is about. The vocabulary's words for it are
    /// `change.fact.value`, and `change.fact.not.value` where the value is to hold no longer.
    #[must_use]
    pub fn change_label(&self, change: &FactChange, lang: Lang, person: Option<&str>) -> String {
        let (vocabulary, FactChange { fact, value, holds }) = (self.vocabulary(), change);
        let key = format!("change.{fact}.{}{value}", if *holds { "" } else { "not." });
        let what = vocabulary.value_label(fact, value, lang);
        let own = vocabulary.words.get(&key).map(|wording| lang.pick(&wording.zh, &wording.en).to_owned());
        let told = own.unwrap_or_else(|| match holds {
            true => format!("{}{}{what}", vocabulary.word(fact, lang), lang.pick("：", ": ")),
            false => word("change.without", lang).replace("{what}", &what),
        });
        told.replace("{person}", person.unwrap_or_else(|| word("person", lang)))
    }
}

fn choices(fact: &Fact) -> Vec<Choice<'_>> {
    let values = 0..fact.values.len();
    if fact.set { values.map(|value| (fact, vec![value])).collect() } else { vec![(fact, values.collect())] }
}
