//! The tables, and how a database comes to have them.

use sqlx::{AnyPool, AssertSqlSafe, Row as _};

use super::{Dialect, Result, StoreError};

/// The steps, one statement each, never changed once released. `{bytes}` is the dialect's type.
const STEPS: &[&str] = &[
    "CREATE TABLE agency (
        agency_id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        added_ms BIGINT NOT NULL)",
    // One row an agency: the log's size and the right edge of its tree. Its lock orders the log.
    "CREATE TABLE agency_head (
        agency_id TEXT NOT NULL PRIMARY KEY,
        size BIGINT NOT NULL,
        frontier {bytes} NOT NULL,
        root {bytes} NOT NULL,
        epoch {bytes} NOT NULL,
        at_ms BIGINT NOT NULL)",
    // A device: one officer's key on one laptop.
    "CREATE TABLE writer (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        public_key {bytes} NOT NULL,
        officer_id TEXT NOT NULL,
        officer_name TEXT NOT NULL,
        laptop TEXT NOT NULL,
        role TEXT NOT NULL,
        standing TEXT NOT NULL,
        reason TEXT NOT NULL,
        acked_seq BIGINT NOT NULL,
        acked_hash {bytes} NOT NULL,
        acked_hlc BIGINT NOT NULL,
        enrolled_ms BIGINT NOT NULL,
        changed_ms BIGINT NOT NULL,
        PRIMARY KEY (agency_id, writer_id))",
    "CREATE TABLE event (
        agency_id TEXT NOT NULL,
        lsn BIGINT NOT NULL,
        writer_id {bytes} NOT NULL,
        seq BIGINT NOT NULL,
        hash {bytes} NOT NULL,
        record {bytes} NOT NULL,
        recv_ms BIGINT NOT NULL,
        disposition BIGINT NOT NULL,
        verdict {bytes},
        PRIMARY KEY (agency_id, lsn))",
    "CREATE UNIQUE INDEX event_place ON event (agency_id, writer_id, seq)",
    // Roots of perfect subtrees from `log::NODE_FLOOR` levels up; lower ones come from `event`.
    "CREATE TABLE tree_node (
        agency_id TEXT NOT NULL,
        level BIGINT NOT NULL,
        idx BIGINT NOT NULL,
        hash {bytes} NOT NULL,
        PRIMARY KEY (agency_id, level, idx))",
    // Well-formed records of revoked or frozen writers, until a supervisor releases them.
    "CREATE TABLE held (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        seq BIGINT NOT NULL,
        hash {bytes} NOT NULL,
        record {bytes} NOT NULL,
        recv_ms BIGINT NOT NULL,
        reason TEXT NOT NULL,
        released_ms BIGINT,
        PRIMARY KEY (agency_id, writer_id, seq))",
    // What can't be acknowledged: forks and malformed records, kept as they came.
    "CREATE TABLE set_aside (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        seq BIGINT NOT NULL,
        hash {bytes} NOT NULL,
        record {bytes} NOT NULL,
        recv_ms BIGINT NOT NULL,
        reason TEXT NOT NULL,
        sender {bytes} NOT NULL,
        PRIMARY KEY (agency_id, writer_id, seq, hash))",
    "CREATE TABLE incident (
        agency_id TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        incident_id {bytes} NOT NULL,
        kind TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        seq BIGINT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (agency_id, at_ms, incident_id))",
    "CREATE TABLE code (
        code_hash {bytes} NOT NULL PRIMARY KEY,
        agency_id TEXT NOT NULL,
        officer_id TEXT NOT NULL,
        role TEXT NOT NULL,
        approve BIGINT NOT NULL,
        made_ms BIGINT NOT NULL,
        expires_ms BIGINT NOT NULL,
        used_by {bytes},
        used_ms BIGINT)",
    "CREATE TABLE roster_version (
        agency_id TEXT NOT NULL,
        version BIGINT NOT NULL,
        manifest {bytes} NOT NULL,
        source TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        PRIMARY KEY (agency_id, version))",
    "CREATE TABLE object (
        agency_id TEXT NOT NULL,
        hash {bytes} NOT NULL,
        content {bytes} NOT NULL,
        PRIMARY KEY (agency_id, hash))",
    "CREATE TABLE audit (
        agency_id TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        audit_id {bytes} NOT NULL,
        actor TEXT NOT NULL,
        act TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (agency_id, at_ms, audit_id))",
    // Requests that change something, so that none is done twice.
    "CREATE TABLE used_request (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        nonce {bytes} NOT NULL,
        at_ms BIGINT NOT NULL,
        PRIMARY KEY (agency_id, writer_id, nonce))",
    // Attachments that records announce. The length is part of the key: a record that lies about
    // it can't keep the genuine one from arriving.
    "CREATE TABLE blob (
        agency_id TEXT NOT NULL,
        hash {bytes} NOT NULL,
        length BIGINT NOT NULL,
        received BIGINT NOT NULL,
        whole BIGINT NOT NULL,
        announced_ms BIGINT NOT NULL,
        whole_ms BIGINT,
        PRIMARY KEY (agency_id, hash, length))",
    "CREATE TABLE blob_part (
        agency_id TEXT NOT NULL,
        hash {bytes} NOT NULL,
        length BIGINT NOT NULL,
        start BIGINT NOT NULL,
        content {bytes} NOT NULL,
        PRIMARY KEY (agency_id, hash, length, start))",
    "ALTER TABLE roster_version ADD COLUMN actor TEXT NOT NULL DEFAULT ''",
    // What each version changed of whom: before and after of each field, as JSON.
    "CREATE TABLE roster_change (
        agency_id TEXT NOT NULL,
        version BIGINT NOT NULL,
        place BIGINT NOT NULL,
        kind TEXT NOT NULL,
        person_id TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (agency_id, version, place))",
    "CREATE INDEX roster_change_person ON roster_change (agency_id, person_id)",
    // Records ordered to be masked, by which order; without a time while the record has not come.
    "CREATE TABLE mask (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        seq BIGINT NOT NULL,
        order_writer {bytes} NOT NULL,
        order_seq BIGINT NOT NULL,
        applied_ms BIGINT,
        PRIMARY KEY (agency_id, writer_id, seq))",
    "CREATE INDEX mask_waiting ON mask (agency_id, applied_ms)",
    // How many records announce an attachment: it goes once all of them are masked.
    "ALTER TABLE blob ADD COLUMN records BIGINT NOT NULL DEFAULT 1",
    // Leaves of the tree up to this number hold the record's hash alone, those after it what the log
    // says of it, too.
    "ALTER TABLE agency_head ADD COLUMN leaves_from BIGINT NOT NULL DEFAULT 9223372036854775807",
    // Chains of the agency's office: their keys, so that pages can give them.
    "CREATE TABLE office_writer (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        public_key {bytes} NOT NULL,
        program TEXT NOT NULL,
        opened_ms BIGINT NOT NULL,
        PRIMARY KEY (agency_id, writer_id))",
    // Whether the office certified the key, and how long its chain was when it joined.
    "ALTER TABLE writer ADD COLUMN certified BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE writer ADD COLUMN joined_seq BIGINT NOT NULL DEFAULT 0",
    // Which records of the log are about which task.
    "CREATE TABLE about (
        agency_id TEXT NOT NULL,
        task_writer {bytes} NOT NULL,
        task_seq BIGINT NOT NULL,
        lsn BIGINT NOT NULL,
        PRIMARY KEY (agency_id, task_writer, task_seq, lsn))",
    "CREATE INDEX about_lsn ON about (agency_id, lsn)",
    "ALTER TABLE agency_head ADD COLUMN about_done BIGINT NOT NULL DEFAULT 0",
    // The key that this one took over from: to revoke one of a line revokes those after it.
    "ALTER TABLE writer ADD COLUMN succeeds {bytes}",
    // The server that the database belongs to: one row.
    "CREATE TABLE server (
        place BIGINT NOT NULL PRIMARY KEY,
        public_key {bytes} NOT NULL,
        since_ms BIGINT NOT NULL)",
    // What of the log somebody has to look at.
    "CREATE INDEX event_noted ON event (agency_id, lsn) WHERE disposition <> 0",
    // Keys that the server had before, and the log's size when each ended.
    "CREATE TABLE former_key (
        agency_id TEXT NOT NULL,
        public_key {bytes} NOT NULL,
        size BIGINT NOT NULL,
        ended_ms BIGINT NOT NULL,
        PRIMARY KEY (agency_id, public_key))",
    // The nonces of a key's enrolment: the laptop's commitment, the server's, the laptop's.
    "ALTER TABLE writer ADD COLUMN meeting {bytes}",
    // Bytes of attachments that a device began to deliver on a day since 1970.
    "CREATE TABLE delivered (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        day BIGINT NOT NULL,
        bytes BIGINT NOT NULL,
        PRIMARY KEY (agency_id, writer_id, day))",
    // When a writer's newest synchronisation began, and when anything had come before it.
    "ALTER TABLE writer ADD COLUMN since_ms BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE writer ADD COLUMN met_ms BIGINT NOT NULL DEFAULT 0",
    // How far each device's delivery of an attachment has come, until one is whole. Deliveries have nothing
    // to do with each other: what one device sends spoils nothing of another's.
    "CREATE TABLE blob_delivery (
        agency_id TEXT NOT NULL,
        hash {bytes} NOT NULL,
        length BIGINT NOT NULL,
        writer_id {bytes} NOT NULL,
        received BIGINT NOT NULL,
        heard_ms BIGINT NOT NULL,
        PRIMARY KEY (agency_id, hash, length, writer_id))",
    "CREATE TABLE delivery_part (
        agency_id TEXT NOT NULL,
        hash {bytes} NOT NULL,
        length BIGINT NOT NULL,
        writer_id {bytes} NOT NULL,
        start BIGINT NOT NULL,
        content {bytes} NOT NULL,
        PRIMARY KEY (agency_id, hash, length, writer_id, start))",
    // Whose parts are the content of a whole attachment; without it those in `blob_part` are.
    "ALTER TABLE blob ADD COLUMN whole_by {bytes}",
    // What was half here came from nobody knows whom: it is delivered anew.
    "DELETE FROM blob_part WHERE EXISTS (SELECT 1 FROM blob WHERE blob.agency_id = blob_part.agency_id
         AND blob.hash = blob_part.hash AND blob.length = blob_part.length AND whole = 0)",
    "UPDATE blob SET received = 0 WHERE whole = 0",
    // One row an agency: bytes of its whole attachments, and of what came of those that are not whole. Its lock
    // orders whoever changes either.
    "CREATE TABLE attached (
        agency_id TEXT NOT NULL PRIMARY KEY,
        bytes BIGINT NOT NULL)",
    "INSERT INTO attached (agency_id, bytes) SELECT agency_id, CAST(
         COALESCE((SELECT SUM(length) FROM blob WHERE blob.agency_id = agency.agency_id AND whole = 1), 0)
         + COALESCE((SELECT SUM(received) FROM blob_delivery WHERE blob_delivery.agency_id = agency.agency_id), 0)
         AS BIGINT) FROM agency",
    "CREATE INDEX blob_delivery_writer ON blob_delivery (agency_id, writer_id, hash, length)",
    "CREATE INDEX blob_delivery_heard ON blob_delivery (agency_id, heard_ms)",
    // What came of a writer on the day, since 1970, of its newest records.
    "ALTER TABLE writer ADD COLUMN came_day BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE writer ADD COLUMN came_records BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE writer ADD COLUMN came_bytes BIGINT NOT NULL DEFAULT 0",
    // Bytes of all records that came of an agency's officers, whatever became of them.
    "ALTER TABLE agency_head ADD COLUMN came_bytes BIGINT NOT NULL DEFAULT 0",
    "UPDATE agency_head SET came_bytes = CAST(
         COALESCE((SELECT SUM(LENGTH(record)) FROM event WHERE event.agency_id = agency_head.agency_id), 0)
         + COALESCE((SELECT SUM(LENGTH(record)) FROM held WHERE held.agency_id = agency_head.agency_id
             AND released_ms IS NULL), 0)
         AS BIGINT)",
    // How many records of registers it has.
    "ALTER TABLE agency_head ADD COLUMN entries BIGINT NOT NULL DEFAULT 0",
    // How far the entries of each agency's registers are folded from its log, and by what.
    "CREATE TABLE projection (
        agency_id TEXT NOT NULL PRIMARY KEY,
        made_by TEXT NOT NULL,
        lsn BIGINT NOT NULL)",
    // Entries with their histories; thrown away and folded anew at will.
    "CREATE TABLE entry (
        agency_id TEXT NOT NULL,
        writer_id {bytes} NOT NULL,
        seq BIGINT NOT NULL,
        register BIGINT NOT NULL,
        history {bytes} NOT NULL,
        PRIMARY KEY (agency_id, writer_id, seq))",
    "CREATE INDEX entry_register ON entry (agency_id, register)",
    "CREATE TABLE entry_person (
        agency_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        register BIGINT NOT NULL,
        writer_id {bytes} NOT NULL,
        seq BIGINT NOT NULL,
        PRIMARY KEY (agency_id, person_id, register, writer_id, seq))",
    "CREATE INDEX entry_person_entry ON entry_person (agency_id, writer_id, seq)",
    // Where an entry stands in a list: the day by which it stands in time, when it was made; whether it is annulled.
    "ALTER TABLE entry ADD COLUMN day BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE entry ADD COLUMN wall_ms BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE entry ADD COLUMN annulled BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX entry_listed ON entry (agency_id, register, annulled, day, wall_ms, writer_id, seq)",
];

/// The newest step.
pub(super) fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Brings the database to the newest schema. Several replicas may do so at once: each step is
/// claimed by a row that only one of them can insert.
pub(super) async fn migrate(pool: &AnyPool, dialect: &Dialect) -> Result<()> {
    let table = "CREATE TABLE IF NOT EXISTS migration (step BIGINT NOT NULL PRIMARY KEY)";
    if let Err(first) = sqlx::query(table).execute(pool).await {
        // Two replicas making the same table at once: one of them fails, and finds it made.
        sqlx::query(table).execute(pool).await.map_err(|_| first)?;
    }
    let known = known();
    let newest: Option<i64> =
        sqlx::query("SELECT max(step) AS step FROM migration").fetch_one(pool).await?.try_get(0)?;
    if let Some(found) = newest.filter(|step| *step > known) {
        return Err(StoreError::Newer { found, known });
    }
    for (step, statement) in (1..).zip(STEPS) {
        if newest.is_some_and(|newest| step <= newest) {
            continue;
        }
        let mut transaction = pool.begin_with(dialect.begin).await?;
        let claimed = sqlx::query("INSERT INTO migration (step) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(step)
            .execute(&mut *transaction)
            .await?;
        if claimed.rows_affected() == 1 {
            let statement = statement.replace("{bytes}", dialect.bytes);
            sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}
