//! Enrolment by one-time code. Wrong codes are counted and logged; which of unknown, used up and
//! expired a code is, is not said.

use auxlog_record::{PublicKey, Succession, is_hidden};
use auxlog_sync::Refusal;
use auxlog_sync::enrol::{ConfirmRequest, Enrolled, Nonce, Offer, OfferRequest, commitment, normal_code};
use auxlog_sync::signed::Signed;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;

use super::asked::{Asked, answer};
use super::refuse::Refuse;
use super::{App, Door, MESSAGES, Route, Shared};
use crate::metrics;
use crate::scope::AgencyScope;
use crate::store::{Code, CodeUse, Enrolling};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/v1/enroll", Door::Code, MESSAGES, "Whom a one-time code is for; uses nothing up", || post(offer)),
    Route::post("/v1/enroll/confirm", Door::Code, MESSAGES, "Enrol a key with a code, or ask where it stands", || {
        post(confirm)
    }),
    Route::post("/v1/succeed", Door::Proof, MESSAGES, "A new key takes over from one that is retired", || {
        post(succeed)
    }),
];

/// The longest name that a laptop may give itself.
const LAPTOP: usize = 100;

/// `POST /v1/enroll`.
async fn offer(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let request: OfferRequest = asked.message(&app).await?;
    let code = tried(&app, &asked, &request.code)?;
    let found = app.store.code(&code, app.now()).await?;
    let Some(found) = found else { return Err(wrong(&app, &asked)) };
    let offer = describe(&app, &found).await?;
    answer(&app, &Signed::seal(&app.key, &offer))
}

/// `POST /v1/enroll/confirm`.
async fn confirm(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let request: ConfirmRequest = asked.message(&app).await?;
    let code = tried(&app, &asked, &request.code)?;
    let strange = || asked.strange(Refusal::Unauthenticated);
    metrics::add(&app.metrics.signatures, 1);
    let key = request.proven_key(&app.public_key).ok_or_else(strange)?;
    // What the laptop shows is what it bound itself to before it knew the server's nonce.
    if request.nonce.is_some_and(|nonce| request.commitment != Some(commitment(&app.public_key, &key, &nonce))) {
        return Err(strange());
    }
    let now = app.now();
    let named = match app.store.code(&code, now).await? {
        Some(found) => describe(&app, &found).await?.officer_name,
        None => String::new(),
    };
    // A mark that acts on an administrator's terminal is no part of a name.
    let laptop = request.laptop.chars().filter(|c| !is_hidden(*c)).take(LAPTOP).collect();
    let ConfirmRequest { commitment, nonce, before, .. } = request;
    let before = before.unwrap_or(0);
    let enrolling = Enrolling { public_key: key.to_bytes(), laptop, before, commitment, nonce };
    let writer = key.writer().to_string();
    let used = app.store.use_code(|agency| AgencyScope::enrolling(agency, &writer), &code, &named, &enrolling, now);
    match used.await? {
        CodeUse::Refused => Err(wrong(&app, &asked)),
        CodeUse::Older => Err(Refusal::UpgradeNeeded.into()),
        CodeUse::Enrolled(device) => {
            tracing::info!(device = %device.writer, agency = %device.agency, "enrolled");
            let nonce = device.meeting.filter(|_| enrolling.commitment.is_some()).map(|meeting| meeting.server);
            let enrolled = Enrolled { public_key: device.public_key, standing: device.standing, nonce };
            answer(&app, &Signed::seal(&app.key, &enrolled))
        }
    }
}

/// `POST /v1/succeed`: a key takes over from one that its laptop retired. May be sent again.
async fn succeed(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let succession: Succession = asked.message(&app).await?;
    let now = app.now();
    let strange = || asked.strange(Refusal::Unauthenticated);
    let old = app.store.device(&succession.agency, succession.old).await?.ok_or_else(strange)?;
    // The old key's and the new one's.
    metrics::add(&app.metrics.signatures, 2);
    let key = PublicKey::from_bytes(&old.public_key).ok().and_then(|key| succession.verify(&key));
    let key = key.ok_or_else(strange)?;
    let nonce = succession.nonce.map(Nonce);
    if nonce.is_some_and(|nonce| succession.commitment != Some(commitment(&app.public_key, &key, &nonce))) {
        return Err(strange());
    }
    let scope = AgencyScope::enrolling(&old.agency, &old.writer.to_string());
    let device = app.store.succeed(&scope, &succession, &key, now).await?.ok_or(Refusal::Conflict)?;
    tracing::info!(old = %old.writer, device = %device.writer, agency = %device.agency, "a key took over");
    let nonce = device.meeting.filter(|_| succession.commitment.is_some()).map(|meeting| meeting.server);
    let enrolled = Enrolled { public_key: device.public_key, standing: device.standing, nonce };
    answer(&app, &Signed::seal(&app.key, &enrolled))
}

/// A code in its normal form.
fn tried(app: &App, asked: &Asked, code: &str) -> Result<String, Refuse> {
    normal_code(code).ok_or_else(|| wrong(app, asked))
}

/// A wrong code is counted, and told as a limit once there were too many; a right one never is.
fn wrong(app: &App, asked: &Asked) -> Refuse {
    tracing::warn!(address = %asked.address, "wrong enrolment code");
    match app.limits.wrong_code(asked.address, app.now()) {
        Ok(()) => asked.strange(Refusal::BadCode),
        Err(_) => Refusal::RateLimited.into(),
    }
}

/// Whom a code is for, as far as the roster knows them.
async fn describe(app: &App, code: &Code) -> Result<Offer, Refuse> {
    let scope = AgencyScope::enrolling(&code.agency, "code");
    let agency_name = app.store.agency_name(&code.agency).await?;
    let newest = app.store.roster(&scope, None).await?.map_or(0, |row| row.version);
    let roster = app.judge.roster(&app.store, &scope, newest).await?;
    let officer = roster.as_ref().and_then(|roster| roster.officers.get(&code.officer));
    Ok(Offer {
        server_key: app.public_key.to_bytes(),
        agency: code.agency.clone(),
        agency_name,
        officer: code.officer.clone(),
        officer_name: officer.map_or_else(|| code.officer.0.clone(), |officer| officer.name.clone()),
        certificate: officer.and_then(|officer| officer.certificate.clone()),
        role: code.role,
        former: app.store.former_keys(&scope).await?,
    })
}
