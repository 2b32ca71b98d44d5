//! What a personal value is.

/// What a personal value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person's name or part of it.
    Person,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An international bank account number.
    Iban,
    /// A payment card number.
    Card,
    /// An IP address, version 4 or 6.
    Ip,
    /// A hardware address.
    Mac,
    /// A social security number of the United States.
    Ssn,
    /// A national insurance number of the United Kingdom.
    Nino,
    /// A number of the National Health Service.
    Nhs,
    /// A German tax identification number.
    SteuerId,
    /// A German pension insurance number.
    Rvnr,
    /// The number of a German identity card.
    Personalausweis,
    /// A French social security number.
    Nir,
    /// A Spanish identity number, also a foreigner's.
    Dni,
    /// An Italian tax code.
    CodiceFiscale,
    /// A Dutch citizen service number.
    Bsn,
    /// A Polish population register number.
    Pesel,
    /// The number of a passport.
    Passport,
    /// When somebody was born.
    BirthDate,
    /// A street address.
    Address,
    /// A German licence plate.
    Plate,
    /// What somebody signs in with.
    Username,
    /// A password, key or token. Replaced, and never given back.
    Secret,
    /// What the configuration says is one.
    Custom,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 25] = [
        Self::Person,
        Self::Email,
        Self::Phone,
        Self::Iban,
        Self::Card,
        Self::Ip,
        Self::Mac,
        Self::Ssn,
        Self::Nino,
        Self::Nhs,
        Self::SteuerId,
        Self::Rvnr,
        Self::Personalausweis,
        Self::Nir,
        Self::Dni,
        Self::CodiceFiscale,
        Self::Bsn,
        Self::Pesel,
        Self::Passport,
        Self::BirthDate,
        Self::Address,
        Self::Plate,
        Self::Username,
        Self::Secret,
        Self::Custom,
    ];

    /// The kind in one lower-case word, as audit records, metrics and pseudonyms name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::Ip => "ip",
            Self::Mac => "mac",
            Self::Ssn => "ssn",
            Self::Nino => "nino",
            Self::Nhs => "nhs",
            Self::SteuerId => "steuerid",
            Self::Rvnr => "rvnr",
            Self::Personalausweis => "ausweis",
            Self::Nir => "nir",
            Self::Dni => "dni",
            Self::CodiceFiscale => "codicefiscale",
            Self::Bsn => "bsn",
            Self::Pesel => "pesel",
            Self::Passport => "passport",
            Self::BirthDate => "birthdate",
            Self::Address => "address",
            Self::Plate => "plate",
            Self::Username => "username",
            Self::Secret => "secret",
            Self::Custom => "custom",
        }
    }

    /// Whether a value of this kind becomes itself again in a call.
    pub fn given_back(self) -> bool {
        self != Self::Secret
    }

    /// The kind that a word names, in any case.
    pub fn named(word: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| word.eq_ignore_ascii_case(kind.name().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use std::collections::HashSet;

    #[test]
    fn every_kind_has_one_word_of_its_own() {
        let words: HashSet<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(words.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert!(kind.name().bytes().all(|byte| byte.is_ascii_lowercase()));
            assert_eq!(Kind::named(kind.name().to_uppercase().as_bytes()), Some(kind));
        }
    }
}
