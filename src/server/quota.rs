//! How many records are taken: of a writer in a day, of an agency in all.

use auxlog_sync::message::RefusedFor;

use crate::store::Push;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// How much of records is taken. A laptop that comes with years of work does so in as many days as it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordQuotas {
    /// Records of a writer in a day (UTC), with the keys that it took over from.
    pub of_device_a_day: u64,
    /// Their bytes.
    pub bytes_a_day: u64,
    /// Bytes of all records that an agency's officers sent.
    pub of_agency: u64,
}

impl Default for RecordQuotas {
    fn default() -> Self {
        Self { of_device_a_day: 100_000, bytes_a_day: 512 << 20, of_agency: 100 << 30 }
    }
}

/// What came of a writer on the day of its newest records, a day since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Came {
    /// The day.
    pub day: u64,
    /// Records.
    pub records: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Came {
    /// What a push brings.
    pub(crate) fn of(push: &Push, now: u64) -> Self {
        let lengths = push.fresh.iter().map(|fresh| fresh.record.len());
        let lengths = lengths.chain(push.aside.iter().map(|aside| aside.record.len()));
        let (records, bytes) = lengths.fold((0, 0), |(records, bytes), length| (records + 1, bytes + length as u64));
        Self { day: now / DAY_MS, records, bytes }
    }
}

/// What is left of the limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    records: u64,
    of_day: u64,
    of_agency: u64,
}

impl RecordQuotas {
    /// What is left for a writer of whom so much came, in an agency that has so many bytes.
    pub(crate) fn left(&self, came: Came, of_agency: u64, now: u64) -> Room {
        let came = if came.day == now / DAY_MS { came } else { Came::default() };
        Room {
            records: self.of_device_a_day.saturating_sub(came.records),
            of_day: self.bytes_a_day.saturating_sub(came.bytes),
            of_agency: self.of_agency.saturating_sub(of_agency),
        }
    }
}

impl Room {
    /// What is full, where nothing more is taken.
    pub(crate) fn full(self) -> Option<RefusedFor> {
        match self {
            Self { of_agency: 0, .. } => Some(RefusedFor::AgencyFull),
            Self { records: 0, .. } | Self { of_day: 0, .. } => Some(RefusedFor::DayFull),
            _ => None,
        }
    }

    /// How many of these, the first ones, find room; the last one may reach beyond it.
    pub(crate) fn takes(mut self, lengths: impl Iterator<Item = usize>) -> usize {
        let mut taken = 0;
        for length in lengths {
            if self.full().is_some() {
                break;
            }
            let length = length as u64;
            self.records -= 1;
            self.of_day = self.of_day.saturating_sub(length);
            self.of_agency = self.of_agency.saturating_sub(length);
            taken += 1;
        }
        taken
    }
}
