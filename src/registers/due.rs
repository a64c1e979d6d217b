//! What falls due about an entry: its end by itself, and what the room of its register works out.

use auxlog_record::Date;

use crate::{Dossier, Names, Reading, certificate};

/// Something that falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day for it.
    pub day: Date,
    /// What it is.
    pub what: Names,
}

type Falls = fn(&dyn Reading, &Dossier, Date) -> Option<Date>;

/// By the register: when what its declaration names as `due` is to be done.
const FALLS: &[(&str, Falls)] = &[("certificate", certificate::inspection_due)];

impl dyn Reading + '_ {
    /// What falls due about an entry that stands, as of today, the soonest first.
    pub fn due(&self, entry: &Dossier) -> Vec<Due> {
        let (register, today) = (entry.register, self.today());
        if entry.is_annulled() {
            return Vec::new();
        }
        let ends = register.until.as_ref().filter(|_| entry.days_left(today).is_some()).and_then(|until| {
            let state = register.state(&until.to)?;
            let what = Names { zh: state.zh.clone(), en: state.en.clone() };
            Some(Due { day: entry.day_in(&until.field)?, what })
        });
        let falls = register.due.as_ref().and_then(|what| {
            let (_, falls) = FALLS.iter().find(|(key, _)| *key == register.key)?;
            Some(Due { day: falls(self, entry, today)?, what: what.clone() })
        });
        let mut due: Vec<Due> = ends.into_iter().chain(falls).collect();
        due.sort_by_key(|due| due.day);
        due
    }

    /// How many days are left until something falls due; below zero where it is overdue.
    pub fn days_left(&self, entry: &Dossier) -> Option<i64> {
        let today = self.today();
        self.due(entry).first().map(|due| (due.day.0 - today.0).num_days())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_declarations_name_as_due_is_worked_out() {
        let named = crate::all().iter().filter(|register| register.due.is_some()).map(|register| register.key.as_str());
        assert_eq!(named.collect::<Vec<_>>(), super::FALLS.iter().map(|(key, _)| *key).collect::<Vec<_>>());
    }
}
