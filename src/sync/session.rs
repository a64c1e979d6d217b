//! One synchronisation as a state machine without I/O: events go in, actions come out.
//!
//! It neither sleeps nor opens sockets nor reads a clock; the driver does, and so does a simulation
//! of a bad day. What is to be sent is asked of the ledger at every step, so the machine may be
//! dropped at any point and a new one goes on.

mod compared;
mod download;
mod take;
mod upload;

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::{Hash, PublicKey, Record, RecordId, Succession, WriterId};

pub use download::Learnt;

use crate::Refusal;
use crate::auth::{RequestAuth, ServerId, Signable};
use crate::backoff::Random;
use crate::compare::Doubt;
use crate::enrol::{self, Enrolled};
use crate::error::SyncError;
use crate::http::{Answer, NoAnswer, Request};
use crate::local::{HeldKey, LocalError, LocalLedger, Own};
use crate::message::{self, Capabilities, Have, MAX_PAGE, OwnHead, PROTOCOL, Refused, SyncRequest, SyncResponse};
use crate::pack;
use crate::progress::{Outcome, Progress};
use crate::run::Run;
use crate::signed::{Signed, SignedError};
use compared::Trace;
use download::Download;
use upload::Upload;

/// Bytes of records after which a batch is full, however few they are.
pub const BATCH_BYTES: usize = 1 << 20;

/// Exchanges without any record moving after which the server is left alone for a while.
const STALLED: u32 = 3;

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// Synchronisation is wanted.
    Begin {
        /// The laptop's clock, milliseconds since 1970 UTC.
        now_ms: u64,
    },
    /// The request was answered, or not.
    Answered {
        /// The laptop's clock, milliseconds since 1970 UTC.
        now_ms: u64,
        /// What came.
        answer: Result<Answer, NoAnswer>,
    },
    /// What the office did after a backup was brought to the server.
    Brought {
        /// The laptop's clock, milliseconds since 1970 UTC.
        now_ms: u64,
        /// Whether the server answered to all of it.
        done: bool,
    },
}

/// What to do.
#[derive(Debug)]
pub enum Action {
    /// Send a request and come back with [`Event::Answered`].
    Send(Request),
    /// Bring what the office did after a backup, and come back with [`Event::Brought`]: before any record
    /// that was made under it.
    Bring,
    /// Tell people how far it has come.
    Report(Progress),
    /// It ended well.
    Done(Outcome),
    /// It stopped.
    Failed {
        /// Why.
        error: SyncError,
        /// Don't come back earlier than this, milliseconds.
        retry_after_ms: Option<u64>,
        /// What had been done until then.
        outcome: Outcome,
    },
}

#[derive(Debug, Clone)]
enum State {
    Idle,
    /// The server is being told of a new key; with the laptop's nonce once both sides `met`.
    Succeeding {
        /// Whether the server named its nonce.
        met: bool,
    },
    /// The server is brought what its office did.
    Bringing,
    /// A sync request is out.
    Exchanging,
    /// A piece of the roster is out.
    Fetching(Box<Download>),
    /// A question about an attachment, or a piece of it, is out.
    Uploading(Upload),
    /// The server is asked to prove that another laptop was shown the same log.
    Proving(Doubt),
}

/// The life of the server's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// As it was known here.
    Known,
    /// The server was sent the proof that it came back.
    Proven,
    /// One that was not known here began: what the office did before is to be brought.
    New,
}

/// One synchronisation.
#[derive(Debug, Clone)]
pub struct Session {
    server: PublicKey,
    state: State,
    random: Random,
    /// Nonce of the request that is out: the answer is signed over it.
    nonce: [u8; 12],
    began_ms: u64,
    /// When the request that is out was made, by the laptop's clock.
    asked_ms: u64,
    learnt: Learnt,
    skew_corrected: bool,
    /// How far the server has each own writer, by its newest receipt.
    acked: BTreeMap<WriterId, u64>,
    /// Writers whose next record the server set aside.
    blocked: BTreeSet<WriterId>,
    life: Life,
    restore: Option<WriterId>,
    /// Hashes of the records that are out.
    pushed: BTreeMap<RecordId, Hash>,
    idle_exchanges: u32,
    late: u32,
    to_receive: u64,
    /// What both sides can do, once the server said so.
    agreed: Capabilities,
    attachments_left: u64,
    /// Attachments that can't be sent this time.
    passed_over: BTreeSet<Hash>,
    /// The server takes no more attachments this time.
    no_more_room: bool,
    /// Attachments that were begun from the beginning because what came was damaged.
    began_anew: BTreeSet<Hash>,
    outcome: Outcome,
    trace: Trace,
    /// The last record that was set aside: what the session ends with.
    set_aside: Option<Refused>,
}

impl Session {
    /// A session with the server that has this key. `seed` makes nonces; it must not be used twice.
    pub fn new(server: PublicKey, seed: u64, learnt: Learnt) -> Self {
        Self {
            server,
            state: State::Idle,
            random: Random::new(seed),
            nonce: [0; 12],
            began_ms: 0,
            asked_ms: 0,
            learnt,
            skew_corrected: false,
            acked: BTreeMap::new(),
            blocked: BTreeSet::new(),
            life: Life::Known,
            restore: None,
            pushed: BTreeMap::new(),
            idle_exchanges: 0,
            late: 0,
            to_receive: 0,
            agreed: Capabilities::default(),
            attachments_left: 0,
            passed_over: BTreeSet::new(),
            no_more_room: false,
            began_anew: BTreeSet::new(),
            outcome: Outcome::default(),
            trace: Trace::default(),
            set_aside: None,
        }
    }

    /// What the next session may begin with.
    pub fn into_learnt(self) -> Learnt {
        self.learnt
    }

    /// Takes an event and says what to do. The ledger may block on the disk.
    pub fn on_event(&mut self, event: Event, ledger: &dyn LocalLedger) -> Vec<Action> {
        let outcome = match event {
            Event::Begin { now_ms } => {
                self.began_ms = now_ms;
                match ledger.succession() {
                    Some(succession) => {
                        self.succeed(succession, false, ledger).map(|request| vec![Action::Send(request)])
                    }
                    None => self.first(now_ms, ledger).map(|action| vec![action]),
                }
            }
            Event::Brought { now_ms, done } => self.brought(now_ms, done, ledger),
            Event::Answered { now_ms, answer } => self.answered(now_ms, answer, ledger),
        };
        outcome.unwrap_or_else(|(error, retry_after_ms)| {
            self.state = State::Idle;
            vec![Action::Failed { error, retry_after_ms, outcome: self.outcome.clone() }]
        })
    }

    fn answered(
        &mut self,
        now_ms: u64,
        answer: Result<Answer, NoAnswer>,
        ledger: &dyn LocalLedger,
    ) -> Result<Vec<Action>, (SyncError, Option<u64>)> {
        if let (Err(reason), State::Uploading(upload)) = (&answer, &self.state) {
            return match self.again_smaller(*upload, reason, now_ms, ledger) {
                Some(request) => Ok(vec![Action::Send(request)]),
                None => Err((reason.clone().into(), None)),
            };
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(NoAnswer::Late | NoAnswer::Cut(_)) if self.learnt.batch > 1 => {
                // A slow line, or one that does not hold for long: less at a time, at once. Where the
                // server is gone, the next try finds no connection and ends the session.
                self.learnt.batch /= 2;
                self.late += 1;
                // What is missing of a roster is found by the next exchange.
                return Ok(vec![Action::Send(self.exchange(now_ms, ledger)?)]);
            }
            Err(reason) => return Err((reason.into(), None)),
        };
        let server_ms = answer.server_ms;
        let other = answer.server.as_ref().is_some_and(|named| *named != ServerId::of(&self.server).to_string());
        let retry_after = answer.retry_after.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        self.outcome.bytes_down += answer.body.len() as u64;
        let step = match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle | State::Bringing => return Ok(Vec::new()),
            State::Succeeding { met } => {
                return match self.take_succession(answer, met, ledger) {
                    Ok(None) => Ok(vec![self.first(now_ms, ledger)?]),
                    Ok(Some(succession)) => Ok(vec![Action::Send(self.succeed(succession, true, ledger)?)]),
                    Err(error) => Err((error, retry_after)),
                };
            }
            State::Exchanging => self.believed(answer, ledger).and_then(|response| self.take(now_ms, response, ledger)),
            State::Uploading(upload) => {
                return match self.take_offset(upload, answer, now_ms, ledger) {
                    Ok(Some(request)) => {
                        let progress = self.progress(now_ms, ledger).map_err(failed)?;
                        Ok(vec![Action::Report(progress), Action::Send(request)])
                    }
                    Ok(None) => self.go_on(now_ms, ledger),
                    Err(error) => Err((error, retry_after)),
                };
            }
            State::Proving(doubt) => {
                return match self.take_proof(doubt, answer, ledger) {
                    Ok(()) => self.go_on(now_ms, ledger),
                    Err(error) => Err((error, retry_after)),
                };
            }
            State::Fetching(download) => {
                answer.content("application/octet-stream").and_then(|piece| self.take_piece(*download, piece, ledger))
            }
        };
        match step {
            Ok(()) => {}
            // It does not know this laptop since its key is another.
            Err(SyncError::Refused(Refusal::Unauthenticated)) if other => {
                return Err((SyncError::OtherServer, retry_after));
            }
            Err(SyncError::Refused(Refusal::ClockSkew)) if !self.skew_corrected && server_ms.is_some() => {
                // The laptop's clock is off: sign by the server's from now on.
                self.skew_corrected = true;
                self.learnt.offset_ms = server_ms.unwrap_or(now_ms).cast_signed().wrapping_sub(now_ms.cast_signed());
                return Ok(vec![Action::Send(self.exchange(now_ms, ledger)?)]);
            }
            Err(SyncError::Refused(Refusal::TooLarge)) if self.learnt.batch > 1 => {
                self.learnt.batch /= 2;
                return Ok(vec![Action::Send(self.exchange(now_ms, ledger)?)]);
            }
            Err(error) => return Err((error, retry_after)),
        }
        self.go_on(now_ms, ledger)
    }

    /// The answer to a synchronisation, once the server's signature over all of it, and over what was
    /// asked, proved to be its own.
    fn believed(&self, answer: Answer, ledger: &dyn LocalLedger) -> Result<SyncResponse, SyncError> {
        let signed = match answer.message::<Signed<message::SyncAnswer>>() {
            Err(SyncError::BadAnswer(_)) => {
                let why = "it is not signed whole: the server is older than this laptop, or something stands between";
                return Err(SyncError::BadAnswer(why.into()));
            }
            signed => signed?,
        };
        let answer = signed.open(&self.server).map_err(|error| match error {
            SignedError::Signature => SyncError::OtherServer,
            SignedError::Content(error) => SyncError::BadAnswer(error.to_string()),
        })?;
        if answer.device != ledger.public_key().writer() || answer.nonce != self.nonce {
            return Err(SyncError::BadAnswer("it answers another request".into()));
        }
        Ok(answer.response)
    }

    /// What comes after a step that went well.
    fn go_on(&mut self, now_ms: u64, ledger: &dyn LocalLedger) -> Result<Vec<Action>, (SyncError, Option<u64>)> {
        let progress = self.progress(now_ms, ledger).map_err(failed)?;
        let mut actions = vec![Action::Report(progress)];
        if let State::Fetching(download) = &self.state
            && let Some(piece) = download.missing(&self.learnt.pieces)
        {
            let target = format!("/v1/objects/{piece}?agency={}", ledger.agency());
            actions.push(Action::Send(self.sign("GET", target, Vec::new(), now_ms, ledger)));
        } else if self.life == Life::New {
            (self.state, self.life) = (State::Bringing, Life::Known);
            actions.push(Action::Bring);
        } else if progress.to_send > 0 || self.to_receive > 0 || self.restore.is_some() {
            if self.idle_exchanges >= STALLED {
                return Err((SyncError::Stalled, None));
            }
            actions.push(Action::Send(self.exchange(now_ms, ledger)?));
        } else if self.note(now_ms, ledger).map_err(failed)? {
            actions.push(Action::Send(self.exchange(now_ms, ledger)?));
        } else if let Some(request) = self.prove(now_ms, ledger).map_err(failed)? {
            actions.push(Action::Send(request));
        } else if let Some(request) = self.upload(now_ms, ledger).map_err(failed)? {
            actions.push(Action::Send(request));
        } else if let Some(refused) = self.set_aside.take() {
            return Err((take::why(refused), None));
        } else {
            self.outcome.covered = self.blocked.is_empty() && self.pending(ledger).map_err(failed)? == 0;
            actions.push(Action::Done(self.outcome.clone()));
        }
        Ok(actions)
    }

    /// What a session begins with: the line may have been cut before an earlier one brought what it should.
    fn first(&mut self, now_ms: u64, ledger: &dyn LocalLedger) -> Result<Action, (SyncError, Option<u64>)> {
        if ledger.to_bring().map_err(failed)? {
            self.state = State::Bringing;
            return Ok(Action::Bring);
        }
        Ok(Action::Send(self.exchange(now_ms, ledger)?))
    }

    fn brought(
        &mut self,
        now_ms: u64,
        done: bool,
        ledger: &dyn LocalLedger,
    ) -> Result<Vec<Action>, (SyncError, Option<u64>)> {
        if !matches!(std::mem::replace(&mut self.state, State::Idle), State::Bringing) {
            return Ok(Vec::new());
        }
        if done {
            ledger.note_to_bring(false).map_err(failed)?;
        }
        Ok(vec![Action::Send(self.exchange(now_ms, ledger)?)])
    }

    /// Tells the server which key goes on, and binds the laptop's nonce; shows it once both sides `met`. Proven
    /// by the message itself: the old key is gone.
    fn succeed(
        &mut self,
        succession: Succession,
        met: bool,
        ledger: &dyn LocalLedger,
    ) -> Result<Request, (SyncError, Option<u64>)> {
        let nonce = enrol::heirs_nonce(&HeldKey(ledger), &self.server);
        let commitment = enrol::commitment(&self.server, &ledger.public_key(), &nonce);
        let succession = succession.meeting(commitment, met.then_some(nonce.0));
        let body = pack::pack(&succession).map_err(|e| (SyncError::BadAnswer(e.to_string()), None))?;
        self.state = State::Succeeding { met };
        self.outcome.requests += 1;
        self.outcome.bytes_up += body.len() as u64;
        Ok(Request { method: "POST", target: "/v1/succeed".into(), auth: None, body })
    }

    /// Takes what the server says of the key that goes on; gives what is to be told once more, with the nonce.
    fn take_succession(
        &self,
        answer: Answer,
        met: bool,
        ledger: &dyn LocalLedger,
    ) -> Result<Option<Succession>, SyncError> {
        let enrolled = answer.message::<Signed<Enrolled>>()?;
        let enrolled = enrolled.open(&self.server).map_err(|_| SyncError::OtherServer)?;
        if enrolled.public_key != ledger.public_key().to_bytes() {
            return Err(SyncError::BadAnswer("it speaks of another key".into()));
        }
        if let Some(nonce) = enrolled.nonce {
            if !ledger.meet_successor(nonce).map_err(SyncError::Ledger)? {
                return Err(SyncError::BadAnswer("it names another nonce than before".into()));
            }
            if let Some(succession) = ledger.succession().filter(|_| !met) {
                return Ok(Some(succession));
            }
        }
        ledger.succeeded().map_err(SyncError::Ledger)?;
        Ok(None)
    }

    fn exchange(&mut self, now_ms: u64, ledger: &dyn LocalLedger) -> Result<Request, (SyncError, Option<u64>)> {
        let request = self.compose(ledger).map_err(failed)?;
        let body = pack::pack(&request).map_err(|e| (SyncError::BadAnswer(e.to_string()), None))?;
        self.state = State::Exchanging;
        Ok(self.sign("POST", "/v1/sync".into(), body, now_ms, ledger))
    }

    fn compose(&mut self, ledger: &dyn LocalLedger) -> Result<SyncRequest, LocalError> {
        let seen = ledger.seen()?;
        let own = ledger.own()?;
        let (mut left, mut bytes) = (self.learnt.batch, BATCH_BYTES);
        let mut push = Vec::new();
        self.pushed.clear();
        for writer in &own {
            let after = self.sent_up_to(writer);
            if left == 0 || bytes == 0 || after >= writer.seq || self.blocked.contains(&writer.writer) {
                continue;
            }
            let records = ledger.own_records(writer.writer, after, left, bytes)?;
            if records.is_empty() {
                continue;
            }
            left = left.saturating_sub(records.len());
            let length: usize = records.iter().map(|record| record.body().map_or(0, <[u8]>::len) + 160).sum();
            bytes = bytes.saturating_sub(length);
            let notes = records.iter().filter(|record| take::is_note(record)).map(Record::id);
            self.trace.notes.extend(notes);
            self.trace.worked |= records.iter().any(take::is_work);
            self.pushed.extend(records.iter().map(|record| (record.id(), record.hash())));
            push.push(Run::of(&records)?);
        }
        let proof = if self.life == Life::Proven { seen.receipt.clone() } else { None };
        Ok(SyncRequest {
            protocol: PROTOCOL,
            client: env!("CARGO_PKG_VERSION").to_owned(),
            push,
            have: Have {
                epoch: seen.cursor.epoch,
                cursor: seen.cursor.frontier.size(),
                size: seen.size,
                roster: ledger.roster_version(),
                own: own.iter().map(|own| OwnHead { writer: own.writer, seq: own.seq }).collect(),
                roster_digest: ledger.roster_digest(),
                incident_ms: ledger.newest_incident_ms(),
            },
            want: u32::try_from(self.learnt.batch).unwrap_or(MAX_PAGE).min(MAX_PAGE),
            restore: self.restore,
            proof,
            caps: Capabilities::OURS,
        })
    }

    fn sent_up_to(&self, own: &Own) -> u64 {
        self.acked.get(&own.writer).copied().unwrap_or(own.acked)
    }

    fn sign(
        &mut self,
        method: &'static str,
        target: String,
        body: Vec<u8>,
        now_ms: u64,
        ledger: &dyn LocalLedger,
    ) -> Request {
        let at_ms = now_ms.saturating_add_signed(self.learnt.offset_ms);
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.random.next().to_be_bytes());
        nonce[8..].copy_from_slice(&self.random.next().to_be_bytes()[..4]);
        self.nonce = nonce;
        self.asked_ms = now_ms;
        let server = ServerId::of(&self.server);
        let signable = Signable { method, target: &target, body: &body, server };
        let auth = RequestAuth::sign(&HeldKey(ledger), &ledger.agency(), at_ms, nonce, signable).to_string();
        self.outcome.requests += 1;
        self.outcome.bytes_up += body.len() as u64;
        Request { method, target, auth: Some(auth), body }
    }

    fn pending(&self, ledger: &dyn LocalLedger) -> Result<u64, LocalError> {
        let own = ledger.own()?;
        Ok(own.iter().map(|own| own.seq.saturating_sub(self.sent_up_to(own))).sum())
    }

    fn progress(&self, now_ms: u64, ledger: &dyn LocalLedger) -> Result<Progress, LocalError> {
        let own = ledger.own()?;
        let to_send = own
            .iter()
            .filter(|own| !self.blocked.contains(&own.writer))
            .map(|own| own.seq.saturating_sub(self.sent_up_to(own)))
            .sum();
        Ok(Progress {
            sent: self.outcome.sent,
            to_send,
            received: self.outcome.received,
            to_receive: self.to_receive,
            attachments: self.attachments_left,
            bytes_up: self.outcome.bytes_up,
            bytes_down: self.outcome.bytes_down,
            elapsed_ms: now_ms.saturating_sub(self.began_ms),
        })
    }
}

fn failed(error: LocalError) -> (SyncError, Option<u64>) {
    (SyncError::Ledger(error), None)
}
