//! What an agency's office writes: who is who, and which rules hold.
//!
//! The office is the agency's server, and whoever administers it. Each running server and each
//! administrator's command makes a key of its own and a chain that nobody ever goes on with, so
//! that neither replicas nor a database put back from an old copy can fork one. A chain's first
//! record bears the server's signature over its key. What anybody else writes of these kinds
//! counts for nothing.

use minicbor::{Decode, Encode};

use crate::crypto::{PublicKey, Signature, Signer};
use crate::{AgencyId, Hash, OfficerId, Role, Standing, WriterId};

/// What stands before the bytes that the server signs.
const DOMAIN: &[u8] = b"AUXLOG-OFC\x01";

/// First record of a chain of the office.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfficeOpened {
    /// The agency.
    #[n(0)]
    pub agency: AgencyId,
    /// The server's public key.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub server_key: [u8; 32],
    /// The chain's public key.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// The server's signature over agency and chain's key.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    signature: Signature,
    /// What made the chain: `serve`, or the command.
    #[n(4)]
    pub program: String,
}

impl OfficeOpened {
    /// Certifies a chain's key with the server's.
    pub fn new(server: &dyn Signer, key: &PublicKey, agency: &AgencyId, program: &str) -> Self {
        let public_key = key.to_bytes();
        Self {
            agency: agency.clone(),
            server_key: server.public_key().to_bytes(),
            signature: server.sign(&signed(agency, &public_key)),
            public_key,
            program: program.to_owned(),
        }
    }

    /// Whether the server whose key it names signed it.
    pub fn holds(&self) -> bool {
        PublicKey::from_bytes(&self.server_key)
            .is_ok_and(|server| server.verify(&signed(&self.agency, &self.public_key), &self.signature).is_ok())
    }
}

fn signed(agency: &AgencyId, key: &[u8; 32]) -> Vec<u8> {
    [DOMAIN, &(agency.0.len() as u64).to_be_bytes(), agency.0.as_bytes(), key].concat()
}

/// An administrator's own act: the request that their laptop signed. The office carries it out and keeps it
/// in the log; without one, or with one that was carried out before, nobody acts in their name. For whom and
/// with which name and role a key is certified is the office's word: the request names the key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Asked {
    /// The laptop's key.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The bytes that it signed: method, path and query, agency, hash of the body, when.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub message: Vec<u8>,
    /// Its signature over them.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// What a signed request begins with.
const REQUEST: &[u8] = b"AUXLOG-REQ\x01";

impl Asked {
    /// The laptop.
    pub fn by(&self) -> WriterId {
        WriterId::of(&self.key)
    }

    /// Whether the laptop signed a request whose path is one of these.
    pub fn is_for(&self, paths: &[String]) -> bool {
        let posted = self.parts().filter(|[method, _, _]| *method == "POST");
        let path = posted.map(|[_, target, _]| target.split('?').next().unwrap_or_default());
        path.is_some_and(|path| paths.iter().any(|one| one == path))
            && PublicKey::from_bytes(&self.key).is_ok_and(|key| key.verify(&self.message, &self.signature).is_ok())
    }

    /// Whether it was asked of this agency's office.
    pub fn is_to(&self, agency: &AgencyId) -> bool {
        self.parts().is_some_and(|[_, _, to]| to == agency.0)
    }

    /// Method, path and query, agency.
    fn parts(&self) -> Option<[&str; 3]> {
        let rest = self.message.strip_prefix(REQUEST)?;
        let (method, rest) = text(rest)?;
        let (target, rest) = text(rest)?;
        text(rest).map(|(agency, _)| [method, target, agency])
    }
}

/// A text behind its length, and what follows it.
fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

/// A key is certified: whose it is and what they may do. The first certificate of a key holds from
/// its chain's first record, a later one from its own place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeyCertified {
    /// The key.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Whose.
    #[n(1)]
    pub officer: OfficerId,
    /// Their name.
    #[n(2)]
    pub name: String,
    /// What they may do.
    #[n(3)]
    pub role: Role,
    /// Up to when, milliseconds since 1970 UTC by the time of receipt; `None` is until revoked.
    #[n(4)]
    pub until_ms: Option<u64>,
    /// What the laptop calls itself.
    #[n(5)]
    pub laptop: String,
    /// Records of the chain up to this seq were made before it joined (入网前); 0 is none.
    #[n(6)]
    #[cbor(default)]
    pub before: u64,
    /// The key that it takes over from.
    #[n(7)]
    pub succeeds: Option<WriterId>,
    /// The administrator's device that asked for it; `None` is the server's own machine.
    #[n(8)]
    pub by: Option<WriterId>,
    /// What that device signed; without it `by` is nobody's word.
    #[n(9)]
    pub asked: Option<Asked>,
}

/// A key's standing changed. A revocation stays until another act lifts it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StandingSet {
    /// Whose.
    #[n(0)]
    pub writer: WriterId,
    /// To what.
    #[n(1)]
    pub standing: Standing,
    /// Why.
    #[n(2)]
    pub reason: String,
    /// As [`KeyCertified::by`].
    #[n(3)]
    pub by: Option<WriterId>,
    /// As [`KeyCertified::asked`].
    #[n(4)]
    pub asked: Option<Asked>,
}

/// A roster is in force from here on: a table named by its hash, whose pieces travel apart.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RosterIssued {
    /// Its number in the agency.
    #[n(0)]
    pub version: u64,
    /// SHA-256 of its manifest's bytes.
    #[n(1)]
    pub manifest: Hash,
    /// Officers in it.
    #[n(2)]
    pub officers: u64,
    /// Auxiliaries in it.
    #[n(3)]
    pub auxiliaries: u64,
    /// The file, or why.
    #[n(4)]
    pub source: String,
    /// As [`KeyCertified::by`].
    #[n(5)]
    pub by: Option<WriterId>,
    /// As [`KeyCertified::asked`].
    #[n(6)]
    pub asked: Option<Asked>,
}

/// From the next record on these rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RulesAdopted {
    /// Number of the rules of steps ([`crate::review`]).
    #[n(0)]
    pub steps: u16,
    /// Kind of the leaves of the log's tree ([`crate::Word::leaf`]).
    #[n(1)]
    pub leaves: u16,
}

impl RulesAdopted {
    /// What this program adopts.
    pub const NEWEST: Self = Self { steps: crate::review::NEWEST, leaves: 2 };
}

/// Records that were held came into the log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldReleased {
    /// Whose.
    #[n(0)]
    pub writer: WriterId,
    /// The first of them.
    #[n(1)]
    pub first: u64,
    /// The last.
    #[n(2)]
    pub last: u64,
    /// Why.
    #[n(3)]
    pub reason: String,
    /// As [`KeyCertified::by`].
    #[n(4)]
    pub by: Option<WriterId>,
    /// As [`KeyCertified::asked`].
    #[n(5)]
    pub asked: Option<Asked>,
}

/// What an officer's laptop measured and was shown at a synchronisation; written into their own chain
/// at most once a day, or when the offset moved by a minute.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncNoted {
    /// The server's clock less the laptop's, in milliseconds.
    #[n(0)]
    pub offset_ms: i64,
    /// The newest receipt, as the server signed it. It says which root of the log the laptop was shown:
    /// two laptops that were shown different ones find it as soon as their records meet, and neither
    /// can make it up.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub receipt: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    #[test]
    fn a_chain_of_the_office_bears_the_servers_signature() {
        let [server, chain, other] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
        let opened = OfficeOpened::new(&server, &chain.public_key(), &"A01".into(), "serve");
        assert!(opened.holds());
        let altered = [
            OfficeOpened { agency: "A02".into(), ..opened.clone() },
            OfficeOpened { public_key: other.public_key().to_bytes(), ..opened.clone() },
            OfficeOpened { server_key: other.public_key().to_bytes(), ..opened },
        ];
        assert!(altered.iter().all(|opened| !opened.holds()));
    }
}
