//! People, tasks and events; the signed envelope; folding events into state.
//!
//! Knows no disk, network or screen.

mod authority;
mod chain;
mod clock;
mod consequence;
pub mod crypto;
mod entered;
mod envelope;
mod event;
pub mod evidence;
pub mod facts;
mod field;
pub mod fold;
mod ids;
pub mod kind;
mod limits;
mod logical_clock;
pub mod office;
mod plain;
pub mod review;
mod role;
mod roster;
pub mod sealed;
mod succession;
mod task;
#[cfg(test)]
mod test_kit;
mod time;
mod validate;
mod validity;
mod visible;
mod word;

pub use authority::{Authority, Former, Grant, Vouched};
pub use chain::{Chain, ChainError, Link};
pub use clock::{Clock, SystemClock};
pub use consequence::{begins_history, is_maskable, is_office};
pub use crypto::{PublicKey, Signer, SigningKey};
pub use entered::{Data, Datum, EntryCorrected, EntryMade, EntryStepped, Origin};
pub use envelope::{Envelope, EnvelopeError, MAX_BODY, Record, Tip};

pub use event::{
    Access, Amendment, Annulment, Attachment, ClockAnomaly, DataAccessed, Decision, Event, Judged, JudgedPerson,
    MaskOrdered, Preview, Rejudged, ReviewStep, RosterReplaced, Statement, TaskLogged, TaskPlanned, WriterOpened,
    WriterRetired,
};
pub use field::{Shape, TaskField, Value};
pub use ids::{AgencyId, AuxiliaryId, Hash, OfficerId, RecordId, WriterId};
pub use kind::EventError;
pub use limits::{Beyond, MAX_FINDINGS, cut};
pub use logical_clock::{Hlc, JUMP_TOLERANCE_MS, Jump, LogicalClock, MERGE_GUARD_MS, Reading, Stamp, jump};
pub use office::{Asked, HeldReleased, KeyCertified, OfficeOpened, RosterIssued, RulesAdopted, StandingSet, SyncNoted};
pub use plain::{narrow, plain};
pub use role::{Role, Standing};
pub use roster::{Agency, Auxiliary, Certificate, Officer, RecusalEntry, Roster};
pub use succession::Succession;
pub use task::{StatedAuxiliary, StatedOfficer, Task};
pub use time::{Date, Moment, china};
pub use validate::{CLOCK_TOLERANCE_MS, MAX_FIELD, MAX_LIST, MAX_TEXT, TaskProblem};
pub use validity::{DUE_DAYS, Validity};
pub use visible::{is_hidden, visible, visible_line};
pub use word::{Disposition, Word};
