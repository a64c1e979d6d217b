//! What can be read of a data directory: lists, details, counts, people.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use auxlog_journal::blob::Blobs;
use auxlog_journal::{Damage, Report, StoreKey, Unlocked};
use auxlog_law::RulebookSet;
use auxlog_record::fold::{Author, TaskView};
use auxlog_record::{AgencyId, Clock, OfficerId, RecordId, Roster, SigningKey, WriterId};

use super::book::Book;
use super::older_copy::{self, Lost};
use super::open::Layout;
use super::people::People;
use super::shelf::{Listings, Shelf};
use crate::index::{Index, Selection, Slot, reconstruct};
use crate::{Counts, Identity, LedgerError, OpenError, OpenOptions, Order, TaskDetail, TaskPage, TaskQuery, TaskRow};

type Result<T> = std::result::Result<T, LedgerError>;

/// An unlocked data directory to read from: without the writer's lock, so also while another
/// process writes, and without the cache. [`crate::Ledger`] reads in the same way.
pub struct Reader {
    pub(super) identity: Identity,
    /// The data directory.
    pub(super) root: PathBuf,
    pub(super) author: Author,
    /// To sign what is exported; the reader writes no record.
    pub(super) signing: SigningKey,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) review_months: Option<u32>,
    pub(super) rulebooks: RulebookSet,
    /// What damage took and nothing has made up for.
    damage: Option<Damage>,
    /// What was here before an older copy of the journal came in its place.
    pub(super) gone: Option<Lost>,
    pub(super) book: Book,
    pub(super) blobs: Blobs,
    pub(super) index: RwLock<Index>,
    pub(super) people: Mutex<Option<Arc<People>>>,
    selection: Mutex<Option<Selection>>,
    /// Entries of registers.
    pub(super) shelf: Mutex<Shelf>,
    pub(super) listings: Mutex<Listings>,
    /// What was last found by its words.
    pub(super) by_words: Mutex<Option<Selection>>,
}

impl Reader {
    /// Opens `dir` for `officer` (may be left out where only one has keys there) and folds its
    /// journal in memory.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is changed.
    pub fn open(
        dir: &Path,
        officer: Option<&OfficerId>,
        passphrase: &str,
        options: &OpenOptions,
    ) -> std::result::Result<Self, OpenError> {
        let layout = Layout::new(dir);
        let (_, unlocked) = layout.unlock(officer, passphrase, &*options.clock)?;
        let book = Book::new(layout.journal(), unlocked.store.clone());
        let mut index = Index::by(&options.rulebooks);
        let progress = |done| (options.progress)(done, 0);
        let report = book.fold(&mut index, &progress).map_err(damaged)?;
        let mut reader = Self::new(&layout, &unlocked, book, index, options);
        reader.damage = reader.unmended(&report);
        if reader.damage.is_none() {
            let gone = older_copy::gone(dir, &unlocked.store, &reader.index(), &reader.book);
            reader.gone = gone;
        }
        Ok(reader)
    }

    pub(super) fn new(
        layout: &Layout,
        unlocked: &Unlocked,
        book: Book,
        mut index: Index,
        options: &OpenOptions,
    ) -> Self {
        index.settle();
        let writer = unlocked.signing.writer();
        let identity = identity_of(&index, writer, &unlocked.officer);
        let (officer, name) = (identity.officer.clone(), identity.officer_name.clone());
        let author = Author { writer, officer, name, ..Author::default() };
        Self {
            identity,
            root: layout.root.clone(),
            author,
            signing: unlocked.signing.clone(),
            clock: options.clock.clone(),
            review_months: options.review_months,
            rulebooks: options.rulebooks.clone(),
            damage: None,
            gone: None,
            book,
            blobs: layout.blobs(&unlocked.store),
            index: RwLock::new(index),
            people: Mutex::default(),
            selection: Mutex::default(),
            shelf: Mutex::default(),
            listings: Mutex::default(),
            by_words: Mutex::default(),
        }
    }

    /// The rulebooks by which this ledger's tasks are judged.
    pub fn rulebooks(&self) -> &RulebookSet {
        &self.rulebooks
    }

    /// Reads the identity anew.
    pub(super) fn identify(&mut self) {
        let identity = identity_of(&self.index(), self.identity.writer, &self.identity.officer);
        self.author.name.clone_from(&identity.officer_name);
        self.identity = identity;
    }

    /// Damage of the journal that nothing has made up for: where, what, which entries. What is
    /// whole is shown all the same.
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// The first damage that took something which has not come back from the server.
    fn unmended(&self, report: &Report) -> Option<Damage> {
        let lost: u64 = report.damage.iter().map(|damage| damage.lost.end - damage.lost.start).sum();
        let made_up = self.index().writers().made_up() == Some(lost);
        let unmended = |damage: &&Damage| damage.lost.is_empty() || !made_up;
        report.damage.iter().find(unmended).cloned()
    }

    /// The key of the data directory.
    pub(super) fn store_key(&self) -> &StoreKey {
        self.book.key()
    }

    /// Whose ledger is open.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The index, settled.
    pub(super) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn index_mut(&self) -> std::sync::RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The roster as it is now.
    pub fn roster(&self) -> Arc<Roster> {
        self.index().roster().clone()
    }

    /// An agency's name, or its code where it is not known.
    pub fn agency_name(&self, id: &AgencyId) -> String {
        if *id == self.identity.agency {
            return self.identity.agency_name.clone();
        }
        self.roster().agencies.get(id).map_or_else(|| id.to_string(), |agency| agency.name.clone())
    }

    /// An officer's name: from the roster, or as stated when they opened their chain.
    pub fn officer_name(&self, id: &OfficerId) -> Option<String> {
        let index = self.index();
        let listed = index.roster().officers.get(id).map(|officer| officer.name.clone());
        listed.or_else(|| {
            let opened = index.writers().iter().filter_map(|writer| writer.view.as_ref());
            opened
                .map(|view| &view.opened)
                .find(|opened| opened.officer == *id)
                .map(|opened| opened.officer_name.clone())
        })
    }

    /// Tasks, as the query selects and orders them.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn tasks(&self, query: &TaskQuery) -> Result<TaskPage> {
        let page = self.tasks_unless(query, &|| false)?;
        Ok(page.unwrap_or_default())
    }

    /// The same; `None` as soon as nobody waits for the answer any more. Reading through many
    /// tasks for a word takes seconds, and the next letter is typed long before.
    ///
    /// # Errors
    /// As [`Self::tasks`].
    pub fn tasks_unless(&self, query: &TaskQuery, given_up: &dyn Fn() -> bool) -> Result<Option<TaskPage>> {
        let Some(slots) = self.found(query, given_up)? else { return Ok(None) };
        let last =
            if query.limit == 0 { slots.len() } else { slots.len().min(query.offset.saturating_add(query.limit)) };
        let part = slots.get(query.offset..last).unwrap_or_default();
        let rows = part.iter().map(|slot| self.row(*slot)).collect::<Result<Vec<_>>>()?;
        Ok(Some(TaskPage { rows: rows.into_iter().flatten().collect(), total: slots.len() }))
    }

    /// Flags that await a decision, gravest and longest waiting first.
    ///
    /// # Errors
    /// As [`Self::tasks`].
    pub fn flags(&self, query: &TaskQuery) -> Result<TaskPage> {
        self.tasks(&TaskQuery { open: true, order: Order::Urgent, ..query.clone() })
    }

    /// The slots that a query selects, text and place aside; kept for the next page of the same list.
    pub(super) fn selected(&self, query: &TaskQuery) -> Arc<Vec<u32>> {
        let bare = TaskQuery { offset: 0, limit: 0, text: None, place: None, ..query.clone() };
        let index = self.index();
        let mut kept = self.selection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.generation == index.generation() && kept.query == bare) {
            return kept.slots.clone();
        }
        let selection = index.select(&bare);
        let slots = selection.slots.clone();
        *kept = Some(selection);
        slots
    }

    /// A task with everything known about it.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchTask`].
    pub fn task(&self, id: RecordId) -> Result<TaskDetail> {
        let (slot, view) = self.view(id)?;
        self.detail(&slot, view)
    }

    /// A task's view, with the slot that lists keep of it.
    pub(super) fn view(&self, id: RecordId) -> Result<(Slot, TaskView)> {
        let none = || LedgerError::NoSuchTask { id: id.to_string() };
        let index = self.index();
        let number = index.slot_of(&id).ok_or_else(none)?;
        let slot = *index.slot(number).ok_or_else(none)?;
        Ok((slot, reconstruct(&index, &self.book, number)?.ok_or_else(none)?))
    }

    /// A task as a list shows it.
    pub(super) fn row(&self, number: u32) -> Result<Option<TaskRow>> {
        let index = self.index();
        let Some(slot) = index.slot(number).copied() else { return Ok(None) };
        let view = reconstruct(&index, &self.book, number)?;
        Ok(view.map(|view| self.row_of(&index, &slot, &view)))
    }

    /// The task that `text` names: `writer:seq`, its own reference, or the beginning of
    /// `writer:seq` where only one begins so.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when a record cannot be read back.
    pub fn find(&self, text: &str) -> Result<Option<RecordId>> {
        let text = text.trim();
        let index = self.index();
        if let Some(id) = text.parse().ok().filter(|id| index.slot_of(id).is_some()) {
            return Ok(Some(id));
        }
        for number in index.with_reference(crate::reference_hash(text)) {
            let view = reconstruct(&index, &self.book, number)?;
            if let Some(view) = view.filter(|view| view.original().id == text) {
                return Ok(Some(view.id));
            }
        }
        if text.len() < 4 || !text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':') {
            return Ok(None);
        }
        let begins = |id: &RecordId| id.to_string().starts_with(text);
        let mut found = index.ids().filter(begins);
        Ok(found.next().filter(|_| found.next().is_none()))
    }

    /// The three counts.
    pub fn counts(&self) -> Counts {
        let index = self.index();
        let mut counts = Counts { tasks: index.tasks(), open_flags: index.open_flags() as u64, ..Counts::default() };
        for writer in index.writers().iter() {
            if writer.own {
                let received = writer.acked.min(writer.tip.seq);
                counts.stored += writer.tip.seq;
                counts.received_by_server += received;
                counts.pending += writer.tip.seq - received;
            } else {
                counts.pulled += writer.tip.seq;
            }
        }
        counts
    }
}

/// The index or journal could not be read while opening.
pub(super) fn damaged(error: LedgerError) -> OpenError {
    OpenError::Damaged { source: error.into() }
}

/// Whose ledger it is: as their chain's first record says.
fn identity_of(index: &Index, writer: WriterId, officer: &OfficerId) -> Identity {
    let view = index.writers().get(&writer).and_then(|writer| writer.view.clone());
    match view.map(|view| view.opened) {
        Some(opened) => Identity {
            writer,
            officer: opened.officer,
            officer_name: opened.officer_name,
            agency: opened.agency,
            agency_name: opened.agency_name,
            certificate: opened.certificate,
        },
        None => Identity {
            writer,
            officer: officer.clone(),
            officer_name: officer.to_string(),
            agency: AgencyId::default(),
            agency_name: String::new(),
            certificate: None,
        },
    }
}
