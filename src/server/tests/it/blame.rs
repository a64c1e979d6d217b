//! Whatever a device sends, every other device's standing, limits and records stay as they were.

use std::cell::Cell;
use std::sync::Arc;

use auxlog_record::{Event, Record};
use auxlog_sync::auth::{RequestAuth, ServerId, Signable};
use auxlog_sync::enrol::Role;
use auxlog_sync::http::Request;
use auxlog_sync::local::LocalLedger as _;
use auxlog_sync::message::SyncRequest;
use auxlog_sync::pack::pack;
use auxlog_sync::run::Run;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;

use crate::hostile::samples;
use crate::support::{Kind, Laptop, World, empty_sync, now_ms, signed};

contracts![whatever_a_device_sends_no_other_device_pays_for_it];

/// What a device sends.
#[derive(Debug, Clone)]
enum Sent {
    /// Anything at all, to a route that takes a body.
    Bytes(Index, Vec<u8>),
    /// Genuine records of another, with bits turned and the end cut off.
    Altered(Vec<(Index, u8)>, Option<Index>),
    /// Genuine records of another, once more.
    Again,
    /// Records in another's name, signed with the sender's key.
    InTheirName(Index),
    /// A record of any kind about another's task, in the sender's own chain.
    Own(Index),
    /// A request in another's name, signed with the sender's key.
    Pretended,
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        (any::<Index>(), vec(any::<u8>(), 0..400)).prop_map(|(route, bytes)| Sent::Bytes(route, bytes)),
        (vec((any::<Index>(), 1..=u8::MAX), 1..4), any::<Option<Index>>())
            .prop_map(|(bits, end)| Sent::Altered(bits, end)),
        Just(Sent::Again),
        any::<Index>().prop_map(Sent::InTheirName),
        any::<Index>().prop_map(Sent::Own),
        Just(Sent::Pretended),
    ]
}

fn routes(victim: &Laptop) -> Vec<(&'static str, String)> {
    let device = |act: &str| ("POST", format!("/v1/devices/{}/{act}?agency=A01&reason=x", victim.writer()));
    vec![
        ("POST", "/v1/sync".to_owned()),
        ("POST", "/v1/office?agency=A01".to_owned()),
        ("POST", "/v1/succeed".to_owned()),
        ("POST", "/v1/enroll".to_owned()),
        ("POST", "/v1/roster?agency=A01".to_owned()),
        device("approve"),
        device("revoke"),
        device("release"),
    ]
}

struct Scene {
    world: World,
    victim: Arc<Laptop>,
    target: Record,
    /// Whoever sends: active, frozen, revoked.
    senders: Vec<Arc<Laptop>>,
}

impl Scene {
    async fn send(&self, by: &Laptop, sent: &Sent, nonce: u64) {
        let sync = |run: Run| {
            let request = SyncRequest { push: vec![run], ..empty_sync() };
            ("POST", "/v1/sync".to_owned(), pack(&request).expect("packs"))
        };
        let theirs = || self.victim.disk().own.clone();
        let (method, target, body) = match sent {
            Sent::Bytes(route, bytes) => {
                let (method, target) = route.get(&routes(&self.victim)).clone();
                (method, target, bytes.clone())
            }
            Sent::Altered(bits, end) => {
                let mut bytes = minicbor::to_vec(Run::of(&theirs()).expect("a run")).expect("encodes");
                for (at, with) in bits {
                    let at = at.index(bytes.len());
                    bytes[at] ^= with;
                }
                if let Some(end) = end {
                    bytes.truncate(end.index(bytes.len()));
                }
                match minicbor::decode(&bytes) {
                    Ok(run) => sync(run),
                    Err(_) => ("POST", "/v1/sync".to_owned(), bytes),
                }
            }
            Sent::Again => sync(Run::of(&theirs()).expect("a run")),
            Sent::InTheirName(from) => {
                let own = by.disk().own.clone();
                let from = from.index(own.len());
                let mut run = Run::of(&own[from..]).expect("a run");
                run.writer = self.victim.writer();
                sync(run)
            }
            Sent::Own(kind) => {
                let event: Event = kind.get(&samples(by, &self.victim, &self.target)).clone();
                by.record(&event);
                sync(Run::of(&by.disk().own).expect("a run"))
            }
            Sent::Pretended => ("POST", "/v1/sync".to_owned(), pack(&empty_sync()).expect("packs")),
        };
        let mut request = signed(&self.world, by, method, &target, body, now_ms(), nonce);
        if let Sent::Pretended = sent {
            let server = ServerId::of(&self.world.handle().public_key);
            let signable = Signable { method, target: &target, body: &request.body, server };
            let mut auth = RequestAuth::sign(&by.key, &by.agency(), now_ms(), [7; 12], signable);
            auth.device = self.victim.writer();
            request = Request { auth: Some(auth.to_string()), ..request };
        }
        let _ = self.world.connection().send(request).await;
    }
}

async fn whatever_a_device_sends_no_other_device_pays_for_it(kind: Kind) {
    let world = World::new(kind).await;
    let victim = world.laptop_as("A01", "O1", 1, Role::Supervisor).await;
    victim.log(3);
    world.sync(&victim).await.expect("synchronises");
    let target = victim.disk().own.last().cloned().expect("a task");
    let officer = world.laptop("A01", "O2", 2).await;
    let legal = world.laptop_as("A01", "O3", 3, Role::Legal).await;
    let frozen = world.laptop("A01", "O4", 4).await;
    world.freeze(&frozen, "O4", 4).await;
    let revoked = world.laptop_as("A01", "O5", 5, Role::Admin).await;
    world.admin.revoke(&revoked.writer().to_string(), "stolen").await.expect("revoked");
    let scene = Scene { world, victim, target, senders: vec![officer, legal, frozen, revoked] };

    let handle = Handle::current();
    let tried = tokio::task::spawn_blocking(move || {
        let nonce = Cell::new(1);
        let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let tried = runner.run(&(any::<Index>(), vec(sent(), 1..4)), |(by, all)| {
            let by = by.get(&scene.senders);
            let others = || async {
                let mut devices = scene.world.admin.devices().await.expect("listed");
                devices.retain(|device| device.writer != by.writer());
                devices
            };
            let (before, after) = handle.block_on(async {
                let before = others().await;
                for sent in &all {
                    nonce.set(nonce.get() + 1);
                    scene.send(by, sent, nonce.get()).await;
                }
                (before, others().await)
            });
            prop_assert_eq!(before, after);
            Ok(())
        });
        handle.block_on(async {
            scene.victim.log(1);
            let outcome = scene.world.sync(&scene.victim).await.expect("and is let in as ever");
            assert!(outcome.covered, "{outcome:?}");
        });
        tried
    });
    tried.await.expect("ran").expect("nobody else pays");
}
