//! What of an agency's records awaits somebody: held, set aside, without effect, judged otherwise, of a
//! doubtful time.

use auxlog_record::{Disposition, WriterId};
use auxlog_sync::message::Awaiting;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Look, Result, Store, StoreError, fixed, unsigned};
use crate::scope::AgencyScope;

/// A record that awaits somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// When it was received, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// Its writer.
    pub writer: WriterId,
    /// Which of the writer's records.
    pub seq: u64,
    /// Whose device it is; empty where the server does not know it.
    pub officer: String,
    /// What it is: `set_aside`, or as [`Disposition::name`] says.
    pub what: &'static str,
    /// Why it is held or was set aside, as the database names it.
    pub detail: String,
}

/// Whether somebody need look at a record of the log; one that was held has been looked at.
fn is_noted(disposition: Disposition) -> bool {
    !matches!(disposition, Disposition::Held | Disposition::Logged)
}

impl Store {
    /// Records that await somebody: those outside the log first, then the newest of the log, at most
    /// `limit` of each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attention(&self, look: Look<'_>, limit: u32) -> Result<Vec<Attention>> {
        let mut all = Vec::new();
        let outside = sql!(
            "SELECT h.recv_ms, h.writer_id, h.seq, h.reason, 0 AS aside, w.officer_id FROM held h
             LEFT JOIN writer w ON w.agency_id = h.agency_id AND w.writer_id = h.writer_id
             WHERE h.agency_id = $1 AND h.released_ms IS NULL
             UNION ALL
             SELECT s.recv_ms, s.writer_id, s.seq, s.reason, 1 AS aside, w.officer_id FROM set_aside s
             LEFT JOIN writer w ON w.agency_id = s.agency_id AND w.writer_id = s.writer_id
             WHERE s.agency_id = $1
             ORDER BY recv_ms DESC, seq LIMIT $2";
            look.agency(), i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        for row in &outside {
            let aside: i64 = row.try_get("aside")?;
            let what = if aside == 1 { "set_aside" } else { "held" };
            all.push(attention(row, what, row.try_get("reason")?)?);
        }
        let logged = sql!(
            "SELECT e.recv_ms, e.writer_id, e.seq, e.disposition, w.officer_id FROM event e
             LEFT JOIN writer w ON w.agency_id = e.agency_id AND w.writer_id = e.writer_id
             WHERE e.agency_id = $1 AND e.disposition <> 0 ORDER BY e.lsn DESC LIMIT $2";
            look.agency(), i64::from(limit)
        )
        .fetch_all(&self.read)
        .await?;
        for row in &logged {
            let disposition = disposition(row.try_get("disposition")?)?;
            if is_noted(disposition) {
                all.push(attention(row, disposition.name(), String::new())?);
            }
        }
        Ok(all)
    }
}

impl Store {
    /// The same by device and kind: all that is outside the log, and of the log what was received since a
    /// time, milliseconds since 1970 UTC, and is not only of a doubtful time. The newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn awaiting(&self, scope: &AgencyScope, since: u64) -> Result<Vec<Awaiting>> {
        let rows = sql!(
            "SELECT h.writer_id, w.officer_id, -1 AS kind, count(*) AS records, max(h.recv_ms) AS newest FROM held h
             LEFT JOIN writer w ON w.agency_id = h.agency_id AND w.writer_id = h.writer_id
             WHERE h.agency_id = $1 AND h.released_ms IS NULL GROUP BY h.writer_id, w.officer_id
             UNION ALL
             SELECT s.writer_id, w.officer_id, -2 AS kind, count(*), max(s.recv_ms) FROM set_aside s
             LEFT JOIN writer w ON w.agency_id = s.agency_id AND w.writer_id = s.writer_id
             WHERE s.agency_id = $1 GROUP BY s.writer_id, w.officer_id
             UNION ALL
             SELECT e.writer_id, w.officer_id, e.disposition, count(*), max(e.recv_ms) FROM event e
             LEFT JOIN writer w ON w.agency_id = e.agency_id AND w.writer_id = e.writer_id
             WHERE e.agency_id = $1 AND e.disposition <> 0 AND e.recv_ms >= $2
             GROUP BY e.writer_id, w.officer_id, e.disposition
             ORDER BY newest DESC";
            scope.agency(), since
        )
        .fetch_all(&self.read)
        .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            let what = match row.try_get::<i64, _>("kind")? {
                -1 => "held",
                -2 => "set_aside",
                number => {
                    let disposition = disposition(number)?;
                    if !is_noted(disposition) || disposition == Disposition::ClockOff {
                        continue;
                    }
                    // Void is void, of a doubtful time or not.
                    disposition.name().trim_end_matches("_time_doubtful")
                }
            };
            let (writer, count) = (WriterId(fixed(row, "writer_id")?), unsigned(row, "records")?);
            if let Some(same) = all.iter_mut().find(|one: &&mut Awaiting| (one.writer, &*one.what) == (writer, what)) {
                same.count += count;
                continue;
            }
            let (officer, newest_ms) = (row.try_get::<Option<String>, _>("officer_id")?, unsigned(row, "newest")?);
            let officer = officer.unwrap_or_default();
            all.push(Awaiting { writer, officer, what: what.to_owned(), count, newest_ms });
        }
        Ok(all)
    }
}

fn disposition(number: i64) -> Result<Disposition> {
    let corrupt = || StoreError::Corrupt { table: "event", what: format!("disposition {number}") };
    u8::try_from(number).ok().and_then(Disposition::of).ok_or_else(corrupt)
}

fn attention(row: &AnyRow, what: &'static str, detail: String) -> Result<Attention> {
    let officer: Option<String> = row.try_get("officer_id")?;
    Ok(Attention {
        at_ms: unsigned(row, "recv_ms")?,
        writer: WriterId(fixed(row, "writer_id")?),
        seq: unsigned(row, "seq")?,
        officer: officer.unwrap_or_default(),
        what,
        detail,
    })
}
