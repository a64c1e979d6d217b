//! People: search, whether they may be sent today, what they did.

use std::sync::{Arc, PoisonError};

use auxlog_record::facts::{against, is_valid, officer_status, standing, supervises};
use auxlog_record::fold::StatementView;
use auxlog_record::{AgencyId, Auxiliary, AuxiliaryId, Date, Officer, OfficerId, Roster};
use auxlog_registers::as_of;

use super::Reader;
use crate::DayCount;
use crate::index::reconstruct;
use crate::search::{PeopleIndex, Person};
use crate::{LedgerError, OfficerRow, PersonDetail, PersonRow, Service, StatementRow, TaskQuery};

/// The most tasks, and the most statements, that a person's detail lists.
const LATEST: usize = 50;
const STATEMENTS: usize = 20;

/// A roster's people, indexed for search in the order of their numbers.
#[derive(Debug)]
pub struct People {
    roster: Arc<Roster>,
    /// The auxiliaries.
    pub auxiliaries: Listed<AuxiliaryId>,
    /// The officers.
    pub officers: Listed<OfficerId>,
}

/// People in the order in which they are indexed.
#[derive(Debug)]
pub struct Listed<Id> {
    /// Their numbers.
    pub ids: Vec<Id>,
    /// Finds them.
    pub index: PeopleIndex,
}

impl People {
    fn new(roster: Arc<Roster>) -> Self {
        let agency_name = |id: &AgencyId| roster.agencies.get(id).map_or("", |agency| agency.name.as_str());
        let auxiliaries = PeopleIndex::new(roster.auxiliaries.values().map(|person| Person {
            name: &person.name,
            pinyin: person.pinyin.as_deref(),
            number: &person.id.0,
            agency: &person.agency.0,
            agency_name: agency_name(&person.agency),
            unit: person.unit.as_deref(),
        }));
        let officers = PeopleIndex::new(roster.officers.values().map(|person| Person {
            name: &person.name,
            pinyin: person.pinyin.as_deref(),
            number: &person.id.0,
            agency: &person.agency.0,
            agency_name: agency_name(&person.agency),
            unit: person.unit.as_deref(),
        }));
        Self {
            auxiliaries: Listed { ids: roster.auxiliaries.keys().cloned().collect(), index: auxiliaries },
            officers: Listed { ids: roster.officers.keys().cloned().collect(), index: officers },
            roster,
        }
    }

    /// Whether they are those of `roster`, this very version of it.
    pub fn are_of(&self, roster: &Arc<Roster>) -> bool {
        Arc::ptr_eq(&self.roster, roster)
    }
}

impl Reader {
    /// Today in China.
    pub(super) fn today_date(&self) -> Date {
        self.clock.now().china_date()
    }

    /// The search index over the roster as it is now; made where it is not at hand, which takes
    /// a while for a city's.
    pub fn people(&self) -> Arc<People> {
        let roster = self.roster();
        let mut kept = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(people) = kept.as_ref().filter(|people| people.are_of(&roster)) {
            return people.clone();
        }
        let people = Arc::new(People::new(roster));
        *kept = Some(people.clone());
        people
    }

    /// Auxiliaries by name, pinyin (initials, full, mixed), number or agency, best first; an
    /// empty query gives all in order of number. `limit` 0 is all.
    pub fn search_auxiliaries(&self, query: &str, limit: usize) -> Vec<PersonRow> {
        let (people, today) = (self.people(), self.today_date());
        let found = people.auxiliaries.index.search(query, limit).into_iter();
        let listed = |index: usize| people.roster.auxiliaries.get(people.auxiliaries.ids.get(index)?);
        let found: Vec<&Auxiliary> = found.filter_map(|found| listed(found.index)).collect();
        let matched = people.auxiliaries.index.matched(found.iter().map(|person| person.name.as_str()), query);
        let rows = found.into_iter().zip(matched);
        rows.map(|(person, matched)| self.person_row(person, matched, today)).collect()
    }

    /// Officers, in the same way.
    pub fn search_officers(&self, query: &str, limit: usize) -> Vec<OfficerRow> {
        let (people, today) = (self.people(), self.today_date());
        let found = people.officers.index.search(query, limit).into_iter();
        let listed = |index: usize| people.roster.officers.get(people.officers.ids.get(index)?);
        let found: Vec<&Officer> = found.filter_map(|found| listed(found.index)).collect();
        let matched = people.officers.index.matched(found.iter().map(|person| person.name.as_str()), query);
        found.into_iter().zip(matched).map(|(person, matched)| self.officer_row(person, matched, today)).collect()
    }

    fn person_row(&self, person: &Auxiliary, matched: Option<(usize, usize)>, today: Date) -> PersonRow {
        let person = &as_of(person, self, today);
        let against = against(self.rulebooks.newest(), person, &person.agency, None, today);
        let rules: Vec<String> = against.into_iter().map(|finding| finding.rule).collect();
        PersonRow {
            agency_name: self.agency_name(&person.agency),
            status: standing(person, Some(today)).status,
            service: if rules.is_empty() { Service::Ready } else { Service::Barred(rules) },
            matched,
            person: person.clone(),
        }
    }

    fn officer_row(&self, person: &Officer, matched: Option<(usize, usize)>, today: Date) -> OfficerRow {
        OfficerRow {
            agency_name: self.agency_name(&person.agency),
            status: officer_status(person, Some(today)),
            certificate_valid: is_valid(person.certificate.as_ref(), Some(today)),
            supervises: supervises(person, Some(today)),
            matched,
            person: person.clone(),
        }
    }

    /// An officer on the roster.
    pub fn officer(&self, id: &OfficerId) -> Option<OfficerRow> {
        let roster = self.roster();
        roster.officers.get(id).map(|person| self.officer_row(person, None, self.today_date()))
    }

    /// An auxiliary with what they did; `None` where the roster does not have them.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn auxiliary(&self, id: &AuxiliaryId) -> Result<Option<PersonDetail>, LedgerError> {
        let roster = self.roster();
        let Some(person) = roster.auxiliaries.get(id) else { return Ok(None) };
        let row = self.person_row(person, None, self.today_date());
        let slots = self.selected(&TaskQuery { person: Some(id.clone()), ..TaskQuery::default() });
        let latest = slots.iter().take(LATEST).map(|slot| self.row(*slot)).collect::<Result<Vec<_>, _>>()?;
        let index = self.index();
        let (mut count, mut open_flags) = (DayCount::default(), 0);
        for slot in slots.iter().filter_map(|number| index.slot(*number)) {
            count.add(slot.verdict);
            open_flags += u32::from(slot.is_open());
        }
        let items = index.items_of(&slots);
        // A statement is a further record about its task.
        let spoken_of = slots.iter().filter(|number| index.places(**number).nth(1).is_some());
        let mut statements = Vec::new();
        for number in spoken_of {
            if statements.len() >= STATEMENTS {
                break;
            }
            let Some(view) = reconstruct(&index, &self.book, *number)? else { continue };
            let theirs = view.statements.iter().rev().filter(|stated| stated.statement.auxiliary == *id);
            let of_task = |stated: &StatementView| {
                let (reference, statement) = (view.original().id.clone(), stated.statement.clone());
                StatementRow { reference, statement }
            };
            statements.extend(theirs.map(of_task).take(STATEMENTS - statements.len()));
        }
        let tasks = latest.into_iter().flatten().collect();
        Ok(Some(PersonDetail { row, count, items, open_flags, tasks, statements }))
    }
}
