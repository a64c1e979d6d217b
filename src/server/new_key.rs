//! A server whose key is lost, or was stolen, gets another one: its logs go on, and each laptop joins
//! again with a code of its own.

use std::path::{Path, PathBuf};

use auxlog_record::{PublicKey, Signer as _, SigningKey};
use auxlog_sync::message::Standing;

use crate::admin::{Admin, AdminError};
use crate::identity::{read_key, write_key};
use crate::serve::database;
use crate::store::{DeviceRow, Store, StoreError, alone, beside, file_of};

/// Why a server was given no other key. Key and database are as they were.
#[derive(Debug, thiserror::Error)]
pub enum NewKeyError {
    /// The key is not lost.
    #[error(
        "{} is the server's key: nothing is lost. Where it was stolen, give --although-the-key-is-here", _0.display()
    )]
    KeyIsHere(PathBuf),
    /// There is no database, or no server was ever used with it.
    #[error("there is no server's database at {0}: nothing is lost; `auxlog serve` makes key and database")]
    NoServer(String),
    /// A server or a command is at the database.
    #[error("{} is in use: end the server first", _0.display())]
    Running(PathBuf),
    /// A file can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database, or a code.
    #[error(transparent)]
    Admin(#[from] AdminError),
}

impl From<StoreError> for NewKeyError {
    fn from(error: StoreError) -> Self {
        Self::Admin(error.into())
    }
}

/// A server's new key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// It.
    pub public_key: PublicKey,
    /// Where the key before is kept, if it was there.
    pub replaced: Option<PathBuf>,
    /// A one-time code for each device in good standing: with it, and with the public key, its laptop joins
    /// again.
    pub codes: Vec<(DeviceRow, String)>,
}

/// Gives the server in `data_dir`, or the one whose database is at `db`, a new key. `stolen` says that the old
/// one is not to be used any more, though it is here; `at` names what it is kept as.
///
/// # Errors
/// [`NewKeyError`].
pub async fn new_key(
    data_dir: &Path,
    db: Option<&str>,
    reason: &str,
    stolen: bool,
    at: &str,
) -> Result<NewKey, NewKeyError> {
    if reason.trim().is_empty() {
        return Err(AdminError::NoReason.into());
    }
    let url = database(data_dir, db);
    if let Some(file) = file_of(&url) {
        if !file.exists() {
            return Err(NewKeyError::NoServer(file.display().to_string()));
        }
        let lock = alone(&file).map_err(|source| NewKeyError::Io { path: file.clone(), source })?;
        // From here on it is only looked whether somebody is there: to open the database is to be there.
        drop(lock.ok_or(NewKeyError::Running(file))?);
    }
    let store = Store::open(&url).await?;
    let made = replace(&store, data_dir, reason, stolen, at).await;
    store.close().await;
    let (public_key, replaced) = made?;
    let admin = Admin::open(data_dir, db).await?;
    let codes = codes(&admin).await;
    admin.close().await;
    Ok(NewKey { public_key, replaced, codes: codes? })
}

/// Puts the new key in place, then has the database belong to it. Where that does not come about, or the
/// power goes in between, no server starts, and the same command does it once more.
async fn replace(
    store: &Store,
    data_dir: &Path,
    reason: &str,
    stolen: bool,
    at: &str,
) -> Result<(PublicKey, Option<PathBuf>), NewKeyError> {
    let path = data_dir.join("server.key");
    let old = store.server_key().await?;
    if old.is_none() && store.agencies().await?.is_empty() {
        return Err(NewKeyError::NoServer(data_dir.display().to_string()));
    }
    let here = read_key(&path).ok().flatten().map(|key| key.public_key());
    if here.is_some() && here == old && !stolen {
        return Err(NewKeyError::KeyIsHere(path));
    }
    let io = |source| NewKeyError::Io { path: path.clone(), source };
    let key = SigningKey::generate().map_err(|_| AdminError::Random)?;
    let kept = beside(&path, &format!(".replaced-{at}"));
    let there = path.exists();
    if there {
        std::fs::rename(&path, &kept).map_err(io)?;
    }
    write_key(data_dir, &path, key.seed().as_slice()).map_err(io)?;
    let now = crate::admin::now();
    store.replace_key(old.as_ref(), &key.public_key(), reason, now).await?;
    Ok((key.public_key(), there.then_some(kept)))
}

/// A code for each device in good standing. It gives its key back the standing that it has, and lets no other
/// in without approval.
async fn codes(admin: &Admin) -> Result<Vec<(DeviceRow, String)>, AdminError> {
    let mut codes = Vec::new();
    for device in admin.devices().await? {
        if device.standing == Standing::Active {
            let code = admin.code(&device.agency, &device.officer, device.role, false).await?;
            codes.push((device, code));
        }
    }
    Ok(codes)
}
