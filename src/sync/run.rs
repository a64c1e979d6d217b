//! A run: consecutive records of one writer, in columns.
//!
//! What the receiver can compute is not sent: writer, agency, seq and predecessor of each record
//! follow from the run's head, the body's hash from the body. The signed bytes are put together
//! again exactly, or the signature does not match.

use auxlog_record::crypto::PROFILE_ED25519_SHA256;
use auxlog_record::{AgencyId, Envelope, EnvelopeError, Hash, Hlc, Reading, Record, WriterId, crypto};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// The most records that a run may have.
pub const MAX_RECORDS: usize = 1000;

/// Why a run is none.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The columns don't have the same length.
    #[error("the columns of a run differ in length")]
    Columns,
    /// Longer than [`MAX_RECORDS`].
    #[error("a run has at most {MAX_RECORDS} records")]
    TooLong,
    /// Not consecutive records of one writer in one agency.
    #[error("a run's records must be consecutive records of one writer")]
    NotConsecutive,
    /// A record can't be put together.
    #[error(transparent)]
    Record(#[from] EnvelopeError),
}

/// Consecutive records of one writer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Run {
    /// The writer.
    #[n(0)]
    pub writer: WriterId,
    /// The agency whose log they belong to.
    #[n(1)]
    pub agency: AgencyId,
    /// Seq of the first.
    #[n(2)]
    pub first_seq: u64,
    /// Hash of the record before the first.
    #[n(3)]
    prev: Hash,
    /// Logical times, each less the one before.
    #[n(4)]
    hlc: Vec<i64>,
    /// Wall clocks, each less its logical time's milliseconds.
    #[n(5)]
    wall: Vec<i64>,
    /// Monotonic clocks, each less the one before.
    #[n(6)]
    mono: Vec<i64>,
    /// Boot ids with how many records have each.
    #[n(7)]
    boots: Vec<(u32, Boot)>,
    /// Kind and schema.
    #[n(8)]
    kinds: Vec<(u16, u16)>,
    /// The signatures, one after the other.
    #[n(9)]
    #[cbor(with = "minicbor::bytes")]
    signatures: Vec<u8>,
    #[n(10)]
    bodies: Vec<Body>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
struct Boot(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    [u8; 8],
);

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
enum Body {
    /// As it is.
    #[n(0)]
    Whole(#[n(0)] ByteVec),
    /// Masked; only its hash is known.
    #[n(1)]
    Masked(#[n(0)] Hash),
}

impl Run {
    /// Puts records into columns.
    ///
    /// # Errors
    /// When they are none, too many, or not consecutive records of one writer.
    pub fn of(records: &[Record]) -> Result<Self, RunError> {
        let first = records.first().ok_or(RunError::NotConsecutive)?.envelope();
        if records.len() > MAX_RECORDS {
            return Err(RunError::TooLong);
        }
        let mut run = Self {
            writer: first.writer,
            agency: first.agency.clone(),
            first_seq: first.seq,
            prev: first.prev,
            hlc: Vec::with_capacity(records.len()),
            wall: Vec::with_capacity(records.len()),
            mono: Vec::with_capacity(records.len()),
            boots: Vec::new(),
            kinds: Vec::with_capacity(records.len()),
            signatures: Vec::with_capacity(records.len() * 64),
            bodies: Vec::with_capacity(records.len()),
        };
        let (mut seq, mut prev, mut hlc, mut mono) = (first.seq, first.prev, 0_u64, 0_u64);
        for record in records {
            let e = record.envelope();
            if e.writer != run.writer
                || e.agency != run.agency
                || e.seq != seq
                || e.prev != prev
                || e.profile != PROFILE_ED25519_SHA256
            {
                return Err(RunError::NotConsecutive);
            }
            (seq, prev) = (seq + 1, record.hash());
            run.hlc.push(e.hlc.0.wrapping_sub(hlc).cast_signed());
            run.wall.push(e.reading.wall_ms.wrapping_sub(e.hlc.millis().cast_signed()));
            run.mono.push(e.reading.mono_ms.wrapping_sub(mono).cast_signed());
            (hlc, mono) = (e.hlc.0, e.reading.mono_ms);
            let boot = Boot(e.reading.boot_id);
            match run.boots.last_mut() {
                Some((count, last)) if *last == boot => *count += 1,
                _ => run.boots.push((1, boot)),
            }
            run.kinds.push((e.kind, e.schema));
            run.signatures.extend_from_slice(record.signature());
            run.bodies.push(match record.body() {
                Some(body) => Body::Whole(body.to_vec().into()),
                None => Body::Masked(e.body_hash),
            });
        }
        Ok(run)
    }

    /// How many records it has.
    pub fn len(&self) -> usize {
        self.bodies.len()
    }

    /// Whether it has none; such a run is refused by [`Self::records`].
    pub fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    /// The records again. Their bytes are consistent with each other and with their neighbours;
    /// whose signatures they bear has still to be verified.
    ///
    /// # Errors
    /// When the columns don't fit together.
    pub fn records(self) -> Result<Vec<Record>, RunError> {
        let count = self.bodies.len();
        let boots: u64 = self.boots.iter().map(|(count, _)| u64::from(*count)).sum();
        let lengths = [self.hlc.len(), self.wall.len(), self.mono.len(), self.kinds.len()];
        if count == 0
            || lengths.iter().any(|length| *length != count)
            || boots != count as u64
            || self.signatures.len() != count * 64
        {
            return Err(RunError::Columns);
        }
        if count > MAX_RECORDS {
            return Err(RunError::TooLong);
        }
        let profile = crypto::profile(PROFILE_ED25519_SHA256)
            .map_err(|source| EnvelopeError::Crypto { id: auxlog_record::RecordId::default(), source })?;
        let mut boots = self.boots.into_iter().flat_map(|(count, boot)| std::iter::repeat_n(boot.0, count as usize));
        let (signatures, _) = self.signatures.as_chunks::<64>();
        let (mut seq, mut prev, mut hlc, mut mono) = (self.first_seq, self.prev, 0_u64, 0_u64);
        let mut records = Vec::with_capacity(count);
        for (index, body) in self.bodies.into_iter().enumerate() {
            hlc = hlc.wrapping_add_signed(self.hlc[index]);
            mono = mono.wrapping_add_signed(self.mono[index]);
            let wall_ms = Hlc(hlc).millis().cast_signed().wrapping_add(self.wall[index]);
            let (body, body_hash) = match body {
                Body::Whole(body) => {
                    let hash = profile.hash(&[&[2], &body]);
                    (Some(Vec::from(body)), hash)
                }
                Body::Masked(hash) => (None, hash),
            };
            let envelope = Envelope {
                profile: PROFILE_ED25519_SHA256,
                agency: self.agency.clone(),
                writer: self.writer,
                seq,
                prev,
                hlc: Hlc(hlc),
                reading: Reading { wall_ms, mono_ms: mono, boot_id: boots.next().ok_or(RunError::Columns)? },
                kind: self.kinds[index].0,
                schema: self.kinds[index].1,
                body_hash,
            };
            let record = Record::from_parts(envelope.to_signed()?, signatures[index], body)?;
            seq = seq.checked_add(1).ok_or(RunError::NotConsecutive)?;
            prev = record.hash();
            records.push(record);
        }
        Ok(records)
    }
}
