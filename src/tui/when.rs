//! Times as an officer types them.

use auxlog_record::{Moment, narrow};
use chrono::{DateTime, Datelike as _, Days, FixedOffset, NaiveDate, NaiveTime};

/// Reads a time typed by hand, near `base` (whose day and offset stand in for what is left out).
///
/// `930`, `0930` and `9:30` are of the same day; `23 0930`, `11-23 9:30` and `2026-11-23 09:30`
/// name the day. Full-width digits and colons, which an input method may give, are read alike.
/// `None` when it is no time.
pub fn read_time(typed: &str, base: Moment) -> Option<Moment> {
    let typed = fold(typed);
    let typed = typed.trim();
    let (day, clock) = match typed.rsplit_once(' ') {
        Some((day, clock)) => (read_day(day.trim(), base.china_date().0)?, clock),
        None => (base.china_date().0, typed),
    };
    at(day, read_clock(clock)?, *base.0.offset())
}

/// Reads the end of a task that began at `start`: a bare clock time before the start is the
/// next day's (an overnight shift).
pub fn read_end(typed: &str, start: Moment) -> Option<Moment> {
    let end = read_time(typed, start)?;
    let bare = !fold(typed).trim().contains(' ');
    if bare && end < start { end.0.checked_add_days(Days::new(1)).map(Moment) } else { Some(end) }
}

fn at(day: NaiveDate, clock: NaiveTime, offset: FixedOffset) -> Option<Moment> {
    let local: Option<DateTime<FixedOffset>> = day.and_time(clock).and_local_timezone(offset).single();
    local.map(Moment)
}

fn read_clock(typed: &str) -> Option<NaiveTime> {
    let (hour, minute) = match typed.split_once(':') {
        Some((hour, minute)) => (hour, minute),
        None if typed.is_ascii() && (3..=4).contains(&typed.len()) => typed.split_at(typed.len() - 2),
        None => return None,
    };
    let (minute, second) = minute.split_once(':').unwrap_or((minute, "0"));
    NaiveTime::from_hms_opt(number(hour)?, number(minute)?, number(second)?)
}

/// `23`, `11-23` or `2026-11-23`; 今天, 明天, 后天.
pub(crate) fn read_day(typed: &str, base: NaiveDate) -> Option<NaiveDate> {
    let ahead = match typed {
        "今天" | "today" => Some(0),
        "明天" | "tomorrow" => Some(1),
        "后天" => Some(2),
        _ => None,
    };
    if let Some(days) = ahead {
        return base.checked_add_days(Days::new(days));
    }
    let typed = typed.replace(['/', '.'], "-");
    let parts: Vec<&str> = typed.split('-').collect();
    match parts[..] {
        [day] => NaiveDate::from_ymd_opt(base.year(), base.month(), number(day)?),
        [month, day] => NaiveDate::from_ymd_opt(base.year(), number(month)?, number(day)?),
        [year, month, day] if year.len() == 4 => {
            NaiveDate::from_ymd_opt(i32::try_from(number(year)?).ok()?, number(month)?, number(day)?)
        }
        _ => None,
    }
}

fn number(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// `typed` in half width, as an input method in full-width state doesn't send it.
pub(crate) fn fold(typed: &str) -> String {
    typed.chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment(DateTime::parse_from_rfc3339(text).expect("a moment"))
    }

    #[test]
    fn the_forms_an_officer_types_are_all_read() {
        let base = moment("2026-11-23T14:05:00+08:00");
        for (typed, read) in [
            ("930", "2026-11-23T09:30:00+08:00"),
            ("0930", "2026-11-23T09:30:00+08:00"),
            ("9:30", "2026-11-23T09:30:00+08:00"),
            ("9:30:15", "2026-11-23T09:30:15+08:00"),
            ("９：３０", "2026-11-23T09:30:00+08:00"),
            ("22 0930", "2026-11-22T09:30:00+08:00"),
            ("11-2 09:30", "2026-11-02T09:30:00+08:00"),
            ("明天 0930", "2026-11-24T09:30:00+08:00"),
            ("tomorrow 9:30", "2026-11-24T09:30:00+08:00"),
            ("2025-12-31　２３５９", "2025-12-31T23:59:00+08:00"),
            (" 2026/11/02 9:05 ", "2026-11-02T09:05:00+08:00"),
        ] {
            assert_eq!(read_time(typed, base), Some(moment(read)), "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let base = moment("2026-11-23T14:05:00+08:00");
        for typed in ["", "上午", "25:00", "9:61", "9", "12345", "31-2-1 0930", "2-30 0930", "+9:30", "九点半"] {
            assert_eq!(read_time(typed, base), None, "{typed}");
        }
    }

    #[test]
    fn an_end_before_the_start_is_the_next_morning() {
        let start = moment("2026-11-23T22:30:00+08:00");
        assert_eq!(read_end("0130", start), Some(moment("2026-11-24T01:30:00+08:00")));
        assert_eq!(read_end("2300", start), Some(moment("2026-11-23T23:00:00+08:00")));
        let named = read_end("11-23 0130", start).expect("a time");
        assert!(named < start, "a day that was named is kept, so that the form can object");
    }
}
