//! The messages of enrolment: a one-time code makes an officer's key on a laptop known to the
//! server; an administrator, comparing six digits, lets it in.

use auxlog_record::crypto::sha256;
use auxlog_record::{AgencyId, Certificate, Former, Hash, OfficerId, PublicKey, Signer};
use minicbor::{Decode, Encode};

use crate::message::Standing;
use crate::signed::Statement;

pub use auxlog_record::Role;

/// Asks whom a code is for; uses nothing up.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfferRequest {
    /// The code, in the form of [`normal_code`].
    #[n(0)]
    pub code: String,
}

/// Whom a code is for, and which server it is that says so.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Offer {
    /// The server's public key; it signs this very offer.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub server_key: [u8; 32],
    /// The agency.
    #[n(1)]
    pub agency: AgencyId,
    /// Its name.
    #[n(2)]
    pub agency_name: String,
    /// The officer.
    #[n(3)]
    pub officer: OfficerId,
    /// Their name on the roster; their number where the roster does not have them.
    #[n(4)]
    pub officer_name: String,
    /// Their certificate on the roster.
    #[n(5)]
    pub certificate: Option<Certificate>,
    /// What they may do.
    #[n(6)]
    pub role: Role,
    /// The keys that the server had before.
    #[n(7)]
    #[cbor(default)]
    pub former: Vec<Former>,
}

impl Statement for Offer {
    const DOMAIN: &'static [u8] = b"AUXLOG-OFR\x01";
}

/// Enrols a key with a code. May be sent again: the same key with the same code is answered with
/// where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ConfirmRequest {
    /// The code.
    #[n(0)]
    pub code: String,
    /// The officer's public key on this laptop.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// What the laptop calls itself, for the administrator's list.
    #[n(2)]
    pub laptop: String,
    /// Proof that the key is held: its signature over server key, code and what the chain had before.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub proof: [u8; 64],
    /// Records of the key's chain up to this seq were made before it joins (入网前); `None` is none. It is
    /// the laptop's own word.
    #[n(4)]
    pub before: Option<u64>,
    /// What the laptop's nonce will be, bound before the server names its own; 0.1.0 sends none.
    #[n(5)]
    pub commitment: Option<Hash>,
    /// The laptop's nonce, once the server named its own.
    #[n(6)]
    pub nonce: Option<Nonce>,
}

impl ConfirmRequest {
    /// Signs with the officer's key, whose chain has `before` records that are more than its opening, and
    /// binds the laptop's nonce.
    pub fn new(signer: &dyn Signer, code: &str, server_key: &PublicKey, laptop: &str, before: Option<u64>) -> Self {
        let key = signer.public_key();
        Self {
            code: code.to_owned(),
            public_key: key.to_bytes(),
            laptop: laptop.to_owned(),
            proof: signer.sign(&proof_bytes(code, server_key, before)),
            before,
            commitment: Some(commitment(server_key, &key, &own_nonce(signer, code, server_key))),
            nonce: None,
        }
    }

    /// The key, once it proved to be held by whoever asks.
    pub fn proven_key(&self, server_key: &PublicKey) -> Option<PublicKey> {
        let key = PublicKey::from_bytes(&self.public_key).ok()?;
        key.verify(&proof_bytes(&self.code, server_key, self.before), &self.proof).ok()?;
        Some(key)
    }
}

/// Where an enrolment stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolled {
    /// The key enrolled.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// Pending until approved.
    #[n(1)]
    pub standing: Standing,
    /// The server's nonce, where the laptop bound one of its own.
    #[n(2)]
    pub nonce: Option<Nonce>,
}

impl Statement for Enrolled {
    const DOMAIN: &'static [u8] = b"AUXLOG-ENR\x01";
}

/// A number that one side of an enrolment chose, which the other could not foresee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Nonce(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 32],
);

/// The laptop's nonce for a code at a server: what only the key's holder can compute, and the same
/// whenever the same enrolment goes on.
pub fn own_nonce(signer: &dyn Signer, code: &str, server_key: &PublicKey) -> Nonce {
    let secret = signer.sign(&[b"AUXLOG-NNC\x01".as_slice(), &server_key.to_bytes(), code.as_bytes()].concat());
    Nonce(sha256(&[b"AUXLOG-NNC\x01", &secret]).0)
}

/// The same for a key that takes over from another: it has no code.
pub fn heirs_nonce(signer: &dyn Signer, server_key: &PublicKey) -> Nonce {
    own_nonce(signer, "takes over", server_key)
}

/// What binds a laptop to its nonce before it knows the server's.
pub fn commitment(server_key: &PublicKey, device_key: &PublicKey, nonce: &Nonce) -> Hash {
    sha256(&[b"AUXLOG-CMT\x01", &server_key.to_bytes(), &device_key.to_bytes(), &nonce.0])
}

/// Six digits that both sides show, so that the administrator approves this key on this server
/// and no other. Each side is bound to its nonce before it knows the other's: no key that fits can be
/// searched for.
pub fn digits(server_key: &PublicKey, device_key: &PublicKey, device: &Nonce, server: &Nonce) -> String {
    six(&[b"AUXLOG-SAS\x01", &server_key.to_bytes(), &device_key.to_bytes(), &device.0, &server.0])
}

/// The same for a key that was let in by 0.1.0, which had no nonces.
pub fn digits_of_keys(server_key: &PublicKey, device_key: &PublicKey) -> String {
    six(&[b"AUXLOG-SIX\x01", &server_key.to_bytes(), &device_key.to_bytes()])
}

fn six(parts: &[&[u8]]) -> String {
    let hash = sha256(parts);
    let (first, _) = hash.0.split_first_chunk::<8>().expect("a hash has 32 bytes");
    format!("{:06}", u64::from_be_bytes(*first) % 1_000_000)
}

/// The alphabet of codes: Crockford's base 32, without letters that are mistaken for others.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code of 80 random bits, as people read it: four groups of four characters.
pub fn code_text(random: [u8; 10]) -> String {
    let bits = random.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let characters: Vec<char> =
        (0..16).rev().map(|place| char::from(ALPHABET[((bits >> (place * 5)) & 31) as usize])).collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A code as typed, brought into the form it is hashed in: capitals, no separators, and the
/// letters that people mistake read as what is meant. `None` when it is no code.
pub fn normal_code(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    (code.len() == 16 && code.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(code)
}

fn proof_bytes(code: &str, server_key: &PublicKey, before: Option<u64>) -> Vec<u8> {
    let before = before.map(u64::to_be_bytes);
    let before = before.as_ref().map_or(&[][..], <[u8; 8]>::as_slice);
    [b"AUXLOG-POP\x01".as_slice(), &server_key.to_bytes(), code.as_bytes(), before].concat()
}

#[cfg(test)]
mod tests {
    use auxlog_record::SigningKey;

    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = code_text([0xff, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0]);
        assert_eq!(code.len(), 19, "{code}");
        let normal = normal_code(&code).expect("its own form");
        assert_eq!(normal.len(), 16);
        assert_eq!(normal_code(&format!(" {} ", code.to_lowercase().replace('-', " "))), Some(normal.clone()));
        assert_eq!(normal_code("oil0-1234-5678-9ABC").as_deref(), Some("0110123456789ABC"));
        for wrong in ["", "1234", "UUUU-UUUU-UUUU-UUUU", "清点清点清点清点"] {
            assert_eq!(normal_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn digits_hang_on_both_keys_and_both_nonces() {
        let (device, server) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
        let (key, server) = (device.public_key(), server.public_key());
        let nonce = own_nonce(&device, "0110123456789ABC", &server);
        assert_eq!(nonce, own_nonce(&device, "0110123456789ABC", &server), "the same enrolment goes on");
        assert_ne!(nonce, own_nonce(&device, "0110123456789ABD", &server), "another code");
        assert_ne!(nonce, own_nonce(&device, "0110123456789ABC", &key), "another server");
        let other = Nonce([7; 32]);
        assert_ne!(commitment(&server, &key, &nonce), commitment(&server, &key, &other));
        assert_eq!(digits(&server, &key, &nonce, &other), "664632", "by the protocol, for ever");
        let all = [
            digits(&server, &key, &nonce, &other),
            digits(&key, &server, &nonce, &other),
            digits(&server, &key, &other, &nonce),
            digits(&server, &key, &nonce, &nonce),
            digits_of_keys(&server, &key),
        ];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len(), "{all:?}");
    }

    #[test]
    fn what_0_1_0_sends_is_read() {
        let (device, server) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]).public_key());
        let new = ConfirmRequest::new(&device, "0110123456789ABC", &server, "laptop", None);
        let old = ConfirmRequest { commitment: None, nonce: None, ..new };
        let bytes = minicbor::to_vec(&old).expect("encodes");
        assert_eq!(bytes[0], 0xa4, "four fields, as it was");
        assert_eq!(minicbor::decode::<ConfirmRequest>(&bytes).expect("reads"), old);
    }

    #[test]
    fn possession_is_proven_for_one_code_at_one_server() {
        let (device, server, other) =
            (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]), SigningKey::from_seed(&[3; 32]));
        let request = ConfirmRequest::new(&device, "0110123456789ABC", &server.public_key(), "laptop", Some(7));
        assert_eq!(request.proven_key(&server.public_key()), Some(device.public_key()));
        assert_eq!(request.proven_key(&other.public_key()), None, "another server");
        let other_code = ConfirmRequest { code: "0110123456789ABD".into(), ..request.clone() };
        assert_eq!(other_code.proven_key(&server.public_key()), None, "another code");
        let longer = ConfirmRequest { before: Some(8), ..request.clone() };
        assert_eq!(longer.proven_key(&server.public_key()), None, "altered on the way");
        let taken = ConfirmRequest { public_key: other.public_key().to_bytes(), ..request };
        assert_eq!(taken.proven_key(&server.public_key()), None, "another key");
    }
}
