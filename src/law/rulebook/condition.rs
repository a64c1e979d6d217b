//! Conditions as bit masks: one mask of admitted values a field, one of activities.

use crate::field::{self, Field, Mask, Point, Scope};

/// Every listed condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Condition {
    /// The activities admitted; all bits where activities are not asked about.
    pub(crate) activities: u128,
    masks: [Mask; Field::COUNT],
}

impl Condition {
    /// Holds under all facts.
    pub(crate) fn always() -> Self {
        Self { activities: u128::MAX, masks: Field::ALL.map(Field::full) }
    }

    /// Narrows `field` to the values of `mask`.
    pub(crate) fn narrow(&mut self, field: Field, mask: Mask) {
        self.masks[field as usize] &= mask;
    }

    pub(crate) fn mask(&self, field: Field) -> Mask {
        self.masks[field as usize]
    }

    /// Whether it asks about `field`.
    pub(crate) fn reads(&self, field: Field) -> bool {
        self.mask(field) != field.full()
    }

    /// Whether the facts other than the activity admit it, as far as `fields` go.
    pub(crate) fn admits(&self, fields: &[Field], point: Point) -> bool {
        fields.iter().all(|&field| self.mask(field) & (1 << point.get(field)) != 0)
    }

    /// The scopes of the fields it reads, an activity among them counted as the activity scope.
    pub(crate) fn scopes(&self) -> Vec<Scope> {
        let mut scopes: Vec<_> = Field::ALL.into_iter().filter(|&field| self.reads(field)).map(Field::scope).collect();
        if self.activities != u128::MAX {
            scopes.push(Scope::Activity);
        }
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}

/// The supervisions in which `part` (0 mode, 1 presence, 2 officers) has the value `value`.
pub(crate) fn supervisions_with(part: usize, value: usize) -> Mask {
    (0..field::SUPERVISIONS)
        .filter(|&position| {
            let (mode, presence, officers) = field::supervision_parts(position);
            [mode, presence, officers][part] == value
        })
        .fold(0, |mask, position| mask | 1 << position)
}

/// The combinations of circumstances in which the one at `bit` holds.
pub(crate) fn circumstances_with(bit: usize) -> Mask {
    (0..Field::Circumstance.size()).filter(|set| set & (1 << bit) != 0).fold(0, |mask, set| mask | 1 << set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_supervision_partition_it() {
        for (part, values) in [3, 4, 4].into_iter().enumerate() {
            let union = (0..values).fold(0, |union, value| {
                let mask = supervisions_with(part, value);
                assert_eq!(union & mask, 0);
                union | mask
            });
            assert_eq!(union, Field::Supervision.full());
        }
    }

    #[test]
    fn a_condition_reads_what_it_narrows() {
        let mut condition = Condition::always();
        assert!(condition.scopes().is_empty());
        condition.narrow(Field::Status, 1);
        assert!(condition.reads(Field::Status));
        assert_eq!(condition.scopes(), [Scope::Person]);
        condition.narrow(Field::Status, 2);
        assert_eq!(condition.mask(Field::Status), 0);
    }
}
