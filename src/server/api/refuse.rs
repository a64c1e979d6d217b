//! Refusals on their way out.

use auxlog_sync::Refusal;
use auxlog_sync::auth::ERROR_HEADER;
use auxlog_sync::blob::OFFSET_HEADER;
use axum::Extension;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::store::StoreError;

/// A refusal on its way out; it is counted where answers are stamped.
#[derive(Debug)]
pub(crate) struct Refuse {
    refusal: Refusal,
    retry_after: Option<u64>,
    offset: Option<u64>,
    detail: Option<String>,
}

impl Refuse {
    /// Refuses what may be asked again in so many seconds.
    pub(crate) fn limited(seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Refusal::RateLimited.into() }
    }

    /// Says where the next piece of an attachment has to begin.
    pub(crate) fn at(self, offset: u64) -> Self {
        Self { offset: Some(offset), ..self }
    }

    /// Says why, to someone who was let in and can mend it.
    pub(crate) fn because(self, why: impl std::fmt::Display) -> Self {
        Self { detail: Some(why.to_string()), ..self }
    }
}

impl From<Refusal> for Refuse {
    fn from(refusal: Refusal) -> Self {
        let retry_after = (refusal == Refusal::Unavailable).then_some(1);
        Self { refusal, retry_after, offset: None, detail: None }
    }
}

/// The database did not do what it should: the reason goes to the log only.
impl From<StoreError> for Refuse {
    fn from(error: StoreError) -> Self {
        let refusal = match error {
            StoreError::NoAgency(_) | StoreError::NoDevice(_) => Refusal::NotFound,
            StoreError::Ambiguous(_) => Refusal::Malformed,
            StoreError::Beyond(beyond) => return Self::from(Refusal::Malformed).because(beyond),
            StoreError::OwnDevice(_) => Refusal::OwnDevice,
            error if error.is_retryable() => {
                tracing::warn!(%error, "the database is busy or away");
                Refusal::Unavailable
            }
            error if error.is_damaged() => {
                tracing::error!(%error, "the database is damaged");
                Refusal::ServerDamaged
            }
            error => {
                tracing::error!(%error, "request failed");
                Refusal::Internal
            }
        };
        refusal.into()
    }
}

impl IntoResponse for Refuse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = serde_json::json!({ "error": self.refusal.name() });
        if let Some(detail) = self.detail {
            body["detail"] = detail.into();
        }
        let told = ([(header::CONTENT_TYPE, "application/json")], [(ERROR_HEADER, self.refusal.name())]);
        let mut response = (status, Extension(self.refusal), told, body.to_string()).into_response();
        if let Some(offset) = self.offset {
            response.headers_mut().insert(OFFSET_HEADER, HeaderValue::from(offset));
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
