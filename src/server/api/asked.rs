//! A request as it came, who sent it, and how answers and refusals are given.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use auxlog_record::{AgencyId, Asked as Act, WriterId, cut};
use auxlog_sync::Refusal;
use auxlog_sync::auth::{AUTH_HEADER, MAX_SKEW_MS, RequestAuth, Signable};
use auxlog_sync::message::Standing;
use auxlog_sync::pack::{self, MEDIA_TYPE, PackError};
use axum::body::{Bytes, HttpBody as _};
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use minicbor::{Decode, Encode};

use super::body::{aside, hashed, signed, stated};
use super::refuse::Refuse;
use super::{App, Budget, Route};
use crate::answered::{Noted, Request as Requested};
use crate::bodies::{From, Full, Held, UNPROVEN};
use crate::connections::Answering;
use crate::limits::Inside;
use crate::metrics;
use crate::scope::{Action, AgencyScope, Principal};
use crate::store::DeviceRow;

/// Entries of a list when nothing else is asked for.
const ENTRIES: u64 = 200;

/// The most entries of a list.
const MOST_ENTRIES: u64 = 10_000;

/// The largest number of a query: the largest that every reader of JSON takes exactly.
pub(crate) const LARGEST: u64 = (1 << 53) - 1;

/// A request with its body.
pub(crate) struct Asked {
    parts: Parts,
    body: Bytes,
    budget: Budget,
    /// The device that the request names, where its route is for devices.
    device: Option<DeviceRow>,
    pub(crate) address: IpAddr,
    /// Whether the address asked more than its share at a door that is open to strangers.
    pressing: bool,
    /// What it counts in, and takes up, until it is answered.
    _under_way: (Option<Inside<IpAddr>>, Held, Option<Answering>),
}

impl FromRequest<Arc<App>> for Asked {
    type Rejection = Refuse;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refuse> {
        let (parts, body) = request.into_parts();
        let address = sender(app, &parts);
        let now = app.now();
        app.limits.address(address, now).map_err(Refuse::limited)?;
        let route = Route::of(parts.method.as_str(), parts.uri.path());
        let budget = route.ok_or(Refusal::NotFound)?.budget();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        // All that can be said without the body is said before it is read.
        let stated = stated(&parts, budget);
        if budget.signed && stated.is_none() {
            // Whichever device is named, so that a stranger does not learn which are known.
            timely(&parts, now)?;
        }
        let device = if budget.signed { Some(named(app, &parts).await?) } else { None };
        if let (Some(device), Some(stated)) = (&device, &stated) {
            signed(app, &parts, device, stated)?;
            counted(app, &parts, device, now)?;
        }
        // Proven before the body came: however slowly that comes, it is no silent connection.
        let active = device.as_ref().filter(|device| device.standing == Standing::Active && stated.is_some());
        let coming = (peer.filter(|peer| peer.ip().to_canonical() == address).zip(active))
            .and_then(|(peer, device)| app.connections.answering(peer, Some(device.writer)));
        let from = match &device {
            Some(device) if stated.is_some() && device.standing == Standing::Active => From::Active(device.writer),
            Some(device) if stated.is_some() => From::ShutOut(device.writer),
            _ => From::Unproven(address),
        };
        let pressing = device.is_none() && budget.body > 0 && app.limits.stranger(address, now).is_err();
        // Whom a proxy names has as many requests under way as another has connections.
        let named = peer.is_some_and(|peer| peer.ip().to_canonical() != address);
        let under_way = named.then(|| app.limits.begin(address, app.connections.of_address()));
        let under_way = under_way.map(|one| one.ok_or(Refuse::limited(1))).transpose()?;
        let most = if device.is_some() && stated.is_none() { budget.body.min(UNPROVEN) } else { budget.body };
        let (least, expected) = (body.size_hint().lower(), body.size_hint().upper());
        if least > most as u64 {
            return Err(Refusal::TooLarge.into());
        }
        let expected = expected.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(most).min(most);
        let held = app.bodies.take(expected, from).map_err(|full| match full {
            Full::Device => Refuse::limited(1),
            Full::Server => Refusal::Unavailable.into(),
        })?;
        let read = tokio::time::timeout(budget.time, axum::body::to_bytes(body, most)).await;
        let body = read.map_err(|_| Refusal::Unavailable)?.map_err(|error| {
            let too_large =
                std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
            if too_large { Refusal::TooLarge } else { Refusal::Malformed }
        })?;
        metrics::add(&app.metrics.bytes_in, body.len());
        if let Some(device) = &device {
            let hash = hashed(app, &body).await?;
            match stated {
                Some(stated) if stated != hash => return Err(Refusal::Unauthenticated.into()),
                Some(_) => {}
                None => {
                    signed(app, &parts, device, &hash)?;
                    counted(app, &parts, device, app.now())?;
                }
            }
        }
        let active = device.as_ref().filter(|device| device.standing == Standing::Active);
        // A proxy's connection is nobody's: the next request on it may be a stranger's.
        let active = active.filter(|_| !named).map(|device| device.writer);
        let answering = coming.or_else(|| peer.and_then(|peer| app.connections.answering(peer, active)));
        let under_way = (under_way, held, answering);
        Ok(Self { parts, body, budget, device, address, pressing, _under_way: under_way })
    }
}

impl Asked {
    /// The device that signed the request, as was checked when it came.
    pub(crate) fn principal(&self) -> Result<Principal, Refusal> {
        let device = self.device.clone().ok_or(Refusal::Unauthenticated)?;
        Ok(Principal::authenticated(device))
    }

    /// The device, let into the agency that the query names. Into another than its own nobody is let
    /// without a trace there, whatever they read.
    pub(crate) async fn scope(&self, app: &App, action: Action) -> Result<AgencyScope, Refuse> {
        let principal = self.principal()?;
        let agency = self.query("agency").ok_or(Refusal::Malformed)?;
        let scope = principal.scope(&AgencyId(agency), action)?;
        if let Some(act) = noted_elsewhere(action).filter(|_| !scope.is_own()) {
            app.store.note(&scope, app.now(), act, &scope.agency().0, &self.what()).await?;
        }
        if matches!(action, Action::Administer | Action::Release) {
            return Ok(scope.with_act(self.own_act(app)?));
        }
        if matches!(self.parts.method, Method::GET | Method::HEAD) {
            told(self.note(app, &scope).await?).await?;
        }
        Ok(scope)
    }

    /// What is asked, for the audit log.
    pub(crate) fn what(&self) -> Cow<'_, str> {
        cut(self.parts.uri.path_and_query().map_or("", |what| what.as_str()), LONGEST_NOTED)
    }

    /// The request as its device signed it, for the log.
    fn own_act(&self, app: &App) -> Result<Act, Refuse> {
        let auth = self.auth()?;
        let key = self.device.as_ref().map(|device| device.public_key).unwrap_or_default();
        let target = self.parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let method = self.parts.method.as_str();
        let message = auth.message(Signable { method, target, body: &self.body, server: app.id });
        Ok(Act { key, message, signature: auth.signature })
    }

    /// Who sent the request, and its nonce.
    pub(crate) fn request(&self) -> Result<Requested, Refusal> {
        let auth = self.auth()?;
        Ok((auth.device, auth.nonce))
    }

    /// Begins to take note of a request that only reads; [`told`] before it is answered.
    pub(crate) async fn note(&self, app: &App, scope: &AgencyScope) -> Result<Noted, Refusal> {
        Ok(app.answered.note(scope, self.request()?, app.now()).await)
    }

    fn auth(&self) -> Result<RequestAuth, Refusal> {
        auth(&self.parts).ok_or(Refusal::Unauthenticated)
    }

    /// Takes the request as one that changes something: the same one is never carried out again,
    /// on this replica or another. Called once it is known to be allowed and well-formed.
    pub(crate) async fn once(&self, app: &App, scope: &AgencyScope) -> Result<(), Refuse> {
        let auth = self.auth()?;
        if app.store.use_request(scope, auth.device, auth.nonce, app.now()).await? {
            Ok(())
        } else {
            Err(Refusal::Replayed.into())
        }
    }

    /// The nonce of the request, which the answer repeats; zeros where it is not signed.
    pub(crate) fn nonce(&self) -> [u8; 12] {
        auth(&self.parts).map_or([0; 12], |auth| auth.nonce)
    }

    /// The number of the device that signed the request.
    pub(crate) fn device(&self) -> Result<WriterId, Refusal> {
        Ok(self.auth()?.device)
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) async fn message<T: for<'b> Decode<'b, ()> + Send + 'static>(&self, app: &App) -> Result<T, Refuse> {
        let (body, limit) = (self.body.clone(), self.budget.message);
        let message = aside(app, move || match limit {
            Some(limit) => pack::unpack_within(&body, limit),
            None => pack::unpack(&body),
        });
        message.await?.map_err(|error| {
            let too_large = matches!(error, PackError::TooLarge(_));
            self.strange(if too_large { Refusal::TooLarge } else { Refusal::Malformed })
        })
    }

    /// The JSON in the body; what is wrong with it is said.
    pub(crate) async fn json<T: serde::de::DeserializeOwned + Send + 'static>(&self, app: &App) -> Result<T, Refuse> {
        let body = self.body.clone();
        let read = aside(app, move || serde_json::from_slice(&body)).await?;
        read.map_err(|error| Refuse::from(Refusal::Malformed).because(error))
    }

    /// Refuses a stranger; as a limit where their address asked more than its share. What is right is
    /// never refused so.
    pub(crate) fn strange(&self, refusal: Refusal) -> Refuse {
        if self.pressing { Refuse::limited(1) } else { refusal.into() }
    }

    /// The path as it was signed, not decoded.
    pub(crate) fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// A query parameter, percent-decoded.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let axum::extract::Query(pairs) =
            axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&self.parts.uri).ok()?;
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// How many entries of a list are wanted.
    pub(crate) fn limit(&self) -> Result<u32, Refusal> {
        let limit = self.number("limit", Some(ENTRIES))?.min(MOST_ENTRIES);
        Ok(u32::try_from(limit).unwrap_or(u32::MAX))
    }

    /// A query parameter that is a number up to [`LARGEST`]; `default` where it is absent.
    pub(crate) fn number(&self, name: &str, default: Option<u64>) -> Result<u64, Refusal> {
        match (self.query(name), default) {
            (Some(text), _) => {
                let number = text.parse().ok().filter(|number| *number <= LARGEST);
                number.ok_or(Refusal::Malformed)
            }
            (None, Some(default)) => Ok(default),
            (None, None) => Err(Refusal::Malformed),
        }
    }
}

/// The most characters of what was asked that the audit log keeps.
const LONGEST_NOTED: usize = 200;

/// How the audit log names it when somebody of another agency does this; `None` where what answers
/// notes it anyway, or nobody of another agency may.
fn noted_elsewhere(action: Action) -> Option<&'static str> {
    match action {
        Action::ReadRoster => Some("read_roster"),
        Action::ReadAudit => Some("read_audit"),
        Action::ReadProofs => Some("read_proofs"),
        Action::ReadLog
        | Action::ReadBlobs
        | Action::ReadRegisters
        | Action::Sync
        | Action::Bring
        | Action::Deliver
        | Action::Release
        | Action::Mask
        | Action::Administer => None,
    }
}

/// Where a request comes from: the peer, or, where that is a proxy that is trusted, whom the nearest
/// one beyond it names.
fn sender(app: &App, parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip().to_canonical());
    let lines = parts.headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or_default());
    beyond(peer, &app.trusted_proxies, lines)
}

fn beyond<'a>(peer: IpAddr, trusted: &[IpAddr], lines: impl Iterator<Item = &'a str>) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    // From the right: what stands further left anybody may have written. Some proxies name a port too.
    for one in named.into_iter().rev().map(str::trim) {
        let address = one.parse().or_else(|_| one.parse().map(|named: SocketAddr| named.ip()));
        match address.map(|address: IpAddr| address.to_canonical()) {
            Ok(address) if trusted.contains(&address) => {}
            Ok(address) => return address,
            Err(_) => break,
        }
    }
    peer
}

pub(super) fn auth(parts: &Parts) -> Option<RequestAuth> {
    parts.headers.get(AUTH_HEADER)?.to_str().ok().and_then(RequestAuth::parse)
}

/// The device that a request names, before it is known whether it signed it.
async fn named(app: &App, parts: &Parts) -> Result<DeviceRow, Refuse> {
    let auth = auth(parts).ok_or(Refusal::Unauthenticated)?;
    let device = app.store.device(&auth.agency, auth.device).await?;
    Ok(device.ok_or(Refusal::Unauthenticated)?)
}

/// Refuses a request that says it is of another time.
fn timely(parts: &Parts, now: u64) -> Result<(), Refusal> {
    let auth = auth(parts).ok_or(Refusal::Unauthenticated)?;
    if auth.at_ms.abs_diff(now) > MAX_SKEW_MS { Err(Refusal::ClockSkew) } else { Ok(()) }
}

/// Counts a request once it is proven who asks, and refuses what is not of now, came before, or is a
/// device's that nobody let in yet. Headers that merely name a device cost it nothing: its number stands in
/// every bundle. Those that it signed do so before their body comes, so that none holds room twice.
fn counted(app: &App, parts: &Parts, device: &DeviceRow, now: u64) -> Result<(), Refuse> {
    let auth = auth(parts).ok_or(Refusal::Unauthenticated)?;
    app.limits.device(auth.device, now).map_err(Refuse::limited)?;
    timely(parts, now)?;
    if !app.limits.is_fresh(auth.device, auth.nonce, now) {
        return Err(Refusal::Replayed.into());
    }
    if device.standing == Standing::Pending {
        return Err(Refusal::AwaitsApproval.into());
    }
    Ok(())
}

/// Lets a read be answered, unless it was before: at another replica, or ere the server was started.
///
/// # Errors
/// That it is answered already, or that the database does not say.
pub(crate) async fn told(noted: Noted) -> Result<(), Refusal> {
    match noted.fresh().await {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::Replayed),
        None => Err(Refusal::Unavailable),
    }
}

pub(crate) fn answer<T: Encode<()>>(app: &App, message: &T) -> Result<Response, Refuse> {
    let bytes = pack::pack(message).map_err(|error| {
        tracing::error!(%error, "an answer could not be packed");
        Refusal::Internal
    })?;
    metrics::add(&app.metrics.bytes_out, bytes.len());
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], bytes).into_response())
}

pub(crate) fn json<T: serde::Serialize>(value: &T) -> Response {
    axum::Json(value).into_response()
}

/// Answers where there is no such route.
pub(crate) async fn not_found() -> Refuse {
    Refusal::NotFound.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_wrote_last_says_where_a_request_comes_from() {
        let [proxy, inner, asker] =
            ["10.0.0.1", "10.0.0.2", "203.0.113.7"].map(|text| text.parse().expect("an address"));
        let from = |peer, lines: &[&str]| beyond(peer, &[proxy, inner], lines.iter().copied());
        assert_eq!(from(asker, &["198.51.100.1"]), asker, "anybody may write the header");
        assert_eq!(from(proxy, &[]), proxy);
        assert_eq!(from(proxy, &["198.51.100.1, 203.0.113.7"]), asker, "not what the asker wrote before");
        assert_eq!(from(proxy, &["198.51.100.1", "203.0.113.7, 10.0.0.2"]), asker, "through both");
        assert_eq!(from(proxy, &["203.0.113.7:4711"]), asker);
        assert_eq!(from(proxy, &["::ffff:203.0.113.7"]), asker);
        assert_eq!(from(proxy, &["198.51.100.1, unknown"]), proxy, "nothing further left counts");
    }
}
