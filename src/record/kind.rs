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

/// The schema that this version writes, of every kind.
const SCHEMA: u16 = 1;

macro_rules! kinds {
    ($($number:literal => $variant:ident),* $(,)?) => {
        impl Event {
            /// The kind's number; never reused.
            pub fn kind(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $number,)*
                    Self::Masked { kind, .. } | Self::Unknown { kind, .. } => *kind,
                }
            }

            /// The body's schema within its kind.
            pub fn schema(&self) -> u16 {
                match self {
                    Self::Masked { schema, .. } | Self::Unknown { schema, .. } => *schema,
                    _ => SCHEMA,
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
                    $(($number, SCHEMA) => decode(body).map(Self::$variant),)*
                    _ => Ok(Self::Unknown { kind, schema, body: body.to_vec() }),
                }
                .map_err(|reason| EventError { kind, schema, reason })
            }
        }
    };
}

kinds! {
    1 => WriterOpened,
    2 => TaskPlanned,
    3 => TaskLogged,
    4 => Amendment,
    5 => Annulment,
    6 => Attachment,
    7 => ReviewStep,
    8 => Statement,
    9 => RosterReplaced,
    10 => Rejudged,
    11 => ClockAnomaly,
    12 => MaskOrdered,
    13 => DataAccessed,
    14 => WriterRetired,
}

fn encode<T: Encode<()>>(event: &T) -> Vec<u8> {
    minicbor::to_vec(event).expect("writing to memory can't fail")
}

fn decode<T: for<'b> Decode<'b, ()>>(body: &[u8]) -> Result<T, String> {
    let mut d = minicbor::Decoder::new(body);
    let event = d.decode().map_err(|e| e.to_string())?;
    if d.position() == body.len() { Ok(event) } else { Err("bytes follow its end".into()) }
}
