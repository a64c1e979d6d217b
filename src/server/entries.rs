//! What the registers say of the people whom a push names: entries of the log, and those that come with it.

use std::collections::BTreeSet;

use auxlog_record::fold::{Fold, Memory};
use auxlog_record::{Authority, AuxiliaryId, Event, Record, RecordId, Word};
use auxlog_registers::{Dossier, Entries, Kind};

use crate::ingest::Ingest;
use crate::scope::AgencyScope;
use crate::store::{Placed, StoreError, persons_of, tasks};

/// The entries that name anybody whom these records' tasks name, and those that they name in turn.
///
/// # Errors
/// When the database fails.
pub(crate) async fn about_people(
    with: Ingest<'_>,
    scope: &AgencyScope,
    pushed: &[(&Record, &Event)],
) -> Result<Entries, StoreError> {
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
    let mut entries = Entries::default();
    if people.is_empty() || !(in_log || of_register) {
        return Ok(entries);
    }
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
        let Some(dossier) = views.tasks.get(&id).and_then(Dossier::of) else { continue };
        let named = dossier.register.fields.iter().filter(|field| field.kind == Kind::Entry);
        let named = named.filter_map(|field| dossier.data.get(&field.n)?.text()?.parse().ok());
        wanted.extend(named.filter(|id| entries.get(id).is_none()));
        entries.insert(dossier);
    }
    Ok(entries)
}

/// The entry that a record makes or corrects.
fn entry_of(id: RecordId, event: Option<&Event>) -> Option<RecordId> {
    match event? {
        Event::EntryMade(_) => Some(id),
        Event::EntryCorrected(corrected) => Some(corrected.target),
        _ => None,
    }
}
