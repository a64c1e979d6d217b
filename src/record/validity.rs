//! The state of a certificate on a day, and what falls due (第二十一条).

use crate::{Certificate, Date};

/// Days before a last day from which something is shown as falling due.
pub const DUE_DAYS: i64 = 60;

/// The state of a certificate on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// None is on record.
    Missing,
    /// Its first day is still to come.
    NotYet(Date),
    /// Valid; for ever when no last day is on record.
    Valid(Option<Date>),
    /// Valid, but its last day is within [`DUE_DAYS`]: the days left, 0 on the last day itself.
    Due(i64),
    /// Its last day is past.
    Expired(Date),
}

impl Validity {
    /// The state of `certificate` on `day`; both its days are included.
    pub fn on(certificate: Option<&Certificate>, day: Date) -> Self {
        let Some(certificate) = certificate else { return Self::Missing };
        match (certificate.from, certificate.until) {
            (Some(from), _) if day < from => Self::NotYet(from),
            (_, Some(until)) if day > until => Self::Expired(until),
            (_, Some(until)) => {
                let left = (until.0 - day.0).num_days();
                if left <= DUE_DAYS { Self::Due(left) } else { Self::Valid(Some(until)) }
            }
            (_, None) => Self::Valid(None),
        }
    }

    /// Whether it entitles to work on that day.
    pub fn is_valid(self) -> bool {
        matches!(self, Self::Valid(_) | Self::Due(_))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn day(month: u32, day: u32) -> Date {
        Date(NaiveDate::from_ymd_opt(2026, month, day).expect("a day"))
    }

    #[test]
    fn a_certificate_is_valid_on_its_first_and_its_last_day() {
        let certificate =
            Certificate { number: "海执辅001".into(), from: Some(day(1, 1)), until: Some(day(11, 23)) };
        let on = |day| Validity::on(Some(&certificate), day);
        assert_eq!(
            Validity::on(Some(&certificate), Date(day(1, 1).0.pred_opt().expect("a day"))),
            Validity::NotYet(day(1, 1))
        );
        assert_eq!(on(day(1, 1)), Validity::Valid(Some(day(11, 23))));
        assert_eq!(on(day(9, 23)), Validity::Valid(Some(day(11, 23))));
        assert_eq!(on(day(9, 24)), Validity::Due(60));
        assert_eq!(on(day(11, 23)), Validity::Due(0));
        assert!(on(day(11, 23)).is_valid());
        assert_eq!(on(day(11, 24)), Validity::Expired(day(11, 23)));
        assert!(!on(day(11, 24)).is_valid());
    }

    #[test]
    fn no_certificate_is_not_a_valid_one() {
        assert_eq!(Validity::on(None, day(1, 1)), Validity::Missing);
        assert!(!Validity::Missing.is_valid());
        assert!(Validity::on(Some(&Certificate::default()), day(1, 1)).is_valid(), "unbounded");
    }
}
