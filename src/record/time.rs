//! Moments as they are stored: milliseconds since 1970 UTC and the offset they were stated in.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone as _};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Serialize};

/// A moment with the UTC offset it was stated in (China: +08:00).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub DateTime<FixedOffset>);

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(pub NaiveDate);

/// China Standard Time, in which the regulation's dates are read.
pub fn china() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| FixedOffset::east_opt(0).expect("zero is an offset"))
}

impl Moment {
    /// Milliseconds since 1970-01-01 UTC.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The calendar date in China.
    pub fn china_date(self) -> Date {
        let utc = self.0.naive_utc();
        // The last hours that can be told at all have no date in China.
        Date(utc.checked_add_offset(china()).unwrap_or(utc).date())
    }
}

impl<C> Encode<C> for Moment {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.array(2)?.i64(self.millis())?.i32(self.0.offset().local_minus_utc())?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Moment {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let at = d.position();
        d.array()?;
        let (millis, offset) = (d.i64()?, d.i32()?);
        FixedOffset::east_opt(offset)
            .and_then(|offset| offset.timestamp_millis_opt(millis).single())
            .map(Self)
            .ok_or_else(|| decode::Error::message("moment out of range").at(at))
    }
}

impl<C> Encode<C> for Date {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.i32(self.0.to_epoch_days())?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Date {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let at = d.position();
        NaiveDate::from_epoch_days(d.i32()?).map(Self).ok_or_else(|| decode::Error::message("date out of range").at(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_clock_says_has_a_date() {
        for utc in [chrono::DateTime::<chrono::Utc>::MAX_UTC, chrono::DateTime::<chrono::Utc>::MIN_UTC] {
            assert_eq!(Moment(utc.fixed_offset()).china_date().0, utc.date_naive());
        }
    }
}
