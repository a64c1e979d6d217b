//! The signed envelope, and the record: envelope, signature and body.
//!
//! # Bytes that are signed (integers big-endian)
//!
//! | bytes | field |
//! |---|---|
//! | 11 | `AUXLOG-EVT` and `0x01`, the layout's version |
//! | 1 | profile |
//! | 1 + n | agency's code: length, UTF-8 |
//! | 16 | writer |
//! | 8 | seq, from 1 |
//! | 32 | hash of the writer's previous record; zeros for the first |
//! | 8 | hybrid logical clock |
//! | 8 | wall clock, milliseconds since 1970 UTC, signed |
//! | 8 | milliseconds since the machine started |
//! | 8 | boot id |
//! | 2 | kind |
//! | 2 | schema |
//! | 32 | hash of the body |
//!
//! A record's hash is `H(0x00 ‖ signed)`, the body's `H(0x02 ‖ body)`. Bytes once signed are kept
//! verbatim for ever; nothing is ever serialised a second time to be checked.

use minicbor::{Decoder, Encoder};

use crate::crypto::{self, CryptoError, PublicKey, Signature, Signer};
use crate::{AgencyId, Event, EventError, Hash, Hlc, Reading, RecordId, Stamp, WriterId};

const MAGIC: &[u8; 11] = b"AUXLOG-EVT\x01";
const FIXED: usize = MAGIC.len() + 1 + 1 + 16 + 8 + 32 + 8 + 8 + 8 + 8 + 2 + 2 + 32;

/// The largest body, in bytes; a larger one is refused before it is signed.
pub const MAX_BODY: usize = 8 << 20;

/// Why bytes are no valid record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The signed bytes don't follow the layout.
    #[error("not a record's envelope: {0}")]
    Layout(&'static str),
    /// The record's outer form doesn't follow the layout.
    #[error("not a record: {0}")]
    Form(String),
    /// The body is not the one that was signed.
    #[error("record {id}: the body is not the one that was signed")]
    BodyHash {
        /// The record.
        id: RecordId,
    },
    /// The body is too large.
    #[error("the record's body has {0} bytes; at most {MAX_BODY} are possible")]
    BodyTooLarge(usize),
    /// The agency's code is empty or longer than 255 bytes.
    #[error("an agency's code has 1 to 255 bytes, not {0}")]
    Agency(usize),
    /// The writer is not the one that the key belongs to.
    #[error("record {id}: the key is not its writer's")]
    OtherKey {
        /// The record.
        id: RecordId,
    },
    /// The hybrid logical clock doesn't go on.
    #[error("the record's logical time {found} does not follow {last}")]
    Clock {
        /// The writer's newest.
        last: u64,
        /// The one stated.
        found: u64,
    },
    /// The signature or the profile.
    #[error("record {id}: {source}")]
    Crypto {
        /// The record.
        id: RecordId,
        /// Why.
        source: CryptoError,
    },
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Cryptographic profile.
    pub profile: u8,
    /// The agency whose log the record belongs to.
    pub agency: AgencyId,
    /// Writer.
    pub writer: WriterId,
    /// Place in the writer's sequence, from 1.
    pub seq: u64,
    /// Hash of the writer's previous record; zeros for the first.
    pub prev: Hash,
    /// Hybrid logical time: strictly increasing per writer.
    pub hlc: Hlc,
    /// What the clocks said.
    pub reading: Reading,
    /// Kind of the event.
    pub kind: u16,
    /// Schema of its body.
    pub schema: u16,
    /// `H(0x02 ‖ body)`.
    pub body_hash: Hash,
}

impl Envelope {
    /// The exact bytes that are signed. The layout leaves no choice: what [`Envelope::parse`]
    /// accepts is given back byte for byte.
    ///
    /// # Errors
    /// [`EnvelopeError::Agency`] when the agency's code does not fit.
    pub fn to_signed(&self) -> Result<Vec<u8>, EnvelopeError> {
        let agency = self.agency.0.as_bytes();
        let len = match u8::try_from(agency.len()) {
            Ok(len) if len > 0 => len,
            _ => return Err(EnvelopeError::Agency(agency.len())),
        };
        let mut out = Vec::with_capacity(FIXED + agency.len());
        out.extend_from_slice(MAGIC);
        out.push(self.profile);
        out.push(len);
        out.extend_from_slice(agency);
        out.extend_from_slice(&self.writer.0);
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.prev.0);
        out.extend_from_slice(&self.hlc.0.to_be_bytes());
        out.extend_from_slice(&self.reading.wall_ms.to_be_bytes());
        out.extend_from_slice(&self.reading.mono_ms.to_be_bytes());
        out.extend_from_slice(&self.reading.boot_id);
        out.extend_from_slice(&self.kind.to_be_bytes());
        out.extend_from_slice(&self.schema.to_be_bytes());
        out.extend_from_slice(&self.body_hash.0);
        Ok(out)
    }

    /// Reads signed bytes.
    ///
    /// # Errors
    /// [`EnvelopeError::Layout`] where they leave the layout.
    pub fn parse(signed: &[u8]) -> Result<Self, EnvelopeError> {
        let mut rest = signed;
        if take::<11>(&mut rest)? != *MAGIC {
            return Err(EnvelopeError::Layout("it does not begin with AUXLOG-EVT 1"));
        }
        let [profile, len] = take::<2>(&mut rest)?;
        if len == 0 {
            return Err(EnvelopeError::Layout("the agency is empty"));
        }
        let (agency, after) =
            rest.split_at_checked(usize::from(len)).ok_or(EnvelopeError::Layout("it ends within the agency"))?;
        rest = after;
        let agency = std::str::from_utf8(agency).map_err(|_| EnvelopeError::Layout("the agency is not UTF-8"))?;
        let envelope = Self {
            profile,
            agency: AgencyId::from(agency),
            writer: WriterId(take(&mut rest)?),
            seq: u64::from_be_bytes(take(&mut rest)?),
            prev: Hash(take(&mut rest)?),
            hlc: Hlc(u64::from_be_bytes(take(&mut rest)?)),
            reading: Reading {
                wall_ms: i64::from_be_bytes(take(&mut rest)?),
                mono_ms: u64::from_be_bytes(take(&mut rest)?),
                boot_id: take(&mut rest)?,
            },
            kind: u16::from_be_bytes(take(&mut rest)?),
            schema: u16::from_be_bytes(take(&mut rest)?),
            body_hash: Hash(take(&mut rest)?),
        };
        if !rest.is_empty() {
            return Err(EnvelopeError::Layout("bytes follow its end"));
        }
        if envelope.seq == 0 {
            return Err(EnvelopeError::Layout("seq counts from 1"));
        }
        Ok(envelope)
    }

    /// The record's id.
    pub fn id(&self) -> RecordId {
        RecordId { writer: self.writer, seq: self.seq }
    }

    /// Whether the body may be masked by order; see [`crate::is_maskable`].
    pub fn is_maskable(&self) -> bool {
        crate::is_maskable(self.kind)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], EnvelopeError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(EnvelopeError::Layout("it ends too early"))?;
    *rest = tail;
    Ok(*head)
}

/// The newest record of a writer, which the next one follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tip {
    /// Its seq; 0 before the first record.
    pub seq: u64,
    /// Its hash; zeros before the first.
    pub hash: Hash,
    /// Its logical time.
    pub hlc: Hlc,
}

/// A signed event.
///
/// Its bytes are consistent with each other (layout, body hash); that the signature is the
/// writer's is checked by [`Record::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    signed: Box<[u8]>,
    signature: Signature,
    body: Option<Box<[u8]>>,
    envelope: Envelope,
    hash: Hash,
}

impl Record {
    /// Signs an event as the record after `tip`.
    ///
    /// # Errors
    /// [`EnvelopeError::Clock`] when `stamp` does not follow the tip's time, and what
    /// [`Envelope::to_signed`] returns.
    pub fn seal(
        signing: &dyn Signer,
        agency: &AgencyId,
        tip: Tip,
        stamp: Stamp,
        event: &Event,
    ) -> Result<Self, EnvelopeError> {
        let body = event.to_body();
        if body.len() > MAX_BODY {
            return Err(EnvelopeError::BodyTooLarge(body.len()));
        }
        if stamp.hlc <= tip.hlc {
            return Err(EnvelopeError::Clock { last: tip.hlc.0, found: stamp.hlc.0 });
        }
        let number = signing.profile();
        let mut envelope = Envelope {
            profile: number,
            agency: agency.clone(),
            writer: signing.public_key().writer(),
            seq: tip.seq + 1,
            prev: tip.hash,
            hlc: stamp.hlc,
            reading: stamp.reading,
            kind: event.kind(),
            schema: event.schema(),
            body_hash: Hash::default(),
        };
        let id = envelope.id();
        let profile = crypto::profile(number).map_err(|source| EnvelopeError::Crypto { id, source })?;
        envelope.body_hash = profile.hash(&[&[2], &body]);
        let signed = envelope.to_signed()?;
        let signature = signing.sign(&signed);
        let hash = profile.hash(&[&[0], &signed]);
        Ok(Self { signed: signed.into(), signature, body: Some(body.into()), envelope, hash })
    }

    /// Puts a record together from what was received. `body` is `None` where it was masked.
    ///
    /// # Errors
    /// When the parts don't follow the layout or the body is not the one signed.
    pub fn from_parts(signed: Vec<u8>, signature: Signature, body: Option<Vec<u8>>) -> Result<Self, EnvelopeError> {
        let envelope = Envelope::parse(&signed)?;
        let id = envelope.id();
        let profile = crypto::profile(envelope.profile).map_err(|source| EnvelopeError::Crypto { id, source })?;
        if let Some(body) = &body {
            if body.len() > MAX_BODY {
                return Err(EnvelopeError::BodyTooLarge(body.len()));
            }
            if profile.hash(&[&[2], body]) != envelope.body_hash {
                return Err(EnvelopeError::BodyHash { id });
            }
        }
        let hash = profile.hash(&[&[0], &signed]);
        Ok(Self { signed: signed.into(), signature, body: body.map(Into::into), envelope, hash })
    }

    /// The stored form: a CBOR array of signed bytes, signature, and body (null when masked).
    pub fn encode(&self) -> Vec<u8> {
        let body = self.body.as_deref();
        let mut e = Encoder::new(Vec::with_capacity(self.signed.len() + 64 + body.map_or(1, <[u8]>::len) + 16));
        let written = e
            .array(3)
            .and_then(|e| e.bytes(&self.signed))
            .and_then(|e| e.bytes(&self.signature))
            .and_then(|e| match body {
                Some(body) => e.bytes(body),
                None => e.null(),
            })
            .map(|_| ());
        written.expect("writing to memory can't fail");
        e.into_writer()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`EnvelopeError::Form`] where it is not one, and what [`Record::from_parts`] returns.
    pub fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let form = |e: minicbor::decode::Error| EnvelopeError::Form(e.to_string());
        let mut d = Decoder::new(bytes);
        if d.array().map_err(form)? != Some(3) {
            return Err(EnvelopeError::Form("not an array of three".into()));
        }
        let signed = d.bytes().map_err(form)?.to_vec();
        let signature = d.bytes().map_err(form)?;
        let signature =
            Signature::try_from(signature).map_err(|_| EnvelopeError::Form("the signature has not 64 bytes".into()))?;
        let body = if d.datatype().map_err(form)? == minicbor::data::Type::Null {
            d.null().map_err(form)?;
            None
        } else {
            Some(d.bytes().map_err(form)?.to_vec())
        };
        if d.position() != bytes.len() {
            return Err(EnvelopeError::Form("bytes follow its end".into()));
        }
        Self::from_parts(signed, signature, body)
    }

    /// Checks that the key is the writer's and the signature the key's.
    ///
    /// # Errors
    /// [`EnvelopeError::OtherKey`] or [`EnvelopeError::Crypto`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), EnvelopeError> {
        let id = self.id();
        if key.writer() != self.envelope.writer {
            return Err(EnvelopeError::OtherKey { id });
        }
        crypto::profile(self.envelope.profile)
            .and_then(|profile| profile.verify(key, &self.signed, &self.signature))
            .map_err(|source| EnvelopeError::Crypto { id, source })
    }

    /// What the record says. An unknown kind or schema is an event too.
    ///
    /// # Errors
    /// [`EventError`] when the body of a known kind and schema can't be read.
    pub fn event(&self) -> Result<Event, EventError> {
        let Envelope { kind, schema, .. } = self.envelope;
        match &self.body {
            Some(body) => Event::from_body(kind, schema, body),
            None => Ok(Event::Masked { kind, schema }),
        }
    }

    /// The same record without its body: the chain and the signature still hold.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.body = None;
        self
    }

    /// What was signed.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// `(writer, seq)`.
    pub fn id(&self) -> RecordId {
        self.envelope.id()
    }

    /// The record's hash.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The exact bytes that were signed.
    pub fn signed(&self) -> &[u8] {
        &self.signed
    }

    /// The signature over them.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The body; `None` when masked.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// This record as the tip that the next one follows.
    pub fn tip(&self) -> Tip {
        Tip { seq: self.envelope.seq, hash: self.hash, hlc: self.envelope.hlc }
    }
}
