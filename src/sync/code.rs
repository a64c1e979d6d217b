//! A code used from the laptop's side: ask whom it is for, make keys, join them with it.

use auxlog_record::{PublicKey, Signer};

use crate::Refusal;
use crate::connection::Connection;
use crate::enrol::{ConfirmRequest, Enrolled, Nonce, Offer, OfferRequest, digits, normal_code, own_nonce};
use crate::error::SyncError;
use crate::http::Request;
use crate::message::Standing;
use crate::pack;
use crate::signed::Signed;

/// Why an enrolment did not come about.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// Not a code at all.
    #[error("{0:?} is no enrolment code: it has 16 letters and digits")]
    NoCode(String),
    /// The server does not know the code, or not any more.
    #[error(
        "the server does not take this code: it is mistyped, used up or older than a day; ask the administrator for a new one"
    )]
    BadCode,
    /// Too many wrong codes.
    #[error("too many wrong codes from here: wait a minute")]
    TooManyTries,
    /// The server named another nonce than before.
    #[error(
        "the server names another number for this enrolment than before: something stands between; ask the administrator for a new code"
    )]
    OtherNonce,
    /// Anything else on the way.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

/// Whom a code is for, and the server's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// What the server says.
    pub offer: Offer,
    /// The key that it signs with; checked by the digits that both sides show.
    pub server_key: PublicKey,
}

/// An enrolment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Pending until an administrator approves it.
    pub standing: Standing,
    /// Six digits that the administrator's list shows too.
    pub digits: String,
}

/// Asks whom a code is for; uses nothing up.
///
/// # Errors
/// [`EnrolError`].
pub async fn offer(connection: &Connection, code: &str) -> Result<Offered, EnrolError> {
    let code = normal_code(code).ok_or_else(|| EnrolError::NoCode(code.to_owned()))?;
    let signed: Signed<Offer> = ask(connection, "/v1/enroll", &OfferRequest { code }).await?;
    let unusable = |e: &dyn std::error::Error| SyncError::BadAnswer(e.to_string());
    let key = signed.claimed().map_err(|e| unusable(&e))?.server_key;
    let server_key = PublicKey::from_bytes(&key).map_err(|e| unusable(&e))?;
    let offer = signed.open(&server_key).map_err(|e| unusable(&e))?;
    Ok(Offered { offer, server_key })
}

/// Uses the code for the signer's key, or asks again where the enrolment stands. `before` is the newest seq
/// of the key's chain where more than its opening was recorded before it joins. The server's nonce is
/// given to `keep` before the laptop shows its own; `keep` refuses another than the one kept before: who
/// knows the laptop's could search for one with which the digits fit.
///
/// # Errors
/// [`EnrolError`], and those of `keep`.
pub async fn confirm<E: From<EnrolError>>(
    connection: &Connection,
    server_key: &PublicKey,
    code: &str,
    signer: &dyn Signer,
    laptop: &str,
    before: Option<u64>,
    keep: impl FnOnce(Nonce) -> Result<(), E>,
) -> Result<Confirmed, E> {
    let code = normal_code(code).ok_or_else(|| EnrolError::NoCode(code.to_owned()))?;
    let mut request = ConfirmRequest::new(signer, &code, server_key, laptop, before);
    let device_key = signer.public_key();
    let answered = enrolled(connection, server_key, &request).await?;
    let Some(server) = answered.nonce else {
        let why = "it names no nonce: the server is older than this laptop, update the server first";
        return Err(EnrolError::from(SyncError::BadAnswer(why.into())).into());
    };
    keep(server)?;
    let own = own_nonce(signer, &code, server_key);
    request.nonce = Some(own);
    let Enrolled { standing, nonce, .. } = enrolled(connection, server_key, &request).await?;
    if nonce != Some(server) {
        return Err(EnrolError::OtherNonce.into());
    }
    Ok(Confirmed { standing, digits: digits(server_key, &device_key, &own, &server) })
}

async fn enrolled(
    connection: &Connection,
    server_key: &PublicKey,
    request: &ConfirmRequest,
) -> Result<Enrolled, EnrolError> {
    let answer: Signed<Enrolled> = ask(connection, "/v1/enroll/confirm", request).await?;
    let enrolled = answer.open(server_key).map_err(|_| SyncError::OtherServer)?;
    if enrolled.public_key != request.public_key {
        return Err(SyncError::BadAnswer("it speaks of another key".into()).into());
    }
    Ok(enrolled)
}

async fn ask<Q: minicbor::Encode<()>, A: for<'b> minicbor::Decode<'b, ()>>(
    connection: &Connection,
    target: &str,
    question: &Q,
) -> Result<A, EnrolError> {
    let body = pack::pack(question).map_err(|e| SyncError::BadAnswer(e.to_string()))?;
    let request = Request { method: "POST", target: target.to_owned(), auth: None, body };
    let answer = connection.send(request).await.map_err(SyncError::from)?;
    answer.message().map_err(|error| match error {
        SyncError::Refused(Refusal::BadCode) => EnrolError::BadCode,
        SyncError::Refused(Refusal::RateLimited) => EnrolError::TooManyTries,
        error => error.into(),
    })
}
