//! The driver: carries a session's requests over HTTP and brings the answers back.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};

use crate::auth::{AUTH_HEADER, BODY_HEADER, ERROR_HEADER, SERVER_HEADER, TIME_HEADER, body_header};
use crate::blob::{OFFSET_HEADER, PIECE_TYPE};
use crate::http::{Answer, LineFault, NoAnswer, Request};
use crate::pack::{MAX_PACKED, MEDIA_TYPE};

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(10);

/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(30);

/// For the whole, as long as pieces keep coming.
const WHOLE: Duration = Duration::from_mins(2);

/// Why an address can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Not an address.
    #[error("{0} is no server's address: give http://127.0.0.1:PORT or https://HOST")]
    Address(String),
    /// Plain HTTP to another machine.
    #[error("{0} would send personal data unencrypted: give an https:// address")]
    PlainHttp(String),
    /// The agency's certificate can't be read, or TLS can't be set up.
    #[error("TLS: {0}")]
    Tls(reqwest::Error),
}

/// A way to a server.
#[derive(Debug, Clone)]
pub struct Connection {
    http: reqwest::Client,
    base: String,
}

impl Connection {
    /// A way to the server at `address`; plain HTTP on this machine only. `authority` is a
    /// certificate in PEM that is trusted beside the system's.
    ///
    /// # Errors
    /// [`ConnectionError`].
    pub fn new(address: &str, authority: Option<&[u8]>) -> Result<Self, ConnectionError> {
        let url = reqwest::Url::parse(address).map_err(|_| ConnectionError::Address(address.to_owned()))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(ConnectionError::PlainHttp(address.to_owned())),
            _ => return Err(ConnectionError::Address(address.to_owned())),
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("auxlog/", env!("CARGO_PKG_VERSION")))
            // A redirect is an answer of something else, never to be followed with records in hand.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(WHOLE);
        if loopback {
            builder = builder.no_proxy();
        }
        if let Some(authority) = authority {
            let certificates = reqwest::Certificate::from_pem_bundle(authority).map_err(ConnectionError::Tls)?;
            builder = builder.tls_certs_merge(certificates);
        }
        let http = builder.build().map_err(ConnectionError::Tls)?;
        Ok(Self { http, base: address.trim_end_matches('/').to_owned() })
    }

    /// The server's address.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// Why none came.
    pub async fn send(&self, request: Request) -> Result<Answer, NoAnswer> {
        let url = format!("{}{}", self.base, request.target);
        let stated = request.auth.as_ref().map(|_| body_header(&request.body));
        let mut builder = match request.method {
            "GET" => self.http.get(url),
            "HEAD" => self.http.head(url),
            "PATCH" => self.http.patch(url).header(CONTENT_TYPE, PIECE_TYPE).body(request.body),
            _ => self.http.post(url).header(CONTENT_TYPE, MEDIA_TYPE).body(request.body),
        };
        if let Some(auth) = request.auth {
            builder = builder.header(AUTH_HEADER, auth);
        }
        if let Some(stated) = stated {
            builder = builder.header(BODY_HEADER, stated);
        }
        let mut response = builder.send().await.map_err(|e| no_answer(&e))?;
        let text = |headers: &HeaderMap, name: &str| {
            headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let headers = response.headers();
        let media_type = text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        let mut answer = Answer {
            status: response.status().as_u16(),
            media_type: media_type.split(';').next().unwrap_or_default().trim().to_owned(),
            error: text(headers, ERROR_HEADER),
            server: text(headers, SERVER_HEADER),
            server_ms: text(headers, TIME_HEADER).and_then(|ms| ms.parse().ok()),
            offset: text(headers, OFFSET_HEADER).and_then(|offset| offset.parse().ok()),
            retry_after: text(headers, RETRY_AFTER.as_str())
                .and_then(|seconds| seconds.parse().ok())
                .map(Duration::from_secs),
            body: Vec::new(),
        };
        while let Some(piece) = response.chunk().await.map_err(|e| no_answer(&e))? {
            if answer.body.len() + piece.len() > MAX_PACKED {
                return Err(NoAnswer::TooLong);
            }
            answer.body.extend_from_slice(&piece);
        }
        Ok(answer)
    }
}

fn no_answer(error: &reqwest::Error) -> NoAnswer {
    if error.is_timeout() && !error.is_connect() {
        return NoAnswer::Late;
    }
    let fault = line_fault(error);
    if error.is_connect() { NoAnswer::Broken(fault) } else { NoAnswer::Cut(fault) }
}

fn line_fault(error: &reqwest::Error) -> LineFault {
    if error.is_timeout() {
        return LineFault::Late;
    }
    // The innermost reason is the one that says something.
    let mut source: &(dyn std::error::Error + 'static) = error;
    while let Some(inner) = source.source() {
        source = inner;
        // The resolver's own reason is the system's, in as many words as there are systems.
        if source.to_string().starts_with("dns error") {
            return LineFault::Name;
        }
    }
    match source.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => LineFault::Refused,
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown) => {
            LineFault::Unreachable
        }
        Some(ErrorKind::TimedOut) => LineFault::Late,
        Some(
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof,
        ) => LineFault::Broke,
        _ => {
            let said = source.to_string();
            if said.contains("certificate") { LineFault::Certificate(said) } else { LineFault::Other(said) }
        }
    }
}
