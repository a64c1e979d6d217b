//! What an agency's log says of a record beside the record itself.

use auxlog_law::Verdict;
use minicbor::{Decode, Encode};

use crate::Hash;
use crate::crypto::sha256;

/// What the server makes of a record beyond storing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Disposition {
    /// Stored in the agency's log.
    #[default]
    #[n(0)]
    Logged,
    /// Stored in the log; the server's own verdict on the same inputs differs: another officer decides.
    #[n(1)]
    VerdictDiffers,
    /// Stored in the log; its time is doubtful (时间存疑): ahead of its receipt, or more than a day before
    /// the writer's previous synchronisation or the enrolment of their key.
    #[n(2)]
    ClockOff,
    /// Was held outside the log until a supervisor released it: its writer was revoked or frozen. Said of
    /// what there is nothing else to say of.
    #[n(3)]
    Held,
    /// Stored in the log; an order to mask that is not carried out. Told only to those who can
    /// take it.
    #[n(4)]
    OrderRefused,
    /// Stored in the log; the verdict differs, and an older position of the office's log or an older
    /// released rulebook explains it: the laptop had not received the newer one.
    #[n(5)]
    Stale,
    /// Stored in the log; a step that was not open to its author, without effect.
    #[n(6)]
    Void,
    /// [`Disposition::VerdictDiffers`], and its time is doubtful.
    #[n(7)]
    DiffersDoubtful,
    /// [`Disposition::Stale`], and its time is doubtful: whoever dates back may well name an old roster.
    #[n(8)]
    StaleDoubtful,
    /// [`Disposition::Void`], and its time is doubtful.
    #[n(9)]
    VoidDoubtful,
}

impl Disposition {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Logged,
        Self::VerdictDiffers,
        Self::ClockOff,
        Self::Held,
        Self::OrderRefused,
        Self::Stale,
        Self::Void,
        Self::DiffersDoubtful,
        Self::StaleDoubtful,
        Self::VoidDoubtful,
    ];

    /// The same of a record whose time is doubtful.
    #[must_use]
    pub fn doubtful(self) -> Self {
        match self {
            Self::Logged | Self::Held => Self::ClockOff,
            Self::VerdictDiffers => Self::DiffersDoubtful,
            Self::Stale => Self::StaleDoubtful,
            Self::Void => Self::VoidDoubtful,
            other => other,
        }
    }

    /// Whether the record's time is doubtful (时间存疑).
    pub fn is_doubtful(self) -> bool {
        self != self.apart_from_time() || self == Self::ClockOff
    }

    /// What it says besides the record's time.
    #[must_use]
    pub fn apart_from_time(self) -> Self {
        match self {
            Self::DiffersDoubtful => Self::VerdictDiffers,
            Self::StaleDoubtful => Self::Stale,
            Self::VoidDoubtful => Self::Void,
            other => other,
        }
    }

    /// Its name in lists and counters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logged => "logged",
            Self::VerdictDiffers => "verdict_differs",
            Self::ClockOff => "time_doubtful",
            Self::Held => "held",
            Self::OrderRefused => "order_refused",
            Self::Stale => "stale",
            Self::Void => "void",
            Self::DiffersDoubtful => "verdict_differs_time_doubtful",
            Self::StaleDoubtful => "stale_time_doubtful",
            Self::VoidDoubtful => "void_time_doubtful",
        }
    }

    /// Its number in the database and in a leaf of the log.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The disposition of that number.
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// What the log says of a record; proven by the log's root, from the position on that
/// [`crate::RulesAdopted`] marks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Word {
    /// The record's number in the agency's log, from 1.
    #[n(0)]
    pub lsn: u64,
    /// When it was received, milliseconds since 1970 UTC by the server's clock; 0 where that is not
    /// known, as of records pulled by 0.1.0.
    #[n(1)]
    pub recv_ms: u64,
    /// What the server made of it.
    #[n(2)]
    pub disposition: Disposition,
    /// The server's own verdict, where it is not to the letter the one that the record states.
    #[n(3)]
    pub verdict: Option<Box<Verdict>>,
}

impl Word {
    /// The number of what is being appended, until it has its own: behind all that is in the log.
    pub const COMING: u64 = u64::MAX;

    /// What a leaf of the log's tree holds of a record with this hash: the hash alone where leaves
    /// are of the first kind, else also the time of receipt, the disposition and the verdict.
    pub fn leaf(&self, hash: &Hash, leaves: u16) -> Vec<u8> {
        if leaves < 2 {
            return hash.0.to_vec();
        }
        let verdict = self.verdict.as_ref().map_or(Hash::default(), |verdict| {
            sha256(&[&minicbor::to_vec(verdict).expect("writing to memory can't fail")])
        });
        let mut leaf = Vec::with_capacity(32 + 8 + 1 + 32);
        leaf.extend_from_slice(&hash.0);
        leaf.extend_from_slice(&self.recv_ms.to_be_bytes());
        leaf.push(self.disposition.number());
        leaf.extend_from_slice(&verdict.0);
        leaf
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_covers_everything_that_the_log_says() {
        let hash = Hash([7; 32]);
        let word = Word { lsn: 3, recv_ms: 5, ..Word::default() };
        assert_eq!(word.leaf(&hash, 1), hash.0, "as 0.1.0 made them");
        let verdict = crate::test_kit::judged(&["supervision.alone"]).verdict;
        let others = [
            Word { recv_ms: 6, ..word.clone() },
            Word { disposition: Disposition::Stale, ..word.clone() },
            Word { verdict: Some(Box::new(verdict)), ..word.clone() },
        ];
        for other in others {
            assert_ne!(other.leaf(&hash, 2), word.leaf(&hash, 2), "{other:?}");
        }
        assert_ne!(word.leaf(&Hash([8; 32]), 2), word.leaf(&hash, 2));
    }

    #[test]
    fn numbers_stay() {
        for (number, disposition) in (0..).zip(Disposition::ALL) {
            assert_eq!((disposition.number(), Disposition::of(number)), (number, Some(disposition)));
        }
        assert_eq!(Disposition::of(10), None);
    }
}
