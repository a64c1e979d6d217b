//! A task's evidence, from the journal; and the note of who took personal data out of it.

use std::collections::BTreeMap;

use auxlog_journal::Entry;
use auxlog_record::evidence::Evidence;
use auxlog_record::{Access, DataAccessed, Event, Record, RecordId, WriterId};

use super::book::{acked_of, unreadable};
use super::{Ledger, Reader};
use crate::{Flaw, LedgerError, Spot};

/// So many records beyond the newest one about a task a bundle's chain may go on, without their
/// bodies, to meet a receipt: 1,000 are a push.
const REACH: u64 = 2000;

/// A receipt with whose records it speaks of, and up to which seq.
type Reaching = ((WriterId, u64), Vec<u8>);

type Result<T> = std::result::Result<T, LedgerError>;

impl Reader {
    /// Everything that proves what was recorded about a task: the chains of all who said
    /// something about it or planned it, the provisions judged by, and the server's receipts as they
    /// came. `also` are records that must be in it whatever they say: those that the server knows to be
    /// about the task, masked ones among them.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`], or [`LedgerError::Unreadable`] where a record is missing.
    pub fn evidence(&self, task: RecordId, also: &[RecordId]) -> Result<Evidence> {
        let (_, view) = self.view(task)?;
        let history = view.history();
        let mut wanted: BTreeMap<WriterId, u64> = BTreeMap::new();
        for id in history.iter().map(|entry| entry.record).chain(view.plan).chain(also.iter().copied()) {
            let newest = wanted.entry(id.writer).or_default();
            *newest = id.seq.max(*newest);
        }
        wanted.retain(|writer, _| self.index().writers().get(writer).is_some());
        let chains = wanted.keys().map(|writer| self.chain(writer)).collect::<Result<Vec<_>>>()?;
        let today = self.clock.now().china_date();
        let (mut reach, receipts) = self.receipts(wanted)?.into_iter().unzip::<_, _, BTreeMap<_, _>, Vec<_>>();
        for id in also {
            let to = reach.entry(id.writer).or_default();
            *to = id.seq.max(*to);
        }
        let mut evidence = Evidence::reaching(task, chains, &self.rulebooks, receipts, today, &reach)
            .map_err(|error| unreadable(task)(error))?;
        evidence.rules_since = view.strict_since();
        Ok(evidence)
    }

    /// Signs a bundle in the name of the officer whose ledger is open, within a page that holds
    /// [`Evidence::PLACE`].
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] where their opening record is missing or the page has no place.
    pub fn seal_evidence(&self, evidence: &Evidence, page: &str) -> Result<String> {
        let id = RecordId { writer: self.identity().writer, seq: 1 };
        let opening = self.must_have(id)?;
        evidence.seal(page, &self.signing, &opening).map_err(|error| unreadable(id)(error))
    }

    /// The chains of the agency's office as they were pulled.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] where a record is missing.
    pub fn office_chains(&self) -> Result<Vec<Vec<Record>>> {
        let writers: Vec<WriterId> = {
            let index = self.index();
            let all = index.writers().iter().map(|writer| writer.id);
            all.filter(|writer| index.authority().is_office(writer)).collect()
        };
        writers.iter().map(|writer| self.chain(writer)).collect()
    }

    /// A writer's whole chain.
    fn chain(&self, writer: &WriterId) -> Result<Vec<Record>> {
        let newest = self.index().writers().get(writer).map_or(0, |known| known.tip.seq);
        (1..=newest).map(|seq| self.must_have(RecordId { writer: *writer, seq })).collect()
    }

    fn must_have(&self, id: RecordId) -> Result<Record> {
        let missing = || unreadable(id)(Flaw::NotThere);
        self.record_of(id.writer, id.seq)?.ok_or_else(missing)
    }

    /// For each writer the receipt that reaches least far beyond the record `wanted` of it, or, where
    /// none covers it, the one that reaches furthest: with the seq up to which it speaks. One that
    /// reaches too far to have the chain go on to there is left out.
    fn receipts(&self, wanted: BTreeMap<WriterId, u64>) -> Result<Vec<Reaching>> {
        let acked = |writer: &WriterId| self.index().writers().get(writer).map_or(0, |known| known.acked);
        let wanted: BTreeMap<WriterId, u64> = wanted.into_iter().filter(|(writer, _)| acked(writer) > 0).collect();
        let mut best: BTreeMap<WriterId, (u64, Vec<u8>)> = BTreeMap::new();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut receipt = None;
        self.book.scan(0, &mut |_, entry| {
            // What a receipt covers was noted right behind it when it was verified.
            match (entry, receipt.take()) {
                (Entry::Receipt(bytes), _) => receipt = Some(bytes),
                (entry, Some(bytes)) => {
                    let Some((writer, acked)) = acked_of(&entry) else { return };
                    let Some(seq) = wanted.get(&writer) else { return };
                    let better = best.get(&writer).is_none_or(|(known, _)| {
                        if *known >= *seq { acked >= *seq && acked < *known } else { acked > *known }
                    });
                    if better {
                        best.insert(writer, (acked, bytes));
                    }
                }
                _ => {}
            }
        })?;
        let near = |writer: &WriterId, acked: u64| acked.saturating_sub(wanted[writer]) <= REACH;
        let found = best.into_iter().filter(|(writer, (acked, _))| near(writer, *acked));
        Ok(found.map(|(writer, (acked, bytes))| ((writer, acked), bytes)).collect())
    }
}

impl Ledger {
    /// Records that personal data was exported, read in full or backed up: who took what out is
    /// itself on record.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn record_access(&self, access: Access, subject: &str, count: u64) -> Result<RecordId> {
        let subject = super::access::subject_of(subject);
        let event = Event::DataAccessed(DataAccessed { access, subject, count, by: None, at: None });
        let records = self.append(&[event])?;
        records.first().map(Record::id).ok_or_else(|| unreadable(Spot::JournalEnd)(Flaw::NotThere))
    }
}

#[cfg(test)]
mod tests {
    use auxlog_law::RulebookSet;
    use auxlog_record::Task;

    use super::*;
    use crate::{InitOptions, OpenOptions};

    #[test]
    fn what_is_exported_proves_itself_and_is_noted() {
        let dir = tempfile::tempdir().expect("a directory");
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        let options = OpenOptions { cheap_keys: true, ..OpenOptions::default() };
        let ledger = Ledger::init(dir.path(), &who, "correct horse", options.clone()).expect("made");
        let log = |id: &str, text: &str| {
            let items = vec!["16.2:inspection".into()];
            let task = Task { id: id.into(), items, text: Some(text.into()), ..Task::default() };
            ledger.log(&[task]).pop().expect("one answer").expect("stored").id
        };
        log("t-1", "别人的事");
        let task = log("t-2", "核查店招");
        log("t-3", "后来的事");
        let page = format!("<p>证据</p>{}", Evidence::PLACE);
        let file = ledger.seal_evidence(&ledger.evidence(task, &[]).expect("made"), &page).expect("sealed");
        let checked = Evidence::read(&file).expect("reads").check(&RulebookSet::default()).expect("whole");
        assert_eq!(checked.task.task.text.as_deref(), Some("核查店招"));
        assert_eq!(checked.writers.len(), 1);
        assert!(checked.provisions_compared);
        assert!(checked.task.findings().iter().any(|finding| finding.rule == "supervision.unstated"));

        let noted = ledger.record_access(Access::Exported, "t-2", 1).expect("noted");
        let record = ledger.must_have(noted).expect("there");
        assert!(matches!(record.event(), Ok(Event::DataAccessed(access)) if access.subject == "t-2"));
        let none = RecordId { seq: 99, ..task };
        assert!(matches!(ledger.evidence(none, &[]), Err(LedgerError::NoSuchTask { .. })));
    }
}
