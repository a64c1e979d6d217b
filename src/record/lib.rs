//! People, tasks and events; the signed envelope; folding events into state.
//!
//! Knows no disk, network or screen.

mod chain;
mod clock;
pub mod crypto;
mod envelope;
mod event;
pub mod evidence;
pub mod facts;
pub mod fold;
mod ids;
mod kind;
pub mod review;
mod roster;
mod succession;
mod task;
#[cfg(test)]
mod test_kit;
mod time;
mod validate;
mod visible;

pub use chain::{Chain, ChainError, Link};
pub use clock::{Clock, Hlc, JUMP_TOLERANCE_MS, Jump, MERGE_GUARD_MS, Reading, Stamp, jump};
pub use crypto::{PublicKey, Signer, SigningKey};
pub use envelope::{Envelope, EnvelopeError, MAX_BODY, Record, Tip};

pub use event::{
    Access, Amendment, Annulment, Attachment, ClockAnomaly, DataAccessed, Decision, Event, Judged, JudgedPerson,
    MaskOrdered, Preview, Rejudged, ReviewStep, RosterReplaced, Statement, TaskLogged, TaskPlanned, WriterOpened,
    WriterRetired,
};
pub use ids::{AgencyId, AuxiliaryId, Hash, OfficerId, RecordId, WriterId};
pub use kind::EventError;
pub use roster::{Agency, Auxiliary, Certificate, Officer, RecusalEntry, Roster};
pub use succession::Succession;
pub use task::{StatedAuxiliary, StatedOfficer, Task, TaskField};
pub use time::{Date, Moment, china};
pub use validate::{MAX_FIELD, MAX_LIST, MAX_TEXT, TaskProblem};
pub use visible::{disarmed, is_hidden, visible, visible_line};
