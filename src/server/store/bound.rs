//! Values as the database takes them.

use auxlog_record::{AgencyId, Hash, OfficerId, WriterId};
use auxlog_sync::receipt::Epoch;

use super::ms;

/// A query with its values, `$1` first: `sql!("…"; agency, writer, seq)`.
macro_rules! sql {
    ($query:expr; $($value:expr),+ $(,)?) => {
        bind!(sqlx::query($query); $($value),+)
    };
}

/// A query with more values.
macro_rules! bind {
    ($query:expr; $($value:expr),+ $(,)?) => {{
        use $crate::store::bound::Bound as _;
        $query$(.bind($value.bound()))+
    }};
}

/// What can stand in a query.
pub(super) trait Bound {
    /// As the database has it.
    type Sql;

    /// A copy for the query.
    fn bound(&self) -> Self::Sql;
}

macro_rules! bound {
    ($($type:ty => $sql:ty: $of:expr;)*) => {$(
        impl Bound for $type {
            type Sql = $sql;

            fn bound(&self) -> $sql {
                let of: fn(&$type) -> $sql = $of;
                of(self)
            }
        }
    )*};
}

bound! {
    AgencyId => String: |id| id.0.clone();
    OfficerId => String: |id| id.0.clone();
    WriterId => Vec<u8>: |id| id.0.to_vec();
    Hash => Vec<u8>: |hash| hash.0.to_vec();
    Epoch => Vec<u8>: |epoch| epoch.0.to_vec();
    [u8] => Vec<u8>: <[u8]>::to_vec;
    Vec<u8> => Vec<u8>: Vec::clone;
    str => String: str::to_owned;
    String => String: String::clone;
    u64 => i64: |number| ms(*number);
    i64 => i64: |number| *number;
}

impl<T: Bound> Bound for Option<T> {
    type Sql = Option<T::Sql>;

    fn bound(&self) -> Self::Sql {
        self.as_ref().map(Bound::bound)
    }
}
