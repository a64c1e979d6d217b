//! The roster on its way down, piece by piece; pieces outlive a session that was cut.

use std::collections::BTreeSet;

use auxlog_record::{AgencyId, Hash, RosterIssued};

use super::{Session, State};
use crate::error::SyncError;
use crate::local::LocalLedger;
use crate::roster::{Manifest, Pieces};
use crate::run::MAX_RECORDS;
use crate::signed::Signed;

/// Bytes of the first piece of an attachment, before anything is known of the line.
const FIRST_PIECE: usize = 64 << 10;

/// What a session learnt that helps the next one; losing it costs time only.
#[derive(Debug, Clone)]
pub struct Learnt {
    /// What to add to the laptop's clock to have the server's, milliseconds.
    pub offset_ms: i64,
    /// Records in a batch and in a page: halved when answers are late or cut off, doubled when they come.
    pub batch: usize,
    /// Pieces of a roster that is not complete yet.
    pub pieces: Pieces,
    /// Bytes of an attachment's piece: halved when an answer is late, doubled when it comes.
    pub piece: usize,
}

impl Default for Learnt {
    fn default() -> Self {
        Self { offset_ms: 0, batch: MAX_RECORDS, pieces: Pieces::new(), piece: FIRST_PIECE }
    }
}

/// A roster on its way down.
#[derive(Debug, Clone)]
pub(super) struct Download {
    manifest: Manifest,
    exact: Signed<Manifest>,
}

impl Download {
    /// The first piece that is not here.
    pub(super) fn missing(&self, pieces: &Pieces) -> Option<Hash> {
        self.manifest.pieces().find(|piece| !pieces.contains_key(piece)).copied()
    }
}

impl Session {
    /// Begins to fetch a roster, once the log as it was pulled says that the office issued exactly this one.
    pub(super) fn begin_roster(
        &mut self,
        signed: Signed<Manifest>,
        agency: &AgencyId,
        ledger: &dyn LocalLedger,
    ) -> Result<(), SyncError> {
        let manifest = signed.open(&self.server).map_err(|_| SyncError::OtherServer)?;
        let version = manifest.version;
        if manifest.agency != *agency {
            return Err(SyncError::BadAnswer("it brings the roster of another agency".into()));
        }
        let held = ledger.roster_version();
        let older = match ledger.rosters_issued()? {
            None => version < held,
            Some(issued) => {
                let place = |fits: &dyn Fn(&RosterIssued) -> bool| issued.iter().rposition(fits);
                match place(&|one| one.version == version && one.manifest == signed.hash()) {
                    Some(at) => place(&|one| one.version == held).is_some_and(|held| at < held),
                    // The record may stand on a page that is still to come.
                    None if self.to_receive > 0 => return Ok(()),
                    None => return Err(SyncError::RosterNotIssued { version }),
                }
            }
        };
        // The same version again where the copy here drifted from it.
        let same = version == held && ledger.roster_digest() == Some(manifest.digest);
        if older || same {
            return Ok(());
        }
        // What is here already need not come again.
        if let Some((_, kept)) = ledger.kept_roster()? {
            let whole = |(name, piece): &(Hash, Vec<u8>)| manifest.name_of(piece).is_ok_and(|made| made == *name);
            self.learnt.pieces.extend(kept.into_iter().filter(whole));
        }
        let wanted: BTreeSet<Hash> = manifest.pieces().copied().collect();
        self.learnt.pieces.retain(|piece, _| wanted.contains(piece));
        self.go_on_with(Download { manifest, exact: signed }, ledger)
    }

    pub(super) fn take_piece(
        &mut self,
        download: Download,
        packed: Vec<u8>,
        ledger: &dyn LocalLedger,
    ) -> Result<(), SyncError> {
        let damaged = || SyncError::BadAnswer("a piece of the roster was damaged on the way".into());
        let name = download.manifest.name_of(&packed).map_err(|_| damaged())?;
        if download.missing(&self.learnt.pieces) != Some(name) {
            return Err(damaged());
        }
        self.learnt.pieces.insert(name, packed);
        self.go_on_with(download, ledger)
    }

    /// Fetches the next piece that is missing, or keeps the roster when none is.
    fn go_on_with(&mut self, download: Download, ledger: &dyn LocalLedger) -> Result<(), SyncError> {
        if download.missing(&self.learnt.pieces).is_some() {
            self.state = State::Fetching(Box::new(download));
            return Ok(());
        }
        let pieces = std::mem::take(&mut self.learnt.pieces);
        let roster = download.manifest.assemble(&pieces).map_err(|e| SyncError::BadAnswer(e.to_string()))?;
        self.outcome.roster = Some(download.manifest.version);
        ledger.accept_roster(roster, &download.exact, &pieces).map_err(SyncError::Ledger)
    }
}
