//! The registers of an agency, read over the network.

use auxlog_record::{AuxiliaryId, Date};
use auxlog_registers::{EntryError, EntryQuery, Reading, Register, all, json as entries_json, named};
use auxlog_sync::Refusal;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use tokio::task::block_in_place;

use super::asked::{Asked, json};
use super::lines::{EntriesLine, EntryLine, RegisterLine};
use super::refuse::Refuse;
use super::{App, Content, Door, Route, Shared};
use crate::openapi::schema;
use crate::registers::AgencyRegisters;
use crate::scope::{Action, AgencyScope};
use crate::store::{Look, Place};

const READS: Door = Door::Signed(Action::ReadRegisters);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/v1/registers",
        READS,
        Content::Json(schema::<Vec<RegisterLine>>),
        "The registers, and how many entries each has",
        || get(overview),
    )
    .asks(&["agency"]),
    Route::get("/v1/registers/{kind}", READS, Content::Json(schema::<EntriesLine>), "Entries of a register", || {
        get(entries)
    })
    .asks(&["agency", "person?", "state?", "text?", "since?", "until?", "limit?", "offset?", "next?"]),
    Route::get("/v1/registers/{kind}/{id}", READS, Content::Json(schema::<EntryLine>), "An entry", || get(entry))
        .asks(&["agency"]),
];

/// `GET /v1/registers`.
async fn overview(State(app): Shared, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRegisters).await?;
    let look = looks(&app, &scope, &asked).await?;
    app.store.project(&scope, &app.public_key, false).await?;
    let counts = app.store.count_entries(look).await?;
    let line = |register: &Register| {
        let entries = counts.get(&register.number).copied().unwrap_or(0);
        RegisterLine { register: register.key.clone(), zh: register.zh.clone(), en: register.en.clone(), entries }
    };
    Ok(json(&all().iter().map(line).collect::<Vec<_>>()))
}

/// `GET /v1/registers/{kind}`: the latest first.
async fn entries(State(app): Shared, Path(kind): Path<String>, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRegisters).await?;
    let register = named(&kind).ok_or(Refusal::NotFound)?;
    let day = |name| {
        let said = asked.query(name);
        said.map(|day| day.parse().map(Date).map_err(|_| Refusal::Malformed)).transpose()
    };
    let query = EntryQuery {
        person: asked.query("person").map(AuxiliaryId),
        state: asked.query("state"),
        text: asked.query("text"),
        since: day("since")?,
        until: day("until")?,
        ..EntryQuery::default()
    };
    let (limit, offset) = (u64::from(asked.limit()?), asked.number("offset", Some(0))?);
    let after = asked.query("next").map(|place| place.parse::<Place>());
    let after = after.transpose().map_err(|_| Refusal::Malformed)?;
    let registers = open(&app, looks(&app, &scope, &asked).await?).await?;
    let found = block_in_place(|| {
        let (page, total) = registers.page(register, &query, after, (offset, limit))?;
        let next = page.last().filter(|_| page.len() as u64 == limit).map(|entry| Place::of(entry).to_string());
        Ok(EntriesLine { total, entries: page.iter().map(|entry| line(&registers, entry)).collect(), next })
    });
    Ok(json(&found.map_err(refused)?))
}

/// `GET /v1/registers/{kind}/{id}`.
async fn entry(State(app): Shared, Path((kind, id)): Path<(String, String)>, asked: Asked) -> Result<Response, Refuse> {
    let scope = asked.scope(&app, Action::ReadRegisters).await?;
    let register = named(&kind).ok_or(Refusal::NotFound)?;
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let registers = open(&app, looks(&app, &scope, &asked).await?).await?;
    let found = block_in_place(|| {
        let found = registers.dossier(id)?.filter(|entry| entry.register == register);
        Ok(found.map(|entry| line(&registers, &entry)))
    });
    Ok(json(&found.map_err(refused)?.ok_or(Refusal::NotFound)?))
}

/// Entries name people, so looking is logged.
async fn looks<'a>(app: &App, scope: &'a AgencyScope, asked: &Asked) -> Result<Look<'a>, Refuse> {
    Ok(app.store.look(scope, app.now(), "read_register", &asked.what()).await?)
}

async fn open<'a>(app: &App, look: Look<'a>) -> Result<AgencyRegisters<'a>, Refuse> {
    Ok(AgencyRegisters::open(&app.store, &app.judge, &app.public_key, look, app.now()).await?)
}

fn line(reading: &dyn Reading, entry: &auxlog_registers::Dossier) -> EntryLine {
    EntryLine(entries_json::entry(reading, entry))
}

fn refused(error: EntryError) -> Refuse {
    match error {
        EntryError::Store(source) => match source.downcast::<crate::store::StoreError>() {
            Ok(error) => (*error).into(),
            Err(error) => {
                tracing::error!(%error, "entries could not be read");
                Refusal::Internal.into()
            }
        },
        error => Refuse::from(Refusal::Malformed).because(error),
    }
}
