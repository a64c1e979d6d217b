//! The store key, and sealing bytes with keys derived from it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, AeadInOut as _, KeyInit as _, Payload};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 24;

/// Bytes that sealing adds behind the ciphertext.
pub(crate) const TAG: usize = 16;

/// The system's random number generator failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random number generator failed; nothing was written")]
pub struct NoRandom;

/// Fills an array with random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(bytes)
}

/// As many nonces as a commit needs: the system is asked once, not for each.
pub(crate) fn nonces(count: usize) -> Result<Vec<[u8; NONCE]>, NoRandom> {
    let mut nonces = vec![[0; NONCE]; count];
    getrandom::fill(nonces.as_flattened_mut()).map_err(|_| NoRandom)?;
    Ok(nonces)
}

/// The key that everything in a data directory is encrypted with, by way of keys derived from
/// it for each purpose. It lies in one place, which all clones share and the last one wipes.
#[derive(Clone)]
pub struct StoreKey(Arc<Zeroizing<[u8; 32]>>);

impl StoreKey {
    /// A new key.
    ///
    /// # Errors
    /// [`NoRandom`] when the system has no random bytes.
    pub fn generate() -> Result<Self, NoRandom> {
        let bytes = Zeroizing::new(random()?);
        Ok(Self::from_bytes(&bytes))
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        // Filled where it stays: a value that moves leaves its bytes behind.
        let mut key = Arc::new(Zeroizing::new([0; 32]));
        if let Some(place) = Arc::get_mut(&mut key) {
            place.copy_from_slice(bytes);
        }
        Self(key)
    }

    /// Its bytes, to be wrapped.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose (`journal`, `cache`, `drafts`, …), from which neither this key nor
    /// another purpose's can be found.
    pub fn for_purpose(&self, purpose: &str) -> SealingKey {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"auxlog store key 1"), self.0.as_slice())
            .expand(purpose.as_bytes(), key.as_mut())
            .expect("32 bytes are within what HKDF gives");
        SealingKey::new(&key)
    }

    /// Raw bytes for one purpose, e.g. to key a hash by which names are looked up.
    pub fn bytes_for(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"auxlog store key 1"), self.0.as_slice())
            .expand(format!("raw/{purpose}").as_bytes(), key.as_mut())
            .expect("32 bytes are within what HKDF gives");
        key
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

/// What was to be opened was not sealed with this key, for this place, or was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was not sealed with this key for this place, or it was altered")]
pub struct NotSealed;

/// Seals and opens bytes with XChaCha20-Poly1305. One place for all clones, wiped by the last.
#[derive(Clone)]
pub struct SealingKey(Arc<XChaCha20Poly1305>);

impl SealingKey {
    /// A sealer with this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Arc::new(XChaCha20Poly1305::new(key.into())))
    }

    /// Seals `plain`, bound to `place` (which is not stored): nonce, ciphertext, tag.
    ///
    /// # Errors
    /// [`NoRandom`] when the system has no random bytes for the nonce.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, NoRandom> {
        let nonce = random::<NONCE>()?;
        let mut sealed = Vec::with_capacity(NONCE + plain.len() + TAG);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&self.encrypt(&nonce, place, plain));
        Ok(sealed)
    }

    /// Opens what [`SealingKey::seal`] sealed for the same place.
    ///
    /// # Errors
    /// [`NotSealed`] for anything else.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(NotSealed)?;
        self.decrypt(nonce, place, rest)
    }

    /// Opens what [`SealingKey::seal`] made for the same `place`, where it stands: gives where in
    /// `sealed` the plain bytes are.
    ///
    /// # Errors
    /// [`NotSealed`] when the key or the place is another one or a byte was altered.
    pub fn open_in_place(&self, place: &[u8], sealed: &mut [u8]) -> Result<Range<usize>, NotSealed> {
        let plain = NONCE..sealed.len().checked_sub(TAG).filter(|end| *end >= NONCE).ok_or(NotSealed)?;
        let (nonce, rest) = sealed.split_first_chunk_mut::<NONCE>().ok_or(NotSealed)?;
        let (body, tag) = rest.split_last_chunk_mut::<TAG>().ok_or(NotSealed)?;
        let (nonce, tag) = (XNonce::from(*nonce), Tag::from(*tag));
        self.0.decrypt_inout_detached(&nonce, place, body.into(), &tag).map_err(|_| NotSealed)?;
        Ok(plain)
    }

    pub(crate) fn encrypt(&self, nonce: &[u8; NONCE], aad: &[u8], plain: &[u8]) -> Vec<u8> {
        self.0.encrypt(&XNonce::from(*nonce), Payload { msg: plain, aad }).expect("sealing fails only beyond 256 GiB")
    }

    pub(crate) fn decrypt(&self, nonce: &[u8; NONCE], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.0.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).map_err(|_| NotSealed)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// Wipes a passphrase once it is no longer needed.
pub fn wipe(mut passphrase: String) {
    passphrase.zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_purpose_and_place_open() {
        let key = StoreKey::from_bytes(&[7; 32]);
        let sealed = key.for_purpose("drafts").seal(b"slot 1", "占道经营".as_bytes()).expect("random bytes");
        assert_eq!(key.for_purpose("drafts").open(b"slot 1", &sealed).as_deref(), Ok("占道经营".as_bytes()));
        assert_eq!(key.for_purpose("drafts").open(b"slot 2", &sealed), Err(NotSealed));
        assert_eq!(key.for_purpose("cache").open(b"slot 1", &sealed), Err(NotSealed));
        assert_eq!(StoreKey::from_bytes(&[8; 32]).for_purpose("drafts").open(b"slot 1", &sealed), Err(NotSealed));
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(key.for_purpose("drafts").open(b"slot 1", &altered), Err(NotSealed), "byte {at}");
            let opened = key.for_purpose("drafts").open_in_place(b"slot 1", &mut altered);
            assert_eq!(opened, Err(NotSealed), "byte {at}");
        }
    }

    #[test]
    fn opened_in_place_it_is_the_same() {
        let key = StoreKey::from_bytes(&[7; 32]).for_purpose("cache");
        for plain in ["", "占道经营"] {
            let mut sealed = key.seal(b"slot 1", plain.as_bytes()).expect("random bytes");
            let place = key.open_in_place(b"slot 1", &mut sealed).expect("sealed so");
            assert_eq!(&sealed[place], plain.as_bytes());
        }
        for short in 0..NONCE + TAG {
            assert_eq!(key.open_in_place(b"slot 1", &mut vec![0; short]), Err(NotSealed));
        }
    }
}
