//! A segment's bytes (integers big-endian).
//!
//! | offset | content |
//! |---|---|
//! | 0 | head: `AXJSEG1\n`, number, first position, link before it, length of the file, seal of these |
//! | 4096 | head slot A |
//! | 8192 | head slot B |
//! | 12288 | frames, then zeros to the end |
//!
//! **Frame**: `AXF1` (`AXF2`: alone in its commit) · length u32 · CRC-32C · position u64 ·
//! link 16 · nonce 24 · XChaCha20-Poly1305(entry). Sealed with kind, segment, offset, position and
//! link as associated data, so that no frame can be moved. The link is a running hash of all
//! frames before it, so that none can be exchanged for an older one.
//!
//! **Commit**: one or more frames, then zeros up to a multiple of 512, so that no later write
//! touches a sector that holds an acknowledged byte. It *confirms* everything before it, that is,
//! says that it was acknowledged: a frame alone in its commit by its kind, so that one place on
//! the disk is written before an officer hears 已保存; several by a head slot, which the same
//! `fdatasync` makes durable. Slots alternate, so that the one before stays whole. A slot names
//! where the frames end, and up to where all are confirmed:
//!
//! - what lacks before a confirmed position was acknowledged, and is damage;
//! - what lacks at or after it belongs to a commit that was cut off, and is a torn tail;
//! - resting and closing confirm the last commit too, so that after a quiet moment or a proper end
//!   whatever lacks is damage.

use auxlog_record::crypto::sha256;

use crate::entry::Position;
use crate::key::{NONCE, NoRandom, SealingKey, TAG};

pub(crate) const SECTOR: u64 = 512;
pub(crate) const PAGE: u64 = 4096;
pub(crate) const FRAMES: u64 = 3 * PAGE;
/// Bytes of the head that are used; the rest of its page is zero.
pub(crate) const HEAD: usize = 48 + NONCE + TAG;
pub(crate) const SLOT: usize = NONCE + SLOT_PLAIN + TAG;
const SLOT_PLAIN: usize = 49;
pub(crate) const FRAME_HEAD: usize = 60;
/// The largest entry, in bytes.
pub(crate) const MAX_ENTRY: usize = 256 << 20;

const SEGMENT_MAGIC: &[u8; 8] = b"AXJSEG1\n";
/// What every frame's four bytes of magic begin with.
pub(crate) const FRAME_MAGIC: &[u8; 3] = b"AXF";
const TOGETHER: &[u8; 4] = b"AXF1";
const ALONE: &[u8; 4] = b"AXF2";

/// A running hash over frames.
pub(crate) type FrameLink = [u8; 16];

/// The next multiple of the sector size.
pub(crate) fn align(offset: u64) -> u64 {
    offset.next_multiple_of(SECTOR)
}

/// Name of a segment's file.
pub(crate) fn segment_name(number: u64) -> String {
    format!("{number:08}.seg")
}

/// The number in a segment's file name.
pub(crate) fn segment_number(name: &str) -> Option<u64> {
    name.strip_suffix(".seg")?.parse().ok()
}

/// A segment's head, written once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: u64,
    pub(crate) first: Position,
    pub(crate) link: FrameLink,
    pub(crate) length: u64,
}

impl Head {
    pub(crate) fn encode(&self, key: &SealingKey) -> Result<Vec<u8>, NoRandom> {
        let mut out = Vec::with_capacity(HEAD);
        out.extend_from_slice(SEGMENT_MAGIC);
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&self.first.to_be_bytes());
        out.extend_from_slice(&self.link);
        out.extend_from_slice(&self.length.to_be_bytes());
        let seal = key.seal(&out, &[])?;
        out.extend_from_slice(&seal);
        Ok(out)
    }

    /// `None` when it is not a head that this key sealed.
    pub(crate) fn decode(bytes: &[u8], key: &SealingKey) -> Option<Self> {
        let (plain, rest) = bytes.split_at_checked(48)?;
        key.open(plain, rest.get(..NONCE + TAG)?).ok()?;
        let mut fields = Fields(plain);
        (fields.take::<8>()? == *SEGMENT_MAGIC).then_some(())?;
        Some(Self { number: fields.u64()?, first: fields.u64()?, link: fields.take()?, length: fields.u64()? })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Grows with each slot written; the greater one counts.
    pub(crate) generation: u64,
    /// The position after the commit that it was written with.
    pub(crate) end: Position,
    /// Where that commit ends in the file.
    pub(crate) offset: u64,
    pub(crate) link: FrameLink,
    /// Everything before this position was acknowledged before the slot was written.
    pub(crate) confirmed: Position,
    /// The segment is finished; another one follows.
    pub(crate) sealed: bool,
}

impl Slot {
    pub(crate) fn encode(&self, key: &SealingKey, number: u64, which: usize) -> Result<Vec<u8>, NoRandom> {
        let mut plain = Vec::with_capacity(SLOT_PLAIN);
        plain.extend_from_slice(&self.generation.to_be_bytes());
        plain.extend_from_slice(&self.end.to_be_bytes());
        plain.extend_from_slice(&self.offset.to_be_bytes());
        plain.extend_from_slice(&self.link);
        plain.extend_from_slice(&self.confirmed.to_be_bytes());
        plain.push(u8::from(self.sealed));
        key.seal(&slot_place(number, which), &plain)
    }

    pub(crate) fn decode(bytes: &[u8], key: &SealingKey, number: u64, which: usize) -> Option<Self> {
        let plain = key.open(&slot_place(number, which), bytes.get(..SLOT)?).ok()?;
        let mut fields = Fields(&plain);
        Some(Self {
            generation: fields.u64()?,
            end: fields.u64()?,
            offset: fields.u64()?,
            link: fields.take()?,
            confirmed: fields.u64()?,
            sealed: fields.take::<1>()? == [1],
        })
    }

    /// Where a slot stands in the file.
    pub(crate) fn place(which: usize) -> u64 {
        if which == 0 { PAGE } else { 2 * PAGE }
    }
}

fn slot_place(number: u64, which: usize) -> Vec<u8> {
    let mut place = b"slot".to_vec();
    place.extend_from_slice(&number.to_be_bytes());
    place.push(u8::from(which != 0));
    place
}

/// Where a frame stands, and after which ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FramePlace {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
    pub(crate) position: Position,
    pub(crate) link: FrameLink,
    /// Its commit holds no other frame: whatever stands before it was acknowledged.
    pub(crate) alone: bool,
}

impl FramePlace {
    fn aad(&self, len: u32) -> [u8; 49] {
        let mut aad = [0; 49];
        aad[..5].copy_from_slice(if self.alone { b"alone" } else { b"frame" });
        aad[5..13].copy_from_slice(&self.segment.to_be_bytes());
        aad[13..21].copy_from_slice(&self.offset.to_be_bytes());
        aad[21..29].copy_from_slice(&self.position.to_be_bytes());
        aad[29..45].copy_from_slice(&self.link);
        aad[45..].copy_from_slice(&len.to_be_bytes());
        aad
    }

    /// Appends the frame of `plain` to `out`; gives the link after it. A nonce is random and used once.
    pub(crate) fn encode(&self, key: &SealingKey, nonce: &[u8; NONCE], plain: &[u8], out: &mut Vec<u8>) -> FrameLink {
        let len = u32::try_from(plain.len() + TAG).expect("entries are below 256 MiB");
        let sealed = key.encrypt(nonce, &self.aad(len), plain);
        let start = out.len();
        out.extend_from_slice(if self.alone { ALONE } else { TOGETHER });
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.position.to_be_bytes());
        out.extend_from_slice(&self.link);
        out.extend_from_slice(nonce);
        out.extend_from_slice(&sealed);
        let sum = frame_sum(&out[start..]);
        out[start + 8..start + 12].copy_from_slice(&sum.to_be_bytes());
        next_link(&self.link, self.position, &sealed)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) place: FramePlace,
    pub(crate) end: u64,
    pub(crate) next: FrameLink,
    pub(crate) plain: Vec<u8>,
}

impl Frame {
    /// The frame at `offset` of a segment's bytes; `None` when there is no whole one.
    pub(crate) fn decode(bytes: &[u8], segment: u64, offset: u64, key: &SealingKey) -> Option<Self> {
        Self::read(bytes.get(usize::try_from(offset).ok()?..)?, segment, offset, key)
    }

    /// The frame that `rest` begins with, which stands at `offset` of its segment.
    pub(crate) fn read(rest: &[u8], segment: u64, offset: u64, key: &SealingKey) -> Option<Self> {
        let mut fields = Fields(rest);
        let alone = is_alone(fields.take()?)?;
        let len = u32::from_be_bytes(fields.take()?);
        let sum = u32::from_be_bytes(fields.take()?);
        let whole = rest.get(..FRAME_HEAD + usize::try_from(len).ok()?)?;
        (frame_sum(whole) == sum).then_some(())?;
        let place = FramePlace { segment, offset, position: fields.u64()?, link: fields.take()?, alone };
        let nonce = fields.take::<NONCE>()?;
        let sealed = &whole[FRAME_HEAD..];
        let plain = key.decrypt(&nonce, &place.aad(len), sealed).ok()?;
        let next = next_link(&place.link, place.position, sealed);
        Some(Self { place, end: offset + whole.len() as u64, next, plain })
    }
}

/// Whether a frame with this magic is alone in its commit; `None` when it is no frame's.
pub(crate) fn is_alone(magic: [u8; 4]) -> Option<bool> {
    [(TOGETHER, false), (ALONE, true)].into_iter().find_map(|(known, alone)| (magic == *known).then_some(alone))
}

/// The sum covers all of a frame but its magic and itself.
fn frame_sum(frame: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&frame[4..8]), &frame[12..])
}

fn next_link(link: &FrameLink, position: Position, sealed: &[u8]) -> FrameLink {
    let tag = &sealed[sealed.len().saturating_sub(TAG)..];
    let hash = sha256(&[b"frame", link, &position.to_be_bytes(), tag]);
    let mut next = FrameLink::default();
    next.copy_from_slice(&hash.0[..16]);
    next
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }
}
