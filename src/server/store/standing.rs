//! Standings of devices: who is let in and shut out, and lines of keys of which one took over from
//! another. Each change is a record of the agency's office in the same transaction.

use auxlog_record::{Asked, Event, PublicKey, Succession, WriterId};
use auxlog_sync::enrol::{Nonce, Role};
use auxlog_sync::message::Standing;
use sqlx::{Any, Transaction};

use super::held::release_within;
use super::writers::{heir, locked, standing_name};
use super::{DeviceRow, Fresh, Result, Store, StoreError, audit, codes, deliveries, office};
use crate::scope::AgencyScope;

/// Refuses whoever would lift something of a device of their own.
pub(super) fn of_another(scope: &AgencyScope, device: &DeviceRow) -> Result<()> {
    if scope.officer() == Some(&device.officer) { Err(StoreError::OwnDevice(device.writer)) } else { Ok(()) }
}

/// Whether a key that takes over waits until another approves it: whoever has an old copy of an
/// administrator's directory must not come to administer by their own word.
fn awaits_another(role: Role) -> bool {
    matches!(role, Role::Admin | Role::Supervisor)
}

impl Store {
    /// Changes a device's standing. To revoke a key revokes the keys that took over from it, too. What is
    /// held of one that is let in comes into the log as it was `weighed`; `false` where others are held by
    /// now: weigh again.
    ///
    /// # Errors
    /// [`StoreError::NoDevice`]; [`StoreError::OwnDevice`] where an officer would let their own in.
    pub async fn set_standing(
        &self,
        scope: &AgencyScope,
        (writer, weighed): (WriterId, &[Fresh]),
        standing: Standing,
        reason: &str,
        now: u64,
    ) -> Result<bool> {
        office::sayable(reason)?;
        self.again(|| self.set_standing_once(scope, (writer, weighed), standing, reason, now)).await
    }

    async fn set_standing_once(
        &self,
        scope: &AgencyScope,
        (writer, weighed): (WriterId, &[Fresh]),
        standing: Standing,
        reason: &str,
        now: u64,
    ) -> Result<bool> {
        let mut desk = self.desk(scope.agency()).await?;
        let mut transaction = self.begin().await?;
        let old = locked(self, &mut transaction, scope.agency(), writer).await?;
        if standing == Standing::Active {
            of_another(scope, &old)?;
            // What was held comes into the log first: the writer's records stay in their order.
            let held = (writer, weighed);
            if !release_within(self, &mut transaction, &mut desk, scope, held, reason, now).await? {
                return Ok(false);
            }
        }
        // All rows of writers are locked before what they delivered is.
        let (mut line, mut end) = (vec![old], writer);
        if standing == Standing::Revoked {
            while let Some(next) = heir(self, &mut transaction, scope.agency(), end).await? {
                end = next.writer;
                line.push(next);
            }
        }
        let mut said = Vec::new();
        for (place, device) in line.iter().enumerate() {
            if place == 0 || device.standing != Standing::Revoked {
                // Those that took over from it go with it: that is the office's word.
                let asked = scope.asked().filter(|_| place == 0);
                said.extend(change(self, &mut transaction, scope, device, standing, (reason, asked), now).await?);
            }
        }
        if !said.is_empty() {
            desk.append(self, &mut transaction, &said, now).await?;
        }
        transaction.commit().await?;
        desk.keep(self);
        Ok(true)
    }

    /// Lets a key take over from another one in good standing whose last record is here: officer, role
    /// and laptop stay, the old key is revoked. A supervisor's or an administrator's waits until another
    /// approves it. `None` where the old one is not in good standing, or there is more or less of it than
    /// it says. May be done again.
    pub(crate) async fn succeed(
        &self,
        scope: &AgencyScope,
        succession: &Succession,
        new: &PublicKey,
        now: u64,
    ) -> Result<Option<DeviceRow>> {
        let done = self.again(|| self.succeed_once(scope, succession, new, now)).await?;
        if done { self.device(scope.agency(), new.writer()).await } else { Ok(None) }
    }

    async fn succeed_once(
        &self,
        scope: &AgencyScope,
        succession: &Succession,
        new: &PublicKey,
        now: u64,
    ) -> Result<bool> {
        let mut desk = self.desk(scope.agency()).await?;
        let mut transaction = self.begin().await?;
        let old = locked(self, &mut transaction, scope.agency(), succession.old).await?;
        let meets = succession.commitment.map(|commitment| (commitment, succession.nonce.map(Nonce)));
        if let Some(known) = heir(self, &mut transaction, scope.agency(), old.writer).await? {
            // The same once more, its answer was lost or it shows its nonce; else another heir: a key has one.
            let same = known.writer == new.writer();
            let meets = meets.filter(|_| same && (known.meeting.is_some() || known.standing == Standing::Pending));
            if let Some(meets) = meets {
                if !codes::meet(&mut transaction, &known, known.meeting, meets).await? {
                    return Ok(false);
                }
                transaction.commit().await?;
            }
            return Ok(same);
        }
        if old.standing != Standing::Active || old.acked_seq != succession.last {
            return Ok(false);
        }
        let waits = awaits_another(old.role);
        let standing = if waits { Standing::Pending } else { Standing::Active };
        let added = sql!(
            "INSERT INTO writer (agency_id, writer_id, public_key, officer_id, officer_name, laptop, role,
             standing, reason, acked_seq, acked_hash, acked_hlc, enrolled_ms, changed_ms, certified, succeeds)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9, 0, $10, $10, $11, $12) ON CONFLICT DO NOTHING";
            old.agency, new.writer(), new.to_bytes(), old.officer, old.officer_name, old.laptop, old.role.name(),
            standing_name(standing), vec![0_u8; 32], now, i64::from(!waits), old.writer
        )
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            // A key that is here already, revoked perhaps, is not let in by this way.
            return Ok(false);
        }
        let reason = format!("succeeded by {}: {}", new.writer(), succession.reason);
        let row = locked(self, &mut transaction, &old.agency, new.writer()).await?;
        if let Some(meets) = meets {
            codes::meet(&mut transaction, &row, None, meets).await?;
        }
        let mut said = Vec::new();
        if !waits {
            let next = DeviceRow { writer: new.writer(), public_key: new.to_bytes(), ..old.clone() };
            said.push(office::certified(&next, 0, Some(old.writer), None));
        }
        stand(self, &mut transaction, &old, Standing::Revoked, &reason, now).await?;
        // A new key has no new day.
        deliveries::hand_over(&mut transaction, &old.agency, (old.writer, new.writer()), now).await?;
        said.push(office::stands(old.writer, Standing::Revoked, &reason, None));
        desk.append(self, &mut transaction, &said, now).await?;
        audit::note(&mut transaction, scope, now, "device_succeeded", &old.writer.to_string(), &reason).await?;
        transaction.commit().await?;
        desk.keep(self);
        Ok(true)
    }
}

/// Gives a device, whose row is locked, another standing; gives what the office has to say of it.
async fn change(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    old: &DeviceRow,
    standing: Standing,
    (reason, asked): (&str, Option<&Asked>),
    now: u64,
) -> Result<Option<Event>> {
    stand(store, transaction, old, standing, reason, now).await?;
    let act = format!("device_{}", standing_name(standing));
    audit::note(transaction, scope, now, &act, &old.writer.to_string(), reason).await?;
    Ok(if old.certified {
        (old.standing != standing).then(|| office::stands(old.writer, standing, reason, asked))
    } else {
        // Of a key that was never let in the office says nothing.
        (standing == Standing::Active).then(|| office::certified(old, old.joined_seq, old.succeeds, asked))
    })
}

async fn stand(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    old: &DeviceRow,
    standing: Standing,
    reason: &str,
    now: u64,
) -> Result<()> {
    sql!(
        "UPDATE writer SET standing = $3, reason = $4, changed_ms = $5, certified = $6
         WHERE agency_id = $1 AND writer_id = $2";
        old.agency, old.writer, standing_name(standing), reason, now,
        i64::from(old.certified || standing == Standing::Active)
    )
    .execute(&mut **transaction)
    .await?;
    if standing == Standing::Active {
        return Ok(());
    }
    deliveries::shut_out(store, transaction, &old.agency, old.writer).await
}
