//! Words for the values that several screens show.

use auxlog_i18n::Place;
use auxlog_law::{Lang, Rulebook, Status};
use auxlog_record::facts::{self, officer_status, supervises};
use auxlog_record::{Auxiliary, Date, Moment, Officer, Validity, china};
use auxlog_sync::message::{Awaiting, IncidentNote};
use chrono::{Datelike as _, TimeZone as _, Weekday};

use crate::task::panel;
use crate::theme::Meaning;
use crate::words::{Words, say};

/// The state of a certificate.
pub fn certificate(words: &Words, state: Validity) -> String {
    match state {
        Validity::Missing => say!(words, "certificate-missing"),
        Validity::NotYet(from) => say!(words, "certificate-not-yet", from = date(words, from)),
        Validity::Valid(None) => say!(words, "certificate-valid"),
        Validity::Valid(Some(until)) => say!(words, "certificate-valid-until", until = date(words, until)),
        Validity::Due(0) => say!(words, "certificate-last-day"),
        Validity::Due(days) => say!(words, "certificate-due", days = days),
        Validity::Expired(until) => say!(words, "certificate-expired", until = date(words, until)),
    }
}

/// The state of a certificate in a word or two.
pub fn certificate_brief(words: &Words, state: Validity) -> String {
    match state {
        Validity::NotYet(_) => say!(words, "certificate-not-yet-brief"),
        Validity::Valid(_) => say!(words, "certificate-valid"),
        Validity::Expired(_) => say!(words, "certificate-expired-brief"),
        Validity::Missing | Validity::Due(_) => certificate(words, state),
    }
}

/// What stands against sending an auxiliary of the own agency on `day`: the first thing of it.
pub fn against(words: &Words, rulebook: &Rulebook, person: &Auxiliary, day: Date) -> Option<(String, Meaning)> {
    let finding = facts::against(rulebook, person, &person.agency, None, day).into_iter().next()?;
    let said = match finding.rule.as_str() {
        "person.no-certificate" => certificate_brief(words, Validity::on(person.certificate.as_ref(), day)),
        rule => words.terms().against(rule),
    };
    Some((said, panel::meaning(finding.severity)))
}

/// What stands against an officer's supervising on `day`, but for the certificate.
pub fn out_of_service(words: &Words, officer: &Officer, day: Date) -> Option<(String, Meaning)> {
    match (supervises(officer, Some(day)), officer_status(officer, Some(day))) {
        (None, _) => Some((words.terms().against("person.standing-unknown"), Meaning::Warn)),
        (_, Some(out @ (Status::Suspended | Status::Departed))) => Some((words.terms().standing(out), Meaning::Bad)),
        _ => None,
    }
}

/// How the state of a certificate looks.
pub fn certificate_meaning(state: Validity) -> Meaning {
    match state {
        Validity::Valid(_) => Meaning::Good,
        Validity::Due(_) => Meaning::Warn,
        Validity::Missing | Validity::NotYet(_) | Validity::Expired(_) => Meaning::Bad,
    }
}

/// An activity as a list shows it: its name behind its item, 16.2 现场核查.
pub fn activity(words: &Words, code: &str) -> String {
    words.terms().activity(code, Place::Screen, words.rulebook())
}

/// The title of the rulebook that a verdict was given by; its id where it is not the one here.
pub fn rulebook(words: &Words, id: &str) -> String {
    let (rulebook, lang) = (words.rulebook(), words.lang());
    match rulebook.laws().first() {
        Some(law) if rulebook.id() == id => lang.pick(&law.zh, &law.en).to_owned(),
        _ => id.to_owned(),
    }
}

/// Several activities in one line.
pub fn activities(words: &Words, codes: &[String]) -> String {
    let names: Vec<String> = codes.iter().map(|code| activity(words, code)).collect();
    names.join(&say!(words, "list-separator"))
}

/// A number as people write it, in groups of three: 1,000,000.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of bytes, rounded down to a unit that is read at a glance.
pub fn bytes(number: u64) -> String {
    match number {
        0..10_240 => format!("{} B", grouped(number)),
        10_240..10_485_760 => format!("{} KiB", grouped(number >> 10)),
        _ => format!("{} MiB", grouped(number >> 20)),
    }
}

/// A calendar date in the officer's form: 2026年11月23日, 2026-11-23.
pub fn date(words: &Words, date: Date) -> String {
    match words.lang() {
        Lang::Zh => date.0.format("%Y-%m-%d").to_string(),
        Lang::En => date.0.format("%-d %b %Y").to_string(),
    }
}

/// A date written out with its weekday: 2026年11月23日 星期一.
pub fn long_date(words: &Words, date: Date) -> String {
    let weekday = weekday(words, date.0.weekday());
    match words.lang() {
        Lang::Zh => format!("{} {weekday}", date.0.format("%Y年%-m月%-d日")),
        Lang::En => format!("{weekday}, {}", date.0.format("%-d %B %Y")),
    }
}

/// A weekday.
pub fn weekday(words: &Words, weekday: Weekday) -> String {
    say!(words, "weekday", day = weekday.to_string())
}

/// A weekday in one or two letters.
pub fn weekday_short(words: &Words, weekday: Weekday) -> String {
    say!(words, "weekday-short", day = weekday.to_string())
}

/// A time of day, as its own offset has it.
pub fn clock(at: Moment) -> String {
    at.0.format("%H:%M").to_string()
}

/// A moment in a list: the time alone on `today`, else the day before it.
pub fn when(at: Moment, today: Date) -> String {
    if at.china_date() == today { clock(at) } else { at.0.format("%m-%d %H:%M").to_string() }
}

/// A moment in full.
pub fn full(at: Moment) -> String {
    at.0.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// How much of a device's number tells it from others.
const DEVICE: usize = 8;

/// Records of a device that await somebody, and how that shows.
pub fn awaiting(words: &Words, awaiting: &Awaiting, today: Date) -> (String, Meaning) {
    let outside = matches!(awaiting.what.as_str(), "held" | "set_aside");
    let (what, at) = (awaiting.what.as_str(), when(at_ms(awaiting.newest_ms), today));
    let (officer, device) = (awaiting.officer.as_str(), awaiting.writer.to_string());
    let device = &device[..DEVICE];
    let count = grouped(awaiting.count);
    let said = say!(words, "awaiting", what = what, count = count, officer = officer, device = device, at = at);
    (said, if outside { Meaning::Bad } else { Meaning::Warn })
}

fn at_ms(ms: u64) -> Moment {
    Moment(china().timestamp_millis_opt(ms.cast_signed()).single().unwrap_or_default())
}

/// Something that went wrong in the agency's log.
pub fn incident(words: &Words, incident: &IncidentNote, today: Date) -> String {
    let (kind, at) = (incident.kind.as_str(), when(at_ms(incident.at_ms), today));
    let record = format!("{}:{}", incident.writer, incident.seq);
    say!(words, "incident", kind = kind, at = at, record = record, detail = incident.detail.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups_of_three() {
        let written = [0, 999, 1000, 20_000, 1_000_000].map(grouped);
        assert_eq!(written, ["0", "999", "1,000", "20,000", "1,000,000"]);
        assert_eq!([900, 20_480, 52_428_800].map(bytes), ["900 B", "20 KiB", "50 MiB"]);
    }
}
