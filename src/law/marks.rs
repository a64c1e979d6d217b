//! What the rules say of an activity or a circumstance as such, whatever a task states beside it.

use crate::field::{Field, Scope};
use crate::judge::{conditions, rules};
use crate::{ActivityId, Circumstance, Rulebook, Severity};

impl Rulebook {
    /// Whether some rule asks which law `activity` relies on.
    #[must_use]
    pub fn asks_for_legal_basis(&self, activity: ActivityId) -> bool {
        let place = usize::from(activity.0);
        rules(self.model(), Scope::Activity, Some(place)).into_iter().any(|rule| {
            let mut asked = conditions(self.model(), rule).filter(|asked| asked.reads(Field::LEGAL_BASIS));
            asked.any(|asked| asked.activities & (1 << place) != 0)
        })
    }

    /// Whether everything that `article` lists can be done in some way that is permitted.
    #[must_use]
    pub fn lists_what_may_be_done(&self, article: &str) -> bool {
        let ways = self.tables().representatives().len();
        let permitted =
            |place: usize| (0..ways).any(|way| self.tables().of_activity(place, way).severity == Severity::Permitted);
        let of_article = |place: &usize| self.activities()[*place].article() == article;
        let mut listed = (0..self.activities().len()).filter(of_article).peekable();
        listed.peek().is_some() && listed.all(permitted)
    }

    /// The provision by which `circumstance` counts: the last that is cited, beside more general ones, by
    /// the first rule that asks about it.
    #[must_use]
    pub fn cite_of(&self, circumstance: Circumstance) -> Option<&str> {
        let asks = |when: &[(String, Vec<String>)]| {
            when.iter().flat_map(|(_, values)| values).any(|value| value == circumstance.word())
        };
        let judging = self.rows().iter().filter(|row| row.replaced_by.is_none());
        let case = judging.filter(|row| asks(&row.when)).find_map(|row| row.cases.first())?;
        case.cites.last().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_mark_what_needs_a_basis_what_may_be_done_and_why_a_circumstance_counts() {
        let cited = ["23.3", "23.1", "23.1", "23.5", "23.4", "17.2", "15.6"].map(Some);
        for book in [Rulebook::embedded(), &Rulebook::released()[0]] {
            for activity in book.activities() {
                let id = book.activity(&activity.code).expect("listed");
                assert_eq!(book.asks_for_legal_basis(id), activity.item == "16.7", "{}", activity.code);
            }
            let open = ["15", "16", "17", "23", "99"].map(|article| book.lists_what_may_be_done(article));
            assert_eq!(open, [true, true, false, false, false]);
            let all = Circumstance::ALL.map(|circumstance| book.cite_of(circumstance));
            assert_eq!(all[..cited.len()], cited);
        }
        let [new, old] = [Rulebook::embedded(), &Rulebook::released()[0]];
        let at_enterprise = [new, old].map(|book| book.cite_of(Circumstance::AtEnterprise));
        assert_eq!(at_enterprise, [Some("so54"), None]);
    }
}
