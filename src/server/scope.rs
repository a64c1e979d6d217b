//! Who may do what: the only place where an [`AgencyScope`] is made.
//!
//! Every query about an agency's rows takes a scope. Whoever holds one was let in here, for that
//! agency and that action, or sits at the server's own machine.

use std::sync::Arc;

use auxlog_record::review::may_record;
use auxlog_record::{AgencyId, Asked, OfficerId};
use auxlog_sync::Refusal;
use auxlog_sync::enrol::Role;
use auxlog_sync::message::Standing;

use crate::store::DeviceRow;

/// An agency that someone was let into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyScope {
    agency: AgencyId,
    actor: String,
    own: bool,
    officer: Option<OfficerId>,
    /// What the actor signed, where it changes what the office says.
    asked: Option<Arc<Asked>>,
}

impl AgencyScope {
    /// The agency.
    pub fn agency(&self) -> &AgencyId {
        &self.agency
    }

    /// Who acts, for the audit log: a device's number, or `local`.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Whether it is the actor's own agency.
    pub(crate) fn is_own(&self) -> bool {
        self.own
    }

    /// The officer who acts; `None` at the server's own machine. Nobody lifts anything of a device of
    /// their own.
    pub fn officer(&self) -> Option<&OfficerId> {
        self.officer.as_ref()
    }

    /// What the actor's laptop signed.
    pub(crate) fn asked(&self) -> Option<&Asked> {
        self.asked.as_deref()
    }

    /// Keeps what the actor's laptop signed.
    pub(crate) fn with_act(self, asked: Asked) -> Self {
        Self { asked: Some(Arc::new(asked)), ..self }
    }

    /// The scope of whoever can run commands on the server's own machine.
    pub(crate) fn local(agency: &AgencyId) -> Self {
        Self { agency: agency.clone(), actor: "local".to_owned(), own: true, officer: None, asked: None }
    }

    /// The scope of a device that enrols with a valid code; it can do nothing else with it.
    pub(crate) fn enrolling(agency: &AgencyId, actor: &str) -> Self {
        Self { agency: agency.clone(), actor: actor.to_owned(), own: true, officer: None, asked: None }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Push records, pull the agency's.
    Sync,
    /// Bring what the office said to a server that came back from a backup.
    Bring,
    /// Deliver attachments that records announced.
    Deliver,
    /// Read the log without taking part.
    ReadLog,
    /// Look at attachments.
    ReadBlobs,
    /// Read checkpoints and proofs.
    ReadProofs,
    /// Read the roster.
    ReadRoster,
    /// Read the registers.
    ReadRegisters,
    /// Read the audit log, incidents and devices.
    ReadAudit,
    /// Release what is held.
    Release,
    /// Order that a record's body be masked.
    Mask,
    /// Approve and revoke devices.
    Administer,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Sync,
        Self::Bring,
        Self::Deliver,
        Self::ReadLog,
        Self::ReadBlobs,
        Self::ReadProofs,
        Self::ReadRoster,
        Self::ReadRegisters,
        Self::ReadAudit,
        Self::Release,
        Self::Mask,
        Self::Administer,
    ];
}

/// Whether a role may do something in its own agency (`own`) or in another.
pub fn allowed(role: Role, action: Action, own: bool) -> bool {
    use Action::{
        Administer, Bring, Deliver, Mask, ReadAudit, ReadBlobs, ReadLog, ReadProofs, ReadRegisters, ReadRoster,
        Release, Sync,
    };
    // They keep their own agency's registers at a desk.
    if role == Role::Clerk {
        return own && matches!(action, Sync | Bring | Deliver | ReadBlobs | ReadProofs | ReadRegisters | ReadRoster);
    }
    if !own {
        // 司法局 reads all agencies, and changes nothing in any.
        return role == Role::Legal
            && matches!(action, ReadLog | ReadBlobs | ReadProofs | ReadRoster | ReadRegisters | ReadAudit);
    }
    match action {
        // Auditor and legal bureau write nothing that something could be attached to.
        Deliver => may_record(role),
        Sync | Bring | ReadLog | ReadBlobs | ReadProofs | ReadRoster | ReadRegisters => true,
        ReadAudit => matches!(role, Role::Legal | Role::Auditor | Role::Admin | Role::Supervisor),
        Release | Mask => matches!(role, Role::Supervisor | Role::Admin),
        Administer => role == Role::Admin,
    }
}

/// A device whose signature over its request was verified.
#[derive(Debug, Clone)]
pub struct Principal {
    device: DeviceRow,
}

impl Principal {
    /// Made by authentication alone.
    pub(crate) fn authenticated(device: DeviceRow) -> Self {
        Self { device }
    }

    /// The device.
    pub fn device(&self) -> &DeviceRow {
        &self.device
    }

    /// Lets the device into an agency for an action.
    ///
    /// # Errors
    /// What it is refused for. A frozen or revoked device still brings its records, which are held, not
    /// lost; it does and reads nothing else, and delivers no attachments.
    pub fn scope(&self, agency: &AgencyId, action: Action) -> Result<AgencyScope, Refusal> {
        match self.device.standing {
            Standing::Pending => return Err(Refusal::AwaitsApproval),
            Standing::Revoked if action != Action::Sync => return Err(Refusal::Revoked),
            Standing::Frozen if action != Action::Sync => return Err(Refusal::Frozen),
            Standing::Active | Standing::Frozen | Standing::Revoked => {}
        }
        let own = *agency == self.device.agency;
        if allowed(self.device.role, action, own) {
            let (actor, officer) = (self.device.writer.to_string(), Some(self.device.officer.clone()));
            Ok(AgencyScope { agency: agency.clone(), actor, own, officer, asked: None })
        } else {
            Err(Refusal::Forbidden)
        }
    }
}
