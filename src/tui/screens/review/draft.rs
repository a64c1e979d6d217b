//! A step half written, kept through lock, crash and power loss; it comes back when its task is
//! opened again.

use auxlog_record::RecordId;
use auxlog_store::Draft;

use super::steps::{Step, Written};
use super::writing::Writing;

/// The form's name among the drafts.
pub(super) const DRAFT: &str = "review";

const STEP: &str = "step";
const WRITER: &str = "writer";
const SEQ: &str = "seq";
const REFERENCE: &str = "reference";
const WHO: &str = "who";
const WORDS: &str = "words";
const MEASURE: &str = "measure";
const ACKNOWLEDGED: &str = "acknowledged";

/// A step as a draft keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HalfWritten {
    pub(super) step: Step,
    pub(super) target: RecordId,
    /// The task's own reference, to be told.
    pub(super) reference: String,
    pub(super) who: usize,
    pub(super) written: Written,
}

impl HalfWritten {
    /// What is written so far; `None` where nothing is.
    pub(super) fn of(writing: &Writing, reference: &str) -> Option<Self> {
        let written = writing.written();
        if written == Written::default() {
            return None;
        }
        let (step, target, who) = (writing.step, writing.target(), writing.who());
        Some(Self { step, target, reference: reference.to_owned(), who, written })
    }

    pub(super) fn draft(&self) -> Draft {
        let Written { words, measure, acknowledged } = self.written.clone();
        let state = [
            (STEP, self.step.name().to_owned()),
            (WRITER, self.target.writer.to_string()),
            (SEQ, self.target.seq.to_string()),
            (REFERENCE, self.reference.clone()),
            (WHO, self.who.to_string()),
            (WORDS, words),
            (MEASURE, measure),
            (ACKNOWLEDGED, acknowledged.to_string()),
        ];
        Draft { state: state.map(|(key, value)| (key.to_owned(), value)).into(), ..Draft::default() }
    }

    /// Reads a draft; `None` where it is another version's.
    pub(super) fn read(draft: &Draft) -> Option<Self> {
        let text = |key: &str| draft.state.get(key).cloned();
        Some(Self {
            step: Step::named(&text(STEP)?)?,
            target: RecordId { writer: text(WRITER)?.parse().ok()?, seq: text(SEQ)?.parse().ok()? },
            reference: text(REFERENCE)?,
            who: text(WHO)?.parse().ok()?,
            written: Written {
                words: text(WORDS)?,
                measure: text(MEASURE)?,
                acknowledged: text(ACKNOWLEDGED)?.parse().ok()?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back() {
        let kept = HalfWritten {
            step: Step::TakeStatement,
            target: RecordId { seq: 7, ..RecordId::default() },
            reference: "t-7".into(),
            who: 1,
            written: Written {
                words: "我是按队长的安排去的".into(), measure: String::new(), acknowledged: true
            },
        };
        assert_eq!(HalfWritten::read(&kept.draft()), Some(kept));
        assert_eq!(HalfWritten::read(&Draft::default()), None);
    }
}
