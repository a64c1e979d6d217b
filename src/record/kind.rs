//! Events as bodies: kind and schema numbers, and deterministic CBOR.
//!
//! A body is a CBOR map with integer keys in rising order and definite lengths, so that the same
//! event always has the same bytes.

use minicbor::{Decode, Encode};

use crate::Event;

/// Why a body can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body of a record of kind {kind}, schema {schema}, can't be read: {reason}")]
pub struct EventError {
    /// Kind number.
    pub kind: u16,
    /// Schema number.
    pub schema: u16,
    /// What is wrong.
    pub reason: String,
}

macro_rules! kinds {
    ($($name:ident = $number:literal, schemas $schemas:literal => $variant:ident;)*) => {
        /// The kinds' numbers.
        pub mod number {
            $(
                #[doc = concat!("Kind of [`crate::Event::", stringify!($variant), "`].")]
                pub const $name: u16 = $number;
            )*
        }

        /// All kinds that this version knows, in the order of their numbers.
        pub const KINDS: &[u16] = &[$($number),*];

        impl Event {
            /// The kind's number; never reused.
            pub fn kind(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $number,)*
                    Self::Masked { kind, .. } | Self::Unknown { kind, .. } => *kind,
                }
            }

            /// The body's schema within its kind: the oldest one that can hold what it says.
            pub fn schema(&self) -> u16 {
                match self {
                    Self::Masked { schema, .. } | Self::Unknown { schema, .. } => *schema,
                    Self::ReviewStep(step) if step.decision == crate::Decision::Reopen => 2,
                    Self::Rejudged(again) if !again.based_on.is_empty() => 2,
                    other if other.asked().is_some() => 2,
                    other if other.judged().is_some_and(|(_, judged)| judged.given.is_some()) => 2,
                    _ => 1,
                }
            }

            /// The body; empty for a masked one.
            pub fn to_body(&self) -> Vec<u8> {
                match self {
                    $(Self::$variant(event) => encode(event),)*
                    Self::Masked { .. } => Vec::new(),
                    Self::Unknown { body, .. } => body.clone(),
                }
            }

            /// Reads a body. What this version doesn't know is [`Event::Unknown`].
            ///
            /// # Errors
            /// [`EventError`] when the body is not one of its kind and schema.
            pub fn from_body(kind: u16, schema: u16, body: &[u8]) -> Result<Self, EventError> {
                match (kind, schema) {
                    $(($number, 1..=$schemas) => decode(body).map(Self::$variant),)*
                    _ => Ok(Self::Unknown { kind, schema, body: body.to_vec() }),
                }
                .map_err(|reason| EventError { kind, schema, reason })
            }
        }
    };
}

// `schemas`: the newest schema of the kind that this version reads.
kinds! {
    WRITER_OPENED = 1, schemas 1 => WriterOpened;
    TASK_PLANNED = 2, schemas 2 => TaskPlanned;
    TASK_LOGGED = 3, schemas 2 => TaskLogged;
    AMENDMENT = 4, schemas 2 => Amendment;
    ANNULMENT = 5, schemas 1 => Annulment;
    ATTACHMENT = 6, schemas 1 => Attachment;
    REVIEW_STEP = 7, schemas 2 => ReviewStep;
    STATEMENT = 8, schemas 1 => Statement;
    ROSTER_REPLACED = 9, schemas 1 => RosterReplaced;
    REJUDGED = 10, schemas 2 => Rejudged;
    CLOCK_ANOMALY = 11, schemas 1 => ClockAnomaly;
    MASK_ORDERED = 12, schemas 1 => MaskOrdered;
    DATA_ACCESSED = 13, schemas 1 => DataAccessed;
    WRITER_RETIRED = 14, schemas 1 => WriterRetired;
    OFFICE_OPENED = 15, schemas 1 => OfficeOpened;
    KEY_CERTIFIED = 16, schemas 2 => KeyCertified;
    STANDING_SET = 17, schemas 2 => StandingSet;
    ROSTER_ISSUED = 18, schemas 2 => RosterIssued;
    RULES_ADOPTED = 19, schemas 1 => RulesAdopted;
    HELD_RELEASED = 20, schemas 2 => HeldReleased;
    SYNC_NOTED = 21, schemas 1 => SyncNoted;
    ENTRY_MADE = 22, schemas 1 => EntryMade;
    ENTRY_STEPPED = 23, schemas 1 => EntryStepped;
    ENTRY_CORRECTED = 24, schemas 1 => EntryCorrected;
}

fn encode<T: Encode<()>>(event: &T) -> Vec<u8> {
    minicbor::to_vec(event).expect("writing to memory can't fail")
}

fn decode<T: for<'b> Decode<'b, ()>>(body: &[u8]) -> Result<T, String> {
    let mut d = minicbor::Decoder::new(body);
    let event = d.decode().map_err(|e| e.to_string())?;
    if d.position() == body.len() { Ok(event) } else { Err("bytes follow its end".into()) }
}
