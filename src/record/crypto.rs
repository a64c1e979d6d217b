//! Cryptographic profiles: which signature and which hash a record is made with.
//!
//! The profile's number stands inside the signed bytes, so that it can't be swapped.
//! 1 is Ed25519 with SHA-256. 2 is reserved for SM2 with SM3 and not built.

use std::fmt;
use std::sync::LazyLock;

use curve25519_dalek::constants::EIGHT_TORSION;
use ed25519_dalek::{Signer as _, Verifier as _};
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
        // `verify_strict` without taking R apart for each signature: `verify` takes R only as the canonical bytes
        // of the point that it computes, so that a small one can be told by its bytes.
        let (r, _) = signature.split_at(32);
        if key.weak || SMALL_ORDER.iter().any(|small| small == r) {
            return Err(CryptoError::Signature);
        }
        key.key.verify(message, &ed25519_dalek::Signature::from_bytes(signature)).map_err(|_| CryptoError::Signature)
    }
}

/// The points of small order, as they are written.
static SMALL_ORDER: LazyLock<[[u8; 32]; 8]> = LazyLock::new(|| EIGHT_TORSION.map(|point| point.compress().to_bytes()));

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
pub struct PublicKey {
    key: ed25519_dalek::VerifyingKey,
    /// Of small order: anybody could sign for it, so nothing is taken as signed by it.
    weak: bool,
}

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`CryptoError::PublicKey`] when the bytes are no point of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CryptoError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| CryptoError::PublicKey)?;
        Ok(Self { key, weak: key.is_weak() })
    }

    /// The key's 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The same key in the form in which secrets are agreed with it.
    pub(crate) fn to_x25519(self) -> [u8; 32] {
        self.key.to_montgomery().to_bytes()
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
        PublicKey { key: self.0.verifying_key(), weak: false }
    }

    fn sign(&self, message: &[u8]) -> Signature {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::edwards::EdwardsPoint;
    use curve25519_dalek::scalar::{Scalar, clamp_integer};
    use proptest::prelude::*;
    use sha2::Sha512;

    use super::*;

    /// A signature whose R is `r`, by whoever knows the key: the equation holds for the identity.
    fn signed_with(r: &EdwardsPoint, seed: &[u8; 32], message: &[u8]) -> Signature {
        let (half, public) = (Sha512::digest(seed), SigningKey::from_seed(seed).public_key().to_bytes());
        let secret = Scalar::from_bytes_mod_order(clamp_integer(half[..32].try_into().expect("32 bytes")));
        let r = r.compress().to_bytes();
        let challenge = Sha512::new().chain_update(r).chain_update(public).chain_update(message);
        let s = Scalar::from_hash(challenge) * secret;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&r);
        signature[32..].copy_from_slice(s.as_bytes());
        signature
    }

    fn both(key: &PublicKey, message: &[u8], signature: &Signature) -> (bool, bool) {
        let strict = key.key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature));
        (key.verify(message, signature).is_ok(), strict.is_ok())
    }

    #[test]
    fn nothing_of_small_order_signs() {
        let seed = [7; 32];
        let key = SigningKey::from_seed(&seed).public_key();
        let crafted = signed_with(&EIGHT_TORSION[0], &seed, b"words");
        // The equation holds, so that it is the point alone for which it is refused.
        assert!(key.key.verify(b"words", &ed25519_dalek::Signature::from_bytes(&crafted)).is_ok());
        assert_eq!(both(&key, b"words", &crafted), (false, false));
        for small in &EIGHT_TORSION {
            let weak = PublicKey::from_bytes(&small.compress().to_bytes()).expect("a point");
            for r in &EIGHT_TORSION {
                let mut signature = [0; 64];
                signature[..32].copy_from_slice(&r.compress().to_bytes());
                assert_eq!(both(&weak, b"words", &signature), (false, false));
                assert_eq!(both(&key, b"words", &signed_with(r, &seed, b"words")), (false, false));
            }
        }
    }

    proptest! {
        #[test]
        fn a_signature_is_taken_where_the_strict_check_takes_it(
            seed: [u8; 32], message: Vec<u8>, at in 0..64_usize, by: u8, noise: [u8; 32],
        ) {
            let signer = SigningKey::from_seed(&seed);
            let mut signature = signer.sign(&message);
            prop_assert_eq!(both(&signer.public_key(), &message, &signature), (true, true));
            signature[at] ^= by;
            prop_assert_eq!(both(&signer.public_key(), &message, &signature), (by == 0, by == 0));
            if let Ok(other) = PublicKey::from_bytes(&noise) {
                prop_assert_eq!(both(&other, &message, &signature), (false, false));
            }
        }
    }
}
