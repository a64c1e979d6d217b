//! What a journal says of clocks: those that jumped, and those that a synchronisation found to be off.

use auxlog_record::{Jump, Moment};
use auxlog_store::{ClockJump, ClockOffset, LedgerError, NamedOfficer, Reader};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

use crate::words::Words;

#[derive(Debug, Default)]
pub(crate) struct Clocks {
    jumps: Vec<ClockJump>,
    offsets: Vec<ClockOffset>,
}

impl Clocks {
    pub(crate) fn of(ledger: &Reader) -> Result<Self, LedgerError> {
        Ok(Self { jumps: ledger.clock_jumps()?, offsets: ledger.clock_offsets()? })
    }

    /// The jumps and the offsets, as programs read them.
    pub(crate) fn json(&self) -> (Vec<Value>, Vec<Value>) {
        (self.jumps.iter().map(jump_json).collect(), self.offsets.iter().map(offset_json).collect())
    }

    /// The same for a person.
    pub(crate) fn lines(&self, words: &Words) -> impl Iterator<Item = String> {
        let jumps = self.jumps.iter().map(|jump| jump_line(jump, words));
        jumps.chain(self.offsets.iter().map(|offset| offset_line(offset, words)))
    }
}

fn name(by: &NamedOfficer) -> String {
    by.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| by.id.to_string())
}

fn time(at: Moment) -> String {
    at.0.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A clock's jump as programs read it.
fn jump_json(jump: &ClockJump) -> Value {
    let writer = jump.record.writer.to_string();
    let boot = |id: [u8; 8]| format!("{:016x}", u64::from_be_bytes(id));
    let after = jump.following.map(|(first, last)| {
        json!({ "first": format!("{writer}:{first}"), "last": format!("{writer}:{last}"), "count": last - first + 1 })
    });
    json!({
        "record": jump.record.to_string(), "officer": jump.by.id, "jump": way(jump),
        "from": jump.from(), "to": jump.to(), "by_ms": jump.by_ms(), "boot": boot(jump.after.boot_id),
        "boot_before": boot(jump.before.boot_id), "restarted": jump.restarted(), "records_after": after,
    })
}

/// A clock that was off, as programs read it.
fn offset_json(offset: &ClockOffset) -> Value {
    json!({
        "record": offset.record.to_string(), "officer": offset.by.id, "at": offset.at, "offset_ms": offset.offset_ms,
    })
}

fn offset_line(offset: &ClockOffset, words: &Words) -> String {
    let way = match offset.offset_ms {
        ms if ms > 0 => "slow",
        ms if ms < 0 => "fast",
        _ => "right",
    };
    let seconds = offset.offset_ms.unsigned_abs() / 1000;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let by = format!("{hours}:{minutes:02}:{rest:02}");
    let (name, record, at) = (name(&offset.by), offset.record.to_string(), time(offset.at));
    fl!(words.loader(), "verify-offset", way = way, name = name, record = record, at = at, by = by)
}

fn way(jump: &ClockJump) -> &'static str {
    match jump.jump {
        Jump::Ahead => "ahead",
        Jump::Back => "back",
    }
}

/// The same for a person.
fn jump_line(jump: &ClockJump, words: &Words) -> String {
    let loader = words.loader();
    let seconds = jump.by_ms().unsigned_abs().div_ceil(1000);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let by = format!("{hours}:{minutes:02}:{rest:02}");
    let boot = if jump.restarted() { fl!(loader, "verify-jump-restarted") } else { fl!(loader, "verify-jump-running") };
    let boot_id = format!("{:016x}", u64::from_be_bytes(jump.after.boot_id));
    let (record, from, to) = (jump.record.to_string(), time(jump.from()), time(jump.to()));
    let head = fl!(
        loader,
        "verify-jump",
        record = record,
        way = way(jump),
        name = name(&jump.by),
        from = from,
        to = to,
        by = by,
        boot = boot,
        id = boot_id
    );
    let after = match jump.following {
        None => fl!(loader, "verify-jump-none-after"),
        Some((first, last)) => {
            let count: u64 = last - first + 1;
            fl!(loader, "verify-jump-after", first = first, last = last, count = count)
        }
    };
    format!("{head}{after}")
}
