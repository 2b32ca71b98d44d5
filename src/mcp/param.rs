//! Arguments that are mirrored in headers: `x-mcp-header` in a tool's `inputSchema`, `Mcp-Param-*` in a call of it
//! (2026-07-28, streamable HTTP, "Custom Headers from Tool Parameters").
//!
//! A mirrored argument is said twice, so whoever reads both must find the same: [`compare`]. Whoever changes the
//! arguments says them anew: [`mint`]. What a tool declares wrongly makes it one that a client must not offer:
//! [`declared`].

use http::{HeaderMap, HeaderName, HeaderValue};

use super::header;
use super::raw::Object;
use super::revision::{Disagreement, mismatch, single};
use crate::json::{Duplicates, Event, Segment, walk};

/// Every mirrored argument's header begins like this.
pub const PREFIX: &str = "mcp-param-";

/// The member of a property's schema that has its argument mirrored.
const ANNOTATION: &str = "x-mcp-header";
/// Limits of this gateway, not of the specification: mirrored arguments of one tool, bytes of a header's name, bytes
/// of a path.
const MAX_PARAMS: usize = 64;
const MAX_NAME: usize = 128;
const MAX_PATH: usize = 1024;
/// Integers that every peer holds exactly.
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// An argument that is mirrored in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Where the value stands below `params.arguments`: at least one key.
    pub path: Vec<String>,
    /// `mcp-param-` and the declared name.
    pub header: HeaderName,
}

/// Why a tool's declarations are not valid: a client must leave such a tool out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The schema repeats a key or is nested too deep.
    #[error("its schema can be read in more than one way")]
    Schema,
    /// An annotation that no chain of `properties` leads to.
    #[error("x-mcp-header stands where no chain of properties leads")]
    Place,
    /// Not the name of a header, or one that is too long.
    #[error("x-mcp-header is not the name of a header")]
    Name,
    /// Two annotations with one name, but for its case.
    #[error("two parameters name the same x-mcp-header")]
    Repeated,
    /// Not of type `string`, `integer` or `boolean`.
    #[error("x-mcp-header stands at a parameter that is no string, integer or boolean")]
    Type,
    /// More than this gateway mirrors.
    #[error("more parameters have an x-mcp-header than are mirrored here")]
    Many,
}

impl Invalid {
    /// Its stable name, as in log lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Place => "place",
            Self::Name => "name",
            Self::Repeated => "repeated",
            Self::Type => "type",
            Self::Many => "many",
        }
    }
}

/// Reads which arguments a tool has mirrored, in the order of its `inputSchema` (JSON text).
///
/// # Errors
/// [`Invalid`] for the first declaration that breaks a rule.
pub fn declared(schema: &str) -> Result<Vec<Param>, Invalid> {
    let mut params: Vec<Param> = Vec::new();
    let mut fault = None;
    walk(schema, Duplicates::Refuse, &mut |path, event| {
        let name = match (annotated(path), event) {
            (None, _) | (_, Event::Key(_) | Event::Close) => return,
            (Some(name), _) if fault.is_some() => return drop(name),
            (Some(place), Event::String(raw)) => {
                place.and_then(|path| Ok(Param { path, header: header_name(raw.decode().as_str())? }))
            }
            (Some(place), Event::Open | Event::Other(_)) => place.and(Err(Invalid::Name)),
        };
        match name {
            Ok(_) if params.len() == MAX_PARAMS => fault = Some(Invalid::Many),
            Ok(param) if params.iter().any(|other| other.header == param.header) => {
                fault = Some(Invalid::Repeated);
            }
            Ok(param) => params.push(param),
            Err(invalid) => fault = Some(invalid),
        }
    })
    .map_err(|_| Invalid::Schema)?;
    match fault {
        Some(invalid) => Err(invalid),
        None if params.is_empty() || are_primitive(schema, &params) => Ok(params),
        None => Err(Invalid::Type),
    }
}

/// The headers of a call with these arguments. Arguments that are absent or `null` have none; neither have those that
/// a header cannot say: objects, arrays, fractions, and integers that not every peer holds exactly.
pub fn mint(params: &[Param], arguments: &Object<'_>) -> Vec<(HeaderName, HeaderValue)> {
    let header = |param: &Param| {
        let text = match argument(arguments, &param.path)? {
            Argument::Text(text) => text,
            Argument::Number(number) => number.integer()?.to_string(),
            Argument::Unspeakable => return None,
        };
        Some((param.header.clone(), HeaderValue::try_from(header::encode(&text)).ok()?))
    };
    params.iter().filter_map(header).collect()
}

/// Checks that the headers of a call say what its arguments say. Headers that the tool does not declare are not looked
/// at.
///
/// # Errors
/// [`Disagreement`] (-32020) for the first header that is missing, repeated, not decodable, says something else, or
/// mirrors an argument that is not there.
pub fn compare(params: &[Param], headers: &HeaderMap, arguments: &Object<'_>) -> Result<(), Disagreement> {
    for Param { path, header } in params {
        let name = header.as_str();
        let sent = match single(headers, name)? {
            None => None,
            Some(sent) => {
                let decoded = header::decode(&sent);
                Some(decoded.ok_or_else(|| mismatch(&format!("the header {name} cannot be decoded")))?)
            }
        };
        let expected = argument(arguments, path);
        let agree = match (&expected, &sent) {
            (None | Some(Argument::Unspeakable), None) => true,
            (None | Some(Argument::Unspeakable), Some(_)) => false,
            (Some(Argument::Text(text)), Some(sent)) => text == sent,
            (Some(Argument::Number(number)), Some(sent)) => Decimal::parse(sent).as_ref() == Some(number),
            (Some(Argument::Number(number)), None) => number.integer().is_none(),
            (Some(Argument::Text(_)), None) => false,
        };
        if !agree {
            let what = if sent.is_none() { "is missing" } else { "and the body's argument differ" };
            return Err(mismatch(&format!("the header {name} {what}")));
        }
    }
    Ok(())
}

/// Whether a path ends at an annotation, and which argument that mirrors.
fn annotated(path: &[Segment<'_>]) -> Option<Result<Vec<String>, Invalid>> {
    let (last, above) = path.split_last()?;
    if last.key() != Some(ANNOTATION) {
        return None;
    }
    match Place::of(above) {
        Place::Names { .. } | Place::Data => None,
        Place::Schema { reachable } if !reachable || above.is_empty() => Some(Err(Invalid::Place)),
        Place::Schema { .. } => {
            let keys = || above.iter().skip(1).step_by(2).filter_map(Segment::key);
            let length: usize = keys().map(str::len).sum();
            Some(if length <= MAX_PATH {
                Ok(keys().map(str::to_owned).collect())
            } else {
                Err(Invalid::Place)
            })
        }
    }
}

/// What stands somewhere in a schema.
#[derive(Clone, Copy)]
enum Place {
    /// A schema, or a list of them; reachable by `properties` alone or not.
    Schema { reachable: bool },
    /// Names, each with its schema.
    Names { reachable: bool },
    /// A value, which may look like a schema and is none.
    Data,
}

impl Place {
    fn of(path: &[Segment<'_>]) -> Self {
        path.iter().fold(Self::Schema { reachable: true }, |place, step| match (place, step.key()) {
            (Self::Data, _) => Self::Data,
            (Self::Names { reachable }, Some(_)) => Self::Schema { reachable },
            (Self::Schema { reachable }, Some("properties")) => Self::Names { reachable },
            (
                Self::Schema { .. },
                Some("patternProperties" | "dependentSchemas" | "dependencies" | "$defs" | "definitions"),
            ) => Self::Names { reachable: false },
            (Self::Schema { .. }, Some("default" | "const" | "enum" | "examples")) => Self::Data,
            // An unknown keyword may hold a schema that somebody understands.
            (Self::Schema { .. } | Self::Names { .. }, _) => Self::Schema { reachable: false },
        })
    }
}

fn header_name(name: &str) -> Result<HeaderName, Invalid> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(token) {
        return Err(Invalid::Name);
    }
    HeaderName::try_from(format!("{PREFIX}{name}")).map_err(|_| Invalid::Name)
}

/// Whether all of these parameters have a type that a header can say.
fn are_primitive(schema: &str, params: &[Param]) -> bool {
    let mut primitive = vec![false; params.len()];
    let walked = walk(schema, Duplicates::Refuse, &mut |path, event| {
        let (Event::String(raw), Some((last, above))) = (event, path.split_last()) else { return };
        if last.key() != Some("type") || above.len() % 2 != 0 {
            return;
        }
        let leads = |param: &Param| {
            above.len() == 2 * param.path.len()
                && above.iter().step_by(2).all(|step| step.key() == Some("properties"))
                && above
                    .iter()
                    .skip(1)
                    .step_by(2)
                    .map(Segment::key)
                    .eq(param.path.iter().map(|key| Some(&**key)))
        };
        let fits = matches!(raw.decode().as_str(), "string" | "integer" | "boolean");
        for (at, _) in params.iter().enumerate().filter(|(_, param)| leads(param)) {
            if let Some(primitive) = primitive.get_mut(at) {
                *primitive = fits;
            }
        }
    });
    walked.is_ok() && primitive.into_iter().all(|primitive| primitive)
}

/// An argument as a header can say it.
enum Argument {
    /// A string, `true` or `false`.
    Text(String),
    Number(Decimal),
    /// An object, an array, or a string that is no Unicode text.
    Unspeakable,
}

/// The argument at a path; [`None`] where it is absent or `null`.
fn argument(arguments: &Object<'_>, path: &[String]) -> Option<Argument> {
    let (first, deeper) = path.split_first()?;
    if !deeper.is_empty() {
        return argument(&arguments.object(first)?, deeper);
    }
    Some(match arguments.get(first)?.trim() {
        "null" => return None,
        word @ ("true" | "false") => Argument::Text(word.to_owned()),
        text if text.starts_with('"') => {
            arguments.string(first).map_or(Argument::Unspeakable, Argument::Text)
        }
        text => Decimal::parse(text).map_or(Argument::Unspeakable, Argument::Number),
    })
}

/// A number exactly as it is written, whatever its size: ±0.`digits` × 10^`exponent`. One spelling for each value.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, power) = match rest.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.strip_prefix('+').unwrap_or(power)),
            None => (rest, "0"),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let power_digits = power.strip_prefix('-').unwrap_or(power);
        if whole.is_empty()
            || power_digits.is_empty()
            || ![whole, fraction, power_digits].into_iter().all(digits)
        {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = all.len() - significant.len();
        let significant = significant.trim_end_matches('0');
        if significant.is_empty() {
            return Some(Self { negative: false, digits: String::new(), exponent: 0 });
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?;
        let exponent = power.parse::<i64>().ok()?.checked_add(point)?;
        Some(Self { negative, digits: significant.to_owned(), exponent })
    }

    /// The number, if it is an integer that every peer holds exactly.
    fn integer(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let length = usize::try_from(self.exponent).ok().filter(|length| *length <= 16)?;
        let zeros = length.checked_sub(self.digits.len())?;
        let size: i64 = format!("{}{}", self.digits, "0".repeat(zeros)).parse().ok()?;
        (size <= MAX_INTEGER).then_some(if self.negative { -size } else { size })
    }
}

#[cfg(test)]
#[path = "param/tests.rs"]
mod tests;
