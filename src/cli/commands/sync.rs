//! `auxlog sync`: one synchronisation now.

use std::sync::Arc;

use auxlog_store::Ledger;
use auxlog_store::{fetch_missing, only_here, server_of, successor_digits};
use auxlog_sync::local::LocalLedger;
use auxlog_sync::message::Standing;
use auxlog_sync::{Notice, Outcome as Synced, Progress, Refusal, SyncError, sync_once};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Failure, Outcome};
use crate::ledger::{self, Whose};
use crate::output::{Format, Results, tell};
use crate::progress::Bar;
use crate::words::Words;
use crate::{failed, runtime};

/// Whose records, and the form of the result.
#[derive(Debug, Args)]
pub(crate) struct Sync {
    #[command(flatten)]
    whose: Whose,
    #[arg(long)]
    attachments: bool,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Sync {
    /// Exit 0: the server's receipt covers all that is here · 1: it does not, and why · 7: what is sent is
    /// held, since this key is revoked or frozen.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let ledger = Arc::new(ledger::open(context, &self.whose)?);
        let bar = Bar::new(&fl!(context.words.loader(), "progress-sync"));
        let ended = once(context, &ledger, |progress| {
            let done = progress.sent + progress.received;
            bar.note(&pace(&progress, &context.words));
            bar.set(done, done + progress.to_send + progress.to_receive + progress.attachments);
        });
        bar.clear();
        let (mut error, outcome) = match ended? {
            Ok(outcome) => (None, outcome),
            Err((error, outcome)) => (Some(error), outcome),
        };
        let mut fetched = (0, 0);
        if self.attachments && error.is_none() {
            match fetch(context, &ledger)? {
                Ok(counts) => fetched = counts,
                Err(stopped) => error = Some(stopped),
            }
        }
        if let Some(said) = standing_words(outcome.standing, &context.words) {
            tell(&said);
        }
        for custody in outcome.custody.iter().filter(|custody| custody.held > 0) {
            tell(&fl!(context.words.loader(), "sync-held", held = custody.held, reason = custody.reason.clone()));
        }
        for one in &outcome.awaiting {
            let (what, count) = (context.words.terms().attention(&one.what), one.count);
            let (officer, device) = (one.officer.clone(), one.writer.to_string());
            let loader = context.words.loader();
            tell(&fl!(loader, "sync-awaiting", what = what, count = count, officer = officer, device = device));
        }
        for (key, count) in only_here(&ledger) {
            tell(&fl!(context.words.loader(), "sync-only-here", key = key.to_string(), count = count));
        }
        for notice in &outcome.notices {
            tell(&notice_words(*notice, &context.words));
        }

        let awaits = matches!(error, Some(SyncError::Refused(Refusal::AwaitsApproval)));
        if let Some(digits) = successor_digits(&ledger).filter(|_| awaits) {
            tell(&fl!(context.words.loader(), "sync-successor-digits", digits = digits));
        }

        let mut results = Results::new();
        match self.format {
            Format::Json => results.json(&json!({
                "sent": outcome.sent, "received": outcome.received, "refused": outcome.refused,
                "acked": outcome.acked, "requests": outcome.requests,
                "bytes_up": outcome.bytes_up, "bytes_down": outcome.bytes_down,
                "attachments": outcome.attachments, "attachments_left": outcome.attachments_left,
                "attachments_fetched": fetched.0, "attachments_absent": fetched.1,
                "held": outcome.custody.iter().map(|custody| custody.held).sum::<u64>(),
                "awaiting": outcome.awaiting.iter().map(|one| json!({
                    "device": one.writer.to_string(), "officer": one.officer, "what": one.what, "count": one.count,
                })).collect::<Vec<_>>(),
            }))?,
            Format::Table => results.line(&summary(&outcome, &context.words))?,
        }
        results.flush()?;
        let shut_out = is_shut_out(outcome.standing);
        match error {
            Some(error) => {
                let failure = failed::sync(&error, &context.words);
                Err(Failure { exit: if shut_out { Exit::ShutOut } else { failure.exit }, ..failure })
            }
            None if shut_out => Ok(Exit::ShutOut),
            None if outcome.covered => Ok(Exit::Done),
            None => Err(Failure::new(Exit::Found, fl!(context.words.loader(), "sync-not-covered"))),
        }
    }
}

/// Synchronises `ledger` once with the server that it is enrolled with.
///
/// # Errors
/// When it is enrolled with none; what stops a synchronisation stands within.
pub(crate) fn once(
    context: &Context,
    ledger: &Arc<Ledger>,
    report: impl FnMut(Progress),
) -> Result<Result<Synced, (SyncError, Synced)>, Failure> {
    let (connection, server_key) = server_of(ledger).map_err(|error| failed::join(&error, &context.words))?;
    let local: Arc<dyn LocalLedger> = Arc::clone(ledger) as _;
    runtime::block_on(async { Ok(sync_once(&local, &connection, server_key, report).await) })
}

/// Fetches contents that are not here.
fn fetch(context: &Context, ledger: &Arc<Ledger>) -> Result<Result<(u64, u64), SyncError>, Failure> {
    let (connection, server_key) = server_of(ledger).map_err(|error| failed::join(&error, &context.words))?;
    runtime::block_on(async { Ok(fetch_missing(ledger, &connection, &server_key).await) })
}

/// Bytes both ways, records a second, and how long the rest will take.
fn pace(progress: &Progress, words: &Words) -> String {
    let kib = (progress.bytes_up + progress.bytes_down).div_ceil(1024);
    let (loader, rate) = (words.loader(), progress.rate());
    match progress.left_ms() {
        Some(left) => fl!(loader, "sync-pace-left", kib = kib, rate = rate, seconds = left.div_ceil(1000)),
        None => fl!(loader, "sync-pace", kib = kib, rate = rate),
    }
}

fn summary(outcome: &Synced, words: &Words) -> String {
    let Synced { sent, received, refused, acked, .. } = *outcome;
    fl!(words.loader(), "sync-summary", sent = sent, received = received, refused = refused, acked = acked)
}

fn notice_words(notice: Notice, words: &Words) -> String {
    match notice {
        Notice::ServerCameBack => fl!(words.loader(), "sync-server-came-back"),
        Notice::LaptopCameBack => fl!(words.loader(), "sync-laptop-came-back"),
        Notice::AttachmentsKept => fl!(words.loader(), "sync-attachments-kept"),
    }
}

/// Whether a key does and reads nothing any more.
pub(crate) fn is_shut_out(standing: Standing) -> bool {
    matches!(standing, Standing::Frozen | Standing::Revoked)
}

/// What the officer must know of how their laptop stands with the server.
pub(crate) fn standing_words(standing: Standing, words: &Words) -> Option<String> {
    match standing {
        Standing::Active => None,
        Standing::Pending => Some(fl!(words.loader(), "open-awaits-approval")),
        Standing::Frozen => Some(fl!(words.loader(), "sync-frozen")),
        Standing::Revoked => Some(fl!(words.loader(), "sync-revoked")),
    }
}
