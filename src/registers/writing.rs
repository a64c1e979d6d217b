//! Writing in registers: entries made, corrected, taken further, annulled, each checked before it is recorded as
//! whoever receives it will check it.

use std::path::Path;

use auxlog_law::Finding;
use auxlog_record::{
    Annulment, Attachment, Beyond, Data, EntryCorrected, EntryMade, EntryStepped, Event, Hash, Origin, PublicKey,
    RecordId,
};

use crate::sealed::seal;
use crate::{Closed, Dossier, Field, Misfit, Reading, Register, Step, check_typed, files, merge, rules};

/// An entry could not be read, or what was to be done with it was refused. Nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// What is to be entered does not fit.
    #[error("{}", wrong.iter().map(|(field, misfit)| format!("{field}: {misfit}")).collect::<Vec<_>>().join("; "))]
    Misfits {
        /// The fields.
        fields: &'static [Field],
        /// The key of each that has something wrong, and what.
        wrong: Vec<(String, Misfit)>,
    },
    /// It is not open to this.
    #[error("not open: {0:?}")]
    Closed(Closed),
    /// Something stands against it; a reason says why it is done all the same.
    #[error("something stands against it: {}", findings.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>().join(", "))]
    Against {
        /// The register.
        register: &'static Register,
        /// What was found.
        findings: Vec<Finding>,
        /// Whom it is about.
        person: Option<String>,
    },
    /// Why is to be said.
    #[error("say why")]
    NoReason,
    /// Something is to be sealed to the server's key, and no server is known.
    #[error("there is no server to seal it to")]
    NoServer,
    /// Files cannot be attached from here.
    #[error("files are attached on a laptop")]
    NoFiles,
    /// It says the same already.
    #[error("nothing was changed")]
    NothingChanged,
    /// There is no such entry.
    #[error("no entry {0}")]
    NoEntry(String),
    /// More than a record may hold.
    #[error(transparent)]
    Beyond(#[from] Beyond),
    /// What the store returns.
    #[error(transparent)]
    Store(Box<dyn std::error::Error + Send + Sync>),
}

impl From<Closed> for EntryError {
    fn from(closed: Closed) -> Self {
        Self::Closed(closed)
    }
}

/// A new entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewEntry {
    /// What is entered.
    pub data: Data,
    /// Why, although something stands against it.
    pub reason: Option<String>,
    /// Where it was read from.
    pub origin: Option<Origin>,
}

/// Registers that can be written in.
pub trait Writing: Reading {
    /// Records events, all of them or none. An attachment about nothing is about the entry before it
    /// ([`crate::name_targets`]).
    ///
    /// # Errors
    /// What the store returns.
    fn record(&self, events: Vec<Event>) -> Result<Vec<RecordId>, EntryError>;

    /// Keeps a file's content, durably; gives what attaches it.
    ///
    /// # Errors
    /// What the store returns, or [`EntryError::NoFiles`].
    fn stage(&self, path: &Path) -> Result<Attachment, EntryError>;

    /// The server's key, to which fields are sealed; `None` where there is no server.
    fn server(&self) -> Option<PublicKey>;

    /// The same to be read.
    fn reading(&self) -> &dyn Reading;
}

impl dyn Writing + '_ {
    /// Makes entries, all of them or none.
    ///
    /// # Errors
    /// [`EntryError`]; the first entry that something is wrong with.
    pub fn enter(&self, register: &'static Register, entries: Vec<NewEntry>) -> Result<Vec<RecordId>, EntryError> {
        register.open_to_make(&self.me())?;
        let server = self.server();
        let made = |mut entry: NewEntry| {
            fits(&register.fields, &entry.data)?;
            seal(server.as_ref(), register, None, &mut entry.data)?;
            let reason = entry.reason.as_deref().and_then(said);
            if register.checked && reason.is_none() {
                self.nothing_against(&Dossier::draft(register, entry.data.clone(), self.me()))?;
            }
            let files = self.keep(&register.fields, &mut entry.data, RecordId::default())?;
            let made = Event::EntryMade(EntryMade {
                register: register.number,
                schema: register.schema,
                data: entry.data,
                reason,
                origin: entry.origin,
                salt: salt(),
            });
            Ok::<_, EntryError>((made, files))
        };
        let mut events = Vec::with_capacity(entries.len());
        for entry in entries {
            let (made, files) = made(entry)?;
            events.push(made);
            events.extend(files);
        }
        let entries: Vec<bool> = events.iter().map(|event| matches!(event, Event::EntryMade(_))).collect();
        let ids = self.say(events)?.into_iter().zip(entries);
        Ok(ids.filter(|(_, entry)| *entry).map(|(id, _)| id).collect())
    }

    /// Takes an entry a step further.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn step(
        &self,
        dossier: &Dossier,
        step: &'static Step,
        mut data: Data,
        reason: &str,
    ) -> Result<RecordId, EntryError> {
        dossier.open(step, &self.me())?;
        fits(&step.fields, &data)?;
        let reason = said(reason);
        if step.reason && reason.is_none() {
            return Err(EntryError::NoReason);
        }
        if step.checked && reason.is_none() {
            self.nothing_against(dossier)?;
        }
        seal(self.server().as_ref(), dossier.register, Some(step), &mut data)?;
        let (target, based_on) = (dossier.id, dossier.heads.clone());
        let files = self.keep(&step.fields, &mut data, target)?;
        let stepped = EntryStepped { target, based_on, step: step.n, data, reason, salt: salt() };
        self.say_first(Event::EntryStepped(stepped), files)
    }

    /// Corrects fields of an entry; in those `cleared` nothing stands any more. `based_on` is what its author
    /// had seen.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn correct(
        &self,
        dossier: &Dossier,
        based_on: &[Hash],
        mut data: Data,
        mut cleared: Vec<u16>,
        reason: &str,
    ) -> Result<RecordId, EntryError> {
        dossier.open_to_keep(&self.me())?;
        // A contradiction is settled also by keeping what is shown.
        let contradicted = |n: u16| {
            let field = dossier.register.fields.iter().find(|field| field.n == n);
            field.is_some_and(|field| dossier.conflicts.iter().any(|conflict| conflict.field == field.key))
        };
        data.retain(|n, datum| dossier.data.get(n) != Some(datum) || contradicted(*n));
        cleared.retain(|n| dossier.data.contains_key(n) || contradicted(*n));
        if data.is_empty() && cleared.is_empty() {
            return Err(EntryError::NothingChanged);
        }
        let mut after = dossier.data.clone();
        merge(&mut after, &data, &cleared);
        fits(&dossier.register.fields, &after)?;
        let reason = said(reason).ok_or(EntryError::NoReason)?;
        seal(self.server().as_ref(), dossier.register, None, &mut data)?;
        let (target, based_on) = (dossier.id, based_on.to_vec());
        let files = self.keep(&dossier.register.fields, &mut data, target)?;
        let corrected = EntryCorrected { target, based_on, data, cleared, reason, salt: salt() };
        self.say_first(Event::EntryCorrected(corrected), files)
    }

    /// Marks an entry as annulled; it stays visible.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn annul(&self, dossier: &Dossier, reason: &str) -> Result<RecordId, EntryError> {
        dossier.open_to_keep(&self.me())?;
        let reason = said(reason).ok_or(EntryError::NoReason)?;
        let annulment = Annulment { target: dossier.id, reason, based_on: dossier.heads.clone() };
        self.say_first(Event::Annulment(annulment), Vec::new())
    }

    fn nothing_against(&self, dossier: &Dossier) -> Result<(), EntryError> {
        let findings = rules::findings(self.reading(), dossier, self.today());
        if !rules::stands_against(&findings) {
            return Ok(());
        }
        let named = dossier.persons().first().map(|person| {
            let roster = self.roster();
            roster.auxiliaries.get(person).map_or_else(|| person.to_string(), |row| row.name.clone())
        });
        Err(EntryError::Against { register: dossier.register, findings, person: named })
    }

    fn say(&self, events: Vec<Event>) -> Result<Vec<RecordId>, EntryError> {
        events.iter().try_for_each(Event::within_limits)?;
        self.record(events)
    }

    fn keep(&self, fields: &[Field], data: &mut Data, target: RecordId) -> Result<Vec<Event>, EntryError> {
        files::keep(fields, data, target, &|path| self.stage(path))
    }

    fn say_first(&self, event: Event, files: Vec<Event>) -> Result<RecordId, EntryError> {
        let ids = self.say([vec![event], files].concat())?;
        ids.first().copied().ok_or_else(|| EntryError::Store("nothing was recorded".into()))
    }
}

fn fits(fields: &'static [Field], data: &Data) -> Result<(), EntryError> {
    let wrong = check_typed(fields, data);
    if wrong.is_empty() { Ok(()) } else { Err(EntryError::Misfits { fields, wrong }) }
}

fn said(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).expect("the system has randomness");
    salt
}
