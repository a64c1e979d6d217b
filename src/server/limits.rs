//! Limits of a replica: requests a second of a device, wrong codes a minute of an address, what goes on
//! at once, and the nonces seen lately.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auxlog_record::WriterId;
use auxlog_sync::auth::MAX_SKEW_MS;

use crate::buckets::Buckets;
use crate::quota::RecordQuotas;

/// Nonces remembered at most in each half of the window.
const NONCES: usize = 500_000;

/// How many of something are allowed: `burst` at once, then `per_minute`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// Regained in a minute.
    pub per_minute: u32,
}

/// A replica's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitOptions {
    /// Requests of one device.
    pub device: Allowance,
    /// Requests of one address, of IPv6 of 64 bits of it (behind a balancer: of the balancer).
    pub address: Allowance,
    /// Wrong enrolment codes from one address.
    pub wrong_codes: Allowance,
    /// Requests of one address at a door that is open to strangers; a right code passes all the same.
    pub strangers: Allowance,
    /// Connections at once; `None`: as many as the process's limit of files has room for.
    pub connections: Option<usize>,
    /// Connections at once from one address, and requests for one whom a trusted proxy names; `None`: a
    /// quarter of all.
    pub of_address: Option<usize>,
    /// Bytes of bodies that are held at once.
    pub bodies: usize,
    /// Attachments.
    pub attachments: Quotas,
    /// Records.
    pub records: RecordQuotas,
}

/// How much of attachments is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Bytes that a device may begin to deliver in a day (UTC), with the keys that it took over from.
    pub of_device_a_day: u64,
    /// Bytes of all attachments of an agency, with what came of those that are not whole.
    pub of_agency: u64,
    /// Bytes of the database's disk that stay free for records (SQLite).
    pub free: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { of_device_a_day: 2 << 30, of_agency: 200 << 30, free: 1 << 30 }
    }
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            device: Allowance { burst: 600, per_minute: 6000 },
            address: Allowance { burst: 20_000, per_minute: 600_000 },
            wrong_codes: Allowance { burst: 5, per_minute: 5 },
            strangers: Allowance { burst: 60, per_minute: 60 },
            connections: None,
            of_address: None,
            bodies: 256 << 20,
            attachments: Quotas::default(),
            records: RecordQuotas::default(),
        }
    }
}

/// What an address is counted as: whoever has one line has 2^64 addresses of IPv6, all with one prefix.
pub(crate) fn line_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// What a replica remembers of requests.
#[derive(Debug)]
pub(crate) struct Limits {
    devices: Buckets<WriterId>,
    addresses: Buckets<IpAddr>,
    wrong_codes: Buckets<IpAddr>,
    strangers: Buckets<IpAddr>,
    /// Requests under way for whom proxies name.
    under_way: AtOnce<IpAddr>,
    nonces: Mutex<Nonces>,
}

/// How often something goes on at once.
#[derive(Debug)]
pub(crate) struct AtOnce<K: Hash + Eq>(Arc<Mutex<HashMap<K, usize>>>);

impl<K: Hash + Eq> Default for AtOnce<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Hash + Eq + Copy> AtOnce<K> {
    /// `many` more of `key`; `None` where there would be more than `most`.
    pub(crate) fn enter(&self, key: K, many: usize, most: usize) -> Option<Inside<K>> {
        let mut counts = lock(&self.0);
        let count = counts.get(&key).map_or(many, |count| count.saturating_add(many));
        if count > most {
            return None;
        }
        counts.insert(key, count);
        Some(Inside { key, many, counts: Arc::clone(&self.0) })
    }
}

/// Counts in [`AtOnce`] until it is dropped.
#[derive(Debug)]
pub(crate) struct Inside<K: Hash + Eq> {
    key: K,
    many: usize,
    counts: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Hash + Eq> Drop for Inside<K> {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= self.many;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Nonces {
    since: u64,
    newer: HashSet<(WriterId, [u8; 12])>,
    older: HashSet<(WriterId, [u8; 12])>,
}

impl Limits {
    pub(crate) fn new(options: &LimitOptions) -> Self {
        Self {
            devices: Buckets::new(options.device),
            addresses: Buckets::new(options.address),
            wrong_codes: Buckets::new(options.wrong_codes),
            strangers: Buckets::new(options.strangers),
            under_way: AtOnce::default(),
            nonces: Mutex::default(),
        }
    }

    /// Counts a request of an address.
    pub(crate) fn address(&self, address: IpAddr, now: u64) -> Result<(), u64> {
        self.addresses.take(line_of(address), now)
    }

    /// Counts a request of a device.
    pub(crate) fn device(&self, device: WriterId, now: u64) -> Result<(), u64> {
        self.devices.take(device, now)
    }

    /// Counts a request of an address at a door that is open to strangers.
    pub(crate) fn stranger(&self, address: IpAddr, now: u64) -> Result<(), u64> {
        self.strangers.take(line_of(address), now)
    }

    /// Begins a request for whom a proxy names; `None` where `most` are under way.
    pub(crate) fn begin(&self, address: IpAddr, most: usize) -> Option<Inside<IpAddr>> {
        self.under_way.enter(line_of(address), 1, most)
    }

    /// Counts a wrong code; whether there were so many of an address that the next one is answered as
    /// a limit. A right one is never asked: whoever mistypes, or sits behind the same proxy as
    /// one who guesses, is let in with what they were given.
    pub(crate) fn wrong_code(&self, address: IpAddr, now: u64) -> Result<(), u64> {
        self.wrong_codes.take(line_of(address), now)
    }

    /// Whether a nonce is new within the window in which its request's time is accepted.
    pub(crate) fn is_fresh(&self, device: WriterId, nonce: [u8; 12], now: u64) -> bool {
        let mut nonces = lock(&self.nonces);
        if now.saturating_sub(nonces.since) > 2 * MAX_SKEW_MS || nonces.newer.len() >= NONCES {
            nonces.since = now;
            nonces.older = std::mem::take(&mut nonces.newer);
        }
        let seen = (device, nonce);
        !nonces.older.contains(&seen) && nonces.newer.insert(seen)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whom blame was filed for of late: garbage sent by the thousand is one incident an hour.
#[derive(Debug, Default)]
pub(crate) struct Blamed(Mutex<HashMap<WriterId, u64>>);

impl Blamed {
    /// Whether nothing was filed for this sender within an hour; from now on something is.
    pub(crate) fn is_news(&self, sender: WriterId, now: u64) -> bool {
        let mut filed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        filed.retain(|_, at| now.saturating_sub(*at) < 60 * 60 * 1000);
        let news = !filed.contains_key(&sender);
        filed.entry(sender).or_insert(now);
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_ipv6_is_counted_once() {
        let one = Allowance { burst: 1, per_minute: 1 };
        let limits = Limits::new(&LimitOptions { wrong_codes: one, ..LimitOptions::default() });
        let wrong = |address: &str| limits.wrong_code(address.parse().expect("an address"), 1000).is_ok();
        assert!(wrong("2001:db8:0:1::1"));
        assert!(!wrong("2001:db8:0:1:ffff::2"), "the same line");
        assert!(wrong("2001:db8:0:2::1"), "another");
        assert!(wrong("203.0.113.7") && wrong("203.0.113.8") && !wrong("::ffff:203.0.113.8"));
    }

    #[test]
    fn a_nonce_is_fresh_once() {
        let limits = Limits::new(&LimitOptions::default());
        let device = WriterId([1; 16]);
        assert!(limits.is_fresh(device, [1; 12], 1000));
        assert!(!limits.is_fresh(device, [1; 12], 2000));
        assert!(limits.is_fresh(WriterId([2; 16]), [1; 12], 2000), "another device");
        assert!(!limits.is_fresh(device, [1; 12], 2000 + 2 * MAX_SKEW_MS), "still remembered after the window turned");
    }
}
