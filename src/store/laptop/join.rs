//! Joining a laptop to a server: with a code, and where it is joined to.

use std::sync::Arc;

use auxlog_record::crypto::sha256;
use auxlog_record::{AgencyId, PublicKey};
use auxlog_sync::enrol::{Nonce, digits, heirs_nonce, normal_code};
use auxlog_sync::local::HeldKey;
use auxlog_sync::message::Standing;
use auxlog_sync::{Confirmed, Connection, ConnectionError, EnrolError, Offered, confirm};

use crate::{Enrolment, Ledger, LedgerError};

/// Beginning of the topics of notes with the nonces that servers named at enrolments.
const NONCE: &str = "sync.enrol_nonce";

/// Why a ledger could not be joined to a server.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The code is for someone else.
    #[error(
        "the code is for {officer} of {agency}, this data directory is another's: give the right one with --data-dir"
    )]
    OtherOfficer {
        /// The officer that it is for.
        officer: auxlog_record::OfficerId,
        /// Their agency.
        agency: AgencyId,
    },
    /// The laptop is enrolled with a server that has another key.
    #[error(
        "this laptop is enrolled with {server}, whose key is another: where the office says that its server has a new \
         key, and gives it to you, give it with --server-key"
    )]
    OtherServer {
        /// The address of the one that it is enrolled with.
        server: String,
    },
    /// The server's key is not the one that was given.
    #[error("the server's key is {found}, not the one given: this is another server; ask the administrator")]
    OtherKey {
        /// The key, in hexadecimal.
        found: String,
    },
    /// The laptop is not enrolled.
    #[error("this laptop is not enrolled with a server: run `auxlog enroll --server URL --code CODE`")]
    NotEnrolled,
    /// The enrolment itself.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The address.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The key kept here is none.
    #[error("the server's key kept here cannot be read: enrol again")]
    Key,
    /// The disk.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl JoinError {
    /// That the server's key is this one, and another was given.
    pub fn other_key(found: &PublicKey) -> Self {
        Self::OtherKey { found: data_encoding::HEXLOWER.encode(&found.to_bytes()) }
    }
}

/// Enrols the officer whose ledger is open with a code, and keeps where; or asks again how an
/// enrolment stands that awaited approval. `offered` is what [`auxlog_sync::offer`] gave; it may be left
/// out once the laptop has kept the server's key. `expected` is that key as the office gave it: with it, and
/// with nothing else, a laptop that is enrolled already goes over to the server's new key.
///
/// # Errors
/// [`JoinError`]. The same call goes on from wherever an earlier one stopped.
pub async fn join(
    ledger: &Arc<Ledger>,
    connection: &Connection,
    offered: Option<&Offered>,
    expected: Option<&PublicKey>,
    code: &str,
    laptop: &str,
) -> Result<Confirmed, JoinError> {
    let known = ledger.enrolment();
    let server_key = match (offered, &known) {
        (Some(offered), _) => {
            let who = ledger.identity();
            if offered.offer.officer != who.officer || offered.offer.agency != who.agency {
                let (officer, agency) = (offered.offer.officer.clone(), offered.offer.agency.clone());
                return Err(JoinError::OtherOfficer { officer, agency });
            }
            offered.server_key
        }
        (None, Some(known)) => PublicKey::from_bytes(&known.server_key).map_err(|_| JoinError::Key)?,
        (None, None) => return Err(JoinError::NotEnrolled),
    };
    match (expected, &known) {
        (Some(expected), _) if *expected != server_key => {
            return Err(JoinError::other_key(&server_key));
        }
        (None, Some(known)) if known.server_key != server_key.to_bytes() => {
            return Err(JoinError::OtherServer { server: known.server.clone() });
        }
        _ => {}
    }
    // Of a chain that has its opening only, nothing was made before.
    let before = Some(ledger.tip_of(ledger.identity().writer).seq).filter(|seq| *seq > 1);
    let topic = format!("{NONCE}/{}", sha256(&[normal_code(code).unwrap_or_default().as_bytes()]));
    let keep = |nonce: Nonce| {
        let same = keep_nonce(ledger, &topic, nonce)?;
        if same { Ok(()) } else { Err(JoinError::from(EnrolError::OtherNonce)) }
    };
    let confirmed = confirm(connection, &server_key, code, &HeldKey(&**ledger), laptop, before, keep).await?;
    let enrolment = Enrolment {
        server: connection.address().to_owned(),
        server_key: server_key.to_bytes(),
        device: ledger.public_key().writer().to_string(),
        approved: confirmed.standing == Standing::Active,
        former: match (offered, &known) {
            (Some(offered), _) => offered.offer.former.clone(),
            (None, known) => known.as_ref().map(|known| known.former.clone()).unwrap_or_default(),
        },
    };
    if known.as_ref() != Some(&enrolment) {
        ledger.set_enrolment(&enrolment)?;
    }
    Ok(confirmed)
}

/// Keeps the nonce that a server named, on the disk before the laptop shows its own; `false` where another is
/// kept.
pub(super) fn keep_nonce(ledger: &Ledger, topic: &str, nonce: Nonce) -> Result<bool, LedgerError> {
    match ledger.note(topic) {
        Some(kept) => Ok(kept == nonce.0),
        None => ledger.put_note(topic, nonce.0.to_vec()).map(|()| true),
    }
}

/// Topic of the note with the nonce that the server named for the open officer's key, which takes over from
/// another.
pub(super) fn successor_topic(ledger: &Ledger) -> String {
    format!("{NONCE}/{}", Ledger::public_key(ledger).writer())
}

/// The digits by which an administrator knows the key of a laptop that took over from another, once the
/// server was told of it.
pub fn successor_digits(ledger: &Ledger) -> Option<String> {
    let server = PublicKey::from_bytes(&ledger.enrolment()?.server_key).ok()?;
    let theirs = Nonce(ledger.note(&successor_topic(ledger))?.try_into().ok()?);
    let ours = heirs_nonce(&HeldKey(ledger), &server);
    Some(digits(&server, &Ledger::public_key(ledger), &ours, &theirs))
}

/// The way to the server that a ledger is enrolled with, and the server's key.
///
/// # Errors
/// [`JoinError::NotEnrolled`], or when what is kept of the server can't be used.
pub fn server_of(ledger: &Ledger) -> Result<(Connection, PublicKey), JoinError> {
    let enrolment = ledger.enrolment().ok_or(JoinError::NotEnrolled)?;
    let key = PublicKey::from_bytes(&enrolment.server_key).map_err(|_| JoinError::Key)?;
    Ok((Connection::new(&enrolment.server, None)?, key))
}
