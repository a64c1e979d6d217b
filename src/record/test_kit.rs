//! What the tests of several modules need: writers that seal events.

use auxlog_law::{Finding, Severity, Verdict};

use crate::{
    AgencyId, Event, Judged, KeyCertified, LogicalClock, OfficeOpened, Reading, Record, Role, Signer as _, SigningKey,
    StatedAuxiliary, Task, TaskLogged, Tip, WriterOpened,
};

/// An officer on a laptop, with a clock of their own.
pub(crate) struct Writer {
    pub(crate) key: SigningKey,
    pub(crate) officer: &'static str,
    pub(crate) tip: Tip,
    pub(crate) clock: LogicalClock,
    pub(crate) now: i64,
}

impl Writer {
    pub(crate) fn new(seed: u8, officer: &'static str) -> Self {
        Self {
            key: SigningKey::from_seed(&[seed; 32]),
            officer,
            tip: Tip::default(),
            clock: LogicalClock::default(),
            now: 1_760_000_000_000,
        }
    }

    /// Seals an event as the next record, a second later.
    pub(crate) fn seal(&mut self, event: &Event) -> Record {
        self.now += 1000;
        let reading = Reading { wall_ms: self.now, mono_ms: 5, boot_id: [1; 8] };
        let stamp = self.clock.stamp(reading);
        let record = Record::seal(&self.key, &agency(), self.tip, stamp, event).expect("sealed");
        self.tip = record.tip();
        record
    }

    pub(crate) fn open(&mut self) -> Record {
        let opened = WriterOpened {
            officer: self.officer.into(),
            officer_name: format!("队员{}", self.officer),
            agency: agency(),
            agency_name: "城市管理局".into(),
            certificate: None,
            public_key: self.key.public_key().to_bytes(),
        };
        self.seal(&Event::WriterOpened(opened))
    }
}

pub(crate) fn agency() -> AgencyId {
    "A01".into()
}

pub(crate) fn task(id: &str) -> Task {
    Task {
        id: id.into(),
        text: Some("协助清点占道物品".into()),
        items: vec!["16.3:inventory".into()],
        auxiliaries: vec![StatedAuxiliary { id: "X1".into(), ..StatedAuxiliary::default() }],
        ..Task::default()
    }
}

/// A verdict with these findings; permitted without any.
pub(crate) fn judged(rules: &[&str]) -> Judged {
    let finding = |rule: &&str| Finding {
        rule: (*rule).to_owned(),
        severity: Severity::Improper,
        activity: Some("16.3:inventory".into()),
        item: Some("16.3".into()),
        person: None,
        answers: vec![],
        cites: vec!["16.3".into()],
        consequence: vec![],
        asks: vec![],
    };
    let verdict = if rules.is_empty() { Severity::Permitted } else { Severity::Improper };
    Judged {
        verdict: Verdict {
            verdict,
            basis: vec![],
            findings: rules.iter().map(finding).collect(),
            rulebook: "haian-2022-7".into(),
            digest: "sha256:00".into(),
        },
        roster_version: 1,
        people: vec![],
        given: None,
    }
}

pub(crate) fn logged(id: &str, rules: &[&str]) -> Event {
    Event::TaskLogged(TaskLogged { task: task(id), judged: judged(rules), plan: None })
}

/// An agency's office at one server.
pub(crate) struct Office {
    pub(crate) server: SigningKey,
    chain: Writer,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self { server: SigningKey::from_seed(&[200; 32]), chain: Writer::new(201, "") }
    }

    pub(crate) fn open(&mut self) -> Record {
        let opened = OfficeOpened::new(&self.server, &self.chain.key.public_key(), &agency(), "serve");
        self.chain.seal(&Event::OfficeOpened(opened))
    }

    pub(crate) fn seal(&mut self, event: &Event) -> Record {
        self.chain.seal(event)
    }

    /// The certificate of a writer's key.
    pub(crate) fn certified(writer: &Writer, role: Role) -> KeyCertified {
        KeyCertified {
            key: writer.key.public_key().to_bytes(),
            officer: writer.officer.into(),
            name: format!("队员{}", writer.officer),
            role,
            until_ms: None,
            laptop: "laptop".into(),
            before: 0,
            succeeds: None,
            by: None,
            asked: None,
        }
    }
}
