//! The roster on its way down, piece by piece; pieces outlive a session that was cut.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::{AgencyId, Hash};

use super::{Session, State};
use crate::error::SyncError;
use crate::hooks::Hooks;
use crate::roster::{self, Manifest};
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
    pub pieces: BTreeMap<Hash, Vec<u8>>,
    /// Bytes of an attachment's piece: halved when an answer is late, doubled when it comes.
    pub piece: usize,
}

impl Default for Learnt {
    fn default() -> Self {
        Self { offset_ms: 0, batch: MAX_RECORDS, pieces: BTreeMap::new(), piece: FIRST_PIECE }
    }
}

/// A roster on its way down.
#[derive(Debug, Clone)]
pub(super) struct Download {
    manifest: Manifest,
    exact: Vec<u8>,
}

impl Download {
    /// The first piece that is not here.
    pub(super) fn missing(&self, pieces: &BTreeMap<Hash, Vec<u8>>) -> Option<Hash> {
        self.manifest.pieces().find(|piece| !pieces.contains_key(piece)).copied()
    }
}

impl Session {
    pub(super) fn begin_roster(
        &mut self,
        signed: &Signed<Manifest>,
        agency: &AgencyId,
        ledger: &dyn Hooks,
    ) -> Result<(), SyncError> {
        let manifest = signed.open(&self.server).map_err(|_| SyncError::OtherServer)?;
        if manifest.agency != *agency {
            return Err(SyncError::BadAnswer("it brings the roster of another agency".into()));
        }
        let held = ledger.roster_version();
        // The same version again where the copy here drifted from it.
        let same = manifest.version == held && ledger.roster_digest() == Some(manifest.digest);
        if manifest.version < held || same {
            return Ok(());
        }
        // What stands here already need not come again.
        let known = roster::pieces_of(&ledger.roster());
        let wanted: BTreeSet<Hash> = manifest.pieces().copied().collect();
        self.learnt.pieces.extend(known.into_iter().filter(|(piece, _)| wanted.contains(piece)));
        self.go_on_with(Download { manifest, exact: signed.to_bytes() }, ledger)
    }

    pub(super) fn take_piece(
        &mut self,
        download: Download,
        packed: &[u8],
        ledger: &dyn Hooks,
    ) -> Result<(), SyncError> {
        let damaged = || SyncError::BadAnswer("a piece of the roster was damaged on the way".into());
        let (hash, piece) = roster::unpack_piece(packed).map_err(|_| damaged())?;
        if download.missing(&self.learnt.pieces) != Some(hash) {
            return Err(damaged());
        }
        self.learnt.pieces.insert(hash, piece);
        self.go_on_with(download, ledger)
    }

    /// Fetches the next piece that is missing, or keeps the roster when none is.
    fn go_on_with(&mut self, download: Download, ledger: &dyn Hooks) -> Result<(), SyncError> {
        if download.missing(&self.learnt.pieces).is_some() {
            self.state = State::Fetching(Box::new(download));
            return Ok(());
        }
        let roster = download.manifest.assemble(&self.learnt.pieces);
        self.learnt.pieces.clear();
        let roster = roster.map_err(|e| SyncError::BadAnswer(e.to_string()))?;
        self.outcome.roster = Some(download.manifest.version);
        ledger.accept_roster(roster, &download.manifest, &download.exact).map_err(SyncError::Ledger)
    }
}
