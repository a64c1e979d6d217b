//! Cryptographic profiles: which signature and which hash a record is made with.
//!
//! The profile's number stands inside the signed bytes, so that it can't be swapped.
//! 1 is Ed25519 with SHA-256. 2 is reserved for SM2 with SM3 and not built.

use std::fmt;

use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{Hash, WriterId};

/// Profile 1: Ed25519 (checked strictly), SHA-256.
pub const PROFILE_ED25519_SHA256: u8 = 1;

/// Profile 2, reserved for SM2 and SM3.
pub const PROFILE_SM2_SM3: u8 = 2;

/// What a cryptographic profile gives.
pub trait Profile: Sync {
    /// Its number, as it stands in the signed bytes.
    fn number(&self) -> u8;

    /// Hash of the concatenation of `parts`.
    fn hash(&self, parts: &[&[u8]]) -> Hash;

    /// Checks a signature over `message`.
    ///
    /// # Errors
    /// [`CryptoError::Signature`] when it is not the key's, [`CryptoError::PublicKey`] when the
    /// key is no valid one.
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError>;
}

/// A signature of profile 1.
pub type Signature = [u8; 64];

/// Why something cryptographic failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// A profile that this version doesn't know.
    #[error("cryptographic profile {0} is not known to this version; update auxlog")]
    UnknownProfile(u8),
    /// No valid public key.
    #[error("not a valid Ed25519 public key")]
    PublicKey,
    /// The signature isn't the key's over these bytes.
    #[error("the signature does not match")]
    Signature,
    /// The system gave no random bytes.
    #[error("the system's random number generator failed")]
    Random,
}

struct Ed25519Sha256;

impl Profile for Ed25519Sha256 {
    fn number(&self) -> u8 {
        PROFILE_ED25519_SHA256
    }

    fn hash(&self, parts: &[&[u8]]) -> Hash {
        sha256(parts)
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        key.0
            .verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature))
            .map_err(|_| CryptoError::Signature)
    }
}

/// The profile with that number.
///
/// # Errors
/// [`CryptoError::UnknownProfile`] for a number that this version has no code for.
pub fn profile(number: u8) -> Result<&'static dyn Profile, CryptoError> {
    match number {
        PROFILE_ED25519_SHA256 => Ok(&Ed25519Sha256),
        other => Err(CryptoError::UnknownProfile(other)),
    }
}

/// SHA-256 of the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// A public key, known to be a valid point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`CryptoError::PublicKey`] when the bytes are no point of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        ed25519_dalek::VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| CryptoError::PublicKey)
    }

    /// The key's 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The same key in the form in which secrets are agreed with it.
    pub(crate) fn to_x25519(self) -> [u8; 32] {
        self.0.to_montgomery().to_bytes()
    }

    /// The writer whose key this is.
    pub fn writer(self) -> WriterId {
        WriterId::of(&self.to_bytes())
    }

    /// Checks a signature by this key over `message` (profile 1).
    ///
    /// # Errors
    /// [`CryptoError::Signature`] when it does not match.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        Ed25519Sha256.verify(self, message, signature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", data_encoding::HEXLOWER.encode(&self.to_bytes()))
    }
}

impl WriterId {
    /// The writer that the public key belongs to: the id is a hash of the key, so whoever holds
    /// a record and the key needs nobody's word that they belong together.
    pub fn of(public_key: &[u8; 32]) -> Self {
        let hash = sha256(&[b"writer", public_key]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash.0[..16]);
        Self(id)
    }
}

/// Whoever can sign for a writer: a key in memory, or one on a token.
pub trait Signer {
    /// The profile that its signatures are of.
    fn profile(&self) -> u8;

    /// Its public half.
    fn public_key(&self) -> PublicKey;

    /// Signs `message`.
    fn sign(&self, message: &[u8]) -> Signature;
}

/// An Ed25519 key in memory, wiped when dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key from the system's random bytes.
    ///
    /// # Errors
    /// [`CryptoError::Random`] when the system has none to give.
    pub fn generate() -> Result<Self, CryptoError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|_| CryptoError::Random)?;
        Ok(Self::from_seed(&seed))
    }

    /// The key of a 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed, to be wrapped and kept; wiped when dropped.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The same key in the form in which secrets are agreed with it; wiped when dropped.
    pub(crate) fn to_x25519(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_scalar_bytes())
    }

    /// The writer that signs with this key.
    pub fn writer(&self) -> WriterId {
        self.public_key().writer()
    }
}

impl Clone for SigningKey {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl fmt::Debug for SigningKey {
    /// Shows the public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(writer {})", self.writer())
    }
}

impl Signer for SigningKey {
    fn profile(&self) -> u8 {
        PROFILE_ED25519_SHA256
    }

    fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        self.0.sign(message).to_bytes()
    }
}
