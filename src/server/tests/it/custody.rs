//! What is with the server but not in the log, and what went wrong there, is told to the laptops that
//! have to know of it: at every synchronisation, whatever answer was lost.

use std::sync::Arc;

use auxlog_sync::Connection;
use auxlog_sync::enrol::Role;
use auxlog_sync::local::LocalLedger;
use auxlog_sync::message::{RefusedFor, Standing};

use crate::support::{Kind, Laptop, World, proxy};

contracts![
    what_is_held_is_told_until_it_is_released,
    what_awaits_a_supervisor_is_told_while_it_does,
    a_fork_is_told_to_its_laptop_and_to_the_supervisor,
];

async fn what_is_held_is_told_until_it_is_released(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    world.sync(&a).await.expect("synchronises");
    assert!(a.disk().custody.is_empty());
    world.admin.revoke(&a.writer().to_string(), "电脑遗失").await.expect("revoked");
    a.log(3);
    // The one answer that said so is lost.
    let line = proxy::losing(world.handle().addr, 1).await;
    let line = Connection::new(&line, None).expect("an address");
    let told = world.sync_by(&line, &a).await.expect("asks again");
    assert_eq!((told.refused, told.requests), (0, 2), "the answer to the push was lost");
    let custody = told.custody.first().cloned().expect("told again");
    assert_eq!((custody.standing, custody.held, custody.reason.as_str()), (Standing::Revoked, 3, "电脑遗失"));
    assert_eq!(a.disk().custody, told.custody, "and kept");
    world.admin.release(&a.writer().to_string(), "找回").await.expect("released");
    assert_eq!(world.sync(&a).await.expect("synchronises").custody[0].held, 0);
    world.approve(a.writer()).await;
    world.sync(&a).await.expect("synchronises");
    assert!(a.disk().custody.is_empty(), "the all clear");
}

async fn what_awaits_a_supervisor_is_told_while_it_does(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let officer = world.laptop("A01", "O2", 2).await;
    let supervisor = world.laptop_as("A01", "O5", 5, Role::Supervisor).await;
    let elsewhere = world.laptop_as("A02", "O6", 6, Role::Supervisor).await;
    for laptop in [&a, &officer, &supervisor, &elsewhere] {
        assert_eq!(world.sync(laptop).await.expect("synchronises").awaiting, []);
    }
    world.admin.revoke(&a.writer().to_string(), "电脑遗失").await.expect("revoked");
    a.log(3);
    world.sync(&a).await.expect("held");
    let told = world.sync(&supervisor).await.expect("synchronises").awaiting;
    let one = told.first().expect("told");
    assert_eq!((one.writer, &*one.officer, &*one.what, one.count), (a.writer(), "O1", "held", 3));
    assert_eq!((told.len(), &supervisor.disk().awaiting), (1, &told), "and kept");
    for laptop in [&a, &officer, &elsewhere] {
        assert_eq!(world.sync(laptop).await.expect("synchronises").awaiting, [], "none of theirs");
    }
    world.admin.release(&a.writer().to_string(), "找回").await.expect("released");
    world.sync(&supervisor).await.expect("synchronises");
    assert!(supervisor.disk().awaiting.is_empty(), "the all clear");
}

async fn a_fork_is_told_to_its_laptop_and_to_the_supervisor(kind: Kind) {
    let world = World::new(kind).await;
    let a = world.laptop("A01", "O1", 1).await;
    let supervisor = world.laptop_as("A01", "O5", 5, Role::Supervisor).await;
    world.sync(&supervisor).await.expect("synchronises");
    a.log(1);
    let image = a.disk().clone();
    let twin = Laptop::new("A01", "O1", 1);
    twin.restore(image);
    let twin = Arc::new(twin);
    a.log(1);
    twin.record(&crate::support::task("other", "在路口劝导行人"));
    world.sync(&a).await.expect("synchronises");
    world.sync(&twin).await.expect_err("a fork");
    let told = world.sync(&a).await.expect("synchronises");
    assert_eq!(told.standing, Standing::Frozen);
    let aside = told.custody[0].set_aside.first().copied().expect("the record set aside");
    assert_eq!((aside.seq, aside.reason), (3, RefusedFor::Fork));
    assert!(a.disk().incidents.is_empty(), "an officer reads no incidents");

    let awaiting = world.sync(&supervisor).await.expect("synchronises").awaiting;
    let awaiting: Vec<_> = awaiting.iter().map(|one| (one.writer, &*one.what, one.count)).collect();
    assert!(awaiting.contains(&(a.writer(), "set_aside", 1)), "{awaiting:?}");
    let kinds = |laptop: &Laptop| laptop.disk().incidents.iter().map(|one| one.kind.clone()).collect::<Vec<_>>();
    assert_eq!(kinds(&supervisor), ["fork"]);
    world.sync(&supervisor).await.expect("synchronises");
    assert_eq!(kinds(&supervisor), ["fork"], "once");
    assert!(supervisor.newest_incident_ms() > 0);
}
