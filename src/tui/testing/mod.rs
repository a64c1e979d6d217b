//! A small roster, what every screen may read, and plays on the whole program, for tests.

pub(crate) mod dry_run;
pub(crate) mod gallery;
pub(crate) mod headless;
pub(crate) mod play;
pub(crate) mod samples;
pub(crate) mod sheets;

use std::sync::Arc;

use auxlog_law::{Lang, Outcome, Status};
use auxlog_record::{Agency, Auxiliary, Certificate, Date, Moment, Officer, RecusalEntry, Roster};
use auxlog_store::{Counts, Enrolment, Identity};
use chrono::NaiveDate;
use ratatui::layout::Size;

use crate::effect::Tickets;
use crate::glyph;
use crate::keymap::Preset;
use crate::shared::{Session, Shared};
use crate::theme::Theme;

/// 2026-11-23 09:30 in China.
pub(crate) fn now() -> Moment {
    Moment("2026-11-23T09:30:00+08:00".parse().expect("a moment"))
}

fn day(year: i32, month: u32, day: u32) -> Option<Date> {
    NaiveDate::from_ymd_opt(year, month, day).map(Date)
}

fn certificate(number: &str, until: Option<Date>) -> Certificate {
    Certificate { number: number.to_owned(), from: day(2023, 1, 1), until }
}

/// Two agencies; officers with and without a valid certificate; auxiliaries in good standing
/// (X1, X2), with a lapsed certificate (X3), suspended (X4), of another agency (X5).
pub(crate) fn roster() -> Roster {
    let auxiliary = |id: &str, name: &str, agency: &str, unit: &str, until| Auxiliary {
        id: id.into(),
        name: name.to_owned(),
        agency: agency.into(),
        unit: Some(unit.to_owned()),
        born: day(1990, 5, 1),
        certificate: Some(certificate(&format!("海执辅{id}"), until)),
        training: Outcome::Passed,
        trained_on: day(2023, 1, 1),
        assessment: Outcome::Passed,
        assessed_on: day(2026, 6, 30),
        ..Auxiliary::default()
    };
    let officer = |id: &str, name: &str, until| Officer {
        id: id.into(),
        name: name.to_owned(),
        agency: "A01".into(),
        certificate: Some(certificate(&format!("苏执{id}"), until)),
        ..Officer::default()
    };
    let auxiliaries = [
        auxiliary("X1", "王小明", "A01", "一中队", day(2027, 12, 31)),
        Auxiliary {
            recusals: vec![RecusalEntry {
                counterpart: "李记便利店".to_owned(),
                relation: Some("店主之弟".to_owned()),
                decided: true,
            }],
            ..auxiliary("X2", "李强", "A01", "一中队", day(2026, 12, 10))
        },
        auxiliary("X3", "赵敏", "A01", "二中队", day(2026, 10, 1)),
        Auxiliary { status: Status::Suspended, ..auxiliary("X4", "孙丽", "A01", "二中队", day(2027, 12, 31)) },
        auxiliary("X5", "周文", "A02", "市场监管所", day(2027, 12, 31)),
    ];
    let officers = [
        officer("O1", "王建国", day(2028, 1, 1)),
        officer("O2", "张伟", day(2028, 1, 1)),
        officer("O3", "刘洋", day(2025, 1, 1)),
    ];
    let agencies = [("A01", "海安市城市管理局"), ("A02", "海安市市场监督管理局")];
    Roster {
        version: 1,
        agencies: agencies
            .into_iter()
            .map(|(id, name)| (id.into(), Agency { id: id.into(), name: name.to_owned() }))
            .collect(),
        officers: officers.into_iter().map(|person| (person.id.clone(), person)).collect(),
        auxiliaries: auxiliaries.into_iter().map(|person| (person.id.clone(), person)).collect(),
    }
}

/// Officer O1 of agency A01.
pub(crate) fn identity() -> Identity {
    Identity {
        writer: auxlog_record::WriterId::default(),
        officer: "O1".into(),
        officer_name: "王建国".to_owned(),
        agency: "A01".into(),
        agency_name: "海安市城市管理局".to_owned(),
        certificate: None,
    }
}

/// Joined to a server.
pub(crate) fn enrolment() -> Enrolment {
    Enrolment {
        server: "https://auxlog.example".to_owned(),
        server_key: [9; 32],
        device: "d-1".to_owned(),
        approved: true,
        former: Vec::new(),
    }
}

/// What every screen may read: officer O1 of agency A01, in Chinese, at 80×24.
pub(crate) fn shared() -> Shared {
    shared_in(Lang::Zh)
}

/// The same in another language.
pub(crate) fn shared_in(lang: Lang) -> Shared {
    Shared {
        words: crate::words::load(lang),
        theme: Theme::Mono,
        glyphs: glyph::UNICODE,
        keymap: Preset::Default.keymap(),
        now: now(),
        size: Size { width: 80, height: 24 },
        session: Some(Session {
            identity: identity(),
            roster: Arc::new(roster()),
            entries: Arc::default(),
            people: None,
            enrolment: Some(enrolment()),
        }),
        counts: Counts::default(),
        hint: None,
        tickets: Tickets::default(),
        exports_to: None,
    }
}
