//! What the server vouches for: exact bytes and its signature over them.
//!
//! The bytes are kept as they came and never serialised again, so a receipt stays evidence under
//! every later version of the program.

use std::marker::PhantomData;

use auxlog_record::crypto::sha256;
use auxlog_record::{Hash, PublicKey, Signer};
use minicbor::{Decode, Encode};

/// Something that is signed: its bytes begin with a domain of their own, so that a signature over
/// one kind of thing never passes for one over another.
pub trait Statement: Encode<()> + for<'b> Decode<'b, ()> {
    /// What stands before the bytes when they are signed.
    const DOMAIN: &'static [u8];

    /// Whether the signature is over the SHA-256 of the bytes instead of the bytes: for what is large, which
    /// signing would otherwise read twice by a slower hash.
    const HASHED: bool = false;

    /// What is signed for these bytes.
    fn signed(bytes: &[u8]) -> Vec<u8> {
        if Self::HASHED { [Self::DOMAIN, &sha256(&[bytes]).0].concat() } else { [Self::DOMAIN, bytes].concat() }
    }
}

/// Why a signed statement is not believed.
#[derive(Debug, thiserror::Error)]
pub enum SignedError {
    /// The signature is not the server's.
    #[error("the server's signature does not match: not the server that this laptop enrolled with")]
    Signature,
    /// The bytes are not the statement.
    #[error("the signed statement cannot be read: {0}")]
    Content(#[from] minicbor::decode::Error),
}

/// A statement with a signature over its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed<T> {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    bytes: Vec<u8>,
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    signature: [u8; 64],
    #[cbor(skip)]
    statement: PhantomData<T>,
}

impl<T: Statement> Signed<T> {
    /// Signs a statement.
    pub fn seal(signer: &dyn Signer, statement: &T) -> Self {
        let bytes = minicbor::to_vec(statement).expect("writing to memory cannot fail");
        let signature = signer.sign(&T::signed(&bytes));
        Self { bytes, signature, statement: PhantomData }
    }

    /// The statement, once the signature proved to be `key`'s.
    ///
    /// # Errors
    /// [`SignedError`]; then nothing in it is to be believed.
    pub fn open(&self, key: &PublicKey) -> Result<T, SignedError> {
        key.verify(&T::signed(&self.bytes), &self.signature).map_err(|_| SignedError::Signature)?;
        Ok(minicbor::decode(&self.bytes)?)
    }

    /// What it claims, before anything is proven. Only to find the key that it names itself.
    ///
    /// # Errors
    /// [`SignedError::Content`].
    pub fn claimed(&self) -> Result<T, SignedError> {
        Ok(minicbor::decode(&self.bytes)?)
    }

    /// SHA-256 of the statement's bytes as they came.
    pub fn hash(&self) -> Hash {
        sha256(&[&self.bytes])
    }

    /// The whole as bytes, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("writing to memory cannot fail")
    }

    /// What [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`SignedError::Content`] when it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignedError> {
        Ok(minicbor::decode(bytes)?)
    }
}
