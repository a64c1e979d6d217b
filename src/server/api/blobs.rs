//! `/v1/blobs/{hash}`: attachments, piece by piece, up and down.

use auxlog_record::{Hash, WriterId};
use auxlog_sync::Refusal;
use auxlog_sync::blob::{MAX_BLOB, MAX_PIECE, OFFSET_HEADER, PIECE_TYPE};
use auxlog_sync::message::Standing;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{self, MethodFilter};

use super::asked::{Asked, json};
use super::lines::BlobLine;
use super::refuse::Refuse;
use super::{App, Content, Door, Route, Shared, day};
use crate::metrics;
use crate::openapi::schema;
use crate::scope::{Action, AgencyScope};
use crate::store::{Blob, Delivery, IncidentKind, Put};

const BLOB: &str = "/v1/blobs/{hash}";
const STATE: Content = Content::Json(schema::<BlobLine>);
const DELIVERS: Door = Door::Signed(Action::Deliver);

pub(super) const ROUTES: &[Route] = &[
    Route::post(BLOB, DELIVERS, [Content::Nothing, STATE], "Begin an attachment, or go on", || routing::post(begin))
        .asks(&["agency", "length"]),
    Route {
        method: "HEAD",
        ..Route::get(BLOB, DELIVERS, STATE, "How far an attachment has come", || routing::head(head))
    }
    .asks(&["agency", "length"]),
    Route {
        method: "PATCH",
        ..Route::post(
            BLOB,
            DELIVERS,
            [Content::Bytes, STATE],
            "The piece of an attachment that begins at the offset",
            || routing::patch(piece),
        )
    }
    .asks(&["agency", "length", "offset"]),
    // Not `routing::get`, which would answer HEAD too.
    Route::get(BLOB, Door::Signed(Action::ReadBlobs), Content::Bytes, "A piece of an attachment", || {
        routing::on(MethodFilter::GET, get)
    })
    .asks(&["agency", "length", "offset?", "limit?"]),
];

/// Which attachment a request is about, and for whom.
struct Wanted {
    scope: AgencyScope,
    hash: Hash,
    length: u64,
}

async fn wanted(app: &App, hash: &str, asked: &Asked, action: Action) -> Result<Wanted, Refuse> {
    let scope = asked.scope(app, action).await?;
    let hash = hash.parse().map_err(|_| Refusal::Malformed)?;
    let length = asked.number("length", None)?;
    if length > MAX_BLOB {
        return Err(Refusal::TooLarge.into());
    }
    Ok(Wanted { scope, hash, length })
}

fn state(blob: Blob) -> Response {
    let mut response = json(&BlobLine::from(blob));
    response.headers_mut().insert(OFFSET_HEADER, HeaderValue::from(blob.received));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Refuses an attachment that there is no room for; who looks after the log is told once a day.
async fn full(app: &App, wanted: &Wanted, device: WriterId, why: &str) -> Refuse {
    let now = app.now();
    tracing::warn!(agency = %wanted.scope.agency(), %device, why, "an attachment is not taken");
    let detail = format!("{}, {device}: {why}", day(now));
    match app.store.file_once(&wanted.scope, now, IncidentKind::Quota, (device, 0), &detail).await {
        Ok(_) => Refusal::Quota.into(),
        Err(error) => error.into(),
    }
}

async fn put(app: &App, wanted: &Wanted, device: WriterId, offset: u64, piece: &[u8]) -> Result<Response, Refuse> {
    let Wanted { scope, hash, length } = wanted;
    let free = app.disk.as_deref().and_then(auxlog_journal::free_space);
    if free.is_some_and(|free| free < app.quotas.free) {
        return Err(full(app, wanted, device, "the server's disk is nearly full").await);
    }
    let delivery = Delivery { device, quotas: app.quotas, now: app.now() };
    let put = app.store.put_piece(scope, *hash, *length, offset, piece, &delivery).await;
    match put? {
        Some(Put::Taken(blob)) => Ok(state(blob)),
        Some(Put::OutOfPlace(blob)) => Err(Refuse::from(Refusal::OutOfPlace).at(blob.received)),
        Some(Put::Damaged) => {
            tracing::warn!(agency = %scope.agency(), %hash, "an attachment's content was another");
            Err(Refusal::Damaged.into())
        }
        Some(Put::OverQuota(why)) => Err(full(app, wanted, device, why).await),
        Some(Put::ShutOut(Standing::Frozen)) => Err(Refusal::Frozen.into()),
        Some(Put::ShutOut(_)) => Err(Refusal::Revoked.into()),
        None => Err(Refusal::NotFound.into()),
    }
}

/// `POST`: begins or goes on; says where. What came in full and was not checked yet is.
async fn begin(State(app): Shared, Path(hash): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let wanted = wanted(&app, &hash, &asked, Action::Deliver).await?;
    put(&app, &wanted, asked.device()?, 0, &[]).await
}

/// `HEAD`: how far it has come.
async fn head(State(app): Shared, Path(hash): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let Wanted { scope, hash, length } = wanted(&app, &hash, &asked, Action::Deliver).await?;
    let blob = app.store.blob(&scope, hash, length, asked.device()?).await?;
    Ok(blob.map(state).ok_or(Refusal::NotFound)?)
}

/// `PATCH`: the piece that begins at `offset`.
async fn piece(State(app): Shared, Path(hash): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let wanted = wanted(&app, &hash, &asked, Action::Deliver).await?;
    let offset = asked.number("offset", None)?;
    let piece = asked.body();
    if piece.is_empty() {
        return Err(Refusal::Malformed.into());
    }
    if piece.len() > MAX_PIECE {
        return Err(Refusal::TooLarge.into());
    }
    put(&app, &wanted, asked.device()?, offset, piece).await
}

/// `GET`: a piece of a whole attachment. Looking at one is logged: at its first piece, and wherever else
/// somebody begins.
async fn get(State(app): Shared, Path(hash): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let Wanted { scope, hash, length } = wanted(&app, &hash, &asked, Action::ReadBlobs).await?;
    let offset = asked.number("offset", Some(0))?;
    let limit = asked.number("limit", Some(MAX_PIECE as u64))?.min(MAX_PIECE as u64);
    let limit = usize::try_from(limit).unwrap_or(MAX_PIECE);
    let piece = app.store.blob_piece(&scope, hash, length, offset, limit).await?.ok_or(Refusal::NotFound)?;
    let (act, subject, now) = ("read_attachment", hash.to_string(), app.now());
    // In one's own agency whoever goes on with what they began is not noted with each piece of it.
    let noted = if offset == 0 || !scope.is_own() {
        let detail = if offset == 0 { String::new() } else { format!("from byte {offset}") };
        app.store.note(&scope, now, act, &subject, &detail).await
    } else {
        app.store.note_once_an_hour(&scope, now, act, &subject, &format!("from byte {offset}")).await
    };
    noted?;
    metrics::add(&app.metrics.bytes_out, piece.len());
    Ok(([(header::CONTENT_TYPE, PIECE_TYPE)], piece).into_response())
}
