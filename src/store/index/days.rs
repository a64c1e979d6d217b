//! How many tasks each day has.

use crate::DayCount;

/// The counts of all days that have any, in order. Tasks of one day mostly come together: the day
/// asked for last is found at once.
#[derive(Default)]
pub(super) struct Days {
    all: Vec<(i32, DayCount)>,
    last: usize,
}

impl Days {
    /// The count of a day (China, counted from 1970-01-01).
    pub(super) fn at(&mut self, day: i32) -> &mut DayCount {
        if self.all.get(self.last).is_none_or(|(known, _)| *known != day) {
            self.last = self.all.binary_search_by_key(&day, |(known, _)| *known).unwrap_or_else(|at| {
                self.all.insert(at, (day, DayCount::default()));
                at
            });
        }
        &mut self.all[self.last].1
    }

    /// The days from `since` to `until`, both included.
    pub(super) fn range(&self, since: i32, until: i32) -> impl Iterator<Item = (i32, DayCount)> {
        let first = self.all.partition_point(|(day, _)| *day < since);
        self.all[first..].iter().copied().take_while(move |(day, _)| *day <= until)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn days_in_any_order_are_counted_as_in_a_map(days in prop::collection::vec(-9_i32..9, 0..60), since in -10_i32..10, until in -10_i32..10) {
            let (mut ours, mut map) = (Days::default(), BTreeMap::<i32, DayCount>::new());
            for day in days {
                ours.at(day).tasks += 1;
                map.entry(day).or_default().tasks += 1;
            }
            let expected: Vec<_> = map.into_iter().filter(|(day, _)| (since..=until).contains(day)).collect();
            prop_assert_eq!(ours.range(since, until).collect::<Vec<_>>(), expected);
        }
    }
}
