//! What the registers say of the people whom a push names: entries of the log, and those that come with it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use auxlog_record::fold::{Fold, Memory, Seen, TaskView};
use auxlog_record::{Authority, AuxiliaryId, Event, Record, RecordId, Task, Word, WriterId};
use auxlog_registers::{Dossier, Entries, Kind, all, tells_standing};

use crate::ingest::Ingest;
use crate::scope::AgencyScope;
use crate::store::{Placed, StoreError, persons_of, tasks};

/// From which of the pushing writer's own records on they had seen all of an entry's history, for each of which
/// their chain proves it: they wrote it, or named it among what they had seen.
#[derive(Debug, Default)]
pub(crate) struct Received(HashMap<RecordId, u64>);

impl Received {
    /// Whether whoever wrote record `seq` had seen all that entries say of the auxiliaries whom a task names.
    pub(crate) fn all_about(&self, entries: &Entries, task: &Task, seq: u64) -> bool {
        let named = |person: &AuxiliaryId| task.auxiliaries.iter().any(|stated| stated.id == *person);
        let about = |entry: &Arc<Dossier>| {
            let persons = entry.persons();
            persons.is_empty() || persons.iter().any(named)
        };
        let mut about = all().iter().flat_map(|of| entries.of(of.number, None)).filter(about).peekable();
        about.peek().is_some() && about.all(|entry| self.0.get(&entry.id).is_some_and(|from| *from < seq))
    }

    fn add(&mut self, view: &TaskView, writer: WriterId) {
        let entries = view.entries();
        let base = entries.iter().position(|entry| entry.record == view.id);
        let seen = Seen::of(entries, base);
        let knows_all = |at: usize| (0..entries.len()).all(|i| i == at || Some(i) == base || seen.knows(at, i));
        let own = (0..entries.len()).filter(|at| entries[*at].record.writer == writer);
        let from = own.filter(|at| knows_all(*at)).map(|at| entries[at].record.seq).min();
        self.0.extend(from.map(|from| (view.id, from)));
    }
}

/// The entries that name anybody whom these records' tasks name, and those that they name in turn.
///
/// # Errors
/// When the database fails.
pub(crate) async fn about_people(
    with: Ingest<'_>,
    scope: &AgencyScope,
    pushed: &[(&Record, &Event)],
) -> Result<(Entries, Received), StoreError> {
    let Ingest { store, server, now, beside, .. } = with;
    let here: Vec<(&Record, &Event)> =
        beside.iter().map(|(record, event)| (record, event)).chain(pushed.iter().copied()).collect();
    let of_register = here.iter().any(|(_, event)| matches!(event, Event::EntryMade(_)));
    let in_log = match with.at_hand {
        Some(at_hand) => at_hand.entries,
        None => store.at_hand(scope).await?.entries,
    };
    let judged = pushed.iter().filter_map(|(_, event)| event.judged());
    let people: BTreeSet<&AuxiliaryId> =
        judged.flat_map(|(task, _)| task.auxiliaries.iter().map(|stated| &stated.id)).collect();
    let (mut entries, mut received) = (Entries::default(), Received::default());
    if people.is_empty() || !(in_log || of_register) {
        return Ok((entries, received));
    }
    let writer = pushed.first().map(|(record, _)| record.id().writer).unwrap_or_default();
    let mut authority = Authority::clone(&*store.authority(scope, server).await?);
    let mut wanted: BTreeSet<RecordId> = BTreeSet::new();
    for person in people {
        for placed in store.about(scope, crate::store::person_key(person)).await? {
            wanted.extend(entry_of(placed.record.id(), placed.record.event().ok().as_ref()));
        }
        let names = |event: &&(&Record, &Event)| persons_of(event.1).contains(person);
        wanted.extend(here.iter().filter(names).filter_map(|(record, event)| entry_of(record.id(), Some(event))));
    }
    let next = Word { lsn: Word::COMING, recv_ms: now, ..Word::default() };
    while let Some(id) = wanted.pop_first() {
        if entries.get(&id).is_some() {
            continue;
        }
        let mut views = Memory { authority, ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        for Placed { record, word } in &store.about(scope, id).await? {
            if let Ok(event) = record.event() {
                let Ok(()) = fold.take(record, event, Some(word));
            }
        }
        for (record, event) in here.iter().filter(|(record, event)| tasks(record.id(), event).contains(&id)) {
            let Ok(()) = fold.take(record, (*event).clone(), Some(&next));
        }
        let Ok(()) = fold.finish();
        authority = std::mem::take(&mut views.authority);
        let Some(view) = views.tasks.get(&id) else { continue };
        let Some(dossier) = Dossier::of(view) else { continue };
        received.add(view, writer);
        let named = dossier.register.fields.iter().filter(|field| field.kind == Kind::Entry);
        let named = named.filter_map(|field| dossier.data.get(&field.n)?.text()?.parse().ok());
        wanted.extend(named.filter(|id| entries.get(id).is_none()));
        entries.insert(dossier);
    }
    Ok((entries, received))
}

/// The entry that a record makes or corrects, where it may tell how somebody stands: of the wages and the kit of
/// years a push reads nothing.
fn entry_of(id: RecordId, event: Option<&Event>) -> Option<RecordId> {
    match event? {
        Event::EntryMade(made) => tells_standing(made.register).then_some(id),
        Event::EntryCorrected(corrected) => Some(corrected.target),
        _ => None,
    }
}
