//! Whoever is under suspicion decides nothing about themselves, and a revocation reaches whoever took
//! over from the key that it names.

use std::sync::Arc;

use auxlog_record::{Event, Signer as _, SigningKey, Succession, Vouched, WriterId};
use auxlog_server::admin::AdminError;
use auxlog_sync::Refusal;
use auxlog_sync::enrol::{self, Enrolled, Role, commitment, digits, heirs_nonce};
use auxlog_sync::http::Request;
use auxlog_sync::message::Standing;
use auxlog_sync::pack::pack;
use auxlog_sync::signed::Signed;

use crate::answers::{ask, request};
use crate::office::{said, standing};
use crate::support::{Kind, Laptop, World, now_ms, signed};

contracts![
    a_frozen_key_brings_its_chain_and_is_given_nothing,
    nobody_lifts_anything_of_their_own,
    a_revocation_follows_the_line_of_keys,
    an_administrators_successor_waits_for_another,
];

/// What a laptop is told of an act at a device.
async fn act(world: &World, laptop: &Laptop, device: WriterId, act: &str, nonce: u64) -> Option<Refusal> {
    let digits = world.admin.find(&device.to_string()).await.expect("known").digits(world.admin.server_key());
    let digits = digits.expect("it met the server");
    let target = format!("/v1/devices/{device}/{act}?agency=A01&reason=test&digits={digits}");
    let request = signed(world, laptop, "POST", &target, Vec::new(), now_ms(), nonce);
    let answer = world.connection().send(request).await.expect("an answer");
    answer.error.as_deref().and_then(Refusal::from_name)
}

/// Lets a key take over from a laptop's; gives the laptop that goes on with it.
pub(crate) async fn succeed(world: &World, old: &Laptop, officer: &str, seed: u8) -> Result<Laptop, Refusal> {
    let new = SigningKey::from_seed(&[seed; 32]);
    let last = world.admin.find(&old.writer().to_string()).await.expect("known").acked_seq;
    let (server, signed) =
        (world.handle().public_key, Succession::sign(&old.key, &new, &"A01".into(), last, "an old copy"));
    let nonce = heirs_nonce(&new, &server);
    let bound = commitment(&server, &new.public_key(), &nonce);
    let theirs = told(world, &signed.clone().meeting(bound, None)).await?.nonce.expect("a nonce of the server's");
    let shown = signed.meeting(bound, Some(nonce.0));
    assert_eq!(told(world, &shown).await?.nonce, Some(theirs), "the same meeting goes on");
    let known = world.admin.find(&new.writer().to_string()).await.expect("known").digits(&server);
    assert_eq!(known, Some(digits(&server, &new.public_key(), &nonce, &theirs)), "both sides show the same");
    Ok(Laptop::new("A01", officer, seed))
}

/// What the server says of a succession.
async fn told(world: &World, succession: &Succession) -> Result<Enrolled, Refusal> {
    let body = pack(succession).expect("packs");
    let request = Request { method: "POST", target: "/v1/succeed".into(), auth: None, body };
    let answer = world.connection().send(request).await.expect("an answer");
    if let Some(refusal) = answer.error.as_deref().and_then(Refusal::from_name) {
        return Err(refusal);
    }
    let signed = answer.message::<Signed<Enrolled>>().expect("said");
    Ok(signed.open(&world.handle().public_key).expect("the server's"))
}

async fn standing_of(world: &World, laptop: &Laptop) -> Standing {
    world.admin.find(&laptop.writer().to_string()).await.expect("known").standing
}

async fn a_frozen_key_brings_its_chain_and_is_given_nothing(kind: Kind) {
    let world = World::new(kind).await;
    let (boss, other) = (world.laptop_as("A01", "O8", 8, Role::Admin).await, world.laptop("A01", "O2", 2).await);
    world.freeze(&boss, "O8", 8).await;
    other.log(3);
    world.sync(&other).await.expect("synchronises");
    boss.log(2);
    let response = ask(&world, &boss, &request(&boss, 0, 1000), 1).await.response;
    assert_eq!(response.standing, Standing::Frozen);
    assert_eq!(response.receipts.len(), 1, "what it brings is taken");
    assert!(response.page.runs.is_empty() && response.page.own.is_empty(), "and it reads nothing");
    assert!(response.roster.is_none() && response.incidents.is_empty() && response.role.is_none());
    let mut curious = request(&boss, 0, 0);
    curious.have.own.push(auxlog_sync::message::OwnHead { writer: other.writer(), seq: 1 });
    let response = ask(&world, &boss, &curious, 2).await.response;
    assert_eq!(response.receipts.len(), 1, "nor how far others are");
    for (nonce, what) in (3..).zip(["approve", "revoke", "release"]) {
        assert_eq!(act(&world, &boss, other.writer(), what, nonce).await, Some(Refusal::Frozen), "{what}");
    }
    assert_eq!(act(&world, &boss, boss.writer(), "approve", 9).await, Some(Refusal::Frozen));
    assert_eq!(standing_of(&world, &boss).await, Standing::Frozen);
}

async fn nobody_lifts_anything_of_their_own(kind: Kind) {
    let world = World::new(kind).await;
    let boss = world.laptop_as("A01", "O8", 8, Role::Admin).await;
    let head = world.laptop_as("A01", "O5", 5, Role::Supervisor).await;
    let (his, hers) = (world.laptop("A01", "O8", 18).await, world.laptop("A01", "O5", 15).await);
    for laptop in [&his, &hers] {
        world.admin.revoke(&laptop.writer().to_string(), "lost").await.expect("revoked");
        laptop.log(2);
        world.sync(laptop).await.expect("held");
    }
    assert_eq!(act(&world, &boss, his.writer(), "approve", 1).await, Some(Refusal::OwnDevice));
    assert_eq!(act(&world, &boss, his.writer(), "release", 2).await, Some(Refusal::OwnDevice));
    assert_eq!(act(&world, &head, hers.writer(), "release", 1).await, Some(Refusal::OwnDevice));
    assert_eq!(standing_of(&world, &his).await, Standing::Revoked);
    assert_eq!(act(&world, &head, his.writer(), "release", 2).await, None, "another may");
    assert_eq!(act(&world, &boss, hers.writer(), "approve", 3).await, None);
    assert_eq!(standing_of(&world, &hers).await, Standing::Active);
    assert_eq!(act(&world, &boss, boss.writer(), "revoke", 4).await, None, "to give up one's own lifts nothing");
}

async fn a_revocation_follows_the_line_of_keys(kind: Kind) {
    let world = World::new(kind).await;
    let reader = world.laptop("A01", "O2", 2).await;
    let first = world.laptop("A01", "O1", 1).await;
    world.sync(&first).await.expect("synchronises");
    let second = Arc::new(succeed(&world, &first, "O1", 31).await.expect("takes over"));
    world.sync(&second).await.expect("synchronises");
    let third = Arc::new(succeed(&world, &second, "O1", 32).await.expect("takes over"));
    world.sync(&third).await.expect("synchronises");
    assert_eq!(standing_of(&world, &third).await, Standing::Active);
    world.admin.revoke(&first.writer().to_string(), "stolen").await.expect("revoked");
    assert_eq!(standing_of(&world, &third).await, Standing::Revoked, "whoever knows an old number reaches the newest");
    let (_, authority) = said(&world, &reader, 1).await;
    for laptop in [&*first, &*second, &*third] {
        assert_eq!(standing(&authority, laptop), Some(Standing::Revoked));
    }
    assert_eq!(succeed(&world, &third, "O1", 33).await.err(), Some(Refusal::Conflict), "a revoked key has no heir");
    assert_eq!(succeed(&world, &first, "O1", 34).await.err(), Some(Refusal::Conflict), "nor a second one");
}

async fn an_administrators_successor_waits_for_another(kind: Kind) {
    let world = World::new(kind).await;
    let reader = world.laptop("A01", "O2", 2).await;
    let other = world.laptop_as("A01", "O9", 9, Role::Admin).await;
    let old = world.laptop_as("A01", "O8", 8, Role::Admin).await;
    world.sync(&old).await.expect("synchronises");
    let new = Arc::new(succeed(&world, &old, "O8", 38).await.expect("taken note of"));
    assert_eq!(
        (standing_of(&world, &old).await, standing_of(&world, &new).await),
        (Standing::Revoked, Standing::Pending)
    );
    assert_eq!(act(&world, &new, new.writer(), "approve", 1).await, Some(Refusal::AwaitsApproval));
    let digits_of_keys = enrol::digits_of_keys(&world.handle().public_key, &new.key.public_key());
    let searched = world.admin.approve(&new.writer().to_string(), &digits_of_keys).await;
    assert!(matches!(searched, Err(AdminError::WrongDigits)), "a key could be searched for them: {searched:?}");
    let (_, authority) = said(&world, &reader, 1).await;
    assert_eq!(authority.vouch(&new.writer(), None).0, Vouched::Nobody);
    assert_eq!(act(&world, &other, new.writer(), "approve", 1).await, None);
    let (events, authority) = said(&world, &reader, 2).await;
    assert_eq!(standing(&authority, &new), Some(Standing::Active));
    let certificate = events.iter().find_map(|(_, _, event)| match event {
        Event::KeyCertified(certified) if WriterId::of(&certified.key) == new.writer() => Some(certified.clone()),
        _ => None,
    });
    let certificate = certificate.expect("certified");
    assert_eq!((certificate.succeeds, certificate.by), (Some(old.writer()), Some(other.writer())));
    assert!(world.sync(&new).await.expect("let in").covered);

    // Nobody binds themselves a second time, and what is shown is what was bound.
    let server = world.handle().public_key;
    let last = world.admin.find(&new.writer().to_string()).await.expect("known").acked_seq;
    let third = SigningKey::from_seed(&[39; 32]);
    let signed = Succession::sign(&new.key, &third, &"A01".into(), last, "an old copy");
    let nonce = heirs_nonce(&third, &server);
    let bound = commitment(&server, &third.public_key(), &nonce);
    let shown = signed.clone().meeting(bound, Some([9; 32]));
    assert_eq!(told(&world, &shown).await.err(), Some(Refusal::Unauthenticated), "another nonce");
    told(&world, &signed.clone().meeting(bound, None)).await.expect("bound");
    let other = commitment(&server, &third.public_key(), &enrol::Nonce([9; 32]));
    let again = signed.meeting(other, Some([9; 32]));
    assert_eq!(told(&world, &again).await.err(), Some(Refusal::Conflict), "a second time");
    let row = world.admin.find(&third.writer().to_string()).await.expect("known");
    assert_eq!(row.digits(&server), None, "none while the laptop has not shown its nonce");

    // One that still waits goes with its line, too.
    let last = Laptop::new("A01", "O8", 39);
    world.admin.revoke(&old.writer().to_string(), "stolen").await.expect("revoked");
    assert_eq!(standing_of(&world, &last).await, Standing::Revoked);
}
