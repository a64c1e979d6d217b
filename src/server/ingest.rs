//! What a pushed run amounts to: signatures and chain checked, every task judged again, all
//! before any lock in the database is taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use auxlog_law::RulebookSet;
use auxlog_record::{Event, Hash, Moment, OfficerId, PublicKey, Record, RecordId, WriterId};
use auxlog_registers::Entries;
use auxlog_sync::message::{Disposition, Noted, Refused, RefusedFor, Standing};
use auxlog_sync::run::Run;

use crate::entries::{self, Received};
use crate::judge::{Judge, KnownRoster, Said, Stated, Weighed};
use crate::quota::RecordQuotas;
use crate::scope::{Action, AgencyScope, allowed};
use crate::steps;
use crate::store::{Aside, AtHand, DeviceRow, Fresh, IncidentKind, NotHeeded, Order, Push, Store, StoreError, about};
use crate::times::{Came, Times};

/// Below this many records, verifying in one thread is quicker than starting others.
const PARALLEL: usize = 32;

/// Up to so many records are worked on where they are: it takes less than to have it done elsewhere.
const HERE: usize = 4;

/// The most older rosters that one push has the server look at.
const OLDER: usize = 16;

/// What a run amounts to, and what the laptop is told of it.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) push: Push,
    /// Records that are not plainly logged.
    pub(crate) noted: Vec<Noted>,
    /// Records that are not acknowledged.
    pub(crate) refused: Vec<Refused>,
}

/// A record with what was read out of it.
struct Read {
    record: Record,
    event: Option<Event>,
}

/// What deciding about a run needs beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ingest<'a> {
    pub(crate) store: &'a Store,
    /// What judges again.
    pub(crate) judge: &'a Judge,
    /// The server's key, which makes a chain its office's.
    pub(crate) server: &'a PublicKey,
    /// Now, milliseconds since 1970 UTC.
    pub(crate) now: u64,
    /// What came beside it in the same request, of other writers: their signatures hold. Officers who share a
    /// laptop see each other's records before anybody else does.
    pub(crate) beside: &'a [(Record, Event)],
    /// What was read of the agency's head already.
    pub(crate) at_hand: Option<AtHand>,
    /// How many records are taken.
    pub(crate) quotas: RecordQuotas,
}

/// The records of a run of `writer` whose signatures hold, each with what it says.
pub(crate) async fn signed(writer: &DeviceRow, records: Vec<Record>) -> Result<Vec<(Record, Event)>, StoreError> {
    let key = writer.public_key;
    working(records.len(), move || {
        let verdicts = verify_all(&key, &records);
        let genuine = records.into_iter().zip(verdicts).filter_map(|(record, verified)| verified.then_some(record));
        genuine.filter_map(|record| record.event().ok().map(|event| (record, event))).collect()
    })
    .await
}

/// Prepares one run of a writer against its state as read from the database.
pub(crate) async fn prepare(
    with: Ingest<'_>,
    scope: &AgencyScope,
    writer: &DeviceRow,
    sender: &DeviceRow,
    records: Vec<Record>,
) -> Result<Prepared, StoreError> {
    let (Ingest { store, now, .. }, id) = (with, writer.writer);
    let mut push = Push {
        agency: scope.agency().clone(),
        writer: id,
        sender: sender.writer,
        base_seq: writer.acked_seq,
        base_hash: writer.acked_hash,
        standing: writer.standing,
        fresh: Vec::new(),
        met: (writer.since_ms, writer.met_ms),
        aside: Vec::new(),
        forged: false,
        request: None,
    };
    let mut refused = Vec::new();

    let at_hand = match with.at_hand {
        Some(at_hand) => at_hand,
        None => store.at_hand(scope).await?,
    };
    let with = Ingest { at_hand: Some(at_hand), ..with };
    let room = with.quotas.left(writer.came, at_hand.came_bytes, now);
    let (next, full) = (writer.acked_seq + 1, room.full());

    // What was acknowledged before must be the same; a difference is a fork.
    let (known, fresh): (Vec<Record>, Vec<Record>) =
        records.into_iter().partition(|record| record.id().seq <= writer.acked_seq);
    if let (Some(first), Some(last)) = (known.first(), known.last()) {
        let stored = store.hashes(scope, id, first.id().seq, last.id().seq).await?;
        if let Some(fork) = known.iter().find(|record| stored.get(&record.id().seq) != Some(&record.hash())) {
            let genuine = PublicKey::from_bytes(&writer.public_key).is_ok_and(|key| fork.verify(&key).is_ok());
            let reason = if genuine { RefusedFor::Fork } else { RefusedFor::Signature };
            refused.push(match full.filter(|_| genuine) {
                Some(reason) => Refused { writer: id, seq: fork.id().seq, reason },
                None => set_aside(&mut push, fork, reason),
            });
            return Ok(Prepared { push, noted: Vec::new(), refused });
        }
    }
    // A gap needs no answer of its own: the receipt says how far the server got.
    if fresh.first().is_none_or(|first| first.id().seq != next) {
        return Ok(Prepared { push, noted: Vec::new(), refused });
    }
    if let Some(reason) = full {
        refused.push(Refused { writer: id, seq: next, reason });
        return Ok(Prepared { push, noted: Vec::new(), refused });
    }

    let (good, bad) = {
        let (key, hash, hlc) = (writer.public_key, writer.acked_hash, writer.acked_hlc);
        let officer = writer.officer.clone();
        working(fresh.len(), move || check(&key, &officer, hash, hlc, fresh)).await?
    };
    let (first_ms, last_ms) =
        if writer.acked_seq == 0 { (0, 0) } else { store.received_ms(scope, id, writer.acked_seq).await? };
    let came = Came { met_ms: writer.met_ms, since_ms: writer.since_ms, now: last_ms }.then(now);
    push.met = (came.since_ms, came.met_ms);
    let due = good.len();
    let masked = |read: &&Read| matches!(read.event, Some(Event::Masked { .. }));
    let bodiless: Vec<RecordId> = good.iter().filter(masked).map(|read| read.record.id()).collect();
    let good = good.into_iter().map(|read| (read, came)).collect();
    push.fresh = weighed(with, scope, writer, first_ms, good, OLDER).await?;
    push.fresh.truncate(room.takes(push.fresh.iter().map(|fresh| fresh.record.len())));
    // What comes after a place where it ends early is looked at when that comes again.
    if let Some((record, reason)) = bad.filter(|_| push.fresh.len() == due) {
        refused.push(set_aside(&mut push, &record, reason));
    }
    unordered(store, scope, &mut push, sender.officer == writer.officer, &bodiless, now).await?;
    let held = push.standing != Standing::Active;
    let noted = push
        .fresh
        .iter()
        .map(|fresh| if held { Disposition::Held } else { fresh.disposition })
        .zip(&push.fresh)
        .filter(|(disposition, _)| *disposition != Disposition::Logged)
        .map(|(disposition, fresh)| Noted { writer: id, seq: fresh.seq, disposition })
        .collect();
    Ok(Prepared { push, noted, refused })
}

/// Files it where records that are to be stored come without what they say, and no order to mask them is in
/// the log: after a server came back it may still be to come; else nobody can judge them. From anybody but
/// their author they are not taken before it is: whoever empties another's record must not get in first.
async fn unordered(
    store: &Store,
    scope: &AgencyScope,
    push: &mut Push,
    own: bool,
    bodiless: &[RecordId],
    now: u64,
) -> Result<(), StoreError> {
    let last = push.fresh.last().map_or(0, |fresh| fresh.seq);
    let mut found = Vec::new();
    for id in bodiless.iter().filter(|id| id.seq <= last) {
        if !store.is_ordered(scope, *id).await? {
            found.push(*id);
        }
    }
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(()) };
    let detail = format!("{} records without bodies, {first} to {last}", found.len());
    let of = if own { (push.writer, first.seq) } else { (push.sender, 0) };
    store.file_once(scope, now, IncidentKind::Bodiless, of, &detail).await?;
    if !own {
        push.fresh.retain(|fresh| fresh.seq < first.seq);
    }
    Ok(())
}

/// What is held of a writer, weighed as if it had come while they were in good standing. Of what is as
/// it should be is said that it was held.
pub(crate) async fn held(with: Ingest<'_>, scope: &AgencyScope, writer: WriterId) -> Result<Vec<Fresh>, StoreError> {
    let device = with.store.device(scope.agency(), writer).await?;
    let device = device.ok_or_else(|| StoreError::NoDevice(writer.to_string()))?;
    let held = with.store.held_records(scope, writer).await?;
    let Some((first, first_ms)) = held.first() else { return Ok(Vec::new()) };
    let (began_ms, last_ms) = with.store.received_ms(scope, writer, first.id().seq - 1).await?;
    let mut came = Came { met_ms: 0, since_ms: 0, now: last_ms }.then(*first_ms);
    let mut records = Vec::with_capacity(held.len());
    for (record, now) in held {
        came = came.then(now);
        let event = record.event().ok();
        records.push((Read { record, event }, came));
    }
    let mut fresh = weighed(with, scope, &device, began_ms, records, usize::MAX).await?;
    for fresh in &mut fresh {
        // What it announces was announced when it came, and whoever gave an order was told then that it
        // is not carried out.
        fresh.attachment = None;
        if fresh.order.take().is_some() {
            fresh.disposition = Disposition::OrderRefused;
        } else if fresh.disposition == Disposition::Logged {
            fresh.disposition = Disposition::Held;
        }
    }
    Ok(fresh)
}

/// What stated verdicts are weighed by.
struct By {
    rulebooks: RulebookSet,
    /// What the registers say of the people named.
    entries: Entries,
    /// What of it the writer is proven to have seen.
    received: Received,
    /// The roster in force.
    newest: Arc<KnownRoster>,
    /// The writer's key was enrolled by a program newer than 0.1.0.
    met: bool,
}

/// What the server makes of records whose signatures and links hold: of fewer, where more than `most`
/// older rosters would have to be looked at.
async fn weighed(
    with: Ingest<'_>,
    scope: &AgencyScope,
    writer: &DeviceRow,
    first_ms: u64,
    records: Vec<(Read, Came)>,
    most: usize,
) -> Result<Vec<Fresh>, StoreError> {
    let Ingest { store, judge, at_hand, .. } = with;
    let newest = match at_hand {
        Some(AtHand { roster, .. }) => judge.roster(store, scope, roster).await?.unwrap_or_default(),
        None => judge.newest(store, scope).await?,
    };
    let (joined_ms, joined_seq) = (writer.enrolled_ms, writer.joined_seq);
    // 0.1.0 had no nonces to enrol with.
    let met = writer.meeting.is_some();
    let times = move |came| Times { joined_ms, joined_seq, first_ms, came };
    let (records, inforce) = (Arc::new(records), Arc::clone(&newest));
    let all = Arc::clone(&records);
    let said: Vec<(&Record, &Event)> =
        records.iter().filter_map(|(read, _)| Some((&read.record, read.event.as_ref()?))).collect();
    let (entries, received) = entries::about_people(with, scope, &said).await?;
    let rulebooks = judge.rulebooks(scope.agency()).clone();
    let by = Arc::new(By { rulebooks, entries, received, newest: inforce, met });
    let by_newest = Arc::clone(&by);
    let weigh_one = move |(read, came): &(Read, Came)| weigh(&by_newest, None, false, times(*came), read);
    let mut fresh = working(all.len(), move || spread(&all, weigh_one)).await?;

    // What the newest roster does not give may be explained by the one that it was judged on: each is looked
    // at by itself, and let go.
    let mut older: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, (read, _)) in records.iter().enumerate() {
        let differs = fresh[at].disposition.apart_from_time() == Disposition::VerdictDiffers;
        let judged = read.event.as_ref().and_then(Event::judged).filter(|_| differs);
        let Some((_, judged)) = judged.filter(|(_, judged)| judged.roster_version != newest.version) else { continue };
        if older.len() == most && !older.contains_key(&judged.roster_version) {
            // The rest comes with the next push.
            fresh.truncate(at);
            break;
        }
        older.entry(judged.roster_version).or_default().push(at);
    }
    for (version, places) in older {
        let used = judge.roster(store, scope, version).await?;
        // One that the log says was issued, and whose content a backup that was put back lacks.
        let lost = used.is_none() && store.issued_versions(scope).await?.contains(&version);
        if used.is_none() && !lost {
            continue;
        }
        let (records, by) = (Arc::clone(&records), Arc::clone(&by));
        let again = move || {
            let of = |at: &usize| {
                records.get(*at).map(|(read, came)| (*at, weigh(&by, used.as_deref(), lost, times(*came), read)))
            };
            places.iter().filter_map(of).collect::<Vec<_>>()
        };
        for (at, again) in working(usize::MAX, again).await? {
            fresh[at] = again;
        }
    }
    steps::judge(with, scope, writer.role, &mut fresh).await?;
    for fresh in fresh.iter_mut().filter(|fresh| fresh.order.is_some()) {
        may_order(with, scope, writer, fresh).await?;
    }
    Ok(fresh)
}

/// How long after the server came back from a backup a record may be missing that was here.
const MISSING_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Whether whoever signed an order to mask may give it; one that they may not is stored like any
/// record, and told to everyone not to be carried out.
async fn may_order(
    with: Ingest<'_>,
    scope: &AgencyScope,
    writer: &DeviceRow,
    fresh: &mut Fresh,
) -> Result<(), StoreError> {
    let Ingest { store, now, .. } = with;
    let Some(Ok(Order { target })) = fresh.order else { return Ok(()) };
    let why = if allowed(writer.role, Action::Mask, true) {
        let device = store.device(scope.agency(), target.writer).await?;
        let by_office = device.is_none() && store.office_key(scope, target.writer).await?.is_some();
        match device {
            None if !by_office => Some(NotHeeded::Unknown),
            Some(of) if of.officer == writer.officer => Some(NotHeeded::Own),
            _ => match store.is_maskable(scope, target).await? {
                Some(false) => Some(NotHeeded::Kind),
                // Of what nobody sent yet nobody knows whom it is about; after the server came back it may be
                // a record that was here.
                None if !store.came_back(scope, now.saturating_sub(MISSING_MS)).await? => Some(NotHeeded::Unknown),
                _ if steps::is_involved(with, scope, writer, target).await? => Some(NotHeeded::Involved),
                _ => None,
            },
        }
    } else {
        Some(NotHeeded::Role)
    };
    if let Some(why) = why {
        fresh.order = Some(Err((target, why)));
        fresh.disposition = Disposition::OrderRefused;
    }
    Ok(())
}

/// Puts a run's records together.
pub(crate) async fn unfold(run: Run) -> Result<Option<Vec<Record>>, StoreError> {
    working(run.len(), move || run.records().ok()).await
}

/// Does work on so many records: on few at once, on more away from the threads that serve.
async fn working<T: Send + 'static>(
    records: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    if records <= HERE {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| StoreError::Database(sqlx::Error::Io(std::io::Error::other(e.to_string()))))
}

/// Refuses a record. Only one that bears the writer's genuine signature is kept and freezes them: blame
/// for anything else falls on whoever sent it, and changes nothing of the writer.
fn set_aside(push: &mut Push, record: &Record, reason: RefusedFor) -> Refused {
    let seq = record.id().seq;
    if reason == RefusedFor::Signature {
        push.forged = true;
        return Refused { writer: push.writer, seq, reason };
    }
    push.aside.push(Aside { seq, hash: record.hash(), record: record.encode(), reason });
    Refused { writer: push.writer, seq, reason }
}

/// Checks links, times, signatures and bodies; gives what holds, and the first that does not.
fn check(
    key: &[u8; 32],
    officer: &OfficerId,
    base: Hash,
    base_hlc: u64,
    records: Vec<Record>,
) -> (Vec<Read>, Option<(Record, RefusedFor)>) {
    let verdicts = verify_all(key, &records);
    let (mut prev, mut hlc) = (base, base_hlc);
    let mut good = Vec::with_capacity(records.len());
    for (record, verified) in records.into_iter().zip(verdicts) {
        let envelope = record.envelope();
        // The signature first: what does not bear it says nothing of the writer.
        let problem = if !verified {
            Some(RefusedFor::Signature)
        } else if envelope.prev != prev || (envelope.hlc.0 <= hlc && hlc != 0) {
            Some(RefusedFor::Chain)
        } else {
            None
        };
        if let Some(reason) = problem {
            return (good, Some((record, reason)));
        }
        // What the office alone writes comes from nobody else.
        let event = record.event().ok().filter(|_| !auxlog_record::is_office(record.envelope().kind));
        let Some(event) = event else { return (good, Some((record, RefusedFor::Body))) };
        // Whose a chain is stands in its first record, and nowhere else.
        let opening = match &event {
            Event::WriterOpened(opened) => Some(opened.officer == *officer && opened.public_key == *key),
            _ => None,
        };
        if opening != (envelope.seq == 1).then_some(true) {
            return (good, Some((record, RefusedFor::Opening)));
        }
        (prev, hlc) = (record.hash(), envelope.hlc.0);
        good.push(Read { record, event: Some(event) });
    }
    (good, None)
}

/// Whether each record's signature is the key's.
fn verify_all(key: &[u8; 32], records: &[Record]) -> Vec<bool> {
    let Ok(key) = PublicKey::from_bytes(key) else { return vec![false; records.len()] };
    spread(records, |record| record.verify(&key).is_ok())
}

/// Does `work` on each item, on as many threads as there are processors.
fn spread<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if items.len() < PARALLEL || threads == 1 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(items.len().div_ceil(threads))
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        // A panic in one part is this thread's too.
        parts.into_iter().flat_map(|part| part.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
    })
}

/// Judges a record again and notes what is unusual about it. What is dated before its writer's key was
/// enrolled was judged on a laptop that stood alone.
/// `older` is the roster that its verdict was given on, where that is another than the newest; `lost` one
/// whose content is not here any more.
fn weigh(by: &By, older: Option<&KnownRoster>, lost: bool, times: Times, read: &Read) -> Fresh {
    let envelope = read.record.envelope();
    let wall_ms = envelope.reading.wall_ms;
    let weighed = read.event.as_ref().and_then(Event::judged).map(|(task, judged)| {
        let alone = times.stood_alone(envelope.seq, wall_ms);
        let newer = by.met && !alone;
        let By { rulebooks, entries, .. } = by;
        let received = !alone && by.received.all_about(entries, task, envelope.seq);
        let agency = &envelope.agency;
        let said = Said { entries, received };
        let stated = Stated { task, judged, agency, rulebooks, said, wall_ms, alone, lost, newer };
        let used = older.or_else(|| Some(&*by.newest).filter(|newest| newest.version == judged.roster_version));
        Judge::weigh(&stated, used, &by.newest)
    });
    let Weighed { mut disposition, verdict } =
        weighed.unwrap_or(Weighed { disposition: Disposition::Logged, verdict: None });
    // What was done lies before it was recorded.
    let done = match &read.event {
        Some(Event::TaskLogged(logged)) => logged.task.at.map(Moment::millis),
        _ => None,
    };
    if times.doubts(wall_ms) || done.is_some_and(|done| times.lies_ahead(done)) {
        disposition = disposition.doubtful();
    }
    Fresh {
        disposition,
        verdict,
        beyond: read.event.as_ref().is_some_and(|event| event.within_limits().is_err()),
        about: read.event.as_ref().map(|event| about(read.record.id(), event)).unwrap_or_default(),
        order: match &read.event {
            Some(Event::MaskOrdered(ordered)) => Some(Ok(Order { target: ordered.target })),
            _ => None,
        },
        attachment: match &read.event {
            Some(Event::Attachment(attachment)) => Some((attachment.sha256, attachment.size)),
            _ => None,
        },
        ..Fresh::of(&read.record)
    }
}
