//! The recognizers, one kind of value a file: each says which rule of form, check digits and context it follows, and
//! which law or standard that comes from.

pub(super) mod address;
pub(super) mod ausweis;
pub(super) mod birth_date;
pub(super) mod bsn;
pub(super) mod card;
pub(super) mod codes;
pub(super) mod codice_fiscale;
mod command;
pub(super) mod credential;
pub(super) mod dni;
pub(super) mod email;
pub(super) mod iban;
pub(super) mod ip;
mod login;
pub(super) mod mac;
mod markup;
pub(super) mod mention;
pub(super) mod nhs;
pub(super) mod nino;
pub(super) mod nir;
pub(super) mod passport;
pub(super) mod pesel;
pub(super) mod phone;
pub(super) mod plate;
mod profile;
pub(super) mod rvnr;
mod secret_form;
pub(super) mod ssn;
pub(super) mod steuer_id;
mod street;
mod street_name;
pub(super) mod token;
mod town;
mod url_credential;
pub(super) mod username;

#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
