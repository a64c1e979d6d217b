//! Registers read and written for the screens. May block on the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use auxlog_law::Lang;
use auxlog_record::{Data, Datum, RecordId};
use auxlog_registers::{
    Dossier, EntryError, EntryQuery, Field, Misfit, Names, NewEntry, Reading, Register, Writing, check_typed, rules,
};
use auxlog_store::Ledger;

use crate::entries::{Deed, EntryList, EntryPage, Holdings, Refusal, Sheet, Spot, Within, Written};

/// So many days ahead an entry that ends is told of on today's page.
const SOON: u16 = 30;

/// The registers, with how many entries they hold.
pub(super) fn holdings(reading: &dyn Reading) -> Result<Holdings, Refusal> {
    let mut holdings = Holdings::default();
    let me = reading.me();
    for register in auxlog_registers::all() {
        let dossiers = reading.dossiers(register, None)?;
        let stand = dossiers.iter().filter(|dossier| !dossier.is_annulled());
        let soon = stand.clone().filter(|one| reading.days_left(one).is_some_and(|left| left <= i64::from(SOON)));
        holdings.soon += soon.count();
        holdings.registers.push((register, stand.count(), register.open_to_make(&me).err()));
    }
    Ok(holdings)
}

/// A part of a list.
pub(super) fn list(ledger: &Ledger, list: &EntryList) -> Result<EntryPage, Refusal> {
    let reading: &dyn Reading = ledger;
    if let Within::Register(register) = &list.of {
        let (rows, total) = ledger.listing(register)?.page(&list.text, list.offset, list.limit);
        return Ok(EntryPage { rows: rows.into_iter().map(|one| sheet(reading, one)).collect(), total });
    }
    let found = found(reading, list)?;
    let total = found.len();
    let rows = found.into_iter().skip(list.offset).take(list.limit).map(|one| sheet(reading, one)).collect();
    Ok(EntryPage { rows, total })
}

fn found(reading: &dyn Reading, list: &EntryList) -> Result<Vec<Arc<Dossier>>, EntryError> {
    let text = Some(list.text.trim().to_owned()).filter(|text| !text.is_empty());
    let query = EntryQuery { text, annulled: true, ..EntryQuery::default() };
    let mut found = Vec::new();
    match &list.of {
        // Listed above.
        Within::Register(_) => {}
        Within::Person(id) => {
            let query = EntryQuery { person: Some(id.clone()), ..query };
            for register in auxlog_registers::all() {
                found.extend(reading.entries(register, &query)?);
            }
            found.sort_by_key(|one| std::cmp::Reverse((one.day(), one.wall_ms, one.id)));
        }
        Within::Due => {
            for register in auxlog_registers::all() {
                let ahead = register.until.iter().flat_map(|until| until.warn.iter().copied()).max();
                let query = EntryQuery { due_within: Some(ahead.unwrap_or(SOON)), annulled: false, ..query.clone() };
                if register.until.is_some() || register.due.is_some() {
                    found.extend(reading.entries(register, &query)?);
                }
            }
            found.sort_by_cached_key(|one| (reading.days_left(one), one.id));
        }
    }
    Ok(found)
}

/// An entry, to be read.
pub(super) fn one(reading: &dyn Reading, id: RecordId) -> Result<Option<Sheet>, Refusal> {
    Ok(reading.dossier(id)?.map(|entry| sheet(reading, entry)))
}

fn sheet(reading: &dyn Reading, entry: Arc<Dossier>) -> Sheet {
    let both = |said: &dyn Fn(Lang) -> String| Names { zh: said(Lang::Zh), en: said(Lang::En) };
    let register: &'static Register = entry.register;
    let me = reading.me();
    let said = |field: &'static Field| {
        let datum = entry.data.get(&field.n)?;
        Some((field, both(&|lang| reading.shown_of(&entry, field, datum, lang))))
    };
    let taken = entry.taken.iter().map(|taken| {
        both(&|lang| {
            let said = |field: &Field| {
                let datum = taken.data.get(&field.n)?;
                Some(format!("{} {}", field.name(lang), reading.shown_of(&entry, field, datum, lang)))
            };
            taken.step.fields.iter().filter_map(said).collect::<Vec<_>>().join(lang.pick("，", "; "))
        })
    });
    let person = entry.persons().first().map(|person| {
        let roster = reading.roster();
        roster.auxiliaries.get(person).map_or_else(|| person.to_string(), |row| row.name.clone())
    });
    let found = rules::findings(reading, &entry, reading.today()).into_iter().map(|finding| {
        let told = |lang| auxlog_i18n::terms(lang).entry_finding(&register.key, &finding, person.as_deref());
        (finding.severity, both(&|lang| told(lang).unwrap_or_else(|| finding.rule.clone())))
    });
    Sheet {
        due: reading.due(&entry),
        found: found.collect(),
        title: both(&|lang| reading.title(&entry, lang)),
        said: register.fields.iter().filter_map(said).collect(),
        taken: taken.collect(),
        steps: register.steps.iter().map(|step| (step, entry.open(step, &me).err())).collect(),
        kept: entry.open_to_keep(&me).err(),
        entry,
    }
}

/// Writes a form: all of it or nothing.
pub(super) fn write(ledger: &dyn Writing, written: &Written) -> Result<RecordId, Refusal> {
    let fields = written.deed.fields();
    let before = if let Deed::Correct(entry) = &written.deed { entry.data.clone() } else { Data::new() };
    let (data, cleared) = read(ledger.reading(), fields, &written.said, &before)?;
    let reason = &written.reason;
    let done = match &written.deed {
        Deed::Enter(register) => {
            let entry = NewEntry { data, reason: Some(reason.clone()), origin: None };
            let made = ledger.enter(register, vec![entry]);
            made.and_then(|ids| ids.first().copied().ok_or(EntryError::NothingChanged))
        }
        Deed::Correct(entry) => ledger.correct(entry, &entry.heads, data, cleared, reason).map(|_| entry.id),
        Deed::Step(entry, step) => ledger.step(entry, step, data, reason).map(|_| entry.id),
        Deed::Annul(entry) => ledger.annul(entry, reason).map(|_| entry.id),
    };
    done.map_err(|error| match error {
        EntryError::Misfits { fields, wrong } => Refusal::Misfits(spots(fields, wrong)),
        error => Refusal::Entry(error),
    })
}

fn spots(fields: &[Field], wrong: Vec<(String, Misfit)>) -> Vec<(Spot, Misfit)> {
    let spot = |key: &str| fields.iter().find(|field| field.key == key).map_or((0, None), |field| (field.n, None));
    wrong.into_iter().map(|(key, misfit)| (spot(&key), misfit)).collect()
}

/// Reads what was typed: what stands in each field then, and those in which nothing does any more.
fn read(
    reading: &dyn Reading,
    fields: &'static [Field],
    said: &[(Spot, String)],
    before: &Data,
) -> Result<(Data, Vec<u16>), Refusal> {
    let (mut data, mut cleared, mut wrong) = (Data::new(), Vec::new(), Vec::new());
    let mut lists: BTreeMap<u16, BTreeMap<u16, Data>> = BTreeMap::new();
    for ((n, part), text) in said {
        let Some(field) = fields.iter().find(|field| field.n == *n) else { continue };
        let leaf = part.map_or(Some(field), |(_, part)| field.fields.iter().find(|one| one.n == part));
        let Some(leaf) = leaf else { continue };
        let stated = !text.trim().is_empty();
        let datum = if stated { reading.read(leaf, text).map(Some) } else { Ok(None) };
        let datum = match datum {
            Ok(datum) => datum,
            Err(misfit) => {
                wrong.push(((*n, *part), misfit));
                continue;
            }
        };
        let Some((row, part)) = part else {
            match datum {
                Some(datum) => drop(data.insert(*n, datum)),
                None => cleared.push(*n),
            }
            continue;
        };
        if field.many {
            let group = lists.entry(*n).or_default().entry(*row).or_default();
            group.extend(datum.map(|datum| (*part, datum)));
            continue;
        }
        let group = data.entry(*n).or_insert_with(|| match before.get(n) {
            Some(Datum::Group(group)) => Datum::Group(group.clone()),
            _ => Datum::Group(Data::new()),
        });
        if let Datum::Group(group) = group {
            match datum {
                Some(datum) => drop(group.insert(*part, datum)),
                None => drop(group.remove(part)),
            }
        }
    }
    for (n, rows) in lists {
        let groups: Vec<Datum> = rows.into_values().filter(|group| !group.is_empty()).map(Datum::Group).collect();
        if groups.is_empty() {
            cleared.push(n);
        } else {
            data.insert(n, Datum::List(groups));
        }
    }
    let emptied: Vec<u16> = data
        .iter()
        .filter(|(_, datum)| matches!(datum, Datum::Group(group) if group.is_empty()))
        .map(|(n, _)| *n)
        .collect();
    data.retain(|n, _| !emptied.contains(n));
    cleared.extend(emptied);
    if wrong.is_empty() {
        return Ok((data, cleared));
    }
    // What is missing is told in one go with what does not fit.
    let mut after = before.clone();
    auxlog_registers::merge(&mut after, &data, &cleared);
    for (spot, misfit) in spots(fields, check_typed(fields, &after)) {
        if wrong.iter().all(|((n, _), _)| *n != spot.0) {
            wrong.push((spot, misfit));
        }
    }
    Err(Refusal::Misfits(wrong))
}
