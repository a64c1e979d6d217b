//! What is kept in sled or read from it, as bytes between two processes.

use std::io::{self, Read, Write};

/// The largest value that is believed: sled's own limit lies far below.
const LARGEST: u32 = 64 << 20;

const PUT: u8 = 1;
const REMOVE: u8 = 2;
const FLUSH: u8 = 3;

/// A step of keeping entries. Values are sealed: whoever reads them here learns nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// This name has that value.
    Put(Vec<u8>, Vec<u8>),
    /// This name has none.
    Remove(Vec<u8>),
    /// Everything so far is to be durable; when reading: that was all.
    Flush,
}

impl Change {
    /// Writes it: a kind, and names and values after their lengths.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Put(name, value) => {
                put(out, PUT, name)?;
                let length = u32::try_from(value.len()).map_err(io::Error::other)?;
                out.write_all(&length.to_be_bytes())?;
                out.write_all(value)
            }
            Self::Remove(name) => put(out, REMOVE, name),
            Self::Flush => out.write_all(&[FLUSH]),
        }
    }

    /// Reads the next one; `None` at the end.
    pub(super) fn read(from: &mut dyn Read) -> io::Result<Option<Self>> {
        let mut kind = [0];
        if from.read(&mut kind)? == 0 {
            return Ok(None);
        }
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        Ok(Some(match kind {
            [FLUSH] => Self::Flush,
            [REMOVE] => Self::Remove(name(from)?),
            [PUT] => {
                let name = name(from)?;
                let mut length = [0; 4];
                from.read_exact(&mut length)?;
                let length = u32::from_be_bytes(length);
                let length = usize::try_from(length).ok().filter(|_| length <= LARGEST).ok_or_else(invalid)?;
                let mut value = vec![0; length];
                from.read_exact(&mut value)?;
                Self::Put(name, value)
            }
            _ => return Err(invalid()),
        }))
    }
}

fn put(out: &mut dyn Write, kind: u8, name: &[u8]) -> io::Result<()> {
    out.write_all(&[kind, u8::try_from(name.len()).map_err(io::Error::other)?])?;
    out.write_all(name)
}

fn name(from: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut length = [0];
    from.read_exact(&mut length)?;
    let mut name = vec![0; usize::from(length[0])];
    from.read_exact(&mut name)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change() -> impl Strategy<Value = Change> {
        let bytes = |most: usize| proptest::collection::vec(any::<u8>(), 0..most);
        prop_oneof![
            (bytes(255), bytes(2000)).prop_map(|(name, value)| Change::Put(name, value)),
            bytes(255).prop_map(Change::Remove),
            Just(Change::Flush),
        ]
    }

    fn read_all(mut bytes: &[u8]) -> io::Result<Vec<Change>> {
        let mut all = Vec::new();
        while let Some(change) = Change::read(&mut bytes)? {
            all.push(change);
        }
        Ok(all)
    }

    proptest! {
        #[test]
        fn changes_are_read_back_as_written_and_cut_ones_are_noticed(
            changes in proptest::collection::vec(change(), 1..8),
            cut in 1_usize..300,
        ) {
            let mut bytes = Vec::new();
            for change in &changes {
                change.write(&mut bytes).expect("to memory");
            }
            prop_assert_eq!(&read_all(&bytes).expect("whole"), &changes);
            let kept = bytes.len().saturating_sub(cut);
            // Cut between two changes, what is left reads well but is fewer.
            if let Ok(fewer) = read_all(&bytes[..kept]) {
                prop_assert!(fewer.len() < changes.len());
            }
        }

        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_all(&bytes);
        }
    }
}
