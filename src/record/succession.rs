//! A key that takes over from another one of the same officer on the same laptop, whose disk came back
//! from an old copy: whoever has that copy has the old key too, so it signs nothing any more.

use minicbor::{Decode, Encode};

use crate::{AgencyId, Hash, PublicKey, Signer, WriterId};

/// What is signed begins with this.
const DOMAIN: &[u8] = b"AUXLOG-SUC\x01";

/// The old key names the new one, the new one proves that it is held: both signed the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Succession {
    /// The agency.
    #[n(0)]
    pub agency: AgencyId,
    /// The writer that ends.
    #[n(1)]
    pub old: WriterId,
    /// Its last record.
    #[n(2)]
    pub last: u64,
    /// The key that goes on.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub new_key: [u8; 32],
    /// Why.
    #[n(4)]
    pub reason: String,
    /// The old key's signature.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    by_old: [u8; 64],
    /// The new key's signature.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    by_new: [u8; 64],
    /// What the laptop's nonce will be, bound before the server names its own, as at an enrolment; not
    /// signed, since it proves nothing but itself.
    #[n(7)]
    pub commitment: Option<Hash>,
    /// The laptop's nonce, once the server named its own.
    #[n(8)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: Option<[u8; 32]>,
}

impl Succession {
    /// Signs with both keys.
    pub fn sign(old: &dyn Signer, new: &dyn Signer, agency: &AgencyId, last: u64, reason: &str) -> Self {
        let mut succession = Self {
            agency: agency.clone(),
            old: old.public_key().writer(),
            last,
            new_key: new.public_key().to_bytes(),
            reason: reason.to_owned(),
            by_old: [0; 64],
            by_new: [0; 64],
            commitment: None,
            nonce: None,
        };
        let bytes = succession.bytes();
        (succession.by_old, succession.by_new) = (old.sign(&bytes), new.sign(&bytes));
        succession
    }

    /// The same with the laptop's nonce bound, and shown where it is given.
    #[must_use]
    pub fn meeting(self, commitment: Hash, nonce: Option<[u8; 32]>) -> Self {
        Self { commitment: Some(commitment), nonce, ..self }
    }

    /// The new key, where `old` is the key of the writer named and both signed.
    pub fn verify(&self, old: &PublicKey) -> Option<PublicKey> {
        let (bytes, new) = (self.bytes(), PublicKey::from_bytes(&self.new_key).ok()?);
        let holds = old.writer() == self.old
            && new.writer() != self.old
            && old.verify(&bytes, &self.by_old).is_ok()
            && new.verify(&bytes, &self.by_new).is_ok();
        holds.then_some(new)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = DOMAIN.to_vec();
        // Lengths before everything that has no fixed one.
        for text in [&self.agency.0, &self.reason] {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(&self.old.0);
        bytes.extend_from_slice(&self.last.to_be_bytes());
        bytes.extend_from_slice(&self.new_key);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    #[test]
    fn both_keys_sign_and_nothing_can_be_altered() {
        let [old, new, other] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
        let made = Succession::sign(&old, &new, &"A01".into(), 7, "an old copy");
        assert_eq!(made.verify(&old.public_key()), Some(new.public_key()));
        assert_eq!(made.verify(&other.public_key()), None, "another's key");
        let altered = [
            Succession { agency: "A02".into(), ..made.clone() },
            Succession { last: 8, ..made.clone() },
            Succession { reason: "another".into(), ..made.clone() },
            Succession { new_key: other.public_key().to_bytes(), ..made.clone() },
        ];
        assert!(altered.iter().all(|succession| succession.verify(&old.public_key()).is_none()));
        let itself = Succession::sign(&old, &old, &"A01".into(), 7, "");
        assert_eq!(itself.verify(&old.public_key()), None);
    }
}
