//! Administration on the server's own machine: works on the database directly, while the server
//! runs or not. Every act and every look is in the audit log.

use std::path::Path;

use auxlog_record::{AgencyId, Clock, OfficerId, PublicKey, Roster, SigningKey, SystemClock, WriterId};
use auxlog_sync::enrol::{self, Role};
use auxlog_sync::message::Standing;
use auxlog_sync::pack::PackError;
use auxlog_sync::roster::Snapshot;

use crate::identity::{self, Opened};
use crate::ingest::Ingest;
use crate::judge::Judge;
use crate::quota::RecordQuotas;
use crate::release;
use crate::roster::{EditError, RosterEdit, changes, edited};
use crate::rulebooks::Rulebooks;
use crate::scope::AgencyScope;
use crate::serve::ServeError;
use crate::store::{
    Attention, AuditEntry, ChangeRow, DeviceRow, Incident, Issue, Look, NewVersion, PersonMask, PersonMasked, Store,
    StoreError,
};

/// How long an enrolment code is valid.
pub const CODE_VALID_MS: u64 = 24 * 60 * 60 * 1000;

/// Why an administrative act was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's key.
    #[error(transparent)]
    Key(#[from] ServeError),
    /// An agency's code that can't be one.
    #[error("{0:?} cannot be an agency's code: give 1 to 64 letters, digits, '.', '_' or '-'")]
    BadAgency(String),
    /// The roster could not be packed.
    #[error(transparent)]
    Roster(#[from] PackError),
    /// The system gave no random bytes.
    #[error("the system's random number generator failed")]
    Random,
    /// A reason is required.
    #[error("a reason is required: --reason TEXT")]
    NoReason,
    /// The digits are not those of the device that is to be approved.
    #[error(
        "the digits are not this device's: have them read from its laptop once more (auxlog enroll shows them); \
         where they still differ, revoke the device and give a new code"
    )]
    WrongDigits,
    /// An edit of the roster can't be made.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A person cannot be masked while they are on the newest roster.
    #[error("{0} is on the newest roster: give it a version without them first (admin roster import)")]
    OnRoster(String),
    /// The roster is another than the edit is based on.
    #[error("the roster is at version {newest}, the edit is based on {based_on}: look at it again")]
    Moved {
        /// What the edit is based on.
        based_on: u64,
        /// The newest version.
        newest: u64,
    },
}

/// Shorthand of this module.
pub type Result<T> = std::result::Result<T, AdminError>;

/// The database of a server, opened for administration.
#[derive(Debug, Clone)]
pub struct Admin {
    store: Store,
    server_key: PublicKey,
    /// That key, where it is here.
    key: Option<SigningKey>,
    rulebooks: Rulebooks,
}

/// An agency's roster once imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The agency.
    pub agency: AgencyId,
    /// The version that it came to.
    pub version: u64,
    /// Officers in it.
    pub officers: usize,
    /// Auxiliaries in it.
    pub auxiliaries: usize,
}

impl Admin {
    /// Opens the database of the server in `data_dir`, or the one at `db`. Where that server's key is not
    /// in `data_dir`, as beside a copy, the database can be looked at.
    ///
    /// # Errors
    /// When it can't be opened.
    pub async fn open(data_dir: &Path, db: Option<&str>) -> Result<Self> {
        let Opened { store, public_key, key } = identity::open(data_dir, db, now()).await?;
        let store = store.remembering(&data_dir.join("heads"));
        let rulebooks = Rulebooks::default();
        let Some(office) = key.clone() else { return Ok(Self { store, server_key: public_key, key, rulebooks }) };
        let store = store.with_office(office, "admin")?;
        store.open_offices(now()).await?;
        Ok(Self { store, server_key: public_key, key, rulebooks })
    }

    /// Judges what it weighs by these rulebooks instead of the program's own.
    #[must_use]
    pub fn with_rulebooks(self, rulebooks: Rulebooks) -> Self {
        Self { rulebooks, ..self }
    }

    /// Administers a server in the same process.
    pub fn of(handle: &crate::Handle) -> Self {
        let rulebooks = handle.app.judge.all_rulebooks().clone();
        let key = Some(handle.app.key.clone());
        Self { store: handle.store.clone(), server_key: handle.public_key, key, rulebooks }
    }

    /// Closes the database.
    pub async fn close(self) {
        self.store.close().await;
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The key that the server signs with.
    pub fn server_key(&self) -> &PublicKey {
        &self.server_key
    }

    pub(crate) fn key(&self) -> Option<SigningKey> {
        self.key.clone()
    }

    /// Adds an agency.
    ///
    /// # Errors
    /// When its code is none, or it is there already.
    pub async fn add_agency(&self, agency: &AgencyId, name: &str) -> Result<()> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if agency.0.is_empty() || agency.0.len() > 64 || !agency.0.chars().all(fits) {
            return Err(AdminError::BadAgency(agency.0.clone()));
        }
        Ok(self.store.add_agency(&AgencyScope::local(agency), name, now()).await?)
    }

    /// All agencies: code and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agencies(&self) -> Result<Vec<(AgencyId, String)>> {
        Ok(self.store.agencies().await?)
    }

    /// Makes a one-time code for an officer; valid for a day. It is shown once and kept hashed.
    /// With `approve` the enrolment needs no second step.
    ///
    /// # Errors
    /// When there is no such agency.
    pub async fn code(&self, agency: &AgencyId, officer: &OfficerId, role: Role, approve: bool) -> Result<String> {
        // Nobody's number is the office's.
        if officer.0.trim().is_empty() {
            return Err(StoreError::Unsupported("an officer without a number").into());
        }
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|_| AdminError::Random)?;
        let code = enrol::code_text(random);
        let normal = enrol::normal_code(&code).ok_or(AdminError::Random)?;
        let scope = AgencyScope::local(agency);
        let issue = Issue { officer: officer.clone(), role, approve, valid_ms: CODE_VALID_MS };
        self.store.add_code(&scope, &normal, &issue, now()).await?;
        Ok(code)
    }

    /// The devices of all agencies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn devices(&self) -> Result<Vec<DeviceRow>> {
        let mut devices = Vec::new();
        for (agency, _) in self.store.agencies().await? {
            let scope = AgencyScope::local(&agency);
            devices.extend(self.store.devices(self.looks(&scope, "read_devices").await?).await?);
        }
        Ok(devices)
    }

    /// The device whose number begins with `text`.
    ///
    /// # Errors
    /// When there is none, or several.
    pub async fn find(&self, text: &str) -> Result<DeviceRow> {
        Ok(self.store.device_named(text).await?)
    }

    /// Lets a device in whose laptop shows `digits`, or a frozen or revoked one in again; what was held
    /// comes into the log.
    ///
    /// # Errors
    /// When there is no such device, or its digits are others.
    pub async fn approve(&self, device: &str, digits: &str) -> Result<WriterId> {
        let found = self.find(device).await?;
        if !found.shows(&self.server_key, digits) {
            let scope = AgencyScope::local(&found.agency);
            self.store.note(&scope, now(), "wrong_digits", &found.writer.to_string(), "").await?;
            return Err(AdminError::WrongDigits);
        }
        self.stand(device, Standing::Active, "").await
    }

    /// Shuts a device out at once; what it still sends is held.
    ///
    /// # Errors
    /// When there is no such device, or no reason.
    pub async fn revoke(&self, device: &str, reason: &str) -> Result<WriterId> {
        if reason.trim().is_empty() {
            return Err(AdminError::NoReason);
        }
        self.stand(device, Standing::Revoked, reason).await
    }

    async fn stand(&self, device: &str, standing: Standing, reason: &str) -> Result<WriterId> {
        let device = self.find(device).await?;
        let scope = AgencyScope::local(&device.agency);
        release::stand(self.ingest(&self.judge()), &scope, device.writer, standing, reason).await?;
        Ok(device.writer)
    }

    /// Moves a device's held records into its agency's log; gives how many.
    ///
    /// # Errors
    /// When there is no such device, or no reason.
    pub async fn release(&self, device: &str, reason: &str) -> Result<u64> {
        if reason.trim().is_empty() {
            return Err(AdminError::NoReason);
        }
        let device = self.find(device).await?;
        let scope = AgencyScope::local(&device.agency);
        Ok(release::release(self.ingest(&self.judge()), &scope, device.writer, reason).await?)
    }

    pub(crate) fn judge(&self) -> Judge {
        Judge::by(self.rulebooks.clone())
    }

    fn ingest<'a>(&'a self, judge: &'a Judge) -> Ingest<'a> {
        let quotas = RecordQuotas::default();
        Ingest { store: &self.store, judge, server: &self.server_key, now: now(), beside: &[], at_hand: None, quotas }
    }

    /// Makes `roster` the newest version of each agency that it names people of: an agency's
    /// laptops are given its own people. Agencies that are not there yet are added.
    ///
    /// # Errors
    /// When the database fails; agencies before the failing one have the new version then.
    pub async fn import_roster(&self, roster: &Roster, source: &str) -> Result<Vec<Imported>> {
        let known: Vec<AgencyId> = self.store.agencies().await?.into_iter().map(|(id, _)| id).collect();
        let mut imported = Vec::new();
        for (id, agency) in &roster.agencies {
            if !known.contains(id) {
                self.add_agency(id, &agency.name).await?;
            }
            imported.push(self.import_for(id, roster, source).await?);
        }
        Ok(imported)
    }

    async fn import_for(&self, agency: &AgencyId, roster: &Roster, source: &str) -> Result<Imported> {
        let scope = AgencyScope::local(agency);
        let own = Roster {
            version: 0,
            agencies: roster.agencies.clone(),
            officers: roster
                .officers
                .iter()
                .filter(|(_, officer)| officer.agency == *agency)
                .map(|(id, officer)| (id.clone(), officer.clone()))
                .collect(),
            auxiliaries: roster
                .auxiliaries
                .iter()
                .filter(|(_, auxiliary)| auxiliary.agency == *agency)
                .map(|(id, auxiliary)| (id.clone(), auxiliary.clone()))
                .collect(),
        };
        loop {
            let before = self.judge().newest(&self.store, &scope).await?;
            let version = next_version(&self.store, &scope, &before).await?;
            let next = Roster { version, ..own.clone() };
            if publish(&self.store, &scope, &before, &next, "roster_import", source, now()).await? {
                return Ok(Imported {
                    agency: agency.clone(),
                    version: next.version,
                    officers: next.officers.len(),
                    auxiliaries: next.auxiliaries.len(),
                });
            }
        }
    }

    /// Edits single persons of an agency's roster: one new version, or none where one of the edits
    /// can't be made. Gives the version.
    ///
    /// # Errors
    /// [`AdminError::Edit`] names person and field; [`AdminError::Moved`] where the roster is not the
    /// one that the edit is based on.
    pub async fn edit_roster(&self, agency: &AgencyId, edit: &RosterEdit) -> Result<u64> {
        self.store.agency_name(agency).await?;
        edit_roster(&self.store, &self.judge(), &AgencyScope::local(agency), edit, now()).await
    }

    /// Masks what older versions of an agency's roster, and their history, say of a person who left it.
    ///
    /// # Errors
    /// [`AdminError::OnRoster`] while the newest version names them.
    pub async fn mask_person(&self, agency: &AgencyId, order: &PersonMask) -> Result<PersonMasked> {
        self.store.agency_name(agency).await?;
        if order.reason.trim().is_empty() {
            return Err(AdminError::NoReason);
        }
        let done = self.store.mask_person(&AgencyScope::local(agency), order, now()).await?;
        done.ok_or_else(|| AdminError::OnRoster(order.id.clone()))
    }

    /// The newest changes of an agency's roster, newest first; of one person where one is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roster_history(&self, agency: &AgencyId, person: Option<&str>, limit: u32) -> Result<Vec<ChangeRow>> {
        let scope = AgencyScope::local(agency);
        let subject = person.unwrap_or(&agency.0);
        let look = self.store.look(&scope, now(), "read_roster_history", subject).await?;
        Ok(self.store.roster_history(look, person, limit).await?)
    }

    /// The newest entries of the audit logs of all agencies, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log(&self, limit: u32) -> Result<Vec<(AgencyId, AuditEntry)>> {
        let mut entries = Vec::new();
        for (agency, _) in self.store.agencies().await? {
            let scope = AgencyScope::local(&agency);
            let of_agency = self.store.audit_log(self.looks(&scope, "read_audit").await?, limit).await?;
            entries.extend(of_agency.into_iter().map(|entry| (agency.clone(), entry)));
        }
        entries.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.at_ms));
        entries.truncate(limit as usize);
        Ok(entries)
    }

    /// The newest incidents of an agency's log, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn incidents(&self, agency: &AgencyId, limit: u32) -> Result<Vec<Incident>> {
        let scope = AgencyScope::local(agency);
        Ok(self.store.incidents(self.looks(&scope, "read_incidents").await?, limit).await?)
    }

    /// Records of an agency that await somebody, at most `limit` outside its log and `limit` in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attention(&self, agency: &AgencyId, limit: u32) -> Result<Vec<Attention>> {
        let scope = AgencyScope::local(agency);
        Ok(self.store.attention(self.looks(&scope, "read_attention").await?, limit).await?)
    }

    async fn looks<'a>(&self, scope: &'a AgencyScope, act: &str) -> Result<Look<'a>> {
        Ok(self.store.look(scope, now(), act, &scope.agency().0).await?)
    }

    /// The server's public key, which others need to check what it signs; `None` before it first ran.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_key(&self) -> Result<Option<PublicKey>> {
        Ok(self.store.server_key().await?)
    }

    /// Copies the database to `file` while the server runs (SQLite). Each agency's audit log says so.
    ///
    /// # Errors
    /// When the file exists, or the database is PostgreSQL.
    pub async fn backup(&self, file: &Path) -> Result<()> {
        for (agency, _) in self.store.agencies().await? {
            let to = file.display().to_string();
            self.store.note(&AgencyScope::local(&agency), now(), "backup", &agency.0, &to).await?;
        }
        Ok(self.store.backup(file).await?)
    }
}

/// Applies edits to the newest roster, again where another edit came between, unless this one is
/// based on a version that was overtaken.
pub(crate) async fn edit_roster(
    store: &Store,
    judge: &Judge,
    scope: &AgencyScope,
    edit: &RosterEdit,
    now: u64,
) -> Result<u64> {
    loop {
        let before = judge.newest(store, scope).await?;
        if let Some(based_on) = edit.based_on
            && based_on != before.version
        {
            return Err(AdminError::Moved { based_on, newest: before.version });
        }
        let version = next_version(store, scope, &before).await?;
        let next = Roster { version, ..edited(&before, scope.agency(), edit)? };
        if publish(store, scope, &before, &next, "roster_edit", &edit.reason, now).await? {
            return Ok(next.version);
        }
    }
}

/// The number of the version after `before`: none that the office ever issued has it, also where the
/// database came back from before that.
async fn next_version(store: &Store, scope: &AgencyScope, before: &Roster) -> Result<u64> {
    Ok(1 + before.version.max(store.newest_issued(scope).await?))
}

/// Keeps a new version; `false` where its number was taken meanwhile.
async fn publish(
    store: &Store,
    scope: &AgencyScope,
    before: &Roster,
    next: &Roster,
    act: &'static str,
    source: &str,
    now: u64,
) -> Result<bool> {
    let snapshot = Snapshot::of(scope.agency(), next, now, store.salts()?)?;
    let changes = changes(before, next);
    Ok(store.add_roster(scope, NewVersion { snapshot: &snapshot, changes: &changes, act, source }).await?)
}

pub(crate) fn now() -> u64 {
    u64::try_from(SystemClock.now().millis()).unwrap_or(0)
}
