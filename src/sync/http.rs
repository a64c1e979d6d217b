//! A request and an answer as the session sees them: no sockets here.

use std::time::Duration;

use crate::Refusal;
use crate::error::SyncError;
use crate::pack::{MAX_PACKED, MEDIA_TYPE};

/// A request to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD`, `POST` or `PATCH`.
    pub method: &'static str,
    /// Path and query below the server's address.
    pub target: String,
    /// The `auxlog-auth` header; `None` for enrolment.
    pub auth: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Content type, without parameters.
    pub media_type: String,
    /// Header `auxlog-error`.
    pub error: Option<String>,
    /// Header `auxlog-time`, milliseconds since 1970 UTC.
    pub server_ms: Option<u64>,
    /// Header `auxlog-server`: whose key the server has. Nothing proves it.
    pub server: Option<String>,
    /// Header `upload-offset`: up to where the server has an attachment.
    pub offset: Option<u64>,
    /// Header `retry-after`.
    pub retry_after: Option<Duration>,
    /// The body, at most [`MAX_PACKED`] bytes.
    pub body: Vec<u8>,
}

/// What is wrong with the line to a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// The server's name is not known to the network.
    #[error("no such host is known here")]
    Name,
    /// Nothing listens at the address.
    #[error("connection refused")]
    Refused,
    /// There is no way to the address.
    #[error("the network is unreachable")]
    Unreachable,
    /// The connection did not come about in time.
    #[error("the connection took too long")]
    Late,
    /// The connection broke.
    #[error("the connection broke")]
    Broke,
    /// The certificate is not one that is trusted for the address.
    #[error("the server's certificate is not trusted: {0}")]
    Certificate(String),
    /// Anything else, in the words of whoever noticed.
    #[error("{0}")]
    Other(String),
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// No connection came to stand.
    Broken(LineFault),
    /// The connection stood, and broke before the whole answer was here.
    Cut(LineFault),
    /// It took too long.
    Late,
    /// It was longer than any answer of a server.
    TooLong,
}

impl From<NoAnswer> for SyncError {
    fn from(reason: NoAnswer) -> Self {
        match reason {
            NoAnswer::Broken(why) | NoAnswer::Cut(why) => Self::Network(why),
            NoAnswer::Late => Self::Timeout,
            NoAnswer::TooLong => Self::BadAnswer(format!("it has more than {MAX_PACKED} bytes")),
        }
    }
}

impl Answer {
    /// The body, where this is a server's answer of the media type `media`.
    ///
    /// Only the form is judged here; what counts as an acknowledgement is a signature inside.
    ///
    /// # Errors
    /// [`SyncError::Refused`] where a server refused, [`SyncError::NotTheServer`] for anything
    /// that no server says.
    pub fn content(self, media: &str) -> Result<Vec<u8>, SyncError> {
        if let Some(refusal) = self.error.as_deref().and_then(Refusal::from_name)
            && refusal.status() == self.status
        {
            return Err(SyncError::Refused(refusal));
        }
        if self.status == 200 && self.media_type == media {
            return Ok(self.body);
        }
        Err(SyncError::NotTheServer { status: self.status, media_type: self.media_type })
    }

    /// The message in it.
    ///
    /// # Errors
    /// As [`Self::content`], and [`SyncError::BadAnswer`].
    pub fn message<T: for<'b> minicbor::Decode<'b, ()>>(self) -> Result<T, SyncError> {
        let body = self.content(MEDIA_TYPE)?;
        crate::pack::unpack(&body).map_err(|e| SyncError::BadAnswer(e.to_string()))
    }
}
