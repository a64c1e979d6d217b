//! An agency's registers as the server reads and writes them: entries as they were folded from the log, and what
//! is written as the office's records.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auxlog_record::fold::Author;
use auxlog_record::{
    AgencyId, Attachment, AuxiliaryId, Date, Event, Moment, PublicKey, RecordId, Role, Roster, SigningKey, Vouched,
    WriterId, china,
};
use auxlog_registers::figures::{Figure, Figures};
use auxlog_registers::{Dossier, EntryError, EntryQuery, Reading, Register, Writing};
use chrono::TimeZone as _;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::admin::{Admin, AdminError, now};
use crate::judge::Judge;
use crate::scope::AgencyScope;
use crate::store::{Look, Part, Place, Store, StoreError, ms};

/// Entries of a register that are asked for one by one before it is read whole: a list that names others asks
/// for each of them.
const SINGLE: u32 = 256;

/// Tasks that are held at once while figures are counted.
const TASKS_AT_ONCE: u32 = 500;

/// The registers of an agency into which somebody looks. They are read and written from where it may be waited:
/// on a thread of a runtime that has several.
#[derive(Debug)]
pub struct AgencyRegisters<'a> {
    store: Store,
    server: PublicKey,
    look: Look<'a>,
    roster: Arc<Roster>,
    me: Author,
    now: u64,
    /// The server's key, where what is sealed may be opened.
    opens: Option<SigningKey>,
    runtime: Handle,
    read: Mutex<Read>,
}

/// What was read, so that nothing is read twice.
#[derive(Debug, Default)]
struct Read {
    registers: HashMap<u16, Vec<Arc<Dossier>>>,
    entries: HashMap<RecordId, Option<Arc<Dossier>>>,
    /// How many of a register were read one by one.
    single: HashMap<u16, u32>,
    /// How many entries' histories were read in all.
    histories: usize,
}

impl Read {
    fn keep(&mut self, register: u16, all: &[Arc<Dossier>]) {
        self.entries.extend(all.iter().map(|dossier| (dossier.id, Some(Arc::clone(dossier)))));
        self.registers.insert(register, all.to_vec());
        self.histories += all.len();
    }
}

fn of_store(error: StoreError) -> EntryError {
    EntryError::Store(error.into())
}

impl<'a> AgencyRegisters<'a> {
    /// Opens them as they are now, by the log.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn open(
        store: &Store,
        judge: &Judge,
        server: &PublicKey,
        look: Look<'a>,
        now: u64,
    ) -> Result<Self, StoreError> {
        let scope = look.scope();
        store.project(scope, server, false).await?;
        let roster = judge.newest(store, scope).await?.shared();
        let writer: WriterId = scope.actor().parse().unwrap_or_default();
        let me = match scope.officer() {
            // At the server's own machine sits the office.
            None => Author { vouched: Vouched::Office, role: Role::Admin, ..Author::default() },
            Some(officer) => {
                let authority = store.authority(scope, server).await?;
                let (vouched, grant) = authority.vouch(&writer, None);
                let role = grant.map(|grant| grant.role).unwrap_or_default();
                Author { writer, officer: officer.clone(), vouched, role, ..Author::default() }
            }
        };
        let (store, server, runtime) = (store.clone(), *server, Handle::current());
        Ok(Self { store, server, look, roster, me, now, opens: None, runtime, read: Mutex::default() })
    }

    /// A part of a register as a query selects it, and how many entries there are of what it selects. Of what is
    /// not looked for in words, nor by where it stands, only the part is read.
    ///
    /// # Errors
    /// What the store returns.
    pub fn page(
        &self,
        register: &Register,
        query: &EntryQuery,
        after: Option<Place>,
        (offset, limit): (u64, u64),
    ) -> Result<(Vec<Arc<Dossier>>, u64), EntryError> {
        let EntryQuery { person, since, until, .. } = query;
        if *query == (EntryQuery { person: person.clone(), since: *since, until: *until, ..EntryQuery::default() }) {
            let (person, since, until) = (person.as_ref(), *since, *until);
            let part = Part { register, person, since, until, after, offset, limit };
            let (page, total) = self.wait(self.store.entries_listed(self.look, &part))?;
            let mut read = self.read();
            read.histories += page.len();
            read.entries.extend(page.iter().map(|dossier| (dossier.id, Some(Arc::clone(dossier)))));
            drop(read);
            return Ok((page, total));
        }
        let found = (self as &dyn Reading).entries(register, query)?;
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let behind = found.iter().skip_while(|entry| after.is_some_and(|after| Place::of(entry) >= after));
        let page = behind.skip(number(offset)).take(number(limit)).cloned().collect();
        Ok((page, found.len() as u64))
    }

    /// How many entries' histories were read so far.
    pub fn histories_read(&self) -> usize {
        self.read().histories
    }

    fn wait<T>(&self, of: impl Future<Output = Result<T, StoreError>>) -> Result<T, EntryError> {
        block_in_place(|| self.runtime.block_on(of)).map_err(of_store)
    }

    /// The figures of a period (第三十二条), both days counted.
    ///
    /// # Errors
    /// What the store returns.
    pub fn figures(&self, since: Date, until: Date) -> Result<Vec<Figure>, EntryError> {
        let (mut figures, mut after) = (Figures::new(since, until), RecordId::default());
        loop {
            let tasks = self.wait(self.store.tasks(self.look, after, TASKS_AT_ONCE))?;
            let Some(last) = tasks.last() else { break };
            after = last.id;
            for view in &tasks {
                figures.take(view);
            }
        }
        figures.count(self, self.look.scope().agency())
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading for AgencyRegisters<'_> {
    fn dossiers(&self, register: &Register, person: Option<&AuxiliaryId>) -> Result<Vec<Arc<Dossier>>, EntryError> {
        if person.is_some() {
            let of = self.wait(self.store.entries(self.look, register, person))?;
            self.read().histories += of.len();
            return Ok(of);
        }
        if let Some(all) = self.read().registers.get(&register.number) {
            return Ok(all.clone());
        }
        let all = self.wait(self.store.entries(self.look, register, None))?;
        self.read().keep(register.number, &all);
        Ok(all)
    }

    fn dossier(&self, id: RecordId) -> Result<Option<Arc<Dossier>>, EntryError> {
        if let Some(known) = self.read().entries.get(&id) {
            return Ok(known.clone());
        }
        let found = self.wait(self.store.entry(self.look, id))?;
        let mut read = self.read();
        read.histories += usize::from(found.is_some());
        read.entries.insert(id, found.clone());
        let Some(register) = found.as_ref().map(|dossier| dossier.register) else { return Ok(None) };
        let single = read.single.entry(register.number).or_default();
        *single += 1;
        let many = *single == SINGLE;
        drop(read);
        if many {
            self.dossiers(register, None)?;
        }
        Ok(found)
    }

    /// Whether there are any is asked of the log, one by one.
    fn is_empty(&self) -> bool {
        false
    }

    fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.roster)
    }

    fn me(&self) -> Author {
        self.me.clone()
    }

    fn today(&self) -> Date {
        let now = china().timestamp_millis_opt(ms(self.now)).single();
        now.map_or_else(|| Moment(china().timestamp_nanos(0)), Moment).china_date()
    }

    fn opened(&self, dossier: &Dossier) -> Option<Dossier> {
        Some(dossier.opened(self.opens.as_ref()?))
    }
}

impl Writing for AgencyRegisters<'_> {
    fn record(&self, events: Vec<Event>) -> Result<Vec<RecordId>, EntryError> {
        let scope = self.look.scope();
        // Nobody signs for an officer here.
        if scope.officer().is_some() {
            return Err(auxlog_registers::Closed::Nobody.into());
        }
        let written = self.wait(async {
            let written = self.store.write_entries(scope, &events, self.now).await?;
            self.store.project(scope, &self.server, false).await?;
            Ok(written)
        })?;
        *self.read() = Read::default();
        Ok(written)
    }

    /// The server keeps contents that laptops bring.
    fn stage(&self, _: &Path) -> Result<Attachment, EntryError> {
        Err(EntryError::NoFiles)
    }

    fn server(&self) -> Option<PublicKey> {
        Some(self.server)
    }

    fn reading(&self) -> &dyn Reading {
        self
    }
}

impl Admin {
    /// Looks into an agency's registers, or writes in them as its office; the audit log says what `subject` is.
    ///
    /// # Errors
    /// When there is no such agency, or the database fails.
    pub async fn registers<T>(
        &self,
        agency: &AgencyId,
        subject: &str,
        work: impl FnOnce(&AgencyRegisters<'_>) -> T,
    ) -> Result<T, AdminError> {
        self.look_into(agency, ("read_register", subject), None, work).await
    }

    /// The same where what is sealed to the server's key can be opened, if that key is here.
    ///
    /// # Errors
    /// As [`Self::registers`].
    pub async fn sealed_registers<T>(
        &self,
        agency: &AgencyId,
        subject: &str,
        work: impl FnOnce(&AgencyRegisters<'_>) -> T,
    ) -> Result<T, AdminError> {
        self.look_into(agency, ("read_sealed", subject), self.key(), work).await
    }

    async fn look_into<T>(
        &self,
        agency: &AgencyId,
        (act, subject): (&str, &str),
        opens: Option<SigningKey>,
        work: impl FnOnce(&AgencyRegisters<'_>) -> T,
    ) -> Result<T, AdminError> {
        self.store().agency_name(agency).await?;
        let scope = AgencyScope::local(agency);
        let look = self.store().look(&scope, now(), act, subject).await?;
        let registers = AgencyRegisters::open(self.store(), &self.judge(), self.server_key(), look, now()).await?;
        let registers = AgencyRegisters { opens, ..registers };
        Ok(tokio::task::block_in_place(|| work(&registers)))
    }

    /// Folds the entries of an agency's registers anew from its log. Gives how many records that is.
    ///
    /// # Errors
    /// When there is no such agency, or the database fails.
    pub async fn rebuild_registers(&self, agency: &AgencyId) -> Result<u64, AdminError> {
        self.store().agency_name(agency).await?;
        Ok(self.store().project(&AgencyScope::local(agency), self.server_key(), true).await?)
    }
}
