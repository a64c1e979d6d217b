//! Checking every record, and the read models against them.

use std::collections::BTreeMap;

use auxlog_journal::{Damage, Entry};
use auxlog_record::{Chain, ChainError, Link, Record, RecordId, WriterId};

use super::Reader;
use super::book::Pile;
use crate::index::Index;
use crate::{Flaw, LedgerError, Spot, Whole};

/// Checks chains and folds anew.
struct Check<'a> {
    reader: &'a Reader,
    chains: BTreeMap<WriterId, Chain>,
    /// Records after one that is missing, until it comes.
    waiting: BTreeMap<WriterId, BTreeMap<u64, Record>>,
    /// Records that came after later ones, as those do that a server gave back; the first of them.
    late: Option<(RecordId, u64)>,
    made_up: u64,
    fresh: Index,
    /// What waits to be folded into it.
    pile: Pile,
    records: u64,
    bad: Option<Whole>,
}

impl Check<'_> {
    fn entry(&mut self, position: u64, entry: &Entry) -> Result<(), LedgerError> {
        if self.bad.is_some() {
            return Ok(());
        }
        if let Entry::Own(record) | Entry::Received { record, .. } = entry {
            self.records += 1;
            if let Err((id, problem)) = self.record(position, record) {
                self.bad = Some(broken(Some(id), Spot::Entry(position), problem));
                return Ok(());
            }
        }
        self.pile.add(&self.reader.book, &mut self.fresh, position, entry.clone())
    }

    /// Checks a record, and those that waited for it; names the one that is bad.
    fn record(&mut self, position: u64, record: &Record) -> Result<(), (RecordId, Flaw)> {
        let id = record.id();
        record.event().map_err(|error| (id, error.into()))?;
        let next = self.next(&id.writer);
        if id.seq > next {
            let waiting = self.waiting.entry(id.writer).or_default();
            return match waiting.insert(id.seq, record.clone()) {
                None => Ok(()),
                Some(_) => Err((id, Flaw::Twice)),
            };
        }
        if self.waiting.get(&id.writer).is_some_and(|waiting| !waiting.is_empty()) {
            self.late.get_or_insert((id, position));
            self.made_up += 1;
        }
        self.link(record)?;
        loop {
            let next = self.next(&id.writer);
            let Some(record) = self.waiting.get_mut(&id.writer).and_then(|waiting| waiting.remove(&next)) else {
                return Ok(());
            };
            self.link(&record)?;
        }
    }

    /// The seq of a writer's next record.
    fn next(&self, writer: &WriterId) -> u64 {
        self.chains.get(writer).map_or(1, |chain| chain.tip().seq + 1)
    }

    fn link(&mut self, record: &Record) -> Result<(), (RecordId, Flaw)> {
        let id = record.id();
        let named = |error: ChainError| (id, Flaw::Chain(error));
        let Some(chain) = self.chains.get_mut(&id.writer) else {
            let chain = Chain::open(record).map_err(named)?;
            self.chains.insert(id.writer, chain);
            return Ok(());
        };
        match chain.check_next(record).map_err(named)? {
            Link::Next => Ok(()),
            Link::Duplicate => Err((id, Flaw::Twice)),
        }
    }

    /// A record that is missing although later ones of its chain are here.
    fn missing(&self) -> Option<RecordId> {
        let writer = self.waiting.iter().find(|(_, waiting)| !waiting.is_empty()).map(|(writer, _)| *writer)?;
        Some(RecordId { writer, seq: self.next(&writer) })
    }
}

fn broken(id: Option<RecordId>, place: Spot, problem: Flaw) -> Whole {
    Whole::No { id, place, problem }
}

impl Reader {
    /// Re-checks every record's hash, chain and signature, and the read models against them.
    /// `progress` is told the records done and the records in all (0 where unknown).
    ///
    /// # Errors
    /// [`LedgerError`] when the journal cannot be read at all; what is wrong in it is the answer.
    pub fn verify(&self, progress: &dyn Fn(u64, u64)) -> Result<Whole, LedgerError> {
        let total: u64 = self.index().writers().iter().map(|writer| writer.tip.seq).sum();
        let mut check = Check {
            reader: self,
            chains: BTreeMap::new(),
            waiting: BTreeMap::new(),
            late: None,
            made_up: 0,
            fresh: Index::by(&self.rulebooks),
            pile: Pile::default(),
            records: 0,
            bad: None,
        };
        let mut failed = None;
        let report = self.book.scan(0, &mut |position, entry| {
            if failed.is_none() {
                failed = check.entry(position, &entry).err();
            }
            if position.is_multiple_of(256) {
                progress(check.records, total);
            }
        })?;
        if let Some(bad) = check.bad {
            return Ok(bad);
        }
        failed = failed.or(check.pile.fold(&self.book, &mut check.fresh).err());
        let lost: u64 = report.damage.iter().map(|damage| damage.lost.end - damage.lost.start).sum();
        let missing = check.missing();
        // What the server gave back stands at the journal's end, and makes up for what was lost.
        let made_up = missing.is_none() && lost > 0 && check.made_up == lost;
        let still_bad = |damage: &&Damage| !made_up || damage.lost.is_empty();
        if let Some(damage) = report.damage.iter().find(still_bad) {
            self.distrust_cache();
            let place = Spot::Byte { file: damage.file.clone(), offset: damage.offset };
            return Ok(broken(missing, place, Flaw::Damage(damage.clone())));
        }
        if let Some(id) = missing {
            return Ok(broken(Some(id), Spot::Journal, Flaw::Missing));
        }
        if let Some((id, position)) = check.late.filter(|_| !made_up) {
            return Ok(broken(Some(id), Spot::Entry(position), Flaw::Late));
        }
        failed.map_or(Ok(()), Err)?;
        progress(check.records, total);
        if let Some(cut) = cut_tail(&check.fresh) {
            return Ok(cut);
        }
        if let Some(id) = self.older_copy() {
            return Ok(broken(Some(id), Spot::JournalEnd, Flaw::OlderCopy));
        }
        check.fresh.set_applied(report.end);
        check.fresh.settle();
        let index = self.index();
        // More may have been written since the scan; then the read models are ahead of it.
        if index.applied() == check.fresh.applied() && index.digest() != check.fresh.digest() {
            return Ok(broken(None, Spot::Cache, Flaw::Lists));
        }
        drop(index);
        Ok(self.bad_attachment()?.unwrap_or(Whole::Yes { records: check.records }))
    }

    /// The cache may hold places of records that are damaged now: the next start reads the journal,
    /// finds the holes, and a synchronisation can ask for what is missing.
    fn distrust_cache(&self) {
        if let Err(error) = crate::cache::distrust(&self.root) {
            tracing::warn!(%error, "the cache could not be marked to be made anew");
        }
    }

    /// The first attachment whose content was altered, or is missing although it was made here.
    fn bad_attachment(&self) -> Result<Option<Whole>, LedgerError> {
        for row in self.all_attachments()? {
            let attachment = &row.view.attachment;
            let problem = match self.check_attachment(&attachment.sha256) {
                Ok(false) if row.mine => Flaw::NoContent,
                Ok(_) => continue,
                Err(error) => Flaw::Content(Box::new(error)),
            };
            let place = Spot::Attachment(attachment.name.clone());
            return Ok(Some(broken(Some(row.view.record), place, problem)));
        }
        Ok(None)
    }
}

/// A chain that ends before what the server has a receipt for.
fn cut_tail(fresh: &Index) -> Option<Whole> {
    let cut = fresh.writers().iter().find(|writer| writer.own && writer.acked > writer.tip.seq)?;
    let id = RecordId { writer: cut.id, seq: cut.tip.seq + 1 };
    let problem = Flaw::CutOff { received: cut.acked, newest: cut.tip.seq };
    Some(broken(Some(id), Spot::JournalEnd, problem))
}
