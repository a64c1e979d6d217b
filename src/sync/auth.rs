//! Requests signed by the device: header `auxlog-auth` over method, target, body, time, nonce and
//! the server's identity, so that a request can be neither altered, re-addressed nor sent elsewhere.

use std::fmt;

use auxlog_record::crypto::sha256;
use auxlog_record::{AgencyId, Hash, PublicKey, Signer, WriterId};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

/// The header's name.
pub const AUTH_HEADER: &str = "auxlog-auth";

/// The header in which a request states the SHA-256 of its body, base64url: so its signature is checked
/// before the body is read. A body that is not announced so has at most 1 MiB.
pub const BODY_HEADER: &str = "auxlog-body";

/// The content of [`BODY_HEADER`].
pub fn body_header(body: &[u8]) -> String {
    BASE64URL_NOPAD.encode(&sha256(&[body]).0)
}

/// Reads [`BODY_HEADER`]; `None` when it does not follow the form.
pub fn stated_body(header: &str) -> Option<Hash> {
    Some(Hash(BASE64URL_NOPAD.decode(header.as_bytes()).ok()?.try_into().ok()?))
}

/// The header in which every answer of a server states its clock, milliseconds since 1970 UTC.
pub const TIME_HEADER: &str = "auxlog-time";

/// Header of every answer: the server's id ([`ServerId`]), so that a laptop that meets another key knows why
/// it is not known there.
pub const SERVER_HEADER: &str = "auxlog-server";

/// The header in which every answer of a server states the oldest and the newest version of the
/// protocol that it answers: `1-1`.
pub const PROTOCOL_HEADER: &str = "auxlog-protocol";

/// The header in which a refusal names its kind (see [`crate::Refusal`]).
pub const ERROR_HEADER: &str = "auxlog-error";

/// How far a request's time may be from the server's clock, either way.
pub const MAX_SKEW_MS: u64 = 5 * 60 * 1000;

/// The first 16 bytes of a hash of the server's public key: what requests are addressed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServerId(pub [u8; 16]);

impl ServerId {
    /// The id of the server with that key.
    pub fn of(key: &PublicKey) -> Self {
        let hash = sha256(&[b"AUXLOG-SRV\x01", &key.to_bytes()]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash.0[..16]);
        Self(id)
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// What is signed of a request beside who, when and the nonce.
#[derive(Debug, Clone, Copy)]
pub struct Signable<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Path and query, as sent.
    pub target: &'a str,
    /// The body, as sent.
    pub body: &'a [u8],
    /// Whom it is for.
    pub server: ServerId,
}

/// The header's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestAuth {
    /// The device's agency.
    pub agency: AgencyId,
    /// The device: the officer's key on this laptop.
    pub device: WriterId,
    /// When, milliseconds since 1970 UTC by the device's clock, corrected by what it knows of the
    /// server's.
    pub at_ms: u64,
    /// Never used twice.
    pub nonce: [u8; 12],
    /// Over all of it.
    pub signature: [u8; 64],
}

impl RequestAuth {
    /// Signs a request.
    pub fn sign(signer: &dyn Signer, agency: &AgencyId, at_ms: u64, nonce: [u8; 12], request: Signable<'_>) -> Self {
        let device = signer.public_key().writer();
        let body = sha256(&[request.body]);
        let signature = signer.sign(&signed_bytes(agency, device, at_ms, &nonce, request, &body));
        Self { agency: agency.clone(), device, at_ms, nonce, signature }
    }

    /// Whether the signature is `key`'s, the key the device's, and the request the one signed.
    #[must_use]
    pub fn verify(&self, key: &PublicKey, request: Signable<'_>) -> bool {
        self.verify_hashed(key, request, &sha256(&[request.body]))
    }

    /// The same for a request whose body has the hash `body`; the one in `request` is not looked at.
    #[must_use]
    pub fn verify_hashed(&self, key: &PublicKey, request: Signable<'_>, body: &Hash) -> bool {
        let message = signed_bytes(&self.agency, self.device, self.at_ms, &self.nonce, request, body);
        key.writer() == self.device && key.verify(&message, &self.signature).is_ok()
    }

    /// The bytes that were signed, for whoever keeps what was asked: [`auxlog_record::Asked`].
    pub fn message(&self, request: Signable<'_>) -> Vec<u8> {
        signed_bytes(&self.agency, self.device, self.at_ms, &self.nonce, request, &sha256(&[request.body]))
    }

    /// Reads the header; `None` when it does not follow the form.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('.');
        if parts.next()? != "v1" {
            return None;
        }
        let agency = String::from_utf8(BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?).ok()?;
        let device = parts.next()?.parse().ok()?;
        let at_ms = parts.next()?.parse().ok()?;
        let nonce = BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?.try_into().ok()?;
        let signature = BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?.try_into().ok()?;
        parts.next().is_none().then_some(Self { agency: AgencyId(agency), device, at_ms, nonce, signature })
    }
}

impl fmt::Display for RequestAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let agency = BASE64URL_NOPAD.encode(self.agency.0.as_bytes());
        let nonce = BASE64URL_NOPAD.encode(&self.nonce);
        let signature = BASE64URL_NOPAD.encode(&self.signature);
        write!(f, "v1.{agency}.{}.{}.{nonce}.{signature}", self.device, self.at_ms)
    }
}

fn signed_bytes(
    agency: &AgencyId,
    device: WriterId,
    at_ms: u64,
    nonce: &[u8; 12],
    request: Signable<'_>,
    body: &Hash,
) -> Vec<u8> {
    let mut bytes = b"AUXLOG-REQ\x01".to_vec();
    // Lengths before everything that has no fixed one: no two requests have the same bytes.
    for text in [request.method, request.target, &agency.0] {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.extend_from_slice(&body.0);
    bytes.extend_from_slice(&device.0);
    bytes.extend_from_slice(&at_ms.to_be_bytes());
    bytes.extend_from_slice(nonce);
    bytes.extend_from_slice(&request.server.0);
    bytes
}

#[cfg(test)]
mod tests {
    use auxlog_record::SigningKey;

    use super::*;

    #[test]
    fn a_request_altered_in_anything_does_not_verify() {
        let key = SigningKey::from_seed(&[7; 32]);
        let server = ServerId([1; 16]);
        let request = Signable { method: "POST", target: "/v1/sync", body: b"records", server };
        let auth = RequestAuth::sign(&key, &"A01".into(), 1000, [9; 12], request);
        let read = RequestAuth::parse(&auth.to_string()).expect("its own form");
        assert_eq!(read, auth);
        assert!(read.verify(&key.public_key(), request));

        let altered = [
            ("method", Signable { method: "GET", ..request }),
            ("path", Signable { target: "/v1/sync?x", ..request }),
            ("body", Signable { body: b"record", ..request }),
            ("server", Signable { server: ServerId([2; 16]), ..request }),
        ];
        for (what, other) in altered {
            assert!(!auth.verify(&key.public_key(), other), "{what}");
        }
        for other in [
            RequestAuth { agency: "A02".into(), ..auth.clone() },
            RequestAuth { at_ms: 1001, ..auth.clone() },
            RequestAuth { nonce: [8; 12], ..auth.clone() },
        ] {
            assert!(!other.verify(&key.public_key(), request), "{other}");
        }
        assert!(!auth.verify(&SigningKey::from_seed(&[8; 32]).public_key(), request), "another key");
    }

    #[test]
    fn other_forms_are_no_header() {
        for header in ["", "v1", "v2.QTAx", "v1.QTAx.zz.1.AA.AA", "Bearer abc"] {
            assert_eq!(RequestAuth::parse(header), None, "{header}");
        }
    }
}
