//! The server's key, and the database that belongs to it.

use std::path::Path;

use auxlog_journal::{no_link, read};
use auxlog_record::{PublicKey, Signer as _, SigningKey};
use auxlog_sync::auth::ServerId;

use crate::serve::{ServeError, database};
use crate::store::{Store, StoreError, file_of, io, knows_logs, redacted};

pub(crate) struct Opened {
    pub(crate) store: Store,
    /// Whose it is.
    pub(crate) public_key: PublicKey,
    /// That server's key; `None` where it is not here, so that nothing can be signed.
    pub(crate) key: Option<SigningKey>,
}

impl Opened {
    /// The server's key.
    ///
    /// # Errors
    /// [`ServeError::NoKey`]; then the database is closed.
    pub(crate) async fn key(&self, data_dir: &Path) -> Result<SigningKey, ServeError> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        self.store.close().await;
        Err(ServeError::NoKey { path: data_dir.join("server.key"), server: Some(ServerId::of(&self.public_key)) })
    }
}

/// Refuses a data directory that is a symbolic link, or of whose own files one is.
pub(crate) fn no_links(data_dir: &Path) -> Result<(), StoreError> {
    let all = [data_dir.to_owned(), data_dir.join("heads"), data_dir.join("server.key")];
    all.iter().try_for_each(|path| no_link(path)).map_err(io)
}

/// Opens the database in `data_dir`, or the one at `db`, and sees that it is this server's. On first use
/// key and database are made and come to belong together.
///
/// # Errors
/// Where the database is gone while its logs are remembered, belongs to another server, or has records
/// and there is no key at all.
pub(crate) async fn open(data_dir: &Path, db: Option<&str>, now: u64) -> Result<Opened, ServeError> {
    let (url, heads) = (database(data_dir, db), data_dir.join("heads"));
    no_links(data_dir)?;
    let gone = || ServeError::Gone { database: redacted(&url), heads: heads.clone() };
    let remembered = knows_logs(&heads);
    // Before one is made there, which would look like a server that never was used.
    if remembered && file_of(&url).is_some_and(|file| !file.exists()) {
        return Err(gone());
    }
    let store = Store::open(&url).await?;
    match belonging(&store, data_dir, now).await {
        Ok((_, _, true)) if remembered => {
            store.close().await;
            Err(gone())
        }
        Ok((public_key, key, _)) => Ok(Opened { store, public_key, key }),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

/// Whose the database is, that server's key where it is here, and whether there is no agency in it.
async fn belonging(
    store: &Store,
    data_dir: &Path,
    now: u64,
) -> Result<(PublicKey, Option<SigningKey>, bool), ServeError> {
    let path = data_dir.join("server.key");
    let empty = store.agencies().await?.is_empty();
    let theirs = store.server_key().await?;
    let key = match (read_key(&path)?, theirs) {
        (Some(key), _) => key,
        (None, None) if empty => make_key(data_dir, &path)?,
        (None, Some(theirs)) => return Ok((theirs, None, empty)),
        (None, None) => return Err(ServeError::NoKey { path, server: None }),
    };
    let theirs = store.belong_to(&key.public_key(), now).await?;
    if theirs != key.public_key() {
        let (ours, theirs) = (ServerId::of(&key.public_key()), ServerId::of(&theirs));
        return Err(ServeError::OtherKey { path, ours, theirs });
    }
    Ok((theirs, Some(key), empty))
}

/// The server's signing key; `None` where there is none. Replicas over one database are given the same
/// file.
pub(crate) fn read_key(path: &Path) -> Result<Option<SigningKey>, ServeError> {
    let failed = |source| ServeError::Key { path: path.to_owned(), source };
    match read(path) {
        Ok(bytes) => {
            let seed: [u8; 32] = bytes
                .try_into()
                .map_err(|_| failed(std::io::Error::other("it has not 32 bytes: restore it from a backup")))?;
            Ok(Some(SigningKey::from_seed(&seed)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn make_key(data_dir: &Path, path: &Path) -> Result<SigningKey, ServeError> {
    let failed = |source| ServeError::Key { path: path.to_owned(), source };
    let key = SigningKey::generate().map_err(|e| failed(std::io::Error::other(e)))?;
    write_key(data_dir, path, key.seed().as_slice()).map_err(failed)?;
    Ok(key)
}

/// Writes the key so that it is there whole or not at all, readable by its owner only.
pub(crate) fn write_key(data_dir: &Path, path: &Path, seed: &[u8]) -> std::io::Result<()> {
    auxlog_journal::private_dir(data_dir)?;
    auxlog_journal::replace(path, seed)
}
