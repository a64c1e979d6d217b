//! Bodies on their way: how many bytes of them are held at once, in all and of one device.

use std::net::IpAddr;
use std::sync::Arc;

use auxlog_record::WriterId;
use auxlog_sync::pack::MAX_PACKED;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{AtOnce, Inside, line_of};

/// The most bytes of a body whose sender is not proven before it is read.
pub(crate) const UNPROVEN: usize = 1 << 20;

/// Bodies up to this size are apart from larger ones: what is sent most gets through however full it is.
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
    /// Nobody did yet who asks from there.
    Unproven(IpAddr),
}

/// What a replica holds of bodies that are not answered yet.
#[derive(Debug)]
pub(crate) struct Bodies {
    room: usize,
    /// KiB left to active devices that proved who they are before their body came, …
    proven: Arc<Semaphore>,
    /// … and to all others.
    others: Arc<Semaphore>,
    /// KiB left to small ones of whom nothing is proven, …
    strangers: Arc<Semaphore>,
    /// … and bytes of what nobody is proven for by address, small bodies by themselves.
    of_address: AtOnce<(IpAddr, bool)>,
    /// Bytes by device, small bodies by themselves.
    of_device: AtOnce<(WriterId, bool)>,
}

/// A body's place; free again once it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _bytes: Option<OwnedSemaphorePermit>,
    _of_device: Option<Inside<(WriterId, bool)>>,
    _of_address: Option<Inside<(IpAddr, bool)>>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// Others hold all there is.
    Server,
    /// The device, or address, itself has that much on its way.
    Device,
}

impl Bodies {
    /// Places for `bytes` bytes, an eighth of them for all but active devices that proved who they are. Small
    /// ones of strangers have as much again, an address an eighth of that.
    pub(crate) fn new(bytes: usize) -> Self {
        let (room, others) = (bytes / 1024, bytes / 8192);
        Self {
            room,
            proven: Arc::new(Semaphore::new(room - others)),
            others: Arc::new(Semaphore::new(others)),
            strangers: Arc::new(Semaphore::new(others)),
            of_address: AtOnce::default(),
            of_device: AtOnce::default(),
        }
    }

    /// A place for a body of at most `bytes` bytes.
    pub(crate) fn take(&self, bytes: usize, from: From) -> Result<Held, Full> {
        let small = bytes <= SMALL;
        let most = if small { SMALL_OF_A_DEVICE } else { OF_A_DEVICE };
        let (mut of_device, mut of_address) = (None, None);
        let room = match from {
            From::Active(device) | From::ShutOut(device) => {
                of_device = Some(self.of_device.enter((device, small), bytes, most).ok_or(Full::Device)?);
                let room = if matches!(from, From::Active(_)) { &self.proven } else { &self.others };
                // Those of devices are bounded by device.
                (!small).then_some(room)
            }
            From::Unproven(address) if small => {
                let share = self.room / 64 * 1024;
                of_address = Some(self.of_address.enter((line_of(address), small), bytes, share).ok_or(Full::Device)?);
                Some(&self.strangers)
            }
            From::Unproven(address) => {
                let share = (self.room / 32 * 1024).max(UNPROVEN);
                of_address = Some(self.of_address.enter((line_of(address), small), bytes, share).ok_or(Full::Device)?);
                Some(&self.others)
            }
        };
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let permit = room.map(|room| Arc::clone(room).try_acquire_many_owned(kib)).transpose();
        Ok(Held { _bytes: permit.map_err(|_| Full::Server)?, _of_device: of_device, _of_address: of_address })
    }

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
        let anywhere = IpAddr::from([203, 0, 113, 7]);
        let held: Vec<_> = (0..2).map(|_| bodies.take(4 << 20, From::Active(a)).expect("room")).collect();
        assert_eq!(bodies.held(), 8 << 20);
        assert_eq!(bodies.take(4 << 20, From::Active(a)).err(), Some(Full::Device));
        let other = bodies.take(4 << 20, From::Active(b)).expect("another device is not concerned");
        let stranger = bodies.take(UNPROVEN, From::Unproven(anywhere)).expect("strangers have their own");
        let second = bodies.take(UNPROVEN, From::ShutOut(c)).expect("room, shared with whoever is shut out");
        assert_eq!(bodies.take(UNPROVEN, From::Unproven(anywhere)).err(), Some(Full::Device));
        let elsewhere = IpAddr::from([203, 0, 113, 8]);
        assert_eq!(bodies.take(UNPROVEN, From::Unproven(elsewhere)).err(), Some(Full::Server));
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

    #[test]
    fn small_bodies_of_strangers_are_bounded_in_all_and_by_address() {
        let bodies = Bodies::new(256 << 20);
        let from = |host: u8| From::Unproven(IpAddr::from([203, 0, 113, host]));
        let of = |host: u8| (0..10_000).map_while(|_| bodies.take(SMALL, from(host)).ok()).collect::<Vec<_>>();
        let mut held = of(1);
        assert_eq!(held.len(), 1024);
        assert!(bodies.take(0, from(1)).is_ok(), "none at all is none");
        assert_eq!(bodies.take(SMALL, from(1)).err(), Some(Full::Device));
        held.extend((2..20).flat_map(of));
        assert_eq!(held.len() * SMALL, 32 << 20);
        assert_eq!(bodies.take(SMALL, from(30)).err(), Some(Full::Server));
        assert!(bodies.take(UNPROVEN, from(30)).is_ok(), "larger ones are apart");
        assert!(bodies.take(SMALL, From::Active(WriterId([1; 16]))).is_ok(), "and so are devices'");
        drop(held);
        assert!(bodies.take(SMALL, from(1)).is_ok());
    }
}
