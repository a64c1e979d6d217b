//! Conditions as bit masks: one mask of admitted values a field, one of activities.

use crate::vocabulary::{Field, MOST_FIELDS, Mask, Point, Scope};

/// Every listed condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Condition {
    /// The activities admitted; all bits where activities are not asked about.
    pub(crate) activities: u128,
    masks: [Mask; MOST_FIELDS],
}

impl Condition {
    /// Holds under all facts.
    pub(crate) fn always() -> Self {
        Self { activities: u128::MAX, masks: [Mask::MAX; MOST_FIELDS] }
    }

    /// Narrows `field` to the values of `mask`.
    pub(crate) fn narrow(&mut self, field: Field, mask: Mask) {
        self.masks[field.at()] &= mask;
    }

    pub(crate) fn mask(&self, field: Field) -> Mask {
        self.masks[field.at()] & field.full()
    }

    /// Holds where both hold.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.activities &= other.activities;
        self.masks.iter_mut().zip(other.masks).for_each(|(mask, other)| *mask &= other);
        self
    }

    /// Whether it asks about `field`.
    pub(crate) fn reads(&self, field: Field) -> bool {
        self.mask(field) != field.full()
    }

    /// Whether the facts other than the activity admit it, as far as `fields` go.
    pub(crate) fn admits(&self, fields: &[Field], point: Point) -> bool {
        fields.iter().all(|&field| self.mask(field) & (1 << point.get(field)) != 0)
    }

    /// The scopes of those of `fields` that it reads, an activity among them counted as the activity scope.
    pub(crate) fn scopes(&self, fields: &[Field]) -> Vec<Scope> {
        let read = fields.iter().filter(|&&field| self.reads(field));
        let mut scopes: Vec<_> = read.map(|field| field.scope()).collect();
        if self.activities != u128::MAX {
            scopes.push(Scope::Activity);
        }
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::PERSON;

    #[test]
    fn a_condition_reads_what_it_narrows() {
        let mut condition = Condition::always();
        assert!(condition.scopes(&PERSON).is_empty());
        condition.narrow(Field::STATUS, 1);
        assert!(condition.reads(Field::STATUS));
        assert_eq!(condition.scopes(&PERSON), [Scope::Person]);
        condition.narrow(Field::STATUS, 2);
        assert_eq!(condition.mask(Field::STATUS), 0);
    }
}
