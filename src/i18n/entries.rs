//! What was refused about an entry of a register.

use std::borrow::Cow;

use auxlog_law::{Finding, Lang};
use auxlog_record::Date;
use auxlog_registers::{Closed, Dossier, EntryError, Field, Misfit, rules};
use auxlog_store::LedgerError;
use i18n_embed_fl::fl;

use crate::Terms;

impl Terms {
    /// Why an entry could not be read, or what was to be done with it was refused.
    pub fn entry(&self, error: &EntryError) -> String {
        match error {
            EntryError::Misfits { fields, wrong } => {
                let told = |(key, misfit): &(String, Misfit)| {
                    let field = fields.iter().find(|field| field.key == *key);
                    self.misfit(field.map_or(key, |field| field.name(self.lang)), misfit)
                };
                wrong.iter().map(told).collect::<Vec<_>>().join(self.lang.pick("；", "; "))
            }
            EntryError::Closed(why) => self.entry_closed(why),
            EntryError::Against { register, findings, person } => {
                let told = |finding| self.entry_finding(&register.key, finding, person.as_deref());
                fl!(self.loader, "entry-against", findings = findings.iter().filter_map(told).collect::<String>())
            }
            EntryError::NoReason => fl!(self.loader, "entry-no-reason"),
            EntryError::NoFiles => fl!(self.loader, "entry-no-files"),
            EntryError::NoServer => fl!(self.loader, "entry-no-server"),
            EntryError::NothingChanged => fl!(self.loader, "entry-nothing-changed"),
            EntryError::NoEntry(id) => fl!(self.loader, "entry-none", id = id.clone()),
            EntryError::Beyond(beyond) => self.reason(beyond),
            EntryError::Store(error) => match error.downcast_ref::<LedgerError>() {
                Some(error) => self.ledger(error),
                None => self.reason(&**error),
            },
        }
    }

    /// Provisions as they are cited, in brackets.
    fn cites(&self, cites: &[String]) -> String {
        let book = auxlog_law::Rulebook::embedded();
        let cited: Vec<String> = cites.iter().map(|cite| book.cite_label(cite, self.lang)).collect();
        match self.lang {
            Lang::Zh => format!("（{}）", cited.join("；")),
            Lang::En => format!(" ({}) ", cited.join("; ")),
        }
    }

    /// A finding about an entry in words, with what it cites.
    pub fn entry_finding(&self, register: &str, finding: &Finding, person: Option<&str>) -> Option<String> {
        let told = rules::explain(register, finding, self.lang, person)?;
        Some(format!("{}{}", told.message, self.cites(&finding.cites)))
    }

    /// What is wrong with a field.
    pub fn misfit(&self, field: &str, misfit: &Misfit) -> String {
        let why = match misfit {
            Misfit::Missing => fl!(self.loader, "misfit-missing"),
            Misfit::Kind { said } => fl!(self.loader, "misfit-kind", said = said.clone()),
            Misfit::NoChoice { said, choices } => {
                let choices = choices.join(self.lang.pick("、", ", "));
                fl!(self.loader, "misfit-no-choice", said = said.clone(), choices = choices)
            }
            &Misfit::TooLong { most } => fl!(self.loader, "misfit-too-long", most = most),
            Misfit::Hidden => fl!(self.loader, "misfit-hidden"),
            Misfit::Unknown { said } => fl!(self.loader, "misfit-unknown", said = said.clone()),
            Misfit::NoField => fl!(self.loader, "misfit-no-field"),
        };
        fl!(self.loader, "entry-misfit", field = field.to_owned(), why = why)
    }

    /// Why a step is not open, or has no effect.
    pub fn entry_closed(&self, why: &Closed) -> String {
        match why {
            Closed::Nobody => fl!(self.loader, "entry-closed-nobody"),
            Closed::Role => fl!(self.loader, "entry-closed-role"),
            Closed::State => fl!(self.loader, "entry-closed-state"),
            Closed::Apart(step) => fl!(self.loader, "entry-closed-apart", step = self.step_name(step)),
            Closed::Needs(step) => fl!(self.loader, "entry-closed-needs", step = self.step_name(step)),
            Closed::Own => fl!(self.loader, "entry-closed-own"),
            Closed::Unsaid => fl!(self.loader, "entry-closed-unsaid"),
            Closed::Field(key) => fl!(self.loader, "entry-closed-field", field = key.clone()),
            Closed::Gone => fl!(self.loader, "entry-closed-gone"),
            Closed::NoStep => fl!(self.loader, "entry-closed-no-step"),
        }
    }

    fn step_name(&self, key: &str) -> String {
        let named = auxlog_registers::all().iter().find_map(|register| register.step(key));
        named.map_or(key, |step| step.name(self.lang)).to_owned()
    }

    /// Where an entry stands on a day: annulled, or its state.
    pub fn entry_state<'e>(&self, entry: &'e Dossier, day: Date) -> Cow<'e, str> {
        if entry.is_annulled() {
            return fl!(self.loader, "entry-state-annulled").into();
        }
        entry.state_on(day).name(self.lang).into()
    }

    /// A field's name.
    pub fn field_name<'f>(&self, field: &'f Field) -> &'f str {
        field.name(self.lang)
    }
}
