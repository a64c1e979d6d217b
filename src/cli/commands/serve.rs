//! `auxlog serve`: the central server.

use std::net::SocketAddr;
use std::path::PathBuf;

use auxlog_server::{Config, Quotas, RecordQuotas, Server, Tls};
use clap::Args;
use i18n_embed_fl::fl;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::output::{Format, Results, tell};
use crate::{failed, local_rules, runtime};

/// The form of a server's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogForm {
    /// Lines for people: errors, and with -v more.
    Text,
    /// One JSON object a line, with the time: everything an operator keeps.
    Json,
}

/// Where the server listens and keeps its records.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The database; SQLite in the data directory where none is named.
    #[arg(long, value_name = "URL", env = "AUXLOG_DB", hide_env_values = true)]
    db: Option<String>,
    /// Where it listens; port 0 picks one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
    listen: SocketAddr,
    /// Certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy whose X-Forwarded-For counts; may be given several times.
    #[arg(long, value_name = "ADDR")]
    trusted_proxy: Vec<std::net::IpAddr>,
    /// Attachments of one device in a day, MiB.
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    device_quota: u32,
    /// Attachments of one agency in all, MiB.
    #[arg(long, value_name = "MIB", default_value_t = 204_800)]
    agency_quota: u32,
    /// Space on the database's disk that attachments leave free, MiB.
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    keep_free: u32,
    /// Records of one writer in a day.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    device_records: u32,
    /// Their size, MiB.
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    device_records_mib: u32,
    /// Records of one agency in all, MiB.
    #[arg(long, value_name = "MIB", default_value_t = 102_400)]
    agency_records_mib: u32,
    /// The form of its log on standard error.
    #[arg(long, value_enum, default_value_t = LogForm::Text)]
    pub(crate) log: LogForm,
    /// The form of the line that says where it listens.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Serve {
    /// Serves until SIGTERM or Ctrl-C.
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        let mut config = Config::new(context.server_dir()?, self.listen);
        config.rulebooks = local_rules::of_server(context)?;
        config.db.clone_from(&self.db);
        config.trusted_proxies.clone_from(&self.trusted_proxy);
        let bytes = |mib: u32| u64::from(mib) << 20;
        config.limits.attachments = Quotas {
            of_device_a_day: bytes(self.device_quota),
            of_agency: bytes(self.agency_quota),
            free: bytes(self.keep_free),
        };
        config.limits.records = RecordQuotas {
            of_device_a_day: self.device_records.into(),
            bytes_a_day: bytes(self.device_records_mib),
            of_agency: bytes(self.agency_records_mib),
        };
        config.tls = self.tls_cert.clone().zip(self.tls_key.clone()).map(|(cert, key)| Tls { cert, key });
        runtime::block_on(async {
            // Before anybody can be told that it is ready, so that no signal is missed.
            let ended = runtime::Ended::watch()?;
            let server = Server::start(config).await.map_err(|error| failed::serve(&error, &context.words))?;
            let mut results = Results::new();
            match self.format {
                Format::Json => results.json(&json!({ "listening": server.url }))?,
                Format::Table => {
                    results.line(&fl!(context.words.loader(), "serve-listening", url = server.url.clone()))?;
                }
            }
            results.flush()?;
            ended.wait().await;
            tell(&fl!(context.words.loader(), "serve-ending"));
            server.shutdown().await;
            Ok(Exit::Done)
        })
    }
}
