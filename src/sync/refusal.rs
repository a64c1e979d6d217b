//! How a server refuses a whole request, and whether trying again can help.

/// Why a server refused a request. Records are never refused this way: each gets its own answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The bytes are no message of this protocol.
    Malformed,
    /// Larger than the server takes.
    TooLarge,
    /// No signature, an unknown device, or a signature that does not match.
    Unauthenticated,
    /// The request's time is too far from the server's clock; the answer states that clock.
    ClockSkew,
    /// The same request came before.
    Replayed,
    /// The enrolment awaits approval.
    AwaitsApproval,
    /// The device was revoked.
    Revoked,
    /// The device is frozen: it brings its own records, and does nothing else until somebody settles it.
    Frozen,
    /// It is about a device of whoever asks: another officer decides.
    OwnDevice,
    /// The digits are not those of the device that is to be approved.
    WrongDigits,
    /// Not allowed to this role, or to this agency.
    Forbidden,
    /// The code is unknown, used up or expired.
    BadCode,
    /// There is no such thing.
    NotFound,
    /// Another piece of an attachment is wanted: header `upload-offset` says where it begins.
    OutOfPlace,
    /// All of an attachment came, and it is not the content that its record names.
    Damaged,
    /// No more attachments for now: the device's day, the agency's share or the disk is full.
    Quota,
    /// Somebody else changed the same thing meanwhile: look at it again.
    Conflict,
    /// Too many requests.
    RateLimited,
    /// The server speaks a newer protocol only.
    UpgradeNeeded,
    /// The server is going down or overloaded.
    Unavailable,
    /// The server failed; its log says why.
    Internal,
    /// The server's database is not what its log says, or cannot be read: somebody has to put it right.
    ServerDamaged,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Malformed,
        Self::TooLarge,
        Self::Unauthenticated,
        Self::ClockSkew,
        Self::Replayed,
        Self::AwaitsApproval,
        Self::Revoked,
        Self::Frozen,
        Self::OwnDevice,
        Self::WrongDigits,
        Self::Forbidden,
        Self::BadCode,
        Self::NotFound,
        Self::OutOfPlace,
        Self::Damaged,
        Self::Quota,
        Self::Conflict,
        Self::RateLimited,
        Self::UpgradeNeeded,
        Self::Unavailable,
        Self::Internal,
        Self::ServerDamaged,
    ];

    /// Its name on the wire, in header `auxlog-error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Unauthenticated => "unauthenticated",
            Self::ClockSkew => "clock_skew",
            Self::Replayed => "replayed",
            Self::AwaitsApproval => "awaits_approval",
            Self::Revoked => "revoked",
            Self::Frozen => "frozen",
            Self::OwnDevice => "own_device",
            Self::WrongDigits => "wrong_digits",
            Self::Forbidden => "forbidden",
            Self::BadCode => "bad_code",
            Self::NotFound => "not_found",
            Self::OutOfPlace => "out_of_place",
            Self::Damaged => "damaged",
            Self::Quota => "quota",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::UpgradeNeeded => "upgrade_needed",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::ServerDamaged => "server_damaged",
        }
    }

    /// The refusal of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.name() == name)
    }

    /// The HTTP status that it comes with.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated | Self::ClockSkew | Self::Replayed => 401,
            Self::AwaitsApproval
            | Self::Revoked
            | Self::Frozen
            | Self::OwnDevice
            | Self::WrongDigits
            | Self::Forbidden
            | Self::BadCode => 403,
            Self::NotFound => 404,
            Self::OutOfPlace | Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::Damaged => 422,
            Self::UpgradeNeeded => 426,
            Self::RateLimited => 429,
            Self::Internal | Self::ServerDamaged => 500,
            Self::Quota => 507,
            Self::Unavailable => 503,
        }
    }

    /// Whether the same request may succeed later without anyone doing anything.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::ClockSkew | Self::Replayed | Self::RateLimited | Self::Unavailable | Self::Internal)
    }
}
