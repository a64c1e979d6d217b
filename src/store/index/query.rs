//! Which tasks a query selects, in which order.

use std::sync::Arc;

use auxlog_law::Severity;

use super::Index;
use super::slot::{Flags, Slot, day_of};
use crate::api::{Order, TaskQuery, TaskStatus};

/// The tasks that a query selects, in order; text and place aside where the index made it.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    /// Numbers of the slots.
    pub(crate) slots: Arc<Vec<u32>>,
    /// The index's generation that it was made from.
    pub(crate) generation: u64,
    /// The query that made it, without offset and limit.
    pub(crate) query: TaskQuery,
}

/// A query prepared for the scan.
struct Filter {
    people: Option<Vec<bool>>,
    officers: Option<Vec<bool>>,
    items: Option<Vec<bool>>,
    verdict: Option<Severity>,
    status: Option<TaskStatus>,
    open: bool,
    sampled: bool,
    conflict: bool,
    since: i32,
    until: i32,
}

impl Filter {
    fn of(index: &Index, query: &TaskQuery) -> Self {
        let people = query.person.as_ref().map(|id| index.sets.holding(|name| name == id.0));
        let officers = query.officer.as_ref().map(|id| index.sets.holding(|name| name == id.0));
        let items = query.item.as_ref().map(|item| index.sets.holding(|code| covers(item, code)));
        Self {
            people,
            officers,
            items,
            verdict: query.verdict,
            status: query.status,
            open: query.open,
            sampled: query.sampled,
            conflict: query.conflict,
            since: query.since.map_or(i32::MIN, |day| day.0.to_epoch_days()),
            until: query.until.map_or(i32::MAX, |day| day.0.to_epoch_days()),
        }
    }

    fn accepts(&self, slot: &Slot) -> bool {
        let holds = |sets: &Option<Vec<bool>>, set: u32| {
            sets.as_ref().is_none_or(|sets| sets.get(set as usize).copied().unwrap_or(false))
        };
        Index::is_listed(slot)
            && self.verdict.is_none_or(|verdict| slot.verdict == verdict)
            && self.status.is_none_or(|status| TaskStatus::of(slot.status) == status)
            && (!self.open || slot.is_open() || self.sampled && slot.flags.has(Flags::SAMPLED))
            && (!self.conflict || slot.flags.has(Flags::CONFLICT))
            && holds(&self.people, slot.people)
            && holds(&self.officers, slot.officers)
            && holds(&self.items, slot.items)
            && (self.since..=self.until).contains(&day_of(slot.at_ms))
    }
}

/// Whether an item asked for covers an activity's code: an article its items, an item its
/// activities, a code itself.
fn covers(asked: &str, code: &str) -> bool {
    code == asked
        || code
            .strip_prefix(asked)
            .is_some_and(|rest| rest.starts_with(':') || (rest.starts_with('.') && !asked.contains('.')))
}

impl Index {
    /// Selects tasks, text and place aside; `settle` must have been called since the last change.
    pub(crate) fn select(&self, query: &TaskQuery) -> Selection {
        let filter = Filter::of(self, query);
        let passes = |number: &u32| self.slots.get(*number).is_some_and(|slot| filter.accepts(slot));
        let slots: Vec<u32> = match query.order {
            Order::Newest => self.within(query).iter().rev().copied().filter(passes).collect(),
            Order::Oldest => self.within(query).iter().copied().filter(passes).collect(),
            Order::Urgent => {
                let samples = self.samples.iter().filter(|_| query.sampled).map(|(_, slot)| *slot);
                let open = self.open.iter().map(|urgency| urgency.slot).chain(samples).filter(passes);
                if query.open {
                    open.collect()
                } else {
                    // What awaits nothing follows, latest first.
                    let rest = self.within(query).iter().rev().copied();
                    let listed = |slot: &Slot| slot.is_open() || query.sampled && slot.flags.has(Flags::SAMPLED);
                    let rest = rest.filter(|number| self.slots.get(*number).is_some_and(|slot| !listed(slot)));
                    open.chain(rest.filter(passes)).collect()
                }
            }
        };
        let query = TaskQuery { offset: 0, limit: 0, text: None, place: None, ..query.clone() };
        Selection { slots: Arc::new(slots), generation: self.generation, query }
    }

    /// The part of the order of time that the query's dates leave.
    fn within(&self, query: &TaskQuery) -> &[u32] {
        let day = |number: &u32| self.slots.get(*number).map_or(i32::MIN, |slot| day_of(slot.at_ms));
        let from =
            query.since.map_or(0, |since| self.order.partition_point(|number| day(number) < since.0.to_epoch_days()));
        let to = query.until.map_or(self.order.len(), |until| {
            self.order.partition_point(|number| day(number) <= until.0.to_epoch_days())
        });
        self.order.get(from..to).unwrap_or_default()
    }

    /// The auxiliaries that a task names.
    pub(crate) fn people_of(&self, slot: &Slot) -> impl Iterator<Item = &str> {
        self.sets.names(slot.people)
    }

    /// How often the tasks of an auxiliary have which item, and their counts.
    pub(crate) fn items_of(&self, slots: &[u32]) -> std::collections::BTreeMap<String, u32> {
        let mut items = std::collections::BTreeMap::new();
        for slot in slots.iter().filter_map(|number| self.slots.get(*number)) {
            for code in self.sets.names(slot.items) {
                *items.entry(code.to_owned()).or_default() += 1;
            }
        }
        items
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn an_article_covers_its_items_and_an_item_its_activities() {
        for (asked, code, expected) in [
            ("16", "16.2:inspection", true),
            ("16.2", "16.2:inspection", true),
            ("16.2", "16.2", true),
            ("16.2:inspection", "16.2:inspection", true),
            ("1", "16.2", false),
            ("16.2", "16.21", false),
            ("16.2:evidence", "16.2:inspection", false),
            ("17.2:inspection", "16.2:inspection", false),
        ] {
            assert_eq!(covers(asked, code), expected, "{asked} {code}");
        }
    }
}
