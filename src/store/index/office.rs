//! Who is who, taken anew from the office's records: where the server has another key, and where a new life
//! of the log gave them other numbers.

use auxlog_record::kind::number;
use auxlog_record::{RecordId, WriterId};

use super::lens::read;
use super::{Index, Source};
use crate::LedgerError;

impl Index {
    /// Notes that the log says otherwise of a writer's records than it did.
    pub(crate) fn moved(&mut self, source: &dyn Source, writer: &WriterId) -> Result<(), LedgerError> {
        self.unsettled = self.unsettled || self.is_office(source, writer)?;
        Ok(())
    }

    /// Takes the office's records anew, by the newest that the log says of each, where that or the server's
    /// key changed. Gives whether records read otherwise from now on.
    pub(crate) fn settle_authority(&mut self, source: &dyn Source) -> Result<bool, LedgerError> {
        if !std::mem::take(&mut self.unsettled) {
            return Ok(false);
        }
        let writers: Vec<WriterId> = self.writers.iter().map(|writer| writer.id).collect();
        let mut places = Vec::new();
        for writer in writers {
            if self.is_office(source, &writer)?
                && let Some(chain) = self.writers.get(&writer)
            {
                let numbered = (1..=chain.tip.seq).filter_map(|seq| Some((chain.place(seq)?, seq)));
                places.extend(numbered.map(|(place, seq)| (place, RecordId { writer, seq })));
            }
        }
        // As they came: what was said later is the newer, whatever number it has.
        places.sort_unstable();
        let mut anew = self.authority.anew();
        for (place, id) in places {
            let (record, word) = source.said(place)?;
            anew.take(&record, &read(&record), self.word_of(id).or(word).as_ref());
        }
        let otherwise = anew != self.authority;
        self.authority = anew;
        self.dirty.tables = true;
        self.generation += 1;
        Ok(otherwise)
    }

    /// Whether a chain is an office's, of this server or another.
    fn is_office(&self, source: &dyn Source, writer: &WriterId) -> Result<bool, LedgerError> {
        let chain = self.writers.get(writer).filter(|chain| !chain.own && chain.view.is_none());
        let Some(place) = chain.and_then(|chain| chain.place(1)) else { return Ok(false) };
        Ok(source.record(place)?.envelope().kind == number::OFFICE_OPENED)
    }
}
