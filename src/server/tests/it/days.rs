//! Bad days lived through with the real server: what the one in memory promises in the days of the
//! client's own tests, the real one keeps, on both databases.
//!
//! Fewer of them than there, as each request goes through TCP and SQL; `AUXLOG_SIM_SEEDS` sets how
//! many, `AUXLOG_SIM_SEED` names a single one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use auxlog_record::{AgencyId, Hash, PublicKey, Record, WriterId};
use auxlog_sync::Connection;
use auxlog_sync::enrol::Role;
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::Standing;
use auxlog_sync::receipt::Epoch;
use tokio::runtime::Runtime;

use crate::support::days::{self, Central};
use crate::support::{Copy, Kind, Laptop, SetClock, World};

/// When the days begin: while codes that are made now are good.
const NOON: i64 = 1_764_000_000_000;

struct Real {
    runtime: Runtime,
    world: World,
    connection: Connection,
    clock: Arc<SetClock>,
    key: PublicKey,
}

impl Real {
    fn new(kind: Kind, laptops: &[&Laptop]) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let clock = Arc::new(SetClock(AtomicI64::new(NOON)));
        let world = runtime.block_on(async {
            let world = World::with(kind, Some(Arc::clone(&clock))).await;
            for (number, laptop) in laptops.iter().enumerate() {
                world.enrol(laptop, &laptop.agency().0, &format!("O{number}"), Role::Officer).await;
            }
            world
        });
        let (connection, key) = (world.connection(), world.handle().public_key);
        Self { runtime, world, connection, clock, key }
    }
}

impl Central for Real {
    type Copy = Copy;

    fn public_key(&self) -> PublicKey {
        self.key
    }

    fn answer(&mut self, request: &Request, now_ms: u64) -> Answer {
        self.clock.0.store(now_ms.cast_signed(), Ordering::Relaxed);
        self.runtime.block_on(self.connection.send(request.clone())).expect("loopback holds")
    }

    fn back_up(&mut self) -> Copy {
        let copy = self.runtime.block_on(self.world.copy());
        self.connection = self.world.connection();
        copy
    }

    fn put_back(&mut self, copy: Copy) {
        self.runtime.block_on(self.world.put_back(copy));
        self.connection = self.world.connection();
    }

    fn crash(&mut self) {
        self.runtime.block_on(async {
            drop(self.world.handle.take());
            self.world.start().await;
        });
        self.connection = self.world.connection();
    }

    fn revoke(&mut self, writer: WriterId) {
        let device = writer.to_string();
        self.runtime.block_on(self.world.admin.revoke(&device, "by mistake")).expect("revoked");
    }

    fn let_in(&mut self, writer: WriterId) {
        self.runtime.block_on(self.world.approve(writer));
    }

    fn standing(&mut self, writer: WriterId) -> (Standing, u64) {
        let device = self.runtime.block_on(self.world.admin.find(&writer.to_string())).expect("enrolled");
        (device.standing, device.acked_seq)
    }

    /// What a laptop gets that was not there before.
    fn log(&mut self, agency: &AgencyId) -> Vec<Record> {
        self.clock.0.store(NOON, Ordering::Relaxed);
        self.runtime.block_on(async {
            let late = self.world.laptop(&agency.0, "late", 200).await;
            self.world.sync(&late).await.expect("synchronises");
            late.disk().pulled.iter().map(|pulled| pulled.record.clone()).collect()
        })
    }

    fn peek(&self, _: &AgencyId) -> Option<(Epoch, Vec<(WriterId, Hash)>)> {
        None
    }
}

fn lived_through(kind: Kind, days: u64, name: &str) {
    let command = format!("cargo test -p auxlog-server --test it days::{name}");
    let totals = days::live(&days::seeds(days), &command, move |laptops| Real::new(kind, laptops));
    let kinds = totals.faults().into_iter().filter(|(_, count)| *count > 0).count();
    assert!(totals.days < days || (kinds >= 12 && totals.servers_put_back > 0), "bad days: {totals:?}");
}

#[test]
fn with_sqlite() {
    lived_through(Kind::Sqlite, 12, "with_sqlite");
}

#[test]
fn with_postgres() {
    lived_through(Kind::Postgres, 8, "with_postgres");
}
