//! The newest roster that was issued after a backup that was put back: laptops hold it, and bring it.

use auxlog_record::{Event, Hash, Hlc, Record, Roster, RosterIssued, WriterId};
use auxlog_sync::roster::{Manifest, Pieces};

use super::audit::{self, IncidentKind};
use super::rosters::{RosterRow, keep_pieces, keep_version};
use super::{Result, Store, StoreError, unsigned};
use crate::roster::changes;
use crate::scope::AgencyScope;

impl Store {
    /// Takes back a roster that the log says was issued, and some of its pieces, each under its own name;
    /// names those that are still missing. Once none is, the version stands again. `None` where the log
    /// knows of no such roster. `exact` is the hash of the manifest's bytes.
    pub(crate) async fn take_back_roster(
        &self,
        scope: &AgencyScope,
        manifest: &Manifest,
        exact: Hash,
        pieces: &Pieces,
        now: u64,
    ) -> Result<Option<Vec<Hash>>> {
        let issued = self.office_records(scope).await?.iter().find_map(|placed| match placed.record.event() {
            Ok(Event::RosterIssued(issued)) => {
                (issued.version == manifest.version && issued.manifest == exact).then_some(issued)
            }
            _ => None,
        });
        let Some(issued) = issued else { return Ok(None) };
        self.again(|| self.take_back_roster_once(scope, manifest, &issued, pieces, now)).await.map(Some)
    }

    async fn take_back_roster_once(
        &self,
        scope: &AgencyScope,
        manifest: &Manifest,
        issued: &RosterIssued,
        pieces: &Pieces,
        now: u64,
    ) -> Result<Vec<Hash>> {
        let known = self.versions(scope).await?;
        if known.contains(&manifest.version) {
            return Ok(Vec::new());
        }
        // What is here stays as it is: rows of older versions may be masked, of the newest none are.
        let newest = known.iter().all(|version| *version < manifest.version);
        let (mut whole, mut fresh, mut missing) = (Pieces::new(), Pieces::new(), Vec::new());
        for name in manifest.pieces() {
            let here = self.object(scope, *name).await?;
            let here = here.filter(|piece| !newest || manifest.name_of(piece).is_ok());
            match (here, pieces.get(name)) {
                (Some(piece), _) => drop(whole.insert(*name, piece)),
                (None, Some(piece)) => drop(fresh.insert(*name, piece.clone())),
                (None, None) => missing.push(*name),
            }
        }
        let mut transaction = self.begin().await?;
        keep_pieces(&mut transaction, scope, &fresh).await?;
        whole.append(&mut fresh);
        if !missing.is_empty() {
            transaction.commit().await?;
            return Ok(missing);
        }
        let after =
            if newest { manifest.assemble(&whole) } else { manifest.assemble_masked(&whole).map(|(left, _)| left) };
        let after = after.map_err(|e| StoreError::Corrupt { table: "object", what: e.to_string() })?;
        let mut before = Roster::default();
        if let Some(version) = known.into_iter().filter(|version| *version < manifest.version).max()
            && let Some(row) = self.roster(scope, Some(version)).await?
        {
            before = self.people(scope, &row.manifest).await?;
        }
        let actor = issued.by.map_or_else(|| "local".to_owned(), |by| by.to_string());
        if keep_version(&mut transaction, scope, manifest, &issued.source, &actor).await? {
            self.keep_changes(&mut transaction, scope, manifest.version, &changes(&before, &after)).await?;
            let (version, nobody) = (manifest.version.to_string(), WriterId::default());
            audit::note(&mut transaction, scope, now, "roster_return", &version, &issued.source).await?;
            let detail = format!("version {version} of the roster came back from a laptop");
            audit::file(&mut transaction, scope.agency(), now, IncidentKind::ServerBehind, nobody, 0, &detail).await?;
        }
        transaction.commit().await?;
        Ok(Vec::new())
    }

    /// The roster in force, to be issued anew under a number of its own: a record that comes back issued
    /// another one under the same, or an older one under a higher number.
    pub(super) async fn overtaken(
        &self,
        scope: &AgencyScope,
        missing: &[&Record],
        now: u64,
    ) -> Result<Option<RosterRow>> {
        let Some(row) = self.roster(scope, None).await? else { return Ok(None) };
        let issued = |record: &Record| match record.event() {
            Ok(Event::RosterIssued(issued)) => Some((issued.version, record.envelope().hlc)),
            _ => None,
        };
        let here = self.office_records(scope).await?;
        let here: Vec<_> = here.iter().filter_map(|placed| issued(&placed.record)).collect();
        let back: Vec<_> = missing.iter().filter_map(|record| issued(record)).collect();
        let said = here.iter().filter(|(version, _)| *version == row.version).map(|(_, hlc)| *hlc).max();
        let overtakes = |(version, hlc): &(u64, Hlc)| {
            *version == row.version || (*version > row.version && said.is_some_and(|said| said > *hlc))
        };
        let newest = here.iter().chain(&back).map(|(version, _)| *version).max().unwrap_or(row.version);
        let manifest = Manifest { version: newest + 1, at_ms: now, ..row.manifest };
        Ok(back.iter().any(overtakes).then_some(RosterRow { version: manifest.version, manifest, ..row }))
    }

    async fn versions(&self, scope: &AgencyScope) -> Result<Vec<u64>> {
        let rows = sql!("SELECT version FROM roster_version WHERE agency_id = $1"; scope.agency())
            .fetch_all(&self.read)
            .await?;
        rows.iter().map(|row| unsigned(row, "version")).collect()
    }
}
