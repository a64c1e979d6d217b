//! Bodies on their way: how many bytes of them are held at once, in all and of one device.

use std::sync::Arc;

use auxlog_record::WriterId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{AtOnce, Inside};

/// The most bytes of a body whose sender is not proven before it is read.
pub(crate) const UNPROVEN: usize = 1 << 20;

/// Bodies up to this size are bounded by the connections alone.
const SMALL: usize = 4 << 10;

/// Bodies above this size are counted by device.
const LARGE: usize = 64 << 10;

/// Large bodies of one device at once: one that comes, and one whose line broke unnoticed.
const OF_A_DEVICE: usize = 2;

/// What a replica holds of bodies that are not answered yet.
#[derive(Debug)]
pub(crate) struct Bodies {
    room: usize,
    /// KiB left to devices that proved who they are before their body came, …
    proven: Arc<Semaphore>,
    /// … and to those who prove it by the body.
    others: Arc<Semaphore>,
    large: AtOnce<WriterId>,
}

/// A body's place; free again once it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _bytes: OwnedSemaphorePermit,
    _large: Option<Inside<WriterId>>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// Others hold all there is.
    Server,
    /// The device itself has that many on their way.
    Device,
}

impl Bodies {
    /// Places for `bytes` bytes, an eighth of them for whoever did not prove who they are.
    pub(crate) fn new(bytes: usize) -> Self {
        let (room, others) = (bytes / 1024, bytes / 8192);
        Self {
            room,
            proven: Arc::new(Semaphore::new(room - others)),
            others: Arc::new(Semaphore::new(others)),
            large: AtOnce::default(),
        }
    }

    /// A place for a body of at most `bytes` bytes; `None` where it needs none.
    pub(crate) fn take(&self, bytes: usize, proven: Option<WriterId>) -> Result<Option<Held>, Full> {
        if bytes <= SMALL {
            return Ok(None);
        }
        let large = match proven {
            Some(device) if bytes > LARGE => Some(self.large.enter(device, OF_A_DEVICE).ok_or(Full::Device)?),
            _ => None,
        };
        let room = if proven.is_some() { &self.proven } else { &self.others };
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let permit = Arc::clone(room).try_acquire_many_owned(kib).map_err(|_| Full::Server)?;
        Ok(Some(Held { _bytes: permit, _large: large }))
    }

    /// Bytes that are held.
    pub(crate) fn held(&self) -> usize {
        (self.room - self.proven.available_permits() - self.others.available_permits()) * 1024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_its_place_until_it_is_answered() {
        let bodies = Bodies::new(16 << 20);
        let (a, b) = (WriterId([1; 16]), WriterId([2; 16]));
        assert!(bodies.take(SMALL, None).expect("room").is_none(), "what is small needs none");
        let held: Vec<_> = (0..2).map(|_| bodies.take(4 << 20, Some(a)).expect("room")).collect();
        assert_eq!(bodies.held(), 8 << 20);
        assert_eq!(bodies.take(4 << 20, Some(a)).err(), Some(Full::Device));
        let other = bodies.take(4 << 20, Some(b)).expect("another device is not concerned");
        let stranger = bodies.take(UNPROVEN, None).expect("strangers have their own");
        let second = bodies.take(UNPROVEN, None).expect("room");
        assert_eq!(bodies.take(UNPROVEN, None).err(), Some(Full::Server));
        assert_eq!(bodies.take(4 << 20, Some(b)).err(), Some(Full::Server), "14 MiB are for devices");
        drop((held, other, stranger, second));
        assert_eq!(bodies.held(), 0);
        assert!(bodies.take(4 << 20, Some(a)).is_ok());
    }
}
