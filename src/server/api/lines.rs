//! What JSON answers are made of. The `OpenAPI` document takes their schemas from here.

use std::collections::BTreeMap;

use auxlog_record::PublicKey;
use auxlog_sync::message::Standing;
use schemars::JsonSchema;
use serde::Serialize;

use crate::roster::{FieldChange, PersonKind};
use crate::store::{Attention, AuditEntry, Blob, ChangeRow, DeviceRow, Incident};

/// An entry of the audit log.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AuditLine {
    at_ms: u64,
    actor: String,
    act: String,
    subject: String,
    detail: String,
}

impl From<AuditEntry> for AuditLine {
    fn from(AuditEntry { at_ms, actor, act, subject, detail }: AuditEntry) -> Self {
        Self { at_ms, actor, act, subject, detail }
    }
}

/// Something that went wrong in a log.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IncidentLine {
    at_ms: u64,
    kind: String,
    writer: String,
    seq: u64,
    detail: String,
}

impl From<Incident> for IncidentLine {
    fn from(Incident { at_ms, kind, writer, seq, detail }: Incident) -> Self {
        Self { at_ms, kind, writer: writer.to_string(), seq, detail }
    }
}

/// A record that awaits somebody.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AttentionLine {
    at_ms: u64,
    writer: String,
    seq: u64,
    officer: String,
    what: String,
    detail: String,
}

impl From<Attention> for AttentionLine {
    fn from(Attention { at_ms, writer, seq, officer, what, detail }: Attention) -> Self {
        Self { at_ms, writer: writer.to_string(), seq, officer, what: what.to_owned(), detail }
    }
}

/// A device's standing.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum StandingName {
    Pending,
    Active,
    Frozen,
    Revoked,
}

impl From<Standing> for StandingName {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Pending => Self::Pending,
            Standing::Active => Self::Active,
            Standing::Frozen => Self::Frozen,
            Standing::Revoked => Self::Revoked,
        }
    }
}

/// A device: one officer's key on one laptop.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeviceLine {
    device: String,
    agency: String,
    officer: String,
    officer_name: String,
    laptop: String,
    role: String,
    standing: StandingName,
    reason: String,
    acked: u64,
    /// The six digits that the laptop's own screen shows too; none while the laptop has not shown its
    /// nonce.
    pub digits: Option<String>,
    enrolled_ms: u64,
    changed_ms: u64,
}

impl DeviceLine {
    /// A device as lists show it.
    pub fn new(device: DeviceRow, server_key: &PublicKey) -> Self {
        let digits = device.digits(server_key);
        Self {
            device: device.writer.to_string(),
            agency: device.agency.0,
            officer: device.officer.0,
            officer_name: device.officer_name,
            laptop: device.laptop,
            role: device.role.name().to_owned(),
            standing: device.standing.into(),
            reason: device.reason,
            acked: device.acked_seq,
            digits,
            enrolled_ms: device.enrolled_ms,
            changed_ms: device.changed_ms,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeviceDone {
    pub(crate) device: String,
    /// Records that came into the log by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) released: Option<u64>,
}

/// How far an attachment has come.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BlobLine {
    offset: u64,
    length: u64,
    whole: bool,
}

impl From<Blob> for BlobLine {
    fn from(blob: Blob) -> Self {
        Self { offset: blob.received, length: blob.length, whole: blob.whole }
    }
}

/// A new version of the roster.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RosterDone {
    pub(crate) version: u64,
}

/// What a version of the roster changed of one person: before and after of each field.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ChangeLine {
    version: u64,
    at_ms: u64,
    actor: String,
    source: String,
    kind: PersonKind,
    id: String,
    fields: BTreeMap<String, FieldChange>,
}

impl From<ChangeRow> for ChangeLine {
    fn from(ChangeRow { version, at_ms, actor, source, change }: ChangeRow) -> Self {
        Self { version, at_ms, actor, source, kind: change.kind, id: change.id, fields: change.fields }
    }
}

/// What a server can do.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Caps {
    pub(crate) server: &'static str,
    pub(crate) server_id: String,
    pub(crate) server_key: String,
    pub(crate) protocol: Versions,
    pub(crate) capabilities: Vec<&'static str>,
    pub(crate) limits: Bounds,
}

/// Versions of the protocol that a server answers.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Versions {
    pub(crate) min: u16,
    pub(crate) max: u16,
}

/// What a server takes at most.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Bounds {
    pub(crate) page: u32,
    pub(crate) packed_bytes: usize,
    pub(crate) unpacked_bytes: usize,
    pub(crate) blob_bytes: u64,
    pub(crate) piece_bytes: usize,
}

/// A register of an agency.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RegisterLine {
    /// Its name in addresses.
    pub(crate) register: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) entries: u64,
}

/// An entry as every program is given it; its fields are those of its register.
#[derive(Debug, Serialize)]
pub(crate) struct EntryLine(pub(crate) serde_json::Value);

impl JsonSchema for EntryLine {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Entry".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let text = || serde_json::json!({ "type": "string" });
        schemars::json_schema!({
            "type": "object",
            "required": ["register", "id", "title", "state", "fields", "made_by", "made_ms", "steps", "conflicts",
                "annulled", "corrected"],
            "properties": {
                "register": text(),
                "id": { "type": "string", "pattern": "^[0-9a-f]{32}:[0-9]+$" },
                "title": text(),
                "state": text(),
                "day": { "type": ["string", "null"], "format": "date" },
                "days_left": { "type": ["integer", "null"] },
                "due": { "type": "array", "items": { "type": "object" } },
                "fields": { "type": "object" },
                "made_by": text(),
                "made_ms": { "type": "integer" },
                "reason": { "type": ["string", "null"] },
                "source": { "type": ["object", "null"] },
                "steps": { "type": "array", "items": { "type": "object" } },
                "conflicts": { "type": "array", "items": { "type": "object" } },
                "annulled": { "type": "boolean" },
                "corrected": { "type": "boolean" },
            },
        })
    }
}

/// A page of a register, and how many entries there are of what was asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EntriesLine {
    pub(crate) total: u64,
    pub(crate) entries: Vec<EntryLine>,
    /// What `next` is for the page behind; absent where this is the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}
