//! The database: one store over portable SQL, on embedded `SQLite` or on `PostgreSQL`.
//!
//! Every key begins with the agency, every query about an agency's rows takes a [`crate::AgencyScope`]
//! that only the authorisation layer can make. No sequences, triggers, advisory locks or
//! notifications: an agency's log number comes from its own row in `agency_head`, taken in the
//! inserting transaction and locked until that commits. Whoever sees number *k* sees all below.

#[macro_use]
mod bound;

mod about;
mod append;
mod attention;
mod audit;
mod belongs;
mod blobs;
mod codes;
mod deliveries;
mod entries;
mod fold;
mod held;
mod high_water;
mod log;
mod masks;
mod office;
mod place;
mod postgres;
mod projection;
mod returned;
mod returned_roster;
mod roster_masks;
mod rosters;
mod schema;
mod sqlite;
mod standing;
mod used;
mod whole;
mod writers;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auxlog_journal::Link;
use auxlog_record::{AgencyId, Beyond, WriterId};
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, Row as _};

pub use about::Placed;
pub(crate) use about::{about, person_key, persons_of, tasks};
pub(crate) use append::AtHand;
pub use append::{Appended, Aside, Fresh, Push};
pub use attention::Attention;
pub use audit::{AuditEntry, Incident, IncidentKind, Look};
pub use blobs::{Blob, Delivery, Put};
pub use codes::{Code, CodeUse, Issue};
pub use entries::{Part, Place};
pub use log::{Head, LogRow, OwnRow};
pub use masks::{NotHeeded, Order};
pub(crate) use returned::Returned;
pub use roster_masks::{PersonMask, PersonMasked};
pub use rosters::{ChangeRow, NewVersion, RosterRow};
pub use whole::{Audit, Fault, Step, Wrong};
pub use writers::{DeviceRow, Enrolling, Meeting};

pub(crate) use place::{alone, beside, file_of, remove};
pub(crate) use sqlite::looked_at;

use high_water::HighWater;
use office::Office;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no database that is known here.
    #[error("--db {url}: give sqlite://PATH or postgres://USER@HOST/NAME")]
    Address {
        /// As given, without a password.
        url: String,
    },
    /// A symbolic link stands in the place of one of the database's files.
    #[error(transparent)]
    Link(#[from] Link),
    /// The database refused or failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A row holds what this program never writes.
    #[error("database: {table} holds a row that cannot be read ({what}): restore it from a backup")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// What is wrong.
        what: String,
    },
    /// A text is not one that a record of the office may hold.
    #[error(transparent)]
    Beyond(#[from] Beyond),
    /// The database was made by a newer version.
    #[error("the database has schema {found}, this version knows {known}: update auxlog")]
    Newer {
        /// In the database.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// There is no such agency.
    #[error("no agency {0}: `auxlog admin agency add {0} NAME` first")]
    NoAgency(AgencyId),
    /// Something by that name is there already.
    #[error("{0} exists already")]
    Exists(String),
    /// There is no such device.
    #[error("no device {0}: `auxlog admin devices` lists them")]
    NoDevice(String),
    /// A beginning of a device's number that fits several.
    #[error("{0} fits several devices: give more of it")]
    Ambiguous(String),
    /// An officer would lift something of a device of their own.
    #[error("device {0} is one's own: another officer decides about it")]
    OwnDevice(WriterId),
    /// What has to be signed cannot be: the server's key is not here.
    #[error("the server's key is not here: put server.key back from its backup")]
    NoServerKey,
    /// Only one kind of database can do this.
    #[error("{0}")]
    Unsupported(&'static str),
}

/// Error codes that say that the database's own files are damaged: `SQLITE_CORRUPT` and its kin,
/// `SQLITE_NOTADB`; data or an index of PostgreSQL corrupted.
const DAMAGED: [&str; 7] = ["11", "26", "267", "523", "779", "XX001", "XX002"];

/// Error codes after which the same transaction may succeed: `SQLITE_BUSY`, `SQLITE_LOCKED` and their kin;
/// of PostgreSQL, lost against another, shutting down, a connection gone.
const PASSING: [&str; 12] =
    ["5", "6", "261", "262", "517", "40001", "40P01", "57P01", "57P02", "57P03", "08006", "08003"];

impl StoreError {
    /// Whether the database is damaged, or holds what this program never writes: nothing that helps
    /// itself.
    pub fn is_damaged(&self) -> bool {
        match self {
            Self::Corrupt { .. } => true,
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| DAMAGED.contains(&code.as_ref()))
            }
            _ => false,
        }
    }

    /// Whether the same transaction may succeed when tried again.
    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| PASSING.contains(&code.as_ref()))
            }
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            _ => false,
        }
    }
}

/// How often a transaction that lost against another is tried again.
const TRIES: u32 = 8;

/// Shorthand of this module.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Where SQLite and PostgreSQL differ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// Type of a column of bytes.
    pub(crate) bytes: &'static str,
    /// Whether the parameters of long statements are numbered.
    pub(crate) numbered: bool,
    /// Begins a transaction that will write.
    pub(crate) begin: &'static str,
    /// Follows a `SELECT` whose rows are locked until the transaction ends.
    pub(crate) for_update: &'static str,
    /// Run on each new connection.
    pub(crate) on_connect: &'static [&'static str],
    /// Has a connection's commits wait for no disk: what it writes may be lost in a power cut.
    pub(crate) loosen: &'static str,
    /// Whether one transaction at a time writes in the whole database.
    pub(crate) single_writer: bool,
    /// Has what was overwritten leave the files, where the database can be told to.
    pub(crate) scrub: Option<&'static str>,
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    write: AnyPool,
    read: AnyPool,
    /// Its commits wait for no disk.
    loose: AnyPool,
    purges: Arc<used::Purges>,
    delivering: Arc<tokio::sync::Semaphore>,
    dialect: &'static Dialect,
    high_water: Arc<HighWater>,
    /// Says that somebody is at the file; locked until the database is closed.
    attended: Option<Arc<std::fs::File>>,
    /// Who writes the offices' records.
    office: Option<Arc<Office>>,
    /// The offices' records as they were read last, and who is who by them.
    office_known: Arc<Mutex<HashMap<AgencyId, about::OfficeKnown>>>,
}

impl Store {
    /// Opens the database at `url` (`sqlite://PATH` or `postgres://…`), making and migrating it
    /// where needed.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached, or was made by a newer version.
    pub async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let attended = match file_of(url) {
            Some(file) => Some(attend(&file).await?),
            None => None,
        };
        let (dialect, options) = if url.starts_with("sqlite:") {
            (&sqlite::DIALECT, sqlite::options(url)?)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            (&postgres::DIALECT, postgres::options(url)?)
        } else {
            return Err(StoreError::Address { url: redacted(url) });
        };
        let write =
            pool(dialect, None, if dialect.single_writer { 1 } else { 8 }).connect_with(options.clone()).await?;
        schema::migrate(&write, dialect).await?;
        let loose = pool(dialect, Some(dialect.loosen), 1).connect_lazy_with(options.clone());
        let read =
            if dialect.single_writer { pool(dialect, None, 4).connect_with(options).await? } else { write.clone() };
        Ok(Self {
            write,
            read,
            loose,
            purges: Arc::default(),
            delivering: Arc::new(tokio::sync::Semaphore::new(deliveries::AT_ONCE)),
            dialect,
            high_water: Arc::default(),
            attended,
            office: None,
            office_known: Arc::default(),
        })
    }

    /// Remembers in `file` how long each log was, so that a database put back from a backup is
    /// known for what it is.
    #[must_use]
    pub(crate) fn remembering(mut self, file: &Path) -> Self {
        self.high_water = Arc::new(HighWater::load(file));
        self
    }

    /// Writes what [`Store::remembering`] remembers.
    pub(crate) fn remember(&self) {
        self.high_water.save();
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.read).await?;
        Ok(())
    }

    /// Whether one transaction at a time writes in the whole database.
    pub(crate) fn single_writer(&self) -> bool {
        self.dialect.single_writer
    }

    /// Begins a transaction that will write.
    async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Any>> {
        Ok(self.write.begin_with(self.dialect.begin).await?)
    }

    /// Does `work`, a whole transaction each time, again and again while the database says that it
    /// lost against another and may succeed then.
    async fn again<T, F: Future<Output = Result<T>>>(&self, mut work: impl FnMut() -> F) -> Result<T> {
        let mut tries = 0;
        loop {
            match work().await {
                Err(error) if tries < TRIES && error.is_retryable() => {
                    tries += 1;
                    tracing::debug!(%error, tries, "transaction tried again");
                    tokio::time::sleep(Duration::from_millis(5 << tries)).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Copies the database to `file` while it is in use (SQLite only).
    ///
    /// # Errors
    /// When the file exists, or the database is PostgreSQL, which brings tools of its own.
    pub async fn backup(&self, file: &Path) -> Result<()> {
        sqlite::backup(self, file).await
    }

    /// Closes all connections; SQLite's log is folded into the database.
    pub async fn close(&self) {
        self.loose.close().await;
        self.read.close().await;
        self.write.close().await;
        if let Some(lock) = &self.attended
            && let Err(error) = lock.unlock()
        {
            tracing::warn!(%error, "the database stays marked as in use until this process ends");
        }
    }
}

fn pool(dialect: &'static Dialect, then: Option<&'static str>, most: u32) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(10)).after_connect(
        move |connection, _| {
            Box::pin(async move {
                for statement in dialect.on_connect.iter().copied().chain(then) {
                    sqlx::query(statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        },
    )
}

/// Says that somebody is at the file of a database; its directory is made where it is not there.
async fn attend(file: &Path) -> Result<Arc<std::fs::File>> {
    if let Some(parent) = file.parent() {
        // Another's directory keeps its mode; one that is made here is its owner's alone.
        let mut dirs = std::fs::DirBuilder::new();
        dirs.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut dirs, 0o700);
        dirs.create(parent).map_err(io)?;
    }
    Ok(Arc::new(place::attend(file).await.map_err(io)?))
}

/// What the file system returned, or a link in the place of one of the files.
pub(crate) fn io(source: std::io::Error) -> StoreError {
    source.downcast().map_or_else(|other| StoreError::Database(sqlx::Error::Io(other)), StoreError::Link)
}

/// Whether the file in which [`Store::remembering`] remembers knows any log.
pub(crate) fn knows_logs(file: &Path) -> bool {
    HighWater::load(file).knows_logs()
}

/// The address without what stands between the user's name and the host.
pub(crate) fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}://{}@{host}", user.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

/// Milliseconds since 1970 as the database keeps them.
pub(crate) fn ms(at: u64) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// A count or number as it comes out of the database, which has no unsigned integers.
fn unsigned(row: &AnyRow, column: &'static str) -> Result<u64> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| StoreError::Corrupt { table: column, what: format!("{value} is negative") })
}

/// Bytes of a fixed length.
fn fixed<const N: usize>(row: &AnyRow, column: &'static str) -> Result<[u8; N]> {
    let value: Vec<u8> = row.try_get(column)?;
    let length = value.len();
    value.try_into().map_err(|_| StoreError::Corrupt { table: column, what: format!("{length} bytes instead of {N}") })
}

/// `($1, $2), ($3, $4), …` for `rows` rows of `columns` values.
///
/// To SQLite a numbered parameter is a named one, found by walking a list of all names; thousands
/// of them are better left without.
fn values(dialect: &Dialect, rows: usize, columns: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let separator = if column == 0 { "" } else { ", " };
            let _ = if dialect.numbered {
                write!(text, "{separator}${}", row * columns + column + 1)
            } else {
                write!(text, "{separator}?")
            };
        }
        text.push(')');
    }
    text
}

/// Splits rows into pieces of few different sizes, so that the database prepares few statements.
fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    const SIZES: [usize; 4] = [256, 64, 8, 1];
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}
