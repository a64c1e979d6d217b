//! Who is listed, and how that looks.

use auxlog_law::{Finding, Severity, Status};
use auxlog_record::facts::against;
use auxlog_record::{AuxiliaryId, Validity};
use auxlog_store::{PersonDetail, PersonRow};

use crate::effect::Ask;
use crate::labels;
use crate::shared::Shared;
use crate::task::panel::{mark, meaning};
use crate::task::rows;
use crate::theme::Meaning;
use crate::widgets::register::Book;
use crate::widgets::{Cell, Column, Field, LongList, Page};
use crate::words::{Words, say};

/// Found at most.
pub(super) const LIMIT: usize = 500;

/// The auxiliaries that are found.
#[derive(Debug, Default)]
pub(super) struct People {
    /// What is searched for.
    pub(super) search: Field,
    /// The duty for which somebody is looked for.
    pub(super) duty: Option<String>,
}

impl People {
    /// The duty for which somebody is looked for.
    pub(super) fn duty(&self) -> Option<&str> {
        self.duty.as_deref()
    }

    /// Everybody found, judged for the duty looked for; with a duty, those who may be sent first.
    pub(super) fn fitted(&self, rows: &[PersonRow], shared: &Shared) -> Vec<(PersonRow, Vec<Finding>)> {
        let fitted = |row: &PersonRow| Some((row.clone(), judged(self.duty(), row, shared)?));
        let mut rows: Vec<_> = rows.iter().filter_map(fitted).collect();
        if self.duty.is_some() {
            rows.sort_by_key(|(_, against)| gravest(against));
        }
        rows
    }
}

/// What stands against sending somebody for a duty; `None` while nobody is unlocked.
pub(super) fn judged(duty: Option<&str>, row: &PersonRow, shared: &Shared) -> Option<Vec<Finding>> {
    let agency = &shared.session.as_ref()?.identity.agency;
    Some(against(shared.words.rulebook(), &row.person, agency, duty, shared.now.china_date()))
}

fn gravest(against: &[Finding]) -> Severity {
    against.first().map_or(Severity::Permitted, |finding| finding.severity)
}

impl Book for People {
    type Row = (PersonRow, Vec<Finding>);
    type Id = AuxiliaryId;
    type Detail = PersonDetail;
    /// A duty, to look for whom to send.
    type Wish = String;

    fn id(&self, (row, _): &Self::Row) -> AuxiliaryId {
        row.person.id.clone()
    }

    fn ask_list(&self, _offset: usize, _shared: &Shared) -> Ask {
        Ask::People { query: self.search.text().to_owned(), limit: LIMIT }
    }

    fn ask(&self, id: &AuxiliaryId) -> Ask {
        Ask::Person(id.clone())
    }

    fn columns(&self, _rows: &LongList<Self::Row>, shared: &Shared, _width: u16) -> Vec<Column> {
        let words = &shared.words;
        vec![
            Column::fixed(say!(words, "column-name"), 10),
            Column::fixed(say!(words, "column-number"), 8),
            Column::fixed(say!(words, "column-agency"), 14),
            Column::fixed(say!(words, "column-certificate"), 18),
            Column::rest(say!(words, "column-sendable"), 10),
        ]
    }

    fn cells(&self, (row, against): &Self::Row, shared: &Shared, _width: u16) -> Vec<Cell> {
        let words = &shared.words;
        let person = &row.person;
        let state = Validity::on(person.certificate.as_ref(), shared.now.china_date());
        let agency = person.unit.clone().unwrap_or_else(|| row.agency_name.clone());
        let sendable = format!("{} {}", mark(gravest(against), &shared.glyphs), sendable(words, against));
        vec![
            Cell::new(person.name.clone(), Meaning::Text),
            Cell::new(person.id.0.clone(), Meaning::Dim),
            Cell::new(agency, Meaning::Dim),
            Cell::new(labels::certificate(words, state), labels::certificate_meaning(state)),
            Cell::new(sendable, meaning(gravest(against))),
        ]
    }

    fn brief(&self, (row, against): &Self::Row, page: &mut Page) -> String {
        person(page, row);
        fit_for(page, against, self.duty());
        row.person.name.clone()
    }

    fn write(&self, detail: &PersonDetail, page: &mut Page) {
        person(page, &detail.row);
        if let Some(against) = judged(self.duty(), &detail.row, page.shared) {
            fit_for(page, &against, self.duty());
        }
        done(page, detail);
        statements(page, detail);
        tasks(page, detail);
    }
}

/// Whether they may be sent; if not, the first thing that stands against it.
fn sendable(words: &Words, against: &[Finding]) -> String {
    match against.first() {
        None => say!(words, "staff-sendable"),
        Some(finding) => words.terms().against(&finding.rule),
    }
}

fn person(page: &mut Page, row: &PersonRow) {
    let (shared, words) = (page.shared, page.words);
    let person = &row.person;
    let today = shared.now.china_date();
    page.add(0, &format!("{} {}", person.name, person.id), Meaning::Title);
    let standing = words.terms().standing(row.status);
    let look = if row.status == Status::Active { Meaning::Good } else { Meaning::Bad };
    page.fact_as(&say!(words, "staff-status"), &standing, look);
    let unit = person.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    page.fact(&words.terms().label(auxlog_record::TaskField::Agency), &format!("{}{unit}", row.agency_name));
    let state = Validity::on(person.certificate.as_ref(), today);
    let number = person.certificate.as_ref().map(|c| format!("{} ", c.number)).unwrap_or_default();
    let certificate = format!("{number}{}", labels::certificate(words, state));
    page.fact_as(&say!(words, "staff-certificate"), &certificate, labels::certificate_meaning(state));
    for (label, outcome, on) in [
        (say!(words, "staff-training"), person.training, person.trained_on),
        (say!(words, "staff-assessment"), person.assessment, person.assessed_on),
    ] {
        let on = on.map(|on| format!(" {}", labels::date(words, on))).unwrap_or_default();
        page.fact(&label, &format!("{}{on}", words.terms().outcome(outcome)));
    }
    let born = person.born.map(|born| labels::date(words, born)).unwrap_or_default();
    page.fact(&say!(words, "staff-born"), &born);
    let separator = say!(words, "list-separator");
    page.fact(&say!(words, "staff-qualifications"), &person.qualifications.join(&separator));
    page.fact(&say!(words, "staff-company"), person.dispatched_by.as_deref().unwrap_or_default());
    for recusal in &person.recusals {
        let relation = recusal.relation.as_deref().unwrap_or_default();
        let counterpart = recusal.counterpart.as_str();
        let said = if recusal.decided {
            say!(words, "staff-recusal-decided", counterpart = counterpart, relation = relation)
        } else {
            say!(words, "staff-recusal-known", counterpart = counterpart, relation = relation)
        };
        page.add(0, &said, Meaning::Warn);
    }
}

fn fit_for(page: &mut Page, against: &[Finding], duty: Option<&str>) {
    let words = page.words;
    page.heading(&match duty {
        Some(code) => say!(words, "staff-for-duty", duty = labels::activity(words, code)),
        None => say!(words, "staff-fitness"),
    });
    if against.is_empty() {
        let said = format!("{} {}", mark(Severity::Permitted, page.glyphs), say!(words, "staff-sendable-long"));
        page.add(0, &said, Meaning::Good);
    }
    let (rulebook, lang) = (words.rulebook(), words.lang());
    for finding in against {
        let explained = rulebook.explain(finding, lang);
        let said = format!("{} {}", mark(finding.severity, page.glyphs), explained.message);
        page.add(0, &said, meaning(finding.severity));
        for (cite, verbatim) in &explained.verbatim {
            page.add(0, &format!("  {}　{verbatim}", rulebook.cite_label(cite, lang)), Meaning::Accent);
        }
    }
}

fn done(page: &mut Page, detail: &PersonDetail) {
    let words = page.words;
    let count = &detail.count;
    page.heading(&say!(words, "staff-duties"));
    let said = say!(
        words,
        "staff-counts",
        tasks = count.tasks,
        permitted = count.permitted,
        review = count.needs_review,
        improper = count.improper,
        open = detail.open_flags
    );
    page.add(0, &said, Meaning::Text);
    for (code, times) in &detail.items {
        let duty = labels::activity(words, code);
        let times = *times;
        let said = say!(words, "staff-item", item = duty, times = times);
        page.add(0, &format!("{} {said}", page.glyphs.bullet), Meaning::Text);
    }
}

fn statements(page: &mut Page, detail: &PersonDetail) {
    if detail.statements.is_empty() {
        return;
    }
    let words = page.words;
    page.heading(&say!(words, "staff-statements"));
    for row in &detail.statements {
        let at = labels::full(row.statement.given_at);
        page.add(0, &format!("{} {at}  {}", page.glyphs.bullet, row.reference), Meaning::Dim);
        let text = row.statement.text.trim();
        let said = if text.is_empty() { say!(words, "staff-waived") } else { text.to_owned() };
        page.add(0, &said, Meaning::Text);
    }
}

fn tasks(page: &mut Page, detail: &PersonDetail) {
    let words = page.words;
    page.heading(&say!(words, "staff-tasks"));
    if detail.tasks.is_empty() {
        page.add(0, &say!(words, "tasks-none"), Meaning::Dim);
    }
    let today = page.shared.now.china_date();
    for row in &detail.tasks {
        let verdict = mark(row.verdict, page.glyphs);
        let when = labels::when(row.at, today);
        let said = format!("{verdict} {when}  {}", rows::gist(row, words));
        let look = if row.verdict == Severity::Permitted { Meaning::Text } else { meaning(row.verdict) };
        page.cut(&said, look);
    }
}
