//! Fields that the server alone reads: sealed to its key before they are recorded, opened on its machine.

use auxlog_record::crypto::CryptoError;
use auxlog_record::{Data, Datum, PublicKey, SigningKey, sealed};

use crate::{Dossier, EntryError, Field, Misfit, Register, Step, check_all};

/// What is wrong with what was typed for these fields: what is to be sealed is not sealed yet.
pub fn check_typed(fields: &[Field], data: &Data) -> Vec<(String, Misfit)> {
    let open = |field: &Field| {
        let sealed = matches!(data.get(&field.n), Some(Datum::Sealed(_)));
        Field { sealed: field.sealed && sealed, ..field.clone() }
    };
    check_all(&fields.iter().map(open).collect::<Vec<_>>(), data)
}

/// What it is that is sealed: a field of a register, or of one of its steps.
fn about(register: &Register, step: Option<&Step>, field: &Field) -> Vec<u8> {
    let step = step.map_or(0, |step| step.n);
    format!("auxlog entry {} {step} {}", register.number, field.n).into_bytes()
}

/// Seals what is to be sealed.
pub(crate) fn seal(
    to: Option<&PublicKey>,
    register: &Register,
    step: Option<&Step>,
    data: &mut Data,
) -> Result<(), EntryError> {
    let fields = step.map_or(&register.fields, |step| &step.fields);
    for field in fields.iter().filter(|field| field.sealed) {
        match data.get_mut(&field.n) {
            None | Some(Datum::Sealed(_)) => {}
            Some(datum) => {
                let to = to.ok_or(EntryError::NoServer)?;
                let failed = |error: CryptoError| EntryError::Store(error.into());
                *datum = sealed::seal(to, &about(register, step, field), datum).map_err(failed)?;
            }
        }
    }
    Ok(())
}

impl Dossier {
    /// The entry with what was sealed to this key opened. What it can't open, or what does not fit where it
    /// stands, stays sealed.
    #[must_use]
    pub fn opened(&self, key: &SigningKey) -> Self {
        let register = self.register;
        let open = |step: Option<&Step>, fields: &[Field], data: &Data| {
            let mut data = data.clone();
            for field in fields.iter().filter(|field| field.sealed) {
                let datum = data.get(&field.n).and_then(|held| sealed::open(key, &about(register, step, field), held));
                let plain = Field { sealed: false, ..field.clone() };
                if let Some(datum) = datum.filter(|datum| plain.check(datum).is_ok()) {
                    data.insert(field.n, datum);
                }
            }
            data
        };
        let mut opened = self.clone();
        opened.data = open(None, &register.fields, &self.data);
        for taken in &mut opened.taken {
            taken.data = open(Some(taken.step), &taken.step.fields, &taken.data);
        }
        opened
    }
}
