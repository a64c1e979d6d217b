mod history;
mod table;

use super::*;

#[test]
fn the_rows_of_every_register_are_sound_and_proved() {
    rules::check().unwrap_or_else(|problems| panic!("{problems:#?}"));
    for (register, rules) in rules::all() {
        assert!(named(register).is_some(), "{register}");
        assert!(rules.rows().len() > 1, "{register}");
    }
}

#[test]
fn every_declaration_is_read_and_no_number_or_name_is_used_twice() {
    for (at, text) in DECLARED.iter().enumerate() {
        let register = Register::declared(text).unwrap_or_else(|error| panic!("declaration {at}: {error}"));
        let mut others = all().iter().filter(|other| other.key == register.key || other.number == register.number);
        assert!(others.next().is_some() && others.next().is_none(), "{}", register.key);
        for field in register.fields.iter().filter(|field| field.kind == Kind::Entry) {
            let meant = named(&field.register).unwrap_or_else(|| panic!("{}: {}", register.key, field.register));
            assert!(field.by.is_empty() || meant.field(&field.by).is_some(), "{}: {}", register.key, field.by);
        }
    }
}
