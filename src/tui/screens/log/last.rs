//! What the officer's last task had: proposed in the next (沿用).

use auxlog_law::{Mode, Presence};
use auxlog_record::{OfficerId, Task};
use auxlog_store::TaskRow;

use super::content::Pick;

/// What the officer's last task had, to be proposed in the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastUsed {
    /// How the auxiliaries worked.
    pub mode: Option<Mode>,
    /// Where the supervising officer was.
    pub presence: Option<Presence>,
    /// Who supervised.
    pub officers: Vec<Pick<OfficerId>>,
    /// Where.
    pub place: Option<String>,
}

impl LastUsed {
    /// What the task had that a list's row shows.
    pub fn of_row(row: &TaskRow) -> Self {
        Self::of(&row.task, |id| row.officers.iter().flatten().find(|officer| officer.id == *id)?.name.clone())
    }

    /// What `task` had; `name` finds an officer's name. How it was supervised is proposed again only
    /// where it was: nobody is invited to work alone.
    pub fn of(task: &Task, name: impl Fn(&OfficerId) -> Option<String>) -> Self {
        let supervised = (task.mode, task.presence) == (Mode::Assisted, Presence::OnScene);
        Self {
            mode: supervised.then_some(task.mode),
            presence: supervised.then_some(task.presence),
            officers: task
                .officers
                .iter()
                .flatten()
                .map(|o| Pick { id: o.id.clone(), name: name(&o.id).unwrap_or_else(|| o.id.0.clone()) })
                .collect(),
            place: task.place.clone(),
        }
    }
}
