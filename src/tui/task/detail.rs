//! A task with everything known about it, as lines: what was stated, what was found and on what
//! ground, and every record about it. Shared by the list of tasks and the review.

use auxlog_i18n::Names;
use auxlog_law::Verdict;
use auxlog_record::{Event, Roster, Shape, Task, TaskField, Value};
use auxlog_store::{HistoryEntry, NamedOfficer, TaskDetail, TaskRow, TaskStatus};

use crate::labels;
use crate::task::panel::{self, Panel};
use crate::text;
use crate::theme::Meaning;
use crate::widgets::{Line, Page};
use crate::words::{Words, say};

/// Writes the detail.
pub fn write(detail: &TaskDetail, page: &mut Page) {
    page.head(detail);
    page.stated(&detail.row.task, &(&detail.row, &*page.shared.roster()));
    page.found(detail);
    page.history(detail, &page.shared.roster());
}

/// What a task states, field by field; what was done stands without a label.
fn stated<'a>(words: &'a Words, task: &'a Task, names: &'a dyn Names) -> impl Iterator<Item = (TaskField, String)> {
    TaskField::ALL.iter().filter_map(move |&field| {
        let value = Some(words.value(task, field, names)).filter(|value| !value.is_empty())?;
        let bare = field.shape() == Shape::Text;
        let said =
            if bare { value } else { say!(words, "detail-fact", label = words.terms().label(field), value = value) };
        Some((field, said))
    })
}

/// The same where there is little room: without what nobody stated, and whose task it is.
pub fn stated_in_brief(words: &Words, task: &Task, names: &dyn Names) -> Vec<String> {
    let is_told = |field| field != TaskField::Agency && task.value(field) != Value::Unstated;
    stated(words, task, names).filter(|(field, _)| is_told(*field)).map(|(_, said)| said).collect()
}

/// Whether it is a permitted task that is, or was, reviewed as a sample.
pub fn is_sample(row: &TaskRow) -> bool {
    row.verdict == auxlog_law::Severity::Permitted
}

impl Page<'_> {
    fn head(&mut self, detail: &TaskDetail) {
        let row = &detail.row;
        let severity = self.words.terms().verdict(row.verdict);
        let status = self.words.terms().status(row.status);
        let mark = panel::mark(row.verdict, self.glyphs);
        self.add(0, &format!("{mark} {severity}  {status}  {}", row.reference), panel::meaning(row.verdict));
        if row.annulled {
            let mark = self.glyphs.improper;
            self.add(0, &format!("{mark} {}", say!(self.words, "detail-annulled")), Meaning::Bad);
        }
        if row.over_limits {
            self.add(0, &say!(self.words, "detail-over-limits"), Meaning::Bad);
        }
        if row.late {
            let recorded = detail.history.first().map(|entry| labels::full(entry.at)).unwrap_or_default();
            self.add(0, &say!(self.words, "detail-late", recorded = recorded), Meaning::Warn);
        }
        if row.doubtful {
            self.add(0, &say!(self.words, "detail-doubtful"), Meaning::Bad);
        }
        if row.conflict {
            let fields: Vec<String> = detail.conflicts.iter().map(|field| field_label(self.words, field)).collect();
            let fields = fields.join(&say!(self.words, "list-separator"));
            self.add(0, &say!(self.words, "detail-conflict", fields = fields), Meaning::Bad);
        }
    }

    fn stated(&mut self, task: &Task, names: &dyn Names) {
        stated(self.words, task, names).for_each(|(_, said)| self.add(0, &said, Meaning::Text));
    }

    fn found(&mut self, detail: &TaskDetail) {
        let verdict = &detail.judged.verdict;
        self.heading(&say!(self.words, "detail-found", rulebook = labels::rulebook(self.words, &verdict.rulebook)));
        let panel = Panel::of(self.words.rulebook(), verdict, &[], &detail.judged.names(), self.words.lang());
        panel.write(self);
        for person in &detail.judged.people {
            if !person.differs.is_empty() {
                let who = named(person.name.as_deref(), &person.id.0);
                let facts = person.differs.join(&say!(self.words, "list-separator"));
                self.add(0, &say!(self.words, "detail-differs", who = who, facts = facts), Meaning::Warn);
            }
        }
    }

    fn history(&mut self, detail: &TaskDetail, roster: &Roster) {
        self.heading(&say!(self.words, "detail-history", count = detail.history.len()));
        let mut before: Option<&Task> = None;
        for entry in &detail.history {
            self.entry(entry, is_sample(&detail.row));
            if let (Event::Amendment(amendment), Some(before)) = (&entry.event, before) {
                self.beside(&amendment.fields, before, &amendment.task, &(&detail.row, roster));
            }
            self.chain(entry);
            match &entry.event {
                Event::TaskLogged(logged) => before = Some(&logged.task),
                Event::TaskPlanned(planned) => before = Some(&planned.task),
                Event::Amendment(amendment) => before = Some(&amendment.task),
                _ => {}
            }
        }
    }

    /// What a correction changed, field by field, as it was at the left and as it is at the right.
    fn beside(&mut self, fields: &[String], before: &Task, after: &Task, names: &dyn Names) {
        let words = self.words;
        let labels: Vec<String> = fields.iter().map(|field| field_label(words, field)).collect();
        let label = labels.iter().map(|label| text::width(label)).max().unwrap_or(0) + 2;
        let half = self.columns.saturating_sub(label + 5) / 2;
        let mut row = |label_text: &str, left: &str, right: &str, meaning| {
            let (left, right) = (text::wrap(left, half), text::wrap(right, half));
            for at in 0..left.len().max(right.len()) {
                let cell = |lines: &[&str]| text::pad(lines.get(at).copied().unwrap_or_default(), half, "");
                let name = text::pad(if at == 0 { label_text } else { "" }, label, "");
                let bar = if self.glyphs.ascii { "|" } else { self.glyphs.border.vertical_left };
                let line = format!("  {name}{} {bar} {}", cell(&left), cell(&right).trim_end());
                self.lines.push(Line { text: line, meaning });
            }
        };
        row("", &say!(words, "detail-before"), &say!(words, "detail-after"), Meaning::Dim);
        for (field, label) in fields.iter().zip(&labels) {
            let value = |task| match TaskField::named(field).map(|field| words.value(task, field, names)) {
                Some(value) if value.is_empty() => words.terms().unstated(),
                value => value.unwrap_or_default(),
            };
            row(label, &value(before), &value(after), Meaning::Text);
        }
    }

    fn entry(&mut self, entry: &HistoryEntry, sample: bool) {
        let words = self.words;
        let (what, said) = told(words, &entry.event, sample);
        let (at, by) = (labels::full(entry.at), by_name(&entry.by));
        let head = say!(words, "detail-record", at = at, by = by, what = what);
        self.add(0, &format!("{} {head}", self.glyphs.bullet), Meaning::Title);
        if let Some(why) = entry.void {
            let why = words.terms().closed(why);
            self.add(2, &say!(words, "detail-void", why = why), Meaning::Warn);
        }
        if entry.before_joining {
            self.add(2, &say!(words, "detail-before-joining"), Meaning::Dim);
        }
        if entry.first_rules {
            self.add(2, &say!(words, "detail-first-rules"), Meaning::Dim);
        }
        for (said, meaning) in said {
            self.add(2, &said, meaning);
        }
    }

    /// Where the record stands in its chain, and whether the server has it.
    fn chain(&mut self, entry: &HistoryEntry) {
        let words = self.words;
        let receipt = if entry.synced { say!(words, "detail-receipt") } else { say!(words, "detail-no-receipt") };
        let mark = if entry.synced { self.glyphs.check } else { self.glyphs.empty };
        let writer = entry.id.writer.to_string();
        let hash = entry.hash.to_string();
        let chain = say!(words, "detail-chain", writer = short(&writer), seq = entry.id.seq, hash = short(&hash));
        self.add(2, &format!("{chain}  {mark} {receipt}"), Meaning::Dim);
    }
}

/// What a record did, in a word or two, and what it says.
fn told(words: &Words, event: &Event, sample: bool) -> (String, Vec<(String, Meaning)>) {
    let reason = |reason: &str| (say!(words, "detail-reason", reason = reason), Meaning::Text);
    let judged = |verdict: &Verdict| {
        let rulebook = labels::rulebook(words, &verdict.rulebook);
        let word = words.terms().verdict(verdict.verdict);
        vec![(say!(words, "detail-judged", verdict = word, rulebook = rulebook), Meaning::Text)]
    };
    match event {
        Event::TaskPlanned(plan) => (say!(words, "event-planned"), plan.reason.iter().map(|why| reason(why)).collect()),
        Event::TaskLogged(logged) => (say!(words, "event-logged"), judged(&logged.judged.verdict)),
        Event::Amendment(amendment) => (say!(words, "event-amended"), vec![reason(&amendment.reason)]),
        Event::Annulment(annulment) => (say!(words, "event-annulled"), vec![reason(&annulment.reason)]),
        Event::ReviewStep(step) => {
            let mut said = vec![(step.reason.clone(), Meaning::Text)];
            if let Some(person) = &step.against {
                said.push((say!(words, "detail-against", who = person.0.as_str()), Meaning::Text));
            }
            if let Some(measure) = &step.measure {
                said.push((say!(words, "detail-measure", measure = measure.as_str()), Meaning::Text));
            }
            let terms = words.terms();
            (if sample { terms.decision_on_sample(step.decision) } else { terms.decision(step.decision) }, said)
        }
        Event::Statement(statement) => {
            let text = if statement.text.trim().is_empty() {
                say!(words, "detail-waived", who = statement.auxiliary.0.as_str())
            } else {
                say!(words, "detail-statement", who = statement.auxiliary.0.as_str(), text = statement.text.as_str())
            };
            let acknowledged = if statement.acknowledged {
                (say!(words, "detail-acknowledged"), Meaning::Good)
            } else {
                (say!(words, "detail-not-acknowledged"), Meaning::Warn)
            };
            (say!(words, "event-statement"), vec![(text, Meaning::Text), acknowledged])
        }
        Event::Rejudged(rejudged) => (say!(words, "event-rejudged"), judged(&rejudged.verdict)),
        Event::Attachment(file) => {
            let note = file.note.as_deref().unwrap_or_default();
            (say!(words, "event-attachment"), vec![(format!("{} {note}", file.name), Meaning::Text)])
        }
        Event::Masked { .. } | Event::MaskOrdered(_) => (say!(words, "event-masked"), Vec::new()),
        Event::Unknown { .. } => (say!(words, "event-newer"), Vec::new()),
        Event::WriterOpened(_)
        | Event::RosterReplaced(_)
        | Event::ClockAnomaly(_)
        | Event::DataAccessed(_)
        | Event::WriterRetired(_)
        | Event::OfficeOpened(_)
        | Event::KeyCertified(_)
        | Event::StandingSet(_)
        | Event::RosterIssued(_)
        | Event::RulesAdopted(_)
        | Event::HeldReleased(_)
        | Event::SyncNoted(_)
        | Event::EntryMade(_)
        | Event::EntryStepped(_)
        | Event::EntryCorrected(_) => (say!(words, "event-other"), Vec::new()),
    }
}

fn by_name(officer: &NamedOfficer) -> String {
    named(officer.name.as_deref(), &officer.id.0)
}

/// A person's name with their number; the number alone where the name is not known.
pub fn named(name: Option<&str>, id: &str) -> String {
    name.map_or_else(|| id.to_owned(), |name| format!("{name} {id}"))
}

fn short(hex: &str) -> &str {
    text::prefix(hex, 12)
}

/// The label of a task's field, by its name in a record.
fn field_label(words: &Words, field: &str) -> String {
    match TaskField::named(field) {
        Some(field) => words.terms().label(field),
        None if field == auxlog_record::fold::VERDICT => say!(words, "column-verdict"),
        None => field.to_owned(),
    }
}

/// Whether its flag awaits a decision.
pub fn is_open(detail: &TaskDetail) -> bool {
    matches!(detail.row.status, TaskStatus::Open | TaskStatus::Statement) || detail.row.sampled
}

/// Writes what a list's row tells of a task, for a panel beside the list.
pub fn brief(row: &TaskRow, page: &mut Page) {
    let words = page.words;
    let status = words.terms().status(row.status);
    let mark = panel::mark(row.verdict, page.glyphs);
    let head = format!("{mark} {}  {status}", words.terms().verdict(row.verdict));
    page.add(0, &head, panel::meaning(row.verdict));
    for said in stated_in_brief(words, &row.task, row) {
        page.add(0, &said, Meaning::Text);
    }
    page.fact(&say!(words, "detail-logged-by"), &by_name(&row.logged_by));
    let names: Vec<&str> =
        row.auxiliaries.iter().map(|person| person.name.as_deref().unwrap_or(person.id.0.as_str())).collect();
    let verdict = Verdict {
        verdict: row.verdict,
        basis: Vec::new(),
        findings: row.findings.clone(),
        rulebook: String::new(),
        digest: String::new(),
    };
    let panel = Panel::of(words.rulebook(), &verdict, &[], &names, words.lang());
    page.blank();
    panel.write(page);
}
