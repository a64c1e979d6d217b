//! How one activity stands: every way of supervising it that the rules tell apart, judged, with
//! the smallest change that would make it proper.

use crate::field::{self, Field, Point, SITUATION, combinations, unpack};
use crate::vocabulary::{Mask, Vocabulary, word};
use crate::{ActivityId, Change, Facts, Lang, Person, Rulebook, Severity, Verdict};

/// Ways of doing an activity that are judged alike, whoever of those in good standing does it.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// One of them, the plainest.
    pub facts: Facts,
    /// Its verdict.
    pub verdict: Verdict,
    /// What would make it proper: empty where it is, `None` where nothing would.
    pub proper: Option<Vec<Change>>,
    points: Vec<Point>,
}

/// Mode, presence and officers, the plainest first: what stands for ways that are judged alike.
const PLAINEST: [(usize, usize, usize); 6] = [(1, 0, 3), (1, 0, 2), (0, 2, 0), (1, 0, 1), (1, 1, 0), (2, 3, 0)];

impl Rulebook {
    /// Every way of doing `activity` that the rules tell apart, permitted ones first.
    ///
    /// Whether it was arranged and at whose place is left unstated and the auxiliary is in good standing:
    /// what those facts add changes no verdict, or is the same for all activities.
    #[must_use]
    pub fn outlooks(&self, activity: ActivityId) -> Vec<Outlook> {
        let unstated = |field: Field, point: Point| point.get(field) == field.size() - 1;
        let mut outlooks: Vec<Outlook> = Vec::new();
        for point in (0..combinations(&SITUATION)).map(|index| unpack(&SITUATION, index)) {
            if !unstated(Field::ARRANGED, point) || !unstated(Field::COUNTERPART, point) {
                continue;
            }
            let mut facts = Facts { people: vec![Person::default()], ..field::facts_at(point) };
            facts.activities.insert(activity);
            let verdict = self.judge(&facts);
            match outlooks.iter_mut().find(|outlook| outlook.verdict == verdict) {
                Some(alike) => alike.points.push(point),
                None => outlooks.push(Outlook { facts, verdict, proper: None, points: vec![point] }),
            }
        }
        for outlook in &mut outlooks {
            let plainest = outlook.points.iter().min_by_key(|point| plainness(**point));
            let plainest = plainest.copied().unwrap_or_default();
            outlook.facts = Facts { people: vec![Person::default()], ..field::facts_at(plainest) };
            outlook.facts.activities.insert(activity);
            outlook.proper = self.make_proper(&outlook.facts);
        }
        outlooks.sort_by_key(|outlook| {
            let first = outlook.points.iter().map(|point| plainness(*point)).min();
            (outlook.verdict.verdict != Severity::Permitted, first)
        });
        outlooks
    }

    /// Under which facts an outlook holds, in the rulebook's words.
    #[must_use]
    pub fn outlook_label(&self, outlook: &Outlook, lang: Lang) -> String {
        let colon = lang.pick("：", ": ");
        let stated = |field: &str, value: &str| {
            format!("{}{colon}{}", word(field, lang), word(&format!("{field}.{value}"), lang))
        };
        let among = |field: Field| -> Vec<usize> {
            let mut values: Vec<usize> = outlook.points.iter().map(|point| point.get(field)).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        let mut parts = Vec::new();
        let ways = among(Field::SUPERVISION);
        if ways.len() < Field::SUPERVISION.size() {
            parts.push(self.supervision_label(&ways, outlook, lang, &stated));
        }
        for field in [Field::EFFECT, Field::LEGAL_BASIS] {
            let values = among(field);
            if values.len() < field.size() {
                let name = Vocabulary::task().name(field);
                let fact = Vocabulary::task().fact(name).into_iter().flat_map(|fact| &fact.values);
                let held = fact.enumerate().filter(|(at, _)| values.contains(at));
                let names = held.map(|(_, value)| word(&format!("{name}.{value}"), lang).to_owned());
                let names = names.collect::<Vec<_>>().join(lang.pick("、", " or "));
                parts.push(format!("{}{colon}{names}", word(name, lang)));
            }
        }
        if parts.is_empty() { word("all", lang).to_owned() } else { parts.join(lang.pick("；", "; ")) }
    }

    /// The supervision of an outlook: by the rulebook's words for it where they say all of it.
    fn supervision_label(
        &self,
        ways: &[usize],
        outlook: &Outlook,
        lang: Lang,
        stated: &dyn Fn(&str, &str) -> String,
    ) -> String {
        let all = ways.iter().fold(0, |mask: Mask, way| mask | 1 << way);
        let within: Vec<(Mask, &str)> = self
            .situations()
            .iter()
            .filter_map(|situation| {
                let mask = situation.mask;
                (mask != 0 && mask & !all == 0).then(|| (mask, lang.pick(&situation.zh, &situation.en)))
            })
            .collect();
        let covered = within.iter().fold(0, |mask, (own, _)| mask | own);
        if covered == all {
            // A word whose ways another word has too says nothing more.
            let widest = within.iter().filter(|(own, name)| {
                !within.iter().any(|(other, another)| another != name && own & !other == 0 && own != other)
            });
            return widest.map(|(_, name)| *name).collect::<Vec<_>>().join(lang.pick("，或者", ", or "));
        }
        let plainest = outlook.points.iter().min_by_key(|point| plainness(**point)).copied().unwrap_or_default();
        let place = plainest.get(Field::SUPERVISION);
        let facts = Vocabulary::task().facts_of(Field::SUPERVISION).filter_map(|fact| {
            let value = (0..fact.values.len()).find(|&value| fact.holds(value, place))?;
            Some(stated(&fact.key, &fact.values[value]))
        });
        let facts = facts.collect::<Vec<_>>().join(lang.pick("，", ", "));
        if ways.len() == 1 { facts } else { word("otherwise", lang).replace("{facts}", &facts) }
    }
}

/// The order in which ways that are judged alike stand for one another.
fn plainness(point: Point) -> (usize, usize) {
    let way = field::supervision_parts(point.get(Field::SUPERVISION));
    let place = PLAINEST.iter().position(|plain| *plain == way).unwrap_or(PLAINEST.len());
    // Effect and basis unstated before stated.
    (place, combinations(&SITUATION) - point.pack(&SITUATION))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Severity::{Improper, NeedsReview, Permitted};

    fn outlooks(code: &str) -> Vec<(String, Severity, Vec<String>)> {
        let book = Rulebook::embedded();
        let outlooks = book.outlooks(book.activity(code).expect("an activity"));
        outlooks
            .iter()
            .map(|outlook| {
                let label = |change: &Change| book.change_label(change, Lang::En, None);
                let proper = outlook.proper.iter().flatten().map(label).collect();
                (book.outlook_label(outlook, Lang::En), outlook.verdict.verdict, proper)
            })
            .collect()
    }

    #[test]
    fn an_inspection_stands_six_ways_and_each_says_what_would_make_it_proper() {
        let ways = outlooks("16.2:inspection");
        let verdicts: Vec<Severity> = ways.iter().map(|way| way.1).collect();
        assert_eq!(verdicts, [Permitted, NeedsReview, Improper, Improper, NeedsReview, NeedsReview]);
        assert!(ways[0].2.is_empty(), "{ways:?}");
        assert_eq!(ways[1].2, ["at least two officers with valid certificates take part"]);
        assert_eq!(ways[2].0, "alone (independently, or with no officer)");
        assert_eq!(ways[2].2.len(), 3, "{ways:?}");
    }

    #[test]
    fn the_ways_of_an_activity_are_all_ways_and_each_once() {
        let book = Rulebook::embedded();
        for at in 0..book.activities().len() {
            let outlooks = book.outlooks(ActivityId(u8::try_from(at).expect("below 128")));
            let counted: usize = outlooks.iter().map(|outlook| outlook.points.len()).sum();
            assert_eq!(counted, combinations(&SITUATION) / Field::ARRANGED.size() / Field::COUNTERPART.size());
        }
    }

    #[test]
    fn what_nothing_makes_proper_says_so() {
        let ways = Rulebook::embedded();
        let bribe = ways.outlooks(ways.activity("17.4:abuse-of-power").expect("an activity"));
        assert_eq!(bribe.len(), 1);
        assert!(bribe[0].proper.is_none());
        assert_eq!(ways.outlook_label(&bribe[0], Lang::Zh), "不限");
    }
}
