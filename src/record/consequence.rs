//! What follows from an event, said once: which task it is about, what its author had seen, which
//! verdict it carries. The fold, evidence, masking, history and the server read it from here.

use auxlog_law::Verdict;

use crate::kind::number;
use crate::{
    Asked, Event, Hash, HeldReleased, Judged, KeyCertified, RecordId, RosterIssued, Standing, StandingSet, Task,
    WriterId,
};

impl Event {
    /// The record that it is about, where it is about another one: a task, a plan, an entry, a record to
    /// be masked.
    pub fn target(&self) -> Option<RecordId> {
        match self {
            Self::Amendment(e) => Some(e.target),
            Self::Annulment(e) => Some(e.target),
            Self::Attachment(e) => Some(e.target),
            Self::ReviewStep(e) => Some(e.target),
            Self::Statement(e) => Some(e.target),
            Self::Rejudged(e) => Some(e.target),
            Self::MaskOrdered(e) => Some(e.target),
            Self::TaskLogged(e) => e.plan,
            Self::EntryStepped(e) => Some(e.target),
            Self::EntryCorrected(e) => Some(e.target),
            Self::WriterOpened(_)
            | Self::EntryMade(_)
            | Self::TaskPlanned(_)
            | Self::RosterReplaced(_)
            | Self::ClockAnomaly(_)
            | Self::DataAccessed(_)
            | Self::WriterRetired(_)
            | Self::OfficeOpened(_)
            | Self::KeyCertified(_)
            | Self::StandingSet(_)
            | Self::RosterIssued(_)
            | Self::RulesAdopted(_)
            | Self::HeldReleased(_)
            | Self::SyncNoted(_)
            | Self::Masked { .. }
            | Self::Unknown { .. } => None,
        }
    }

    /// Whether it stands in the history of what it is about: an order to mask does not.
    pub fn is_history(&self) -> bool {
        !matches!(self, Self::MaskOrdered(_)) && (self.begins_history() || self.target().is_some())
    }

    /// Whether it begins a history: a task, a plan of one, or an entry of a register.
    pub fn begins_history(&self) -> bool {
        begins_history(self.kind())
    }

    /// The newest records about its target that its author had seen, as they named them.
    pub fn based_on(&self) -> &[Hash] {
        match self {
            Self::Amendment(e) => &e.based_on,
            Self::Annulment(e) => &e.based_on,
            Self::ReviewStep(e) => &e.based_on,
            Self::Statement(e) => &e.based_on,
            Self::Rejudged(e) => &e.based_on,
            Self::EntryStepped(e) => &e.based_on,
            Self::EntryCorrected(e) => &e.based_on,
            _ => &[],
        }
    }

    /// The administrator's own act that the office carried out with it, and who the event says that it was.
    pub fn asked(&self) -> Option<(&Asked, Option<WriterId>)> {
        let (asked, by) = match self {
            Self::KeyCertified(e) => (&e.asked, e.by),
            Self::StandingSet(e) => (&e.asked, e.by),
            Self::RosterIssued(e) => (&e.asked, e.by),
            Self::HeldReleased(e) => (&e.asked, e.by),
            _ => return None,
        };
        asked.as_ref().map(|asked| (asked, by))
    }

    /// The same as the office's own word.
    #[must_use]
    pub fn as_the_offices(mut self) -> Self {
        if let Self::KeyCertified(KeyCertified { by, asked, .. })
        | Self::StandingSet(StandingSet { by, asked, .. })
        | Self::RosterIssued(RosterIssued { by, asked, .. })
        | Self::HeldReleased(HeldReleased { by, asked, .. }) = &mut self
        {
            (*by, *asked) = (None, None);
        }
        self
    }

    /// Whether an administrator's act says what the event does, and their laptop signed it; of an event
    /// without one there is nothing to ask.
    pub fn is_as_asked(&self) -> bool {
        let Some((asked, by)) = self.asked() else { return true };
        let act = |writer: WriterId, act: &str| format!("/v1/devices/{writer}/{act}");
        let paths = match self {
            Self::KeyCertified(e) => vec![act(WriterId::of(&e.key), "approve")],
            Self::StandingSet(e) if e.standing == Standing::Active => vec![act(e.writer, "approve")],
            Self::StandingSet(e) => vec![act(e.writer, "revoke")],
            Self::HeldReleased(e) => vec![act(e.writer, "release"), act(e.writer, "approve")],
            _ => vec!["/v1/roster/edits".to_owned()],
        };
        by == Some(asked.by()) && asked.is_for(&paths)
    }

    /// The task that it states or corrects, with what was judged.
    pub fn judged(&self) -> Option<(&Task, &Judged)> {
        match self {
            Self::TaskLogged(e) => Some((&e.task, &e.judged)),
            Self::TaskPlanned(e) => Some((&e.task, &e.judged)),
            Self::Amendment(e) => Some((&e.task, &e.judged)),
            _ => None,
        }
    }

    /// The verdict that it carries.
    pub fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Rejudged(e) => Some(&e.verdict),
            other => other.judged().map(|(_, judged)| &judged.verdict),
        }
    }
}

/// Whether records of this kind begin a history, a task's or an entry's.
pub fn begins_history(kind: u16) -> bool {
    matches!(kind, number::TASK_PLANNED | number::TASK_LOGGED | number::ENTRY_MADE)
}

/// Whether a body of this kind may be masked by order. Whose key it is must stay readable, or nothing
/// that its writer signed can be checked; rosters, the office's records and orders judge others.
pub fn is_maskable(kind: u16) -> bool {
    !matches!(kind, number::WRITER_OPENED | number::ROSTER_REPLACED | number::MASK_ORDERED) && !is_office(kind)
}

/// Whether records of this kind are the office's alone to write.
pub fn is_office(kind: u16) -> bool {
    matches!(
        kind,
        number::OFFICE_OPENED
            | number::KEY_CERTIFIED
            | number::STANDING_SET
            | number::ROSTER_ISSUED
            | number::RULES_ADOPTED
            | number::HELD_RELEASED
    )
}
