//! Checking an evidence bundle: its bytes, its page, and who of those that the reader knows stands
//! behind it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use auxlog_law::RulebookSet;
use auxlog_record::evidence::{Checked, Evidence, EvidenceError, Known, NoBundle, WriterChecked};
use auxlog_record::{OfficerId, Standing, Vouched, WriterId};
use auxlog_sync::vouched::VouchedFor;
use clap::Args;
use i18n_embed_fl::fl;

use crate::exit::Failure;
use crate::server_proofs::{self, NotWhole};
use crate::words::Words;
use crate::{evidence_page, failed};

/// The keys that the reader knows, each in hexadecimal.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[arg(long, value_name = "KEY", requires = "file")]
    server_key: Option<String>,
    #[arg(long, value_name = "KEY", requires = "file")]
    writer_key: Vec<String>,
    #[arg(long, value_name = "FILE", requires = "file")]
    trusted_keys: Option<PathBuf>,
}

/// The same, read.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    server: Option<String>,
    /// All of them, with what the reader says of each.
    all: BTreeMap<String, String>,
    /// One of them is a server's, by what the reader says of it.
    names_server: bool,
}

/// Whether the reader says of a key that it is a server's.
fn is_servers(whose: &str) -> bool {
    let first = whose.split_whitespace().next().unwrap_or_default().to_lowercase();
    first.starts_with("server") || first.contains("服务器")
}

impl KeyArgs {
    /// Reads the keys.
    pub(crate) fn keys(&self, words: &Words) -> Result<Keys, Failure> {
        let server = self.server_key.as_ref().map(|key| key.trim().to_ascii_lowercase());
        let given = self.writer_key.iter().map(|key| key.trim().to_ascii_lowercase());
        let mut all: BTreeMap<String, String> =
            server.iter().cloned().chain(given).map(|key| (key, String::new())).collect();
        if let Some(path) = &self.trusted_keys {
            let unreadable = |source| Failure::usage(failed::file(path, &source, words));
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            for (number, line) in (1_usize..).zip(text.lines()) {
                let line = line.split('#').next().unwrap_or_default();
                // What follows a key says whose it is.
                let (key, whose) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
                if key.is_empty() {
                    continue;
                }
                let key = key.to_ascii_lowercase();
                if key.len() != 64 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    let path = path.display().to_string();
                    return Err(Failure::usage(fl!(words.loader(), "verify-no-key", path = path, line = number)));
                }
                all.insert(key, whose.trim().to_owned());
            }
        }
        let names_server = server.is_some() || all.values().any(|whose| is_servers(whose));
        Ok(Keys { server, all, names_server })
    }
}

/// Why nobody whom the reader knows stands behind a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// The reader gave no key.
    NoKey,
    /// Neither a server that vouches for it nor all of its writers are among the reader's keys.
    OtherKeys,
    /// The server did not sign for all that it holds about the task.
    Incomplete,
    /// So many records about the task are not in the server's log.
    NotLogged(usize),
    /// The server's office says nothing of a writer, or no longer.
    Uncertified(WriterId),
}

impl Unknown {
    /// As programs read it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::NoKey => "no_key",
            Self::OtherKeys => "other_keys",
            Self::Incomplete => "incomplete",
            Self::NotLogged(_) => "not_logged",
            Self::Uncertified(_) => "uncertified",
        }
    }
}

/// Whoever signed something in a bundle.
#[derive(Debug, Clone)]
pub(crate) struct Signatory {
    /// Their chain.
    pub(crate) writer: WriterId,
    /// Who they are: as the office says, else as they say themselves.
    pub(crate) officer: OfficerId,
    /// Their name, likewise.
    pub(crate) name: String,
    /// Their public key, in hexadecimal.
    pub(crate) key: String,
    /// Whether a server's office says so.
    pub(crate) certified: bool,
}

/// A bundle that is whole in itself.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// What checking its bytes established.
    pub(crate) checked: Checked,
    /// What servers vouch for in it.
    pub(crate) vouched: Vec<VouchedFor>,
    /// Whoever wrote records in it.
    pub(crate) writers: Vec<Signatory>,
    pub(crate) exporter: Signatory,
    /// Why nobody known stands behind it; `None` where somebody does.
    pub(crate) unknown: Option<Unknown>,
}

/// Checks a bundle's file.
pub(crate) fn check(bytes: &[u8], keys: &Keys, rulebooks: &RulebookSet) -> Result<Bundle, NotWhole> {
    let text = std::str::from_utf8(bytes).map_err(|_| EvidenceError::Form(NoBundle::NotText))?;
    let sealed = Evidence::read(text)?;
    let evidence = sealed.evidence();
    let mut checked = sealed.check(rulebooks)?;
    let vouched = server_proofs::check(evidence)?;
    if let Some(key) = keys.server.as_ref().filter(|key| !vouched.iter().any(|found| found.key_text() == **key)) {
        return Err(NotWhole::OtherServer(key.clone()));
    }
    if !sealed.shows(&evidence_page::due(evidence, text)?)? {
        return Err(NotWhole::Page);
    }
    let known = server_proofs::known(&vouched);
    checked.task = evidence.view_by(&known)?;
    let writers: Vec<Signatory> = checked.writers.iter().map(|writer| signatory(writer, &known, keys)).collect();
    let exporter = signatory(&checked.exporter, &known, keys);
    let unknown = unknown(keys, &vouched, &checked, &writers, &exporter);
    Ok(Bundle { checked, vouched, writers, exporter, unknown })
}

fn signatory(checked: &WriterChecked, known: &Known, keys: &Keys) -> Signatory {
    let (opened, writer) = (&checked.opened, checked.writer);
    let key = data_encoding::HEXLOWER.encode(&opened.public_key);
    let grant = known.authority.grant_of(&writer, None).filter(|grant| grant.standing != Standing::Pending);
    if let Some(grant) = grant {
        return Signatory { writer, officer: grant.officer.clone(), name: grant.name.clone(), key, certified: true };
    }
    // Whom the reader knows by the key is that, whatever the chain says.
    let known = keys.all.get(&key).filter(|whose| !whose.is_empty()).cloned();
    let name = known.unwrap_or_else(|| opened.officer_name.clone());
    Signatory { writer, officer: opened.officer.clone(), name, key, certified: false }
}

/// Why nobody of the reader's acquaintance stands behind it: a server that signed for all that it holds
/// about the task and certified everyone, or all of the writers themselves.
fn unknown(
    keys: &Keys,
    vouched: &[VouchedFor],
    checked: &Checked,
    writers: &[Signatory],
    exporter: &Signatory,
) -> Option<Unknown> {
    if keys.all.is_empty() {
        return Some(Unknown::NoKey);
    }
    // Where there is a server it knows what a writer may have left out.
    let strangers = vouched.iter().any(|found| found.known.is_some() && !keys.all.contains_key(&found.key_text()));
    if !keys.names_server && !strangers && writers.iter().chain([exporter]).all(|who| keys.all.contains_key(&who.key)) {
        return None;
    }
    let Some(server) = vouched.iter().find(|found| keys.all.contains_key(&found.key_text())) else {
        return Some(Unknown::OtherKeys);
    };
    if server.known.is_none() {
        return Some(Unknown::Incomplete);
    }
    if server.in_log < server.records {
        return Some(Unknown::NotLogged(server.records - server.in_log));
    }
    let stranger = writers.iter().chain([exporter]).find(|who| !who.certified).map(|who| who.writer);
    let no_longer = checked.task.authors().find(|author| author.vouched != Vouched::Office).map(|author| author.writer);
    stranger.or(no_longer).map(Unknown::Uncertified)
}
