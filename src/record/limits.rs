//! Limits of what a record's texts and lists hold, for whoever writes one and whoever reads one: a client
//! of somebody's own making keeps none. A record beyond them is kept like any other, and shown as what it
//! is.

use std::borrow::Cow;

use auxlog_law::Verdict;

use crate::{
    Auxiliary, Certificate, Data, Event, Judged, MAX_FIELD, MAX_LIST, MAX_TEXT, Officer, Roster, Task, TaskField,
    Value, is_hidden,
};

/// The most findings of a verdict: more than the rows of any rulebook give for a task within its
/// own limits.
pub const MAX_FINDINGS: usize = 4_000;

/// The most records that one is based on: as many as may be made about a task by people who know nothing of
/// each other.
const MAX_BASED_ON: usize = 4_000;

/// Texts that may have several lines.
const OF_LINES: [&str; 4] = ["text", "reason", "measure", "note"];

/// What no genuine program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Beyond {
    /// A text or a list is too long.
    #[error("{field}: {length} are more than {most}")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Characters or entries.
        length: usize,
        /// The most possible.
        most: usize,
    },
    /// A text holds a mark that acts on a screen, or hides or forges what is read.
    #[error("{field}: it holds a mark that is not seen (a control, direction or zero-width character)")]
    Hidden {
        /// The field.
        field: &'static str,
    },
}

impl Beyond {
    /// The field that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::TooLong { field, .. } | Self::Hidden { field } => field,
        }
    }
}

/// `text`, or its beginning and an ellipsis where it has more than `most` characters.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

type Within = Result<(), Beyond>;

fn text(field: &'static str, said: &str, most: usize) -> Within {
    // Bytes are never fewer than characters, and are known.
    let length = if said.len() <= most { 0 } else { said.chars().count() };
    if length > most {
        return Err(Beyond::TooLong { field, length, most });
    }
    let of_lines = OF_LINES.contains(&field);
    let hidden = |c: char| is_hidden(c) && !(of_lines && matches!(c, '\n' | '\r' | '\t'));
    if said.contains(hidden) { Err(Beyond::Hidden { field }) } else { Ok(()) }
}

fn field(name: &'static str, said: &str) -> Within {
    text(name, said, MAX_FIELD)
}

fn optional(name: &'static str, said: Option<&String>) -> Within {
    said.map_or(Ok(()), |said| field(name, said))
}

fn list(field: &'static str, length: usize, most: usize) -> Within {
    if length > most { Err(Beyond::TooLong { field, length, most }) } else { Ok(()) }
}

fn fields<'a>(name: &'static str, mut said: impl Iterator<Item = &'a String>) -> Within {
    said.try_for_each(|said| field(name, said))
}

impl Event {
    /// Whether every text and list of it is within its limit and every text is seen as it is, whatever wrote
    /// it.
    ///
    /// # Errors
    /// The first that is not.
    pub fn within_limits(&self) -> Result<(), Beyond> {
        list("based_on", self.based_on().len(), MAX_BASED_ON)?;
        match self {
            Self::WriterOpened(opened) => {
                field("officer", &opened.officer.0)?;
                field("officer_name", &opened.officer_name)?;
                text("agency", &opened.agency.0, 255)?;
                field("agency_name", &opened.agency_name)?;
                certificate(opened.certificate.as_ref())
            }
            Self::TaskPlanned(planned) => {
                task(&planned.task)?;
                judged(&planned.judged)?;
                planned.reason.as_ref().map_or(Ok(()), |reason| text("reason", reason, MAX_TEXT))
            }
            Self::TaskLogged(logged) => task(&logged.task).and_then(|()| judged(&logged.judged)),
            Self::Amendment(amendment) => {
                task(&amendment.task)?;
                judged(&amendment.judged)?;
                list("fields", amendment.fields.len(), MAX_LIST)?;
                fields("fields", amendment.fields.iter())?;
                text("reason", &amendment.reason, MAX_TEXT)
            }
            Self::Annulment(annulment) => text("reason", &annulment.reason, MAX_TEXT),
            Self::Attachment(attachment) => {
                field("name", &attachment.name)?;
                field("media_type", &attachment.media_type)?;
                attachment.note.as_ref().map_or(Ok(()), |note| text("note", note, MAX_TEXT))?;
                let preview = attachment.preview.as_ref();
                optional("taken_at", preview.and_then(|preview| preview.taken_at.as_ref()))?;
                optional("camera", preview.and_then(|preview| preview.camera.as_ref()))
            }
            Self::ReviewStep(step) => {
                text("reason", &step.reason, MAX_TEXT)?;
                step.measure.as_ref().map_or(Ok(()), |measure| text("measure", measure, MAX_TEXT))?;
                step.against.as_ref().map_or(Ok(()), |against| field("against", &against.0))
            }
            Self::Statement(statement) => {
                field("auxiliary", &statement.auxiliary.0)?;
                text("text", &statement.text, MAX_TEXT)
            }
            Self::RosterReplaced(replaced) => field("source", &replaced.source).and_then(|()| roster(&replaced.roster)),
            Self::Rejudged(again) => verdict(&again.verdict),
            Self::MaskOrdered(order) => {
                field("order", &order.order)?;
                field("authority", &order.authority)?;
                text("reason", &order.reason, MAX_TEXT)
            }
            Self::DataAccessed(access) => {
                text("subject", &access.subject, MAX_TEXT)?;
                access.by.as_ref().map_or(Ok(()), |by| field("by", &by.0))
            }
            Self::WriterRetired(retired) => text("reason", &retired.reason, MAX_TEXT),
            Self::OfficeOpened(opened) => {
                text("agency", &opened.agency.0, 255)?;
                field("program", &opened.program)
            }
            Self::KeyCertified(certified) => {
                field("officer", &certified.officer.0)?;
                field("name", &certified.name)?;
                field("laptop", &certified.laptop)
            }
            Self::StandingSet(set) => text("reason", &set.reason, MAX_TEXT),
            Self::RosterIssued(issued) => text("source", &issued.source, MAX_TEXT),
            Self::HeldReleased(released) => text("reason", &released.reason, MAX_TEXT),
            Self::EntryMade(made) => {
                made.origin.as_ref().map_or(Ok(()), |origin| field("origin", &origin.file))?;
                entered(&made.data, made.reason.as_ref())
            }
            Self::EntryStepped(stepped) => entered(&stepped.data, stepped.reason.as_ref()),
            Self::EntryCorrected(corrected) => {
                list("cleared", corrected.cleared.len(), MAX_LIST)?;
                entered(&corrected.data, Some(&corrected.reason))
            }
            Self::RulesAdopted(_)
            | Self::SyncNoted(_)
            | Self::ClockAnomaly(_)
            | Self::Masked { .. }
            | Self::Unknown { .. } => Ok(()),
        }
    }
}

/// The most that a list of an entry holds, as the persons whom an agreement covers.
const MAX_ENTRY_LIST: usize = 2_000;

/// What is entered in a register. Which of its texts may have several lines its declaration says; here
/// all may.
fn entered(data: &Data, reason: Option<&String>) -> Within {
    list("data", data.len(), MAX_LIST)?;
    for datum in data.values() {
        list("data", datum.longest(), MAX_ENTRY_LIST)?;
        datum.texts().into_iter().try_for_each(|said| text("text", said, MAX_TEXT))?;
    }
    reason.map_or(Ok(()), |reason| text("reason", reason, MAX_TEXT))
}

fn task(task: &Task) -> Within {
    field("id", &task.id)?;
    for (field, said) in task.texts() {
        text(field.name(), said, field.shape().longest().unwrap_or(MAX_FIELD))?;
    }
    for &field in TaskField::ALL {
        let length = match task.value(field) {
            Value::Codes(codes) => codes.len(),
            Value::Words(words) => words.len(),
            Value::Officers(officers) => officers.len(),
            Value::Auxiliaries(people) => people.len(),
            _ => 0,
        };
        list(field.name(), length, MAX_LIST)?;
    }
    let officers = task.officers.as_deref().unwrap_or_default();
    fields("items", task.items.iter())?;
    fields("officers", officers.iter().map(|officer| &officer.id.0))?;
    fields("auxiliaries", task.auxiliaries.iter().map(|person| &person.id.0))?;
    fields("agency", officers.iter().filter_map(|officer| officer.agency.as_ref()).map(|agency| &agency.0))?;
    fields("agency", task.auxiliaries.iter().filter_map(|person| person.agency.as_ref()).map(|agency| &agency.0))
}

fn judged(judged: &Judged) -> Within {
    verdict(&judged.verdict)?;
    list("people", judged.people.len(), MAX_LIST)?;
    for person in &judged.people {
        field("people", &person.id.0)?;
        optional("people", person.name.as_ref())?;
        list("differs", person.differs.len(), MAX_LIST)?;
        fields("differs", person.differs.iter())?;
    }
    Ok(())
}

fn verdict(verdict: &Verdict) -> Within {
    list("findings", verdict.findings.len(), MAX_FINDINGS)?;
    list("basis", verdict.basis.len(), MAX_FINDINGS)?;
    // The ids of several local layers stand in it.
    text("rulebook", &verdict.rulebook, MAX_TEXT)?;
    field("digest", &verdict.digest)?;
    fields("basis", verdict.basis.iter())?;
    for finding in &verdict.findings {
        field("findings", &finding.rule)?;
        optional("findings", finding.activity.as_ref())?;
        optional("findings", finding.item.as_ref())?;
        for named in [&finding.cites, &finding.consequence, &finding.asks] {
            list("findings", named.len(), MAX_LIST)?;
            fields("findings", named.iter())?;
        }
        list("findings", finding.answers.len(), MAX_LIST)?;
    }
    Ok(())
}

fn certificate(certificate: Option<&Certificate>) -> Within {
    certificate.map_or(Ok(()), |certificate| field("certificate", &certificate.number))
}

/// Whole agencies stand in a roster: only what one entry says has a limit.
fn roster(roster: &Roster) -> Within {
    for agency in roster.agencies.values() {
        field("agencies", &agency.id.0)?;
        field("agencies", &agency.name)?;
    }
    roster.officers.values().try_for_each(Officer::within_limits)?;
    roster.auxiliaries.values().try_for_each(Auxiliary::within_limits)
}

impl Officer {
    /// As [`Event::within_limits`].
    ///
    /// # Errors
    /// The first text or list that is not.
    pub fn within_limits(&self) -> Result<(), Beyond> {
        field("officer", &self.id.0)?;
        field("name", &self.name)?;
        text("agency", &self.agency.0, 255)?;
        optional("unit", self.unit.as_ref())?;
        optional("pinyin", self.pinyin.as_ref())?;
        certificate(self.certificate.as_ref())
    }
}

impl Auxiliary {
    /// As [`Event::within_limits`].
    ///
    /// # Errors
    /// The first text or list that is not.
    pub fn within_limits(&self) -> Result<(), Beyond> {
        field("auxiliary", &self.id.0)?;
        field("name", &self.name)?;
        text("agency", &self.agency.0, 255)?;
        optional("unit", self.unit.as_ref())?;
        optional("pinyin", self.pinyin.as_ref())?;
        optional("dispatched_by", self.dispatched_by.as_ref())?;
        certificate(self.certificate.as_ref())?;
        list("qualifications", self.qualifications.len(), MAX_LIST)?;
        fields("qualifications", self.qualifications.iter())?;
        list("recusals", self.recusals.len(), MAX_LIST)?;
        fields("recusals", self.recusals.iter().map(|recusal| &recusal.counterpart))?;
        fields("recusals", self.recusals.iter().filter_map(|recusal| recusal.relation.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use auxlog_law::{Finding, Severity};

    use super::*;
    use crate::{RecordId, StatedAuxiliary, TaskLogged};

    fn given(findings: Vec<Finding>) -> Verdict {
        let (rulebook, digest) = ("haian-2022-7".into(), "sha256:0".into());
        Verdict { verdict: Severity::Permitted, basis: vec![], findings, rulebook, digest }
    }

    fn logged(task: Task) -> Event {
        let verdict = given(Vec::new());
        Event::TaskLogged(TaskLogged {
            task,
            judged: Judged { verdict, roster_version: 0, people: vec![], given: None },
            plan: None,
        })
    }

    fn over(event: &Event) -> Option<(&'static str, usize)> {
        event.within_limits().err().map(|beyond| match beyond {
            Beyond::TooLong { field, length, .. } => (field, length),
            Beyond::Hidden { field } => (field, 0),
        })
    }

    #[test]
    fn what_a_writer_may_state_is_within_the_limits() {
        let task = Task {
            id: "长".repeat(MAX_FIELD),
            text: Some("长".repeat(MAX_TEXT)),
            items: vec!["16.2".into(); MAX_LIST],
            ..Task::default()
        };
        assert_eq!(over(&logged(task)), None);
    }

    #[test]
    fn hostile_shapes_are_named_by_their_field() {
        let person = |n: usize| StatedAuxiliary { id: n.to_string().as_str().into(), ..StatedAuxiliary::default() };
        for (task, expected) in [
            (Task { id: "x".repeat(70_000), ..Task::default() }, ("id", 70_000)),
            (Task { text: Some("长".repeat(70_000)), ..Task::default() }, ("text", 70_000)),
            (Task { place: Some("x".repeat(401)), ..Task::default() }, ("place", 401)),
            (Task { auxiliaries: (0..10_000).map(person).collect(), ..Task::default() }, ("auxiliaries", 10_000)),
            (Task { items: vec!["16.2".into(); 10_000], ..Task::default() }, ("items", 10_000)),
        ] {
            assert_eq!(over(&logged(task)), Some(expected));
        }
        let finding = Finding {
            rule: "invented.rule".into(),
            severity: Severity::Improper,
            activity: None,
            item: None,
            person: None,
            answers: vec![],
            cites: vec![],
            consequence: vec![],
            asks: vec![],
        };
        let verdict = given(vec![finding; 20_000]);
        let again = Event::Rejudged(crate::Rejudged { target: RecordId::default(), verdict, based_on: vec![] });
        assert_eq!(over(&again), Some(("findings", 20_000)));
        let reason = "x".repeat(MAX_TEXT + 1);
        let annulled = crate::Annulment { target: RecordId::default(), reason, based_on: vec![] };
        assert_eq!(over(&Event::Annulment(annulled)), Some(("reason", MAX_TEXT + 1)));
    }

    #[test]
    fn a_mark_that_is_not_seen_is_named_wherever_it_stands() {
        let hidden = "赵\u{202e}敏";
        let annulled = |reason: &str| {
            Event::Annulment(crate::Annulment {
                target: RecordId::default(),
                reason: reason.to_owned(),
                based_on: vec![],
            })
        };
        assert_eq!(over(&annulled(hidden)), Some(("reason", 0)));
        assert_eq!(over(&annulled("第一行\n第二行")), None, "a reason may have lines");
        let named = |name: &str| Task { place: Some(name.to_owned()), ..Task::default() };
        assert_eq!(over(&logged(named(hidden))), Some(("place", 0)));
        assert_eq!(over(&logged(named("a\nb"))), Some(("place", 0)), "a place may not");
        assert_eq!(over(&logged(Task { items: vec!["16.2\u{200b}".into()], ..Task::default() })), Some(("items", 0)));
        let person = Auxiliary { name: hidden.into(), ..Auxiliary::default() };
        assert_eq!(person.within_limits(), Err(Beyond::Hidden { field: "name" }));
        let officer = Officer { pinyin: Some("x".repeat(401)), ..Officer::default() };
        assert_eq!(officer.within_limits(), Err(Beyond::TooLong { field: "pinyin", length: 401, most: 400 }));
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("现场核查", 4), "现场核查");
        assert_eq!(cut("现场核查", 2), "现场…");
    }
}
