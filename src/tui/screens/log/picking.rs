//! The picker in front of the form, whatever it picks.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use auxlog_law::Circumstance;
use auxlog_record::{AuxiliaryId, OfficerId};
use auxlog_store::{Listed, People};

use crate::canvas::Hit;
use crate::command::Command;
use crate::event::Input;
use crate::widgets::{Finder, Picked, Picker};

#[derive(Debug, Clone)]
pub(super) enum Picking {
    Auxiliaries(Picker<AuxiliaryId>),
    Duties(Picker<String>),
    Officers(Picker<OfficerId>),
    Circumstances(Picker<Circumstance>),
}

/// What came of a picker.
pub(super) enum Done {
    Open,
    Cancelled,
    Auxiliaries(Vec<AuxiliaryId>),
    Duties(Vec<String>),
    Officers(Vec<OfficerId>),
    Circumstances(Vec<Circumstance>),
}

impl Done {
    fn of<T>(picked: Picked<T>, chosen: impl FnOnce(Vec<T>) -> Self) -> Self {
        match picked {
            Picked::Open => Self::Open,
            Picked::Cancelled => Self::Cancelled,
            Picked::Chosen(values) => chosen(values),
        }
    }
}

/// Finds the entries of `picker` in the index over `people`; `None` unless it lists just them.
fn finder<Id: Clone + Eq + Hash + 'static>(
    picker: &Picker<Id>,
    people: &Arc<People>,
    listed: fn(&People) -> &Listed<Id>,
) -> Option<Finder> {
    let entries: HashMap<&Id, usize> = picker.values().zip(0..).collect();
    let ids = &listed(people).ids;
    let places: Option<Vec<usize>> = ids.iter().map(|id| entries.get(id).copied()).collect();
    let places = places.filter(|places| places.len() == entries.len())?;
    let people = people.clone();
    Some(Finder::new(move |typed| listed(&people).index.search_in(typed, &places)))
}

impl Picking {
    /// People are found by the index over them, once it is there.
    pub(super) fn find_in(&mut self, people: &Arc<People>) {
        match self {
            Self::Auxiliaries(picker) => {
                if let Some(finder) = finder(picker, people, |people| &people.auxiliaries) {
                    picker.find_by(finder);
                }
            }
            Self::Officers(picker) => {
                if let Some(finder) = finder(picker, people, |people| &people.officers) {
                    picker.find_by(finder);
                }
            }
            Self::Duties(_) | Self::Circumstances(_) => {}
        }
    }

    /// Handles a key or text; whether it was taken.
    pub(super) fn input(&mut self, input: &Input) -> bool {
        match self {
            Self::Auxiliaries(picker) => picker.input(input),
            Self::Duties(picker) => picker.input(input),
            Self::Officers(picker) => picker.input(input),
            Self::Circumstances(picker) => picker.input(input),
        }
    }

    pub(super) fn run(&mut self, command: Command) -> Done {
        match self {
            Self::Auxiliaries(picker) => Done::of(picker.run(command), Done::Auxiliaries),
            Self::Duties(picker) => Done::of(picker.run(command), Done::Duties),
            Self::Officers(picker) => Done::of(picker.run(command), Done::Officers),
            Self::Circumstances(picker) => Done::of(picker.run(command), Done::Circumstances),
        }
    }

    pub(super) fn click(&mut self, hit: Hit) -> Done {
        match self {
            Self::Auxiliaries(picker) => Done::of(picker.click(hit), Done::Auxiliaries),
            Self::Duties(picker) => Done::of(picker.click(hit), Done::Duties),
            Self::Officers(picker) => Done::of(picker.click(hit), Done::Officers),
            Self::Circumstances(picker) => Done::of(picker.click(hit), Done::Circumstances),
        }
    }
}
