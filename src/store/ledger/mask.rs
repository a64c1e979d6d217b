//! Privacy by order: a body goes, its hash, its signature and the chain stay.

use std::sync::PoisonError;

use auxlog_journal::{Entry, Journal, finish_rewriting, rewrite};
use auxlog_record::{Event, Hash, MaskOrdered, Record, RecordId};

use super::log::required;
use super::{Ledger, Reader};
use crate::LedgerError;
use crate::index::Index;

/// Topic of the notes that say who may order bodies to be masked.
const MAY_ORDER: &str = "may_order";

/// What the server says of a record that holds an order which it does not carry out.
pub const ORDER_REFUSED: &str = "order_refused";

/// What the server says of a record that it held back for a while.
pub const RELEASED: &str = "released";

/// An order to mask a record's body (personal-information law).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskOrder {
    /// The record whose body goes.
    pub target: RecordId,
    /// Number of the order.
    pub order: String,
    /// Who ordered it.
    pub authority: String,
    /// Why.
    pub reason: String,
}

impl Ledger {
    /// Records orders to mask bodies and carries them out: from then on nobody is shown the bodies
    /// and nothing sends or exports them, and they are erased from this laptop's journal. That
    /// somebody ordered it, and what was signed, stays on record.
    ///
    /// # Errors
    /// [`LedgerError::NotMaskable`], [`LedgerError::Missing`], [`LedgerError::NotSaved`]; then
    /// nothing changed.
    pub fn mask(&self, orders: &[MaskOrder]) -> Result<Vec<RecordId>, LedgerError> {
        let events = orders.iter().map(|order| self.mask_event(order)).collect::<Result<Vec<_>, _>>()?;
        let ordered = self.append(&events)?;
        self.erase_masked()?;
        Ok(ordered.iter().map(auxlog_record::Record::id).collect())
    }

    fn mask_event(&self, order: &MaskOrder) -> Result<Event, LedgerError> {
        let target = order.target;
        let record = self.record_of(target.writer, target.seq)?;
        let record = record.ok_or_else(|| LedgerError::NoSuchTask { id: target.to_string() })?;
        if !record.envelope().is_maskable() {
            return Err(LedgerError::NotMaskable { id: target });
        }
        self.may_order(target, &record)?;
        // Erased here, it would reach the server without its body, and no order about it is carried out there.
        let sent = self.index().writers().get(&target.writer).is_none_or(|of| !of.own || of.acked >= target.seq);
        if self.enrolment().is_some() && !sent {
            return Err(LedgerError::MaskUnsent { id: target });
        }
        let event = Event::MaskOrdered(MaskOrdered {
            target,
            order: required("order", &order.order)?,
            authority: required("authority", &order.authority)?,
            reason: required("reason", &order.reason)?,
        });
        event.within_limits()?;
        Ok(event)
    }

    /// On a laptop of an agency's server an order is carried out by everyone who hears of it. So
    /// only those give it whom the server lets, and never about a record of their own, or a task in which they
    /// had a part.
    fn may_order(&self, target: RecordId, record: &Record) -> Result<(), LedgerError> {
        if self.enrolment().is_none() {
            return Ok(());
        }
        let topic = format!("{MAY_ORDER}/{}", self.identity().writer);
        if self.note(&topic).as_deref() != Some(&[1]) {
            return Err(LedgerError::MayNotMask);
        }
        let index = self.index();
        let of = index.writers().get(&target.writer).and_then(|writer| writer.view.as_ref());
        if of.is_some_and(|view| view.opened.officer == self.identity().officer) {
            return Err(LedgerError::MaskOwn { id: target });
        }
        drop(index);
        let event = record.event().ok();
        let task = event.and_then(|event| if event.begins_history() { Some(target) } else { event.target() });
        let view = task.map(|task| self.view(task)).transpose()?;
        match view {
            Some((_, view)) if !view.may_decide(&self.author) => Err(LedgerError::MaskOwn { id: target }),
            _ => Ok(()),
        }
    }

    /// Keeps whether the server lets the officer whose ledger is open order bodies to be masked.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`].
    pub fn set_may_order(&self, may: bool) -> Result<(), LedgerError> {
        let topic = format!("{MAY_ORDER}/{}", self.identity().writer);
        let known = self.note(&topic);
        // Whoever may not has it said only where they once might.
        let same = known.as_deref() == Some(&[u8::from(may)]) || (known.is_none() && !may);
        if same { Ok(()) } else { self.put_note(&topic, vec![u8::from(may)]) }
    }

    /// Erases the bodies that are masked but still lie in the journal: those of orders that came
    /// with a synchronisation, or whose erasure a crash cut off. Returns how many there were.
    ///
    /// # Errors
    /// [`LedgerError::NotSaved`]; the bodies stay masked, and it is tried again at the next start.
    pub fn erase_masked(&self) -> Result<usize, LedgerError> {
        let pending = self.reader.to_erase()?;
        if pending.is_empty() {
            return Ok(0);
        }
        let not_saved = |error| LedgerError::NotSaved { source: Box::new(error) };
        let mut writer = self.lock_writer();
        writer.journal.rest().map_err(not_saved)?;
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut index = self.reader.index_mut();
        let (root, key, options) = (&self.layout.root, &self.unlocked.store, self.options.journal());
        let mut masked = |entry| without_body(entry, &index);
        rewrite(root, key, options, &mut masked).map_err(not_saved)?;
        let opened = Journal::open(self.layout.journal(), key, options, u64::MAX, &mut |_, _| {});
        (writer.journal, _) = opened.map_err(not_saved)?;
        self.reader.book.forget();
        // Names that only the bodies held go from the cache too.
        let mut fresh = Index::by(&self.reader.rulebooks);
        self.reader.book.fold(&mut fresh, &|_| {})?;
        *index = fresh;
        cache.begin(&mut index);
        drop((index, cache, writer));
        self.forget_contents(&pending)?;
        Ok(pending.len())
    }

    /// Removes the contents that only masked attachments named.
    fn forget_contents(&self, erased: &[(RecordId, Option<Hash>)]) -> Result<(), LedgerError> {
        let still: Vec<Hash> = self.all_attachments()?.iter().map(|row| row.view.attachment.sha256).collect();
        for hash in erased.iter().filter_map(|(_, hash)| *hash).filter(|hash| !still.contains(hash)) {
            self.reader.blobs.remove(&hash).map_err(|error| LedgerError::NotSaved { source: Box::new(error) })?;
        }
        Ok(())
    }
}

impl Reader {
    /// Records that are masked and whose bodies still lie in the journal, with the hash of the
    /// content where one is an attachment.
    fn to_erase(&self) -> Result<Vec<(RecordId, Option<Hash>)>, LedgerError> {
        let index = self.index();
        let mut found = Vec::new();
        for id in index.masked() {
            let Some(place) = index.writers().get(&id.writer).and_then(|writer| writer.place(id.seq)) else { continue };
            let record = crate::index::Source::record(&self.book, place)?;
            if record.body().is_some() && record.envelope().is_maskable() {
                let content = match record.event() {
                    Ok(Event::Attachment(attachment)) => Some(attachment.sha256),
                    _ => None,
                };
                found.push((id, content));
            }
        }
        Ok(found)
    }
}

fn without_body(entry: Entry, index: &Index) -> Entry {
    match entry {
        Entry::Own(record) => Entry::Own(index.veil(record)),
        Entry::Received { lsn, record, verdict, reasons, word } => {
            Entry::Received { lsn, record: index.veil(record), verdict, reasons, word }
        }
        other => other,
    }
}

/// Finishes what an interrupted erasure left, before the journal is opened.
pub(super) fn finish(root: &std::path::Path) {
    if let Err(error) = finish_rewriting(root) {
        tracing::warn!(%error, "what was erased by order still lies beside the journal");
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use auxlog_record::Task;

    use super::*;
    use crate::{InitOptions, OpenOptions, TaskQuery, Whole};

    fn options() -> OpenOptions {
        OpenOptions { cheap_keys: true, ..OpenOptions::default() }
    }

    fn ledger(dir: &Path) -> Ledger {
        let who = InitOptions { officer: "O1".into(), agency: "A01".into(), ..InitOptions::default() };
        Ledger::init(dir, &who, "p", options()).expect("made")
    }

    fn task(id: &str, text: &str) -> Task {
        let (id, text) = (id.to_owned(), Some(text.to_owned()));
        Task { id, text, items: vec!["15.2:patrol".into()], ..Task::default() }
    }

    fn order(target: RecordId) -> MaskOrder {
        MaskOrder {
            target, order: "个保〔2026〕3号".into(), authority: "司法局".into(), reason: "本人请求".into()
        }
    }

    #[test]
    fn a_body_goes_by_order_while_hash_signature_and_chain_stay() {
        let place = tempfile::tempdir().expect("a directory");
        let ledger = ledger(place.path());
        let log = |task: &Task| ledger.log(std::slice::from_ref(task)).pop().expect("an answer").expect("stored").id;
        let (first, target) = (log(&task("t-1", "照常巡查")), log(&task("t-2", "张三的隐私")));
        let last = log(&task("t-3", "照常巡查"));
        let content = ledger.stage_bytes("id.jpg", b"a face").expect("kept");
        let attached = ledger.attach(target, &content, None).expect("attached");
        let hash = ledger.record_hash(target.writer, target.seq).expect("read").expect("there");

        let incomplete = MaskOrder { authority: " ".into(), ..order(target) };
        assert!(matches!(ledger.mask(&[incomplete]), Err(LedgerError::Missing { field: "authority" })));
        let opening = RecordId { seq: 1, ..target };
        assert!(matches!(ledger.mask(&[order(opening)]), Err(LedgerError::NotMaskable { .. })));
        ledger.mask(&[order(target), order(attached)]).expect("masked");

        let check = |ledger: &Ledger| {
            let record = ledger.record_of(target.writer, target.seq).expect("read").expect("there");
            assert_eq!((record.body(), record.hash()), (None, hash));
            let found = |text: &str| {
                let query = TaskQuery { text: Some(text.into()), ..TaskQuery::default() };
                ledger.tasks(&query).expect("listed").total
            };
            assert_eq!((found("张三"), found("巡查")), (0, 2));
            assert_eq!(ledger.tasks(&TaskQuery::default()).expect("listed").total, 3, "it still stands as a task");
            let whole = ledger.verify(&|_, _| {}).expect("read");
            assert!(matches!(whole, Whole::Yes { records: 7 }), "{whole:?}");
            assert!(!ledger.evidence(target, &[]).expect("proven").chains.is_empty());
            assert!(ledger.attachment(&content.hash).expect("asked").is_none(), "the content went too");
            assert_eq!(ledger.erase_masked().expect("nothing is left to erase"), 0);
            assert!(ledger.task(target).is_ok(), "and can be looked at");
            assert!(ledger.task(first).is_ok() && ledger.task(last).is_ok());
        };
        check(&ledger);
        ledger.close();
        check(&Ledger::open(place.path(), None, "p", options()).expect("opens"));
        // Nor does the opened journal hold it anywhere.
        let reader = Reader::open(place.path(), None, "p", &options()).expect("opens");
        reader
            .book
            .scan(0, &mut |_, entry| {
                if let Entry::Own(record) = entry {
                    let body = String::from_utf8_lossy(record.body().unwrap_or_default()).into_owned();
                    assert!(!body.contains("张三"), "{:?}", record.id());
                }
            })
            .expect("read");
    }

    #[test]
    fn an_erasure_cut_off_is_made_up_for_at_the_next_start() {
        let place = tempfile::tempdir().expect("a directory");
        let ledger = ledger(place.path());
        let target = ledger.log(&[task("t-1", "张三")]).pop().expect("an answer").expect("stored").id;
        let MaskOrder { order, authority, reason, .. } = order(target);
        ledger.record(&Event::MaskOrdered(MaskOrdered { target, order, authority, reason })).expect("recorded");
        assert_eq!(ledger.reader.to_erase().expect("read").len(), 1, "masked, but not erased yet");
        let record = ledger.record_of(target.writer, target.seq).expect("read").expect("there");
        assert_eq!(record.body(), None, "and shown to nobody");
        ledger.close();
        std::fs::create_dir(place.path().join("journal.rewriting")).expect("a leftover");
        let ledger = Ledger::open(place.path(), None, "p", options()).expect("opens");
        assert_eq!(ledger.reader.to_erase().expect("read").len(), 0);
        assert!(!place.path().join("journal.rewriting").exists());
        assert!(matches!(ledger.verify(&|_, _| {}), Ok(Whole::Yes { records: 3 })));
    }
}
