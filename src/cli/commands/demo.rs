//! `auxlog demo`: the whole product on one machine, nothing to set up.

use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use super::ui;
use crate::context::Context;
use crate::demo::{self, PASSPHRASE};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Format, Results, tell};
use crate::{failed, runtime};

/// With or without the terminal UI.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[arg(long)]
    no_ui: bool,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Demo {
    /// Runs the demonstration to its end.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let loader = context.words.loader();
        // Never a data directory that the environment or the configuration names for real work.
        let named = context.named_on_command_line();
        let (root, _throw_away) = if let Some(root) = named {
            (root, None)
        } else {
            let dir = tempfile::Builder::new().prefix("auxlog-demo-").tempdir().map_err(|error| {
                Failure::new(Exit::Found, failed::file(&std::env::temp_dir(), &error, &context.words))
            })?;
            (dir.path().to_path_buf(), Some(dir))
        };
        tell(&fl!(loader, "demo-starting"));
        let runtime = runtime::start()?;
        let ended = runtime.block_on(async { runtime::Ended::watch() })?;
        let demo = runtime.block_on(demo::start(context, &root))?;
        let outcome = if self.no_ui {
            let said = self.say(&demo);
            said.map(|()| {
                runtime.block_on(ended.wait());
                Exit::Done
            })
        } else {
            drop(ended);
            let hint = fl!(loader, "demo-hint", passphrase = PASSPHRASE);
            ui::show(context, demo.laptops[0].clone(), Some(hint))
        };
        runtime.block_on(demo.server.shutdown());
        outcome
    }

    fn say(&self, demo: &demo::Demo) -> Result<(), Failure> {
        let dirs: Vec<String> = demo.laptops.iter().map(|dir| dir.display().to_string()).collect();
        let mut results = Results::new();
        match self.format {
            Format::Json => results.json(&json!({
                "server": demo.server.url, "data_dirs": dirs, "passphrase": PASSPHRASE, "codes": demo.codes,
            }))?,
            Format::Table => {
                results.line(&demo.server.url)?;
                dirs.iter().try_for_each(|dir| results.line(dir))?;
                results.line(PASSPHRASE)?;
                demo.codes.iter().try_for_each(|code| results.line(code))?;
            }
        }
        results.flush()
    }
}
