//! Today's page.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_law::{Outcome, Status};
use auxlog_record::facts::{officer_status, standing};
use auxlog_record::{Certificate, DUE_DAYS, Date, Event, Officer, Validity};
use chrono::{Days, Months};

use super::Reader;
use super::rows::moment;
use crate::index::{Flags, reconstruct};
use crate::{Agenda, DayReport, Due, DueKind, LedgerError, NamedOfficer, PersonKey, Shift, TaskQuery};

/// The most tasks and flags that the page lists.
const MOST: usize = 100;

/// Days of the calendar: 53 weeks.
const CALENDAR: u64 = 371;

impl Reader {
    /// Today's page for `date`.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn today(&self, date: Date) -> Result<DayReport, LedgerError> {
        let of_day = TaskQuery { since: Some(date), until: Some(date), limit: MOST, ..TaskQuery::default() };
        let tasks = self.tasks(&of_day)?.rows;
        let flags = self.flags(&TaskQuery { limit: MOST, ..TaskQuery::default() })?;
        let planned = self.plans(date, date)?.into_iter().filter(|plan| !plan.annulled).collect();
        let first = Date(date.0.checked_sub_days(Days::new(CALENDAR - 1)).unwrap_or(date.0));
        let calendar: BTreeMap<Date, _> = self.index().days(first, date).collect();
        Ok(DayReport {
            date,
            count: calendar.get(&date).copied().unwrap_or_default(),
            shift: self.shift(&of_day),
            tasks,
            planned,
            flags: flags.rows,
            open_flags: flags.total,
            due: self.due(date),
            calendar: calendar.into_iter().collect(),
        })
    }

    /// Plans for the days from `since` to `until`, both included, in the order of time.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn plans(&self, since: Date, until: Date) -> Result<Vec<Agenda>, LedgerError> {
        let index = self.index();
        let mut plans = Vec::new();
        for number in index.plans(since.0.to_epoch_days(), until.0.to_epoch_days()) {
            let Some(slot) = index.slot(number) else { continue };
            let Some(view) = reconstruct(&index, &self.book, number)? else { continue };
            let Some(judged) = view.judged().cloned() else { continue };
            let author = view.base_author().cloned().unwrap_or_default();
            let reason = view.history().into_iter().find_map(|entry| match entry.event {
                Event::TaskPlanned(planned) => planned.reason,
                _ => None,
            });
            plans.push(Agenda {
                id: view.id,
                at: view.task.at.unwrap_or_else(|| moment(slot.at_ms)),
                mine: author.writer == self.author.writer,
                by: NamedOfficer { name: Some(author.name).filter(|name| !name.is_empty()), id: author.officer },
                done: slot.flags.has(Flags::DONE),
                annulled: !view.annulled.is_empty(),
                task: view.task,
                judged,
                reason,
            });
        }
        plans.sort_by_key(|plan| (plan.at.millis(), plan.id));
        Ok(plans)
    }

    /// Who was out on a day, and from when to when.
    fn shift(&self, of_day: &TaskQuery) -> Shift {
        let slots = self.selected(of_day);
        let index = self.index();
        let day: Vec<_> = slots.iter().filter_map(|number| index.slot(*number)).collect();
        let people: BTreeSet<&str> = day.iter().flat_map(|slot| index.people_of(slot)).collect();
        let first = day.iter().map(|slot| slot.at_ms).min();
        let last = day.iter().map(|slot| slot.at_ms).max();
        Shift {
            auxiliaries: u32::try_from(people.len()).unwrap_or(u32::MAX),
            span: first.zip(last).map(|(first, last)| (moment(first), moment(last))),
        }
    }

    /// What falls due for the people of the roster, nearest first; what stands open without a
    /// day comes before what lies ahead.
    fn due(&self, date: Date) -> Vec<Due> {
        let roster = self.roster();
        let mut due = Vec::new();
        for person in roster.auxiliaries.values() {
            let then = standing(person, Some(date));
            if then.status == Status::Departed {
                continue;
            }
            let key = || PersonKey::Auxiliary(person.id.clone());
            let mut note = |kind, on: Option<Date>| due.push(entry(kind, key(), &person.name, on, date));
            let certificate = person.certificate.as_ref();
            if certificate.is_none_or(|certificate| falls_due(certificate, date)) {
                note(DueKind::WorkCertificate, certificate.and_then(|certificate| certificate.until));
            }
            if then.training != Outcome::Passed {
                note(DueKind::Training, None);
            }
            if then.assessment == Outcome::Failed {
                note(DueKind::Assessment, None);
            }
            if let Some(months) = self.review_months {
                let last = person.assessed_on.or(person.trained_on);
                let next = last.and_then(|last| Some(Date(last.0.checked_add_months(Months::new(months))?)));
                if next.is_none_or(|next| (next.0 - date.0).num_days() <= DUE_DAYS) {
                    note(DueKind::Review, next);
                }
            }
        }
        let gone = |officer: &&Officer| officer_status(officer, Some(date)) == Some(Status::Departed);
        for person in roster.officers.values().filter(|officer| !gone(officer)) {
            if let Some(certificate) = person.certificate.as_ref().filter(|certificate| falls_due(certificate, date)) {
                let key = PersonKey::Officer(person.id.clone());
                due.push(entry(DueKind::OfficerCertificate, key, &person.name, certificate.until, date));
            }
        }
        due.sort_by(|a, b| (a.on, a.kind, &a.person).cmp(&(b.on, b.kind, &b.person)));
        due
    }
}

fn falls_due(certificate: &Certificate, today: Date) -> bool {
    matches!(Validity::on(Some(certificate), today), Validity::Due(_) | Validity::Expired(_))
}

fn entry(kind: DueKind, person: PersonKey, name: &str, on: Option<Date>, today: Date) -> Due {
    Due { kind, person, name: name.to_owned(), on, days_left: on.map(|on| (on.0 - today.0).num_days()) }
}
