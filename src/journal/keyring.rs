//! The keyring: for each officer of a laptop a slot that their passphrase opens, holding the store
//! key and their signing key.
//!
//! # File (`keys/keyring`, and the same bytes in `keys/keyring.copy`)
//!
//! `AXKEYS1\n`, a CBOR map, and the SHA-256 of both. Either copy is enough; a damaged one is
//! named and written again at the next change.

use std::path::{Path, PathBuf};

use auxlog_record::crypto::sha256;
use auxlog_record::{OfficerId, PublicKey, Signer as _, SigningKey, WriterId};
use minicbor::{Decode, Encode};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::file::replace;
use crate::kdf::KdfCost;
use crate::key::{SealingKey, StoreKey, random};
use crate::own::{self, private_dir};
use crate::recovery::{RecoveryPublic, RecoverySecret, SealedBox};
use crate::tries::{Counter, Tries};

const MAGIC: &[u8; 8] = b"AXKEYS1\n";
const FILES: [&str; 2] = ["keyring", "keyring.copy"];

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Slot {
    #[n(0)]
    officer: OfficerId,
    #[n(1)]
    cost: KdfCost,
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    salt: [u8; 16],
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    public_key: [u8; 32],
    /// Store key and signing seed, sealed with the passphrase's key.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Content {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    store_id: [u8; 16],
    #[n(1)]
    slots: Vec<Slot>,
    #[n(2)]
    recovery: Option<SealedBox>,
    /// Whether tries are counted in a file beside it from its making or last change on, so that a
    /// missing one is noticed. 0.1.0 had none as long as nobody typed a wrong passphrase.
    #[n(3)]
    counted: Option<bool>,
    /// Whether that counter is bound to this keyring.
    #[n(4)]
    bound: Option<bool>,
}

/// A passphrase as it is derived from: composed (NFC), every blank the ASCII one (both as RFC 8265 has
/// it), without the mark that some editors put before a text.
pub fn composed(passphrase: &str) -> Zeroizing<String> {
    let blank = |c: char| if c.is_whitespace() && !c.is_ascii() { ' ' } else { c };
    Zeroizing::new(passphrase.trim_start_matches('\u{feff}').nfc().map(blank).collect())
}

/// Keys that a passphrase opened. Wiped when dropped.
#[derive(Debug, Clone)]
pub struct Unlocked {
    /// Whose.
    pub officer: OfficerId,
    /// The key of the data directory.
    pub store: StoreKey,
    /// Their signing key on this laptop.
    pub signing: SigningKey,
}

/// An officer who has keys here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHolder {
    /// Number.
    pub officer: OfficerId,
    /// Their writer on this laptop.
    pub writer: WriterId,
    /// Their public key on this laptop.
    pub public_key: PublicKey,
}

/// The keyring of a data directory.
#[derive(Debug, Clone)]
pub struct Keyring {
    dir: PathBuf,
    content: Content,
    damaged: Vec<PathBuf>,
}

impl Keyring {
    /// Makes a keyring in `dir` with a new store key and a first officer, durably.
    ///
    /// # Errors
    /// [`KeyError::Exists`] when there is one.
    pub fn create(
        dir: &Path,
        officer: &OfficerId,
        passphrase: &str,
        cost: KdfCost,
        recovery: Option<RecoveryPublic>,
    ) -> Result<(Self, Unlocked), KeyError> {
        if let Some(path) = FILES.map(|name| dir.join(name)).into_iter().find(|path| path.exists()) {
            return Err(KeyError::Exists(path));
        }
        private_dir(dir).map_err(|source| KeyError::Io { path: dir.to_owned(), source })?;
        let store = StoreKey::generate()?;
        let store_id = random()?;
        let recovery = recovery.map(|to| SealedBox::seal(to, &store_id, &store)).transpose()?;
        let content = Content { store_id, slots: Vec::new(), recovery, counted: None, bound: None };
        let mut keyring = Self { dir: dir.to_owned(), content, damaged: Vec::new() };
        let unlocked = keyring.put(officer, &store, &new_key()?, passphrase, cost)?;
        Ok((keyring, unlocked))
    }

    /// Reads the keyring in `dir`.
    ///
    /// # Errors
    /// [`KeyError::Missing`], or [`KeyError::Damaged`] when neither copy is whole.
    pub fn load(dir: &Path) -> Result<Self, KeyError> {
        let mut damaged = Vec::new();
        let mut found = None;
        let mut reason = None;
        for path in FILES.map(|name| dir.join(name)) {
            match own::read(&path) {
                Ok(bytes) => match parse(&bytes) {
                    Ok(content) => found = found.or(Some(content)),
                    Err(why) => {
                        damaged.push(path);
                        reason = reason.or(Some(why));
                    }
                },
                Err(source) if source.kind() == std::io::ErrorKind::NotFound => damaged.push(path),
                Err(source) => return Err(KeyError::Io { path, source }),
            }
        }
        match (found, reason) {
            (Some(content), _) => Ok(Self { dir: dir.to_owned(), content, damaged }),
            (None, Some(reason)) => Err(KeyError::Damaged { path: dir.join(FILES[0]), reason }),
            (None, None) => Err(KeyError::Missing(dir.join(FILES[0]))),
        }
    }

    /// Copies that are damaged or missing; the other one was read.
    pub fn damaged(&self) -> &[PathBuf] {
        &self.damaged
    }

    /// Writes both copies anew.
    ///
    /// # Errors
    /// [`KeyError::Io`].
    pub fn repair(&mut self) -> Result<(), KeyError> {
        self.save()
    }

    /// The counter of tries, held while a passphrase is tried.
    pub fn tries(&self, now_ms: i64) -> Tries {
        Tries::hold(&self.dir, self.counter(), now_ms)
    }

    fn counter(&self) -> Counter {
        let Content { store_id, counted, bound, .. } = self.content;
        Counter { store_id, expected: counted == Some(true), bound: bound == Some(true) }
    }

    /// A number of this data directory: random, no secret.
    pub fn store_id(&self) -> [u8; 16] {
        self.content.store_id
    }

    /// The officers who have keys here.
    pub fn officers(&self) -> Vec<KeyHolder> {
        self.content
            .slots
            .iter()
            .filter_map(|slot| {
                let public_key = PublicKey::from_bytes(&slot.public_key).ok()?;
                Some(KeyHolder { officer: slot.officer.clone(), writer: public_key.writer(), public_key })
            })
            .collect()
    }

    /// Opens an officer's keys.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`], [`KeyError::NoOfficer`].
    pub fn unlock(&self, officer: &OfficerId, passphrase: &str) -> Result<Unlocked, KeyError> {
        let composed = composed(passphrase);
        match self.unlock_with(officer, &composed) {
            // One that 0.1.0 set was taken as it was typed.
            Err(KeyError::WrongPassphrase(_)) if *composed != passphrase => self.unlock_with(officer, passphrase),
            other => other,
        }
    }

    fn unlock_with(&self, officer: &OfficerId, passphrase: &str) -> Result<Unlocked, KeyError> {
        let slot = self.slot(officer)?;
        let wrong = || KeyError::WrongPassphrase(officer.clone());
        let wrapping = SealingKey::new(&*slot.cost.derive(passphrase.as_bytes(), &slot.salt)?);
        let secrets =
            Zeroizing::new(wrapping.open(&self.place(officer, &slot.public_key), &slot.sealed).map_err(|_| wrong())?);
        let (store, seed) = secrets.split_first_chunk::<32>().ok_or_else(wrong)?;
        let seed = <&[u8; 32]>::try_from(seed).map_err(|_| wrong())?;
        Ok(Unlocked {
            officer: officer.clone(),
            store: StoreKey::from_bytes(store),
            signing: SigningKey::from_seed(seed),
        })
    }

    /// Gives another officer keys on this laptop, durably. Whoever adds them must have unlocked.
    ///
    /// # Errors
    /// [`KeyError::HasKeys`] when they have some.
    pub fn add_officer(
        &mut self,
        by: &Unlocked,
        officer: &OfficerId,
        passphrase: &str,
        cost: KdfCost,
    ) -> Result<Unlocked, KeyError> {
        if self.slot(officer).is_ok() {
            return Err(KeyError::HasKeys(officer.clone()));
        }
        let signing = new_key()?;
        self.put(officer, &by.store, &signing, passphrase, cost)
    }

    /// Changes an officer's passphrase, durably. The keys stay.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`] when the old one doesn't fit.
    pub fn change_passphrase(
        &mut self,
        officer: &OfficerId,
        old: &str,
        new: &str,
        cost: KdfCost,
    ) -> Result<(), KeyError> {
        let unlocked = self.unlock(officer, old)?;
        self.put(officer, &unlocked.store, &unlocked.signing, new, cost).map(drop)
    }

    /// Gives an officer the signing key `signing`, durably: they go on as a new writer.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`] when the passphrase is not theirs.
    pub fn renew_signing_key(
        &mut self,
        officer: &OfficerId,
        passphrase: &str,
        signing: &SigningKey,
    ) -> Result<Unlocked, KeyError> {
        let unlocked = self.unlock(officer, passphrase)?;
        let cost = self.slot(officer)?.cost;
        self.put(officer, &unlocked.store, signing, passphrase, cost)
    }

    /// Seals the store key to the agency's recovery key, durably.
    ///
    /// # Errors
    /// [`KeyError::Io`].
    pub fn set_recovery(&mut self, by: &Unlocked, to: RecoveryPublic) -> Result<(), KeyError> {
        self.content.recovery = Some(SealedBox::seal(to, &self.content.store_id, &by.store)?);
        self.save()
    }

    /// The recovery key that opens this store, if one was set.
    pub fn recovery(&self) -> Option<RecoveryPublic> {
        self.content.recovery.as_ref().map(|sealed| sealed.to)
    }

    /// Opens the store with the agency's recovery key and gives the officer a new passphrase and
    /// a new signing key; the old one is lost with the old passphrase, so they go on as a new
    /// writer.
    ///
    /// # Errors
    /// [`KeyError::NoRecovery`], [`KeyError::WrongRecoveryKey`].
    pub fn recover(
        &mut self,
        secret: &RecoverySecret,
        officer: &OfficerId,
        passphrase: &str,
        cost: KdfCost,
    ) -> Result<Unlocked, KeyError> {
        let sealed = self.content.recovery.as_ref().ok_or(KeyError::NoRecovery)?;
        let store = sealed.open(secret, &self.content.store_id)?;
        let signing = new_key()?;
        self.put(officer, &store, &signing, passphrase, cost)
    }

    fn slot(&self, officer: &OfficerId) -> Result<&Slot, KeyError> {
        self.content
            .slots
            .iter()
            .find(|slot| slot.officer == *officer)
            .ok_or_else(|| KeyError::NoOfficer(officer.clone()))
    }

    /// What a slot is bound to: it opens for this officer and key in this store only.
    fn place(&self, officer: &OfficerId, public_key: &[u8; 32]) -> Vec<u8> {
        [b"slot".as_slice(), &self.content.store_id, public_key, officer.0.as_bytes()].concat()
    }

    /// Wraps the keys anew and proves, before anything is kept, that the passphrase opens them.
    fn put(
        &mut self,
        officer: &OfficerId,
        store: &StoreKey,
        signing: &SigningKey,
        passphrase: &str,
        cost: KdfCost,
    ) -> Result<Unlocked, KeyError> {
        let public_key = signing.public_key().to_bytes();
        let salt = random()?;
        let wrapping = SealingKey::new(&*cost.derive(composed(passphrase).as_bytes(), &salt)?);
        let mut secrets = Zeroizing::new(Vec::with_capacity(64));
        secrets.extend_from_slice(store.bytes());
        secrets.extend_from_slice(signing.seed().as_ref());
        let sealed = wrapping.seal(&self.place(officer, &public_key), &secrets)?;
        let slot = Slot { officer: officer.clone(), cost, salt, public_key, sealed };
        let mut next = self.clone();
        next.content.slots.retain(|slot| slot.officer != *officer);
        next.content.slots.push(slot);
        (next.content.counted, next.content.bound) = (Some(true), Some(true));
        let unlocked = next.unlock(officer, passphrase)?;
        // The counter first: a keyring that says there is one must not be without.
        Tries::begin(&next.dir, self.counter()).map_err(|source| KeyError::Io { path: next.dir.clone(), source })?;
        next.save()?;
        *self = next;
        Ok(unlocked)
    }

    /// One copy after the other, so that one is whole at any moment.
    fn save(&mut self) -> Result<(), KeyError> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&minicbor::to_vec(&self.content).expect("writing to memory can't fail"));
        bytes.extend_from_slice(&sha256(&[&bytes]).0);
        for path in FILES.map(|name| self.dir.join(name)) {
            replace(&path, &bytes).map_err(|source| KeyError::Io { path, source })?;
        }
        self.damaged.clear();
        Ok(())
    }
}

fn new_key() -> Result<SigningKey, KeyError> {
    Ok(SigningKey::generate().map_err(|_| crate::NoRandom)?)
}

fn parse(bytes: &[u8]) -> Result<Content, String> {
    let (rest, sum) = bytes.split_last_chunk::<32>().ok_or("it ends too early")?;
    if sha256(&[rest]).0 != *sum {
        return Err("its check sum does not fit".into());
    }
    let body = rest.strip_prefix(MAGIC).ok_or("it does not begin as a keyring")?;
    minicbor::decode(body).map_err(|e| e.to_string())
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;
