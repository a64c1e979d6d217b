//! The agency's recovery key: a forgotten passphrase must not destroy evidence.

use std::fmt;

use data_encoding::HEXLOWER;
use hkdf::Hkdf;
use minicbor::{Decode, Encode};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::key::{SealingKey, StoreKey, random};

/// The public half, which every laptop of the agency is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct RecoveryPublic(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 32],
);

impl fmt::Display for RecoveryPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::str::FromStr for RecoveryPublic {
    type Err = KeyError;

    fn from_str(hex: &str) -> Result<Self, KeyError> {
        let bytes = HEXLOWER.decode(hex.trim().as_bytes()).map_err(|_| KeyError::WrongRecoveryKey)?;
        bytes.as_slice().try_into().map(Self).map_err(|_| KeyError::WrongRecoveryKey)
    }
}

/// The secret half, kept off line by the agency. Wiped when dropped.
#[derive(Clone)]
pub struct RecoverySecret(StaticSecret);

impl RecoverySecret {
    /// A new recovery key.
    ///
    /// # Errors
    /// [`KeyError::NoRandom`] when the system has no random bytes.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self(StaticSecret::from(random::<32>()?)))
    }

    /// Its public half.
    pub fn public(&self) -> RecoveryPublic {
        RecoveryPublic(PublicKey::from(&self.0).to_bytes())
    }

    /// As text, to be printed and locked away; wiped when dropped.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("auxlog-recovery-{}", HEXLOWER.encode(self.0.as_bytes())))
    }

    /// Reads what [`RecoverySecret::to_text`] wrote.
    ///
    /// # Errors
    /// [`KeyError::WrongRecoveryKey`] when it is not one.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let hex = text.trim().strip_prefix("auxlog-recovery-").ok_or(KeyError::WrongRecoveryKey)?;
        let bytes = Zeroizing::new(HEXLOWER.decode(hex.as_bytes()).map_err(|_| KeyError::WrongRecoveryKey)?);
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyError::WrongRecoveryKey)?;
        Ok(Self(StaticSecret::from(bytes)))
    }
}

impl fmt::Debug for RecoverySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoverySecret(public {})", HEXLOWER.encode(&self.public().0))
    }
}

/// The store key, sealed to a recovery key: nobody but its secret half opens it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct SealedBox {
    #[n(0)]
    pub(crate) to: RecoveryPublic,
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    ephemeral: [u8; 32],
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

impl SealedBox {
    pub(crate) fn seal(to: RecoveryPublic, store_id: &[u8; 16], key: &StoreKey) -> Result<Self, KeyError> {
        let secret = StaticSecret::from(random::<32>()?);
        let ephemeral = PublicKey::from(&secret).to_bytes();
        let sealer = sealer(&secret, &PublicKey::from(to.0), &ephemeral, &to)?;
        Ok(Self { to, ephemeral, sealed: sealer.seal(store_id, key.bytes())? })
    }

    pub(crate) fn open(&self, secret: &RecoverySecret, store_id: &[u8; 16]) -> Result<StoreKey, KeyError> {
        if secret.public() != self.to {
            return Err(KeyError::WrongRecoveryKey);
        }
        let opener = sealer(&secret.0, &PublicKey::from(self.ephemeral), &self.ephemeral, &self.to)?;
        let bytes = Zeroizing::new(opener.open(store_id, &self.sealed).map_err(|_| KeyError::WrongRecoveryKey)?);
        let bytes = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyError::WrongRecoveryKey)?;
        Ok(StoreKey::from_bytes(bytes))
    }
}

fn sealer(
    own: &StaticSecret,
    other: &PublicKey,
    ephemeral: &[u8; 32],
    to: &RecoveryPublic,
) -> Result<SealingKey, KeyError> {
    let shared = own.diffie_hellman(other);
    if !shared.was_contributory() {
        return Err(KeyError::WrongRecoveryKey);
    }
    let mut key = Zeroizing::new([0; 32]);
    let salt = [ephemeral.as_slice(), &to.0].concat();
    Hkdf::<Sha256>::new(Some(&salt), shared.as_bytes())
        .expand(b"auxlog recovery 1", key.as_mut())
        .expect("32 bytes are within what HKDF gives");
    Ok(SealingKey::new(&key))
}
