//! The evidence bundle: everything about one task in one file that anyone can check, on any
//! machine, with no data directory and no word of ours to be taken for it.
//!
//! It holds the chains of all writers who recorded something about the task, from each one's
//! opening record (which names officer, agency, certificate and public key) to the newest record
//! about the task. Records about other matters stand there without their bodies: hash, place and
//! signature can be checked, what they say stays private. Beside them the provisions that the
//! verdicts cite, verbatim, and what the server has to add. All of it, and the readable page
//! around it, is signed by whoever exported it.
//!
//! The page says nothing of its own: it is rendered from the content, by the renderer whose number
//! stands there, so that whoever checks renders it once more and compares.
//!
//! # File
//!
//! An HTML page that a court can read, and in it one `<script type="application/auxlog-evidence">`
//! element with the bundle in base64: a CBOR array of content, exporter's opening record and
//! exporter's signature over `AUXLOG-EVIDENCE 1`, the content's hash and the hash of the page
//! without that element's text.

mod check;
mod file;

use std::collections::BTreeMap;

use auxlog_law::{Lang, Rulebook};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

pub use check::{Checked, Known, WriterChecked};

use crate::crypto::{PublicKey, Signature, Signer, sha256};
use crate::fold::TaskView;
use crate::{Chain, ChainError, Date, EnvelopeError, EventError, Hash, Hlc, Record, RecordId, WriterId};

const SIGNED: &[u8] = b"AUXLOG-EVIDENCE\x01";

/// The largest bundle that is read, in bytes.
pub const MAX_BUNDLE: usize = 256 << 20;

/// Why a file, or a page, holds no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoBundle {
    /// It is no text.
    #[error("it is no text")]
    NotText,
    /// It has more than [`MAX_BUNDLE`] allows.
    #[error("it is too large")]
    TooLarge,
    /// The page has not exactly one place to put a bundle.
    #[error("the page must have one place for the bundle")]
    NoPlace,
    /// There is none in the file.
    #[error("no bundle is in it")]
    Absent,
    /// The file ends before the bundle does.
    #[error("it ends within the bundle")]
    CutShort,
    /// There are more than one.
    #[error("more than one bundle is in it")]
    Several,
    /// The bundle's characters were altered.
    #[error("the bundle is no base64: {0}")]
    Base64(String),
    /// The bundle's bytes are none.
    #[error("the bundle cannot be read: {0}")]
    Content(String),
    /// A newer auxlog wrote it.
    #[error("its version is {0}; this auxlog reads 1: update it")]
    Newer(u16),
    /// A writer's chain has no record.
    #[error("a chain is empty")]
    EmptyChain,
    /// A writer has more than one chain: which of two records is the one that the log has would be open.
    #[error("a writer has more than one chain")]
    TwoChains,
    /// Whoever signs is not the one whose opening record is put beside.
    #[error("the opening record is not the exporter's")]
    OtherExporter,
}

/// Why a bundle is none, or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The file holds no bundle.
    #[error("no evidence bundle of auxlog: {0}")]
    Form(#[from] NoBundle),
    /// A chain does not hold; the first record that is not whole is named.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A record can't be read.
    #[error("record {place} of the chain of {writer}: {source}", writer = .writer.map_or_else(|| "?".to_owned(), |writer| writer.to_string()))]
    Record {
        /// Whose chain.
        writer: Option<WriterId>,
        /// Which one in it, from 1.
        place: usize,
        /// Why.
        source: EnvelopeError,
    },
    /// A record about the task can't be understood.
    #[error("record {id}: {source}")]
    Event {
        /// The record.
        id: RecordId,
        /// Why.
        source: EventError,
    },
    /// The task's own record is not there.
    #[error("the record of the task itself, {0}, is missing")]
    NoTask(RecordId),
    /// Bundle or page were changed after they were exported.
    #[error("the bundle or its page was changed after {exporter} exported it")]
    Changed {
        /// Whoever exported it.
        exporter: WriterId,
    },
    /// A record about the task has no body, and the order to mask it is not in the bundle.
    #[error("record {0} has no body, and no order to mask it is in the bundle")]
    Emptied(RecordId),
    /// A provision is not what the rulebook says that the verdict was given by.
    #[error("provision {cite} does not read as in rulebook {rulebook}")]
    Provision {
        /// The provision.
        cite: String,
        /// The rulebook.
        rulebook: String,
    },
}

/// A provision as the verdict was judged by it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CitedProvision {
    /// Citation, e.g. `16.2`.
    #[n(0)]
    pub cite: String,
    /// As the law itself counts, e.g. 第十六条（二）.
    #[n(1)]
    pub label: String,
    /// Verbatim.
    #[n(2)]
    pub text: String,
    /// The rulebook.
    #[n(3)]
    pub rulebook: String,
    /// Its digest.
    #[n(4)]
    pub digest: String,
}

/// What is in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The record that logged or planned the task.
    pub task: RecordId,
    /// A chain for each writer, from its opening record on; bodies of what does not concern the
    /// task are masked.
    pub chains: Vec<Vec<Record>>,
    /// The provisions that the verdicts cite.
    pub provisions: Vec<CitedProvision>,
    /// What the server vouches for, as it signed it; empty where it has none. Whoever knows the
    /// protocol checks it.
    pub server: Vec<Vec<u8>>,
    /// The day (China) it was exported.
    pub exported_on: Date,
    /// How the page was rendered.
    pub page: Rendering,
    /// From this logical time on the steps in it are read by this program's rules of steps, where no
    /// office says by which; `None` is by those of 0.1.0.
    pub rules_since: Option<Hlc>,
}

/// How a bundle's page is made from its content, so that it can be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendering {
    /// Number of the renderer: a released one never changes. 1 is that of 0.1.0.
    pub renderer: u16,
    /// The page's language, as in `zh-CN`; empty where 0.1.0 wrote it.
    pub lang: String,
    /// Name of the directory beside the file in which the attachments lie; empty likewise.
    pub files: String,
}

impl Rendering {
    /// Renderer of the pages that this program writes.
    pub const NEWEST: u16 = 3;
}

impl Default for Rendering {
    fn default() -> Self {
        Self { renderer: 1, lang: String::new(), files: String::new() }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Content {
    #[n(0)]
    version: u16,
    #[n(1)]
    task: RecordId,
    #[n(2)]
    chains: Vec<Vec<ByteVec>>,
    #[n(3)]
    provisions: Vec<CitedProvision>,
    #[n(4)]
    server: Vec<ByteVec>,
    #[n(5)]
    exported_on: Date,
    #[n(6)]
    renderer: Option<u16>,
    #[n(7)]
    lang: Option<String>,
    #[n(8)]
    files: Option<String>,
    #[n(9)]
    rules_since: Option<Hlc>,
}

#[derive(Encode, Decode)]
struct Signed {
    #[n(0)]
    content: ByteVec,
    #[n(1)]
    exporter: ByteVec,
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    signature: Signature,
}

impl Evidence {
    /// Puts a bundle together from whole chains, each from its opening record on. What does not
    /// concern the task is masked, and what follows the newest record about it left out.
    ///
    /// # Errors
    /// [`EvidenceError::NoTask`], or that a record about the task can't be read.
    pub fn of(
        task: RecordId,
        chains: impl IntoIterator<Item = Vec<Record>>,
        rulebook: &Rulebook,
        server: Vec<Vec<u8>>,
        exported_on: Date,
    ) -> Result<Self, EvidenceError> {
        Self::reaching(task, chains, rulebook, server, exported_on, &BTreeMap::new())
    }

    /// The same, where the chains of some writers reach on to the seq that a server's receipt names,
    /// so that the receipt can be told to be about them.
    ///
    /// # Errors
    /// As [`Evidence::of`].
    pub fn reaching(
        task: RecordId,
        chains: impl IntoIterator<Item = Vec<Record>>,
        rulebook: &Rulebook,
        server: Vec<Vec<u8>>,
        exported_on: Date,
        reach: &BTreeMap<WriterId, u64>,
    ) -> Result<Self, EvidenceError> {
        let chains: Vec<Vec<Record>> = chains.into_iter().collect();
        let mut about = check::about(chains.iter().flatten(), task)?;
        about.extend(chains.iter().flatten().find(|record| record.id() == task).and_then(check::plan_of));
        let mut kept = Vec::new();
        for chain in chains {
            let reach = chain.first().and_then(|first| reach.get(&first.id().writer)).copied().unwrap_or(0);
            let newest = chain.iter().filter(|record| about.contains(&record.id())).map(|record| record.id().seq).max();
            let to = usize::try_from(newest.unwrap_or(0).max(reach)).unwrap_or(usize::MAX);
            if to == 0 {
                continue;
            }
            let masked = |record: Record| {
                let id = record.id();
                if id.seq == 1 || about.contains(&id) { record } else { record.masked() }
            };
            kept.push(chain.into_iter().take(to).map(masked).collect());
        }
        let mut evidence = Self {
            task,
            chains: kept,
            provisions: Vec::new(),
            server,
            exported_on,
            page: Rendering::default(),
            rules_since: None,
        };
        evidence.provisions = provisions(&evidence.view()?, rulebook);
        Ok(evidence)
    }

    /// Puts in the provisions that verdicts cite by what is known, the server's own among them.
    pub fn cite(&mut self, known: &Known, rulebook: &Rulebook) {
        if let Ok(view) = self.view_by(known) {
            self.provisions = provisions(&view, rulebook);
        }
    }

    /// Signs the bundle and puts it into the page; the page must hold [`Evidence::PLACE`] once.
    ///
    /// # Errors
    /// [`EvidenceError::Form`] when the page has no place for it, [`EvidenceError::Chain`] when
    /// `opening` is not the exporter's opening record.
    pub fn seal(&self, page: &str, exporter: &dyn Signer, opening: &Record) -> Result<String, EvidenceError> {
        let key = *Chain::open(opening)?.key();
        if key != exporter.public_key() {
            return Err(NoBundle::OtherExporter.into());
        }
        let content = self.encode();
        let page = file::Page::of(page)?;
        let signature = exporter.sign(&to_sign(&content, &page.hash()));
        let signed = Signed { content: content.into(), exporter: opening.encode().into(), signature };
        Ok(page.with(&minicbor::to_vec(&signed).expect("writing to memory can't fail")))
    }

    /// Reads a bundle's file. What it gives is not checked yet.
    ///
    /// # Errors
    /// [`EvidenceError::Form`], [`EvidenceError::Record`].
    pub fn read(file: &str) -> Result<SealedEvidence, EvidenceError> {
        let (page, bytes) = file::split(file)?;
        let signed: Signed = minicbor::decode(&bytes).map_err(|e| NoBundle::Content(e.to_string()))?;
        let exporter = Record::decode(&signed.exporter).map_err(|source| EvidenceError::Record {
            writer: None,
            place: 1,
            source,
        })?;
        let evidence = Self::decode(&signed.content)?;
        Ok(SealedEvidence {
            evidence,
            content: signed.content.into(),
            page: page.hash(),
            exporter,
            signature: signed.signature,
        })
    }

    fn encode(&self) -> Vec<u8> {
        let chains =
            self.chains.iter().map(|chain| chain.iter().map(|record| record.encode().into()).collect()).collect();
        let content = Content {
            version: 1,
            task: self.task,
            chains,
            provisions: self.provisions.clone(),
            server: self.server.iter().cloned().map(ByteVec::from).collect(),
            exported_on: self.exported_on,
            renderer: (self.page.renderer > 1).then_some(self.page.renderer),
            lang: Some(self.page.lang.clone()).filter(|lang| !lang.is_empty()),
            files: Some(self.page.files.clone()).filter(|files| !files.is_empty()),
            rules_since: self.rules_since,
        };
        minicbor::to_vec(&content).expect("writing to memory can't fail")
    }

    fn decode(bytes: &[u8]) -> Result<Self, EvidenceError> {
        let content: Content = minicbor::decode(bytes).map_err(|e| NoBundle::Content(e.to_string()))?;
        if content.version != 1 {
            return Err(NoBundle::Newer(content.version).into());
        }
        let mut chains = Vec::with_capacity(content.chains.len());
        for chain in content.chains {
            let mut records: Vec<Record> = Vec::with_capacity(chain.len());
            for (n, bytes) in chain.iter().enumerate() {
                let writer = records.first().map(|record| record.id().writer);
                let record =
                    Record::decode(bytes).map_err(|source| EvidenceError::Record { writer, place: n + 1, source })?;
                records.push(record);
            }
            chains.push(records);
        }
        let server = content.server.into_iter().map(Into::into).collect();
        Ok(Self {
            task: content.task,
            chains,
            provisions: content.provisions,
            server,
            exported_on: content.exported_on,
            page: Rendering {
                renderer: content.renderer.unwrap_or(1),
                lang: content.lang.unwrap_or_default(),
                files: content.files.unwrap_or_default(),
            },
            rules_since: content.rules_since,
        })
    }

    /// Stands in a page where the bundle belongs.
    pub const PLACE: &str = "<!-- auxlog-evidence -->";
}

/// A bundle as read from its file, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEvidence {
    evidence: Evidence,
    content: Vec<u8>,
    page: Hash,
    exporter: Record,
    signature: Signature,
}

impl SealedEvidence {
    /// Checks everything: the exporter's signature over bundle and page, each chain from its
    /// opening record on, the task and what was recorded about it, and, where the rulebook of a
    /// verdict is this program's, that the provisions read as they do there.
    ///
    /// # Errors
    /// [`EvidenceError`], naming the first record that is not whole.
    pub fn check(&self, rulebook: &Rulebook) -> Result<Checked, EvidenceError> {
        let exporter: PublicKey = *Chain::open(&self.exporter)?.key();
        exporter
            .verify(&to_sign(&self.content, &self.page), &self.signature)
            .map_err(|_| EvidenceError::Changed { exporter: exporter.writer() })?;
        check::check(&self.evidence, &self.exporter, rulebook)
    }

    /// Whether the file's page is this one, which holds [`Evidence::PLACE`].
    ///
    /// # Errors
    /// [`EvidenceError::Form`] where it has no place for a bundle.
    pub fn shows(&self, page: &str) -> Result<bool, EvidenceError> {
        Ok(file::Page::of(page)?.hash() == self.page)
    }

    /// What is in it, unchecked.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

fn to_sign(content: &[u8], page: &Hash) -> Vec<u8> {
    [SIGNED, &sha256(&[content]).0, &page.0].concat()
}

/// The provisions that a task's verdicts cite, each once.
fn provisions(view: &TaskView, rulebook: &Rulebook) -> Vec<CitedProvision> {
    let mut all = Vec::new();
    for provision in view.verdicts().flat_map(|verdict| cited(verdict, rulebook)) {
        if !all.contains(&provision) {
            all.push(provision);
        }
    }
    all
}

fn cited(verdict: &auxlog_law::Verdict, rulebook: &Rulebook) -> Vec<CitedProvision> {
    let cites = verdict.basis.iter().chain(verdict.findings.iter().flat_map(|f| f.cites.iter().chain(&f.consequence)));
    cites
        .filter_map(|cite| {
            let provision = rulebook.provision(cite)?;
            Some(CitedProvision {
                cite: cite.clone(),
                label: rulebook.cite_label(cite, Lang::Zh),
                text: provision.verbatim(),
                rulebook: verdict.rulebook.clone(),
                digest: verdict.digest.clone(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
