//! Attachments on their way up, after the records that announce them: the server names the offset,
//! so nothing of a transfer needs to be remembered here.

use auxlog_record::Hash;

use super::{Session, State};
use crate::Refusal;
use crate::blob::{BlobId, BlobState, MAX_PIECE};
use crate::error::SyncError;
use crate::http::{Answer, NoAnswer, Request};
use crate::local::{LocalError, LocalLedger};
use crate::message::Standing;
use crate::progress::Notice;

/// Pieces are never made smaller than this, however slow the line.
const SMALLEST: usize = 4 << 10;

/// An attachment on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Upload {
    blob: BlobId,
    /// Up to where the server has it, once it said so.
    offset: Option<u64>,
    /// Bytes of the piece that is out.
    piece: usize,
}

impl Session {
    /// The next request for an attachment that the server lacks; `None` where it has all.
    pub(super) fn upload(&mut self, now_ms: u64, ledger: &dyn LocalLedger) -> Result<Option<Request>, LocalError> {
        if !self.agreed.blobs() {
            return Ok(None);
        }
        let epoch = ledger.seen()?.cursor.epoch;
        let waiting = ledger.attachments_to_send(epoch)?;
        let mut open = waiting.into_iter().filter(|blob| !self.passed_over.contains(&blob.hash));
        let Some(blob) = open.next() else {
            self.attachments_left = 0;
            return Ok(None);
        };
        self.attachments_left = 1 + open.count() as u64;
        if self.no_more_room || self.outcome.standing != Standing::Active {
            self.outcome.attachments_left += std::mem::take(&mut self.attachments_left);
            return Ok(None);
        }
        Ok(Some(self.ask_offset(blob, now_ms, ledger)))
    }

    /// Asks how far an attachment has come; where nobody began, it begins.
    fn ask_offset(&mut self, blob: BlobId, now_ms: u64, ledger: &dyn LocalLedger) -> Request {
        self.state = State::Uploading(Upload { blob, offset: None, piece: 0 });
        self.sign("POST", blob.target(&ledger.agency()), Vec::new(), now_ms, ledger)
    }

    /// The request that follows an answer about an attachment; `None` where this one is done with.
    pub(super) fn take_offset(
        &mut self,
        upload: Upload,
        answer: Answer,
        now_ms: u64,
        ledger: &dyn LocalLedger,
    ) -> Result<Option<Request>, SyncError> {
        let Upload { blob, piece, .. } = upload;
        let named = answer.offset;
        match answer.content("application/json") {
            Ok(body) => {
                let state: BlobState =
                    serde_json::from_slice(&body).map_err(|e| SyncError::BadAnswer(e.to_string()))?;
                if state.length != blob.length || state.offset > blob.length {
                    return Err(SyncError::BadAnswer("it speaks of another attachment".into()));
                }
                if state.whole {
                    let epoch = ledger.seen()?.cursor.epoch;
                    ledger.attachment_sent(blob.hash, epoch)?;
                    self.outcome.attachments += 1;
                    return Ok(None);
                }
                // A server that takes a piece without moving would be asked for ever.
                if upload.offset == Some(state.offset) && piece > 0 {
                    return Err(SyncError::Stalled);
                }
                if upload.offset.is_some() {
                    self.learnt.piece = (self.learnt.piece * 2).min(MAX_PIECE);
                }
                self.send_piece(blob, state.offset, now_ms, ledger)
            }
            // Another laptop, or this one before its answer was lost, is further on.
            Err(SyncError::Refused(Refusal::OutOfPlace)) => match named.filter(|named| Some(*named) != upload.offset) {
                Some(offset) => self.send_piece(blob, offset, now_ms, ledger),
                None => Err(SyncError::Stalled),
            },
            // What had come before was not this content; from the beginning, once.
            Err(SyncError::Refused(Refusal::Damaged)) if self.began_anew.insert(blob.hash) => {
                Ok(Some(self.ask_offset(blob, now_ms, ledger)))
            }
            // Not announced to this server (yet), too large for it, or damaged here: the others go on.
            Err(SyncError::Refused(Refusal::NotFound | Refusal::TooLarge | Refusal::Damaged)) => {
                self.pass_over(blob.hash);
                Ok(None)
            }
            // Kept here, and sent with a later synchronisation; the records are with the server already.
            Err(SyncError::Refused(
                refusal @ (Refusal::Quota | Refusal::Frozen | Refusal::Revoked | Refusal::Forbidden),
            )) => {
                self.no_more_room = true;
                if refusal == Refusal::Quota {
                    self.outcome.notices.push(Notice::AttachmentsKept);
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn pass_over(&mut self, hash: Hash) {
        self.passed_over.insert(hash);
        self.outcome.attachments_left += 1;
    }

    fn send_piece(
        &mut self,
        blob: BlobId,
        offset: u64,
        now_ms: u64,
        ledger: &dyn LocalLedger,
    ) -> Result<Option<Request>, SyncError> {
        let left = usize::try_from(blob.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let size = self.learnt.piece.min(left);
        let piece = ledger.attachment_piece(blob.hash, offset, size)?;
        if piece.len() != size {
            // Not here, or not whole here: nothing that the server could check.
            self.pass_over(blob.hash);
            return Ok(None);
        }
        self.state = State::Uploading(Upload { blob, offset: Some(offset), piece: size });
        let target = format!("{}&offset={offset}", blob.target(&ledger.agency()));
        Ok(Some(self.sign("PATCH", target, piece, now_ms, ledger)))
    }

    /// A piece was late or cut off: smaller ones from here on, from where the server says.
    pub(super) fn again_smaller(
        &mut self,
        upload: Upload,
        why: &NoAnswer,
        now_ms: u64,
        ledger: &dyn LocalLedger,
    ) -> Option<Request> {
        if !matches!(why, NoAnswer::Late | NoAnswer::Cut(_)) || self.learnt.piece <= SMALLEST {
            return None;
        }
        self.learnt.piece = (self.learnt.piece / 2).max(SMALLEST);
        Some(self.ask_offset(upload.blob, now_ms, ledger))
    }
}
