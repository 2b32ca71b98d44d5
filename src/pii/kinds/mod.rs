//! The recognizers, one kind of value a file: each says which rule of form, check digits and context it follows, and
//! which law or standard that comes from.

pub(super) mod card;
pub(super) mod email;
pub(super) mod iban;
pub(super) mod ip;
pub(super) mod phone;
