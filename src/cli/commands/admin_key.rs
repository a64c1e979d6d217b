//! `auxlog admin new-key`: another key for a server whose key is lost or was stolen.

use auxlog_record::{Clock as _, SystemClock};
use std::path::Path;

use auxlog_server::new_key::new_key;
use clap::Args;
use data_encoding::HEXLOWER;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::exit::{Exit, Outcome};
use crate::failed;
use crate::output::{Format, Results, Table};
use crate::words::Words;

#[derive(Debug, Args)]
pub(crate) struct NewKey {
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[arg(long)]
    although_the_key_is_here: bool,
}

impl NewKey {
    /// Replaces the key, and tells what each laptop needs to join again.
    pub(crate) async fn run(&self, dir: &Path, db: Option<&str>, format: Format, words: &Words) -> Outcome {
        let at = SystemClock.now().0.format("%Y%m%dT%H%M%S%3f").to_string();
        let made = new_key(dir, db, &self.reason, self.although_the_key_is_here, &at).await;
        let made = made.map_err(|error| failed::new_key(&error, words))?;
        let (mut results, loader) = (Results::new(), words.loader());
        let key = HEXLOWER.encode(&made.public_key.to_bytes());
        let replaced = made.replaced.map(|path| path.display().to_string());
        match format {
            Format::Json => {
                let codes = made.codes.iter().map(|(device, code)| {
                    json!({ "code": code, "agency": device.agency, "officer": device.officer,
                        "officer_name": device.officer_name, "laptop": device.laptop,
                        "device": device.writer.to_string() })
                });
                let codes: Vec<_> = codes.collect();
                results.json(&json!({ "key": key, "replaced": replaced, "codes": codes }))?;
            }
            Format::Table => {
                results.line(&fl!(loader, "admin-new-key", key = key))?;
                if let Some(replaced) = replaced {
                    results.line(&fl!(loader, "admin-new-key-kept", replaced = replaced))?;
                }
                results.line(&fl!(loader, "admin-new-key-next"))?;
                let mut table = Table::new([
                    fl!(loader, "column-enrol-code"),
                    fl!(loader, "column-agency"),
                    fl!(loader, "kind-officer"),
                    fl!(loader, "column-laptop"),
                    fl!(loader, "column-device"),
                ]);
                for (device, code) in made.codes {
                    table.row([
                        code,
                        device.agency.to_string(),
                        format!("{} {}", device.officer, device.officer_name),
                        device.laptop,
                        device.writer.to_string(),
                    ]);
                }
                table.print(&mut results)?;
            }
        }
        results.flush()?;
        Ok(Exit::Done)
    }
}
