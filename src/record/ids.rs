//! Identifiers: each a type of its own, so that one cannot stand for another.

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Encode, Decode)]
        #[serde(transparent)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }
    };
}

text_id!(
    /// An agency's code, e.g. `A01`.
    AgencyId
);
text_id!(
    /// An officer's number, e.g. `O1`.
    OfficerId
);
text_id!(
    /// An auxiliary's number, e.g. `X1`.
    AuxiliaryId
);

/// SHA-256 of something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Hash(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 32],
);

/// One officer on one laptop: the first 16 bytes of the hash of their public key there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct WriterId(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

macro_rules! hex_form {
    ($name:ident, $len:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = data_encoding::DecodeError;

            fn from_str(hex: &str) -> Result<Self, Self::Err> {
                let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes())?;
                <[u8; $len]>::try_from(bytes.as_slice()).map(Self).map_err(|_| data_encoding::DecodeError {
                    position: hex.len(),
                    kind: data_encoding::DecodeKind::Length,
                })
            }
        }
    };
}

hex_form!(Hash, 32);
hex_form!(WriterId, 16);

/// A record's identity: its writer and its place in the writer's gapless sequence (from 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Encode, Decode)]
pub struct RecordId {
    /// Who wrote it, on which laptop.
    #[n(0)]
    pub writer: WriterId,
    /// 1, 2, 3, … without gaps.
    #[n(1)]
    pub seq: u64,
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.writer, self.seq)
    }
}

impl std::str::FromStr for RecordId {
    type Err = data_encoding::DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = |position| data_encoding::DecodeError { position, kind: data_encoding::DecodeKind::Symbol };
        let (writer, seq) = text.split_once(':').ok_or(malformed(text.len()))?;
        Ok(Self { writer: writer.parse()?, seq: seq.parse().map_err(|_| malformed(writer.len() + 1))? })
    }
}
