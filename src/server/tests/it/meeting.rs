//! Enrolment's six digits: each side is bound to its nonce before it knows the other's, so that nobody
//! between them can search for a key whose digits fit.

use auxlog_record::{Signer as _, SigningKey};
use auxlog_sync::enrol::{ConfirmRequest, Enrolled, Nonce, Role, commitment, digits, normal_code, own_nonce};
use auxlog_sync::http::{Answer, Request};
use auxlog_sync::message::Standing;
use auxlog_sync::pack::pack;
use auxlog_sync::signed::Signed;
use auxlog_sync::{EnrolError, Refusal};

use crate::support::{Kind, Laptop, World, confirm};

contracts![
    each_side_is_bound_before_it_knows_the_other,
    a_device_is_approved_by_its_digits_alone,
    a_new_code_is_a_new_meeting,
    a_laptop_of_0_1_0_is_told_to_update,
];

async fn code(world: &World, approve: bool) -> String {
    let code = world.admin.code(&"A01".into(), &"O1".into(), Role::Officer, approve).await.expect("a code");
    normal_code(&code).expect("its own form")
}

async fn send(world: &World, request: &ConfirmRequest) -> Answer {
    let body = pack(request).expect("packs");
    let request = Request { method: "POST", target: "/v1/enroll/confirm".into(), auth: None, body };
    world.connection().send(request).await.expect("an answer")
}

fn refused(answer: &Answer) -> Option<Refusal> {
    answer.error.as_deref().and_then(Refusal::from_name)
}

fn enrolled(world: &World, answer: Answer) -> Enrolled {
    let signed: Signed<Enrolled> = answer.message().expect("enrolled");
    signed.open(&world.handle().public_key).expect("by the server")
}

async fn listed(world: &World, key: &SigningKey) -> Option<String> {
    let row = world.admin.find(&key.public_key().writer().to_string()).await.expect("known");
    row.digits(world.admin.server_key())
}

async fn each_side_is_bound_before_it_knows_the_other(kind: Kind) {
    let world = World::new(kind).await;
    let (server, key) = (world.handle().public_key, SigningKey::from_seed(&[1; 32]));
    let code = code(&world, false).await;
    let request = ConfirmRequest::new(&key, &code, &server, "laptop", None);
    let own = own_nonce(&key, &code, &server);
    let met = enrolled(&world, send(&world, &request).await);
    let theirs = met.nonce.expect("the server's nonce");
    assert_eq!(met.standing, Standing::Pending);
    assert_eq!(listed(&world, &key).await, None, "the laptop has not shown its nonce");
    assert_eq!(enrolled(&world, send(&world, &request).await), met, "sent again, the same nonce");

    // Nobody binds themselves twice, or shows what they are not bound to.
    let other = Nonce([9; 32]);
    let again = ConfirmRequest { commitment: Some(commitment(&server, &key.public_key(), &other)), ..request.clone() };
    assert_eq!(refused(&send(&world, &again).await), Some(Refusal::BadCode));
    let shown = ConfirmRequest { nonce: Some(other), ..again };
    assert_eq!(refused(&send(&world, &shown).await), Some(Refusal::BadCode));
    let lie = ConfirmRequest { nonce: Some(other), ..request.clone() };
    assert_eq!(refused(&send(&world, &lie).await), Some(Refusal::Unauthenticated));
    assert_eq!(listed(&world, &key).await, None);

    let shown = ConfirmRequest { nonce: Some(own), ..request.clone() };
    for _ in 0..2 {
        assert_eq!(enrolled(&world, send(&world, &shown).await), met);
        assert_eq!(listed(&world, &key).await, Some(digits(&server, &key.public_key(), &own, &theirs)));
    }

    // A second enrolment meets another nonce of the server's: nothing of it can be known before.
    let second = self::code(&world, false).await;
    let request = ConfirmRequest::new(&SigningKey::from_seed(&[2; 32]), &second, &server, "laptop", None);
    assert_ne!(enrolled(&world, send(&world, &request).await).nonce, Some(theirs));
}

async fn a_device_is_approved_by_its_digits_alone(kind: Kind) {
    let world = World::new(kind).await;
    let laptop = Laptop::new("A01", "O1", 1);
    let (device, code) = (laptop.writer().to_string(), code(&world, false).await);
    let server = world.handle().public_key;
    let half = ConfirmRequest::new(&laptop.key, &code, &server, "laptop", None);
    enrolled(&world, send(&world, &half).await);
    world.admin.approve(&device, "").await.expect_err("it has shown nothing yet");
    let shown =
        confirm(&world.connection(), &server, &code, &laptop.key, "laptop", None).await.expect("goes on").digits;
    let wrong = if shown == "000000" { "000001" } else { "000000" };
    for digits in [wrong, "", &shown[..5]] {
        world.admin.approve(&device, digits).await.expect_err("other digits");
    }
    assert_eq!(world.admin.find(&device).await.expect("known").standing, Standing::Pending);
    let audit = world.admin.log(100).await.expect("listed");
    assert_eq!(audit.iter().filter(|(_, entry)| entry.act == "wrong_digits").count(), 4, "{audit:?}");
    world.admin.approve(&device, &format!("{} {}", &shown[..3], &shown[3..])).await.expect("its own");
    assert_eq!(world.admin.find(&device).await.expect("known").standing, Standing::Active);
}

async fn a_new_code_is_a_new_meeting(kind: Kind) {
    let world = World::new(kind).await;
    let (server, key) = (world.handle().public_key, SigningKey::from_seed(&[1; 32]));
    let connection = world.connection();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let code = code(&world, false).await;
        let confirmed = confirm(&connection, &server, &code, &key, "laptop", None).await.expect("met");
        assert_eq!(listed(&world, &key).await, Some(confirmed.digits), "the newest");
        auxlog_sync::confirm(&connection, &server, &code, &key, "laptop", None, |nonce| {
            seen.push(nonce);
            Ok::<_, EnrolError>(())
        })
        .await
        .expect("goes on");
    }
    assert_ne!(seen[0], seen[1]);
    // A laptop that kept another nonce shows nothing of its own.
    let code = code(&world, false).await;
    let key = SigningKey::from_seed(&[2; 32]);
    let refuses = |_| Err(EnrolError::OtherNonce);
    let stopped = auxlog_sync::confirm(&connection, &server, &code, &key, "laptop", None, refuses).await;
    assert!(matches!(stopped, Err(EnrolError::OtherNonce)), "{stopped:?}");
    assert_eq!(listed(&world, &key).await, None);
}

async fn a_laptop_of_0_1_0_is_told_to_update(kind: Kind) {
    let world = World::new(kind).await;
    let (server, key) = (world.handle().public_key, SigningKey::from_seed(&[1; 32]));
    let old =
        |code: &str| ConfirmRequest { commitment: None, ..ConfirmRequest::new(&key, code, &server, "laptop", None) };
    let compared = code(&world, false).await;
    assert_eq!(refused(&send(&world, &old(&compared)).await), Some(Refusal::UpgradeNeeded));
    assert!(world.admin.devices().await.expect("listed").is_empty(), "its digits could be searched for");
    confirm(&world.connection(), &server, &compared, &key, "laptop", None).await.expect("the code is as good as new");
    // Where nobody compares digits there is nothing to search for.
    let key = SigningKey::from_seed(&[2; 32]);
    let code = code(&world, true).await;
    let old = ConfirmRequest { commitment: None, ..ConfirmRequest::new(&key, &code, &server, "laptop", None) };
    assert_eq!(enrolled(&world, send(&world, &old).await).standing, Standing::Active);
}
