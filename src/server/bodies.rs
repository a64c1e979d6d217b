//! Bodies on their way: how many bytes of them are held at once, in all and of one device.

use std::sync::Arc;

use auxlog_record::WriterId;
use auxlog_sync::pack::MAX_PACKED;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{AtOnce, Inside};

/// The most bytes of a body whose sender is not proven before it is read.
pub(crate) const UNPROVEN: usize = 1 << 20;

/// Bodies up to this size need no room of all; they are bounded by the connections, and by device.
const SMALL: usize = 4 << 10;

/// Bytes of one device's bodies at once, whatever their size: a largest one that comes, and one whose
/// line broke unnoticed.
const OF_A_DEVICE: usize = 2 * MAX_PACKED;

/// The same for its small ones, so that a device whose lines broke can still ask.
const SMALL_OF_A_DEVICE: usize = 16 * SMALL;

/// Whose body it is, as far as that is proven before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// A device that is let in signed its hash.
    Active(WriterId),
    /// A device that is shut out did.
    ShutOut(WriterId),
    /// Nobody did yet.
    Unproven,
}

/// What a replica holds of bodies that are not answered yet.
#[derive(Debug)]
pub(crate) struct Bodies {
    room: usize,
    /// KiB left to active devices that proved who they are before their body came, …
    proven: Arc<Semaphore>,
    /// … and to all others.
    others: Arc<Semaphore>,
    /// Bytes by device, small bodies by themselves.
    of_device: AtOnce<(WriterId, bool)>,
}

/// A body's place; free again once it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _bytes: Option<OwnedSemaphorePermit>,
    _of_device: Option<Inside<(WriterId, bool)>>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// Others hold all there is.
    Server,
    /// The device itself has that much on its way.
    Device,
}

impl Bodies {
    /// Places for `bytes` bytes, an eighth of them for all but active devices that proved who they are.
    pub(crate) fn new(bytes: usize) -> Self {
        let (room, others) = (bytes / 1024, bytes / 8192);
        Self {
            room,
            proven: Arc::new(Semaphore::new(room - others)),
            others: Arc::new(Semaphore::new(others)),
            of_device: AtOnce::default(),
        }
    }

    /// A place for a body of at most `bytes` bytes.
    pub(crate) fn take(&self, bytes: usize, from: From) -> Result<Held, Full> {
        let small = bytes <= SMALL;
        let most = if small { SMALL_OF_A_DEVICE } else { OF_A_DEVICE };
        let of_device = match from {
            From::Active(device) | From::ShutOut(device) => {
                Some(self.of_device.enter((device, small), bytes, most).ok_or(Full::Device)?)
            }
            From::Unproven => None,
        };
        if small {
            return Ok(Held { _bytes: None, _of_device: of_device });
        }
        let room = if matches!(from, From::Active(_)) { &self.proven } else { &self.others };
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let permit = Arc::clone(room).try_acquire_many_owned(kib).map_err(|_| Full::Server)?;
        Ok(Held { _bytes: Some(permit), _of_device: of_device })
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
        let [a, b, c] = [1, 2, 3].map(|number| WriterId([number; 16]));
        let held: Vec<_> = (0..2).map(|_| bodies.take(4 << 20, From::Active(a)).expect("room")).collect();
        assert_eq!(bodies.held(), 8 << 20);
        assert_eq!(bodies.take(4 << 20, From::Active(a)).err(), Some(Full::Device));
        let other = bodies.take(4 << 20, From::Active(b)).expect("another device is not concerned");
        let stranger = bodies.take(UNPROVEN, From::Unproven).expect("strangers have their own");
        let second = bodies.take(UNPROVEN, From::ShutOut(c)).expect("room, shared with whoever is shut out");
        assert_eq!(bodies.take(UNPROVEN, From::Unproven).err(), Some(Full::Server));
        assert_eq!(bodies.take(UNPROVEN, From::ShutOut(c)).err(), Some(Full::Server));
        assert_eq!(bodies.take(4 << 20, From::Active(b)).err(), Some(Full::Server), "14 MiB are for devices");
        drop((held, other, stranger, second));
        assert_eq!(bodies.held(), 0);
        assert!(bodies.take(4 << 20, From::Active(a)).is_ok());
    }

    #[test]
    fn a_device_has_so_many_bytes_on_their_way_whatever_their_size() {
        let bodies = Bodies::new(256 << 20);
        let [a, b] = [1, 2].map(|number| From::Active(WriterId([number; 16])));
        let held: Vec<_> = (0..1000).map_while(|_| bodies.take(64 << 10, a).ok()).collect();
        assert_eq!((held.len(), bodies.held()), (128, 8 << 20));
        let small: Vec<_> = (0..1000).map_while(|_| bodies.take(SMALL, a).ok()).collect();
        assert_eq!((small.len(), bodies.held()), (16, 8 << 20), "small ones need no room of all");
        assert!(bodies.take(64 << 10, b).is_ok());
        drop((held, small));
        assert!(bodies.take(MAX_PACKED, a).is_ok());
    }
}
