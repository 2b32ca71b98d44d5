//! `GET /admin/audit/export`: records of the chain, for who pulls them.
//!
//! | parameter | what |
//! |---|---|
//! | `format` | `jsonl` (the default), `ocsf`, `cef` or `otlp` |
//! | `after` | the place in the chain that the last answer went to; 0 is before the first record |
//! | `from`, `to` | only what happened in this time (RFC 3339), `to` not included |
//! | `limit` | how many records at most |
//!
//! Records come in the order of the chain, which only grows at its end: whoever goes on from the place that an answer
//! names gets each record once, whatever is added meanwhile.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LINK};
use http::{Request, Response, StatusCode};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use super::entry::{self, Denied, Scope};
use crate::audit::format::Format;
use crate::audit::{Action, Range, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::host::{Host, Timestamp};
use crate::oauth::on_record;
use crate::store::audit::{self as store, ALWAYS};

/// The place to go on from, with every answer.
const NEXT: HeaderName = HeaderName::from_static("mcpgate-next-after");
/// The most records of one answer, and how many there are unless something else is asked for.
const MOST: i64 = 1000;

/// What is asked for.
#[derive(Debug, PartialEq)]
struct Wanted {
    format: Format,
    after: i64,
    from: Timestamp,
    to: Timestamp,
    limit: i64,
}

/// `GET /admin/audit/export`.
pub(in crate::gateway) async fn export<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let exported = async {
        let admin = entry::enter(context, request, Some(Scope::Audit)).await?;
        let refuse = |text: &str| admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text);
        let query = request.uri().query().unwrap_or_default();
        let wanted = wanted(query).map_err(|text| refuse(&text))?;
        let (mut records, (first, end)) =
            store::records(&context.host, wanted.after, (wanted.from, wanted.to), wanted.limit + 1).await?;
        if wanted.after > end {
            let text = format!(
                "after: the chain ends at {end}; if the database was restored, begin anew after a place that you trust"
            );
            return Err(refuse(&text));
        }
        // Who begins with the oldest that there is misses nothing they had been promised.
        if wanted.after > 0 && wanted.after + 1 < first {
            let gone = first - 1;
            let text = format!(
                "after: the records up to {gone} were deleted (audit.retention); what was not read before cannot be read \
                 any more; go on after {gone}"
            );
            return Err(admin.refuse(StatusCode::GONE, Reason::RecordsDeleted, &text));
        }
        let goes_on = i64::try_from(records.len()).unwrap_or(i64::MAX) > wanted.limit;
        if goes_on {
            records.pop();
        }
        let event = admin.event(context, Action::AuditExported)?;
        on_record(context, Range::of(&records).map_or(event.clone(), |range| event.range(range))).await?;
        let next = records.last().map_or(wanted.after, |last| last.seq);
        let mut response = Response::new(Body::from(wanted.format.write(&records)));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(wanted.format.media_type()));
        headers.insert(NEXT, next.into());
        if goes_on {
            let link =
                format!("<{}>; rel=\"next\"", context.setup.config.public_url.join(&following(query, next)));
            headers.extend(HeaderValue::try_from(link).ok().map(|link| (LINK, link)));
        }
        Ok::<_, Denied>(response)
    };
    match exported.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::AuditExported).await,
    }
}

/// The same request, from another place on.
fn following(query: &str, after: i64) -> String {
    let mut next = form_urlencoded::Serializer::new(String::new());
    next.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "after"));
    next.append_pair("after", &after.to_string());
    format!("/admin/audit/export?{}", next.finish())
}

fn wanted(query: &str) -> Result<Wanted, String> {
    let mut wanted = Wanted { format: Format::Jsonl, after: 0, from: ALWAYS.0, to: ALWAYS.1, limit: MOST };
    let mut said: Vec<String> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if said.iter().any(|before| *before == name) {
            return Err(format!("{name}: say it once"));
        }
        match &*name {
            "format" => {
                wanted.format =
                    Format::named(&value).ok_or("format: write jsonl, ocsf, cef or otlp".to_owned())?;
            }
            "after" => {
                // Larger numbers are not exact on every host.
                let place = value.parse().ok().filter(|place| (0..1 << 53).contains(place));
                wanted.after = place
                    .ok_or("after: write the number of a record, as mcpgate-next-after says it".to_owned())?;
            }
            "from" => wanted.from = moment("from", &value)?,
            "to" => wanted.to = moment("to", &value)?,
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                wanted.limit = limit.ok_or_else(|| format!("limit: write a number from 1 to {MOST}"))?;
            }
            _ => {
                return Err(
                    "there are the parameters format, after, from, to and limit, and no others".to_owned()
                );
            }
        }
        said.push(name.into_owned());
    }
    if wanted.from >= wanted.to {
        return Err("from: it has to be before `to`".to_owned());
    }
    Ok(wanted)
}

fn moment(name: &str, value: &str) -> Result<Timestamp, String> {
    let moment = OffsetDateTime::parse(value, &Rfc3339).ok();
    let moment = moment.and_then(|moment| i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok());
    moment.map(Timestamp).ok_or_else(|| format!("{name}: write a moment such as 2026-11-27T18:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_strictly() {
        let all = wanted("").unwrap();
        assert_eq!((all.format, all.after, all.limit), (Format::Jsonl, 0, 1000));
        let some =
            wanted("format=ocsf&after=7&from=1970-01-01T00:00:01Z&to=1970-01-01T00:00:02.5%2B00:00&limit=1");
        let (from, to) = (Timestamp(1000), Timestamp(2500));
        assert_eq!(some, Ok(Wanted { format: Format::Ocsf, after: 7, from, to, limit: 1 }));
        for (query, told) in [
            ("format=xml", "format: write"),
            ("format=", "format: write"),
            ("after=-1", "after: write"),
            ("after=9007199254740992", "after: write"),
            ("after=1&after=2", "after: say it once"),
            ("limit=0", "limit: write"),
            ("limit=1001", "limit: write"),
            ("from=yesterday", "from: write"),
            ("to=2026-11-27", "to: write"),
            ("from=2026-11-27T18:00:00Z&to=2026-11-27T18:00:00Z", "from: it has to be"),
            ("person=x", "there are the parameters"),
        ] {
            assert!(wanted(query).unwrap_err().starts_with(told), "{query}");
        }
    }

    #[test]
    fn the_next_request_asks_for_the_same() {
        assert_eq!(
            following("after=5&format=cef&to=2026-01-01T00%3A00%3A00%2B02%3A00", 9),
            "/admin/audit/export?format=cef&to=2026-01-01T00%3A00%3A00%2B02%3A00&after=9"
        );
        assert_eq!(following("", 9), "/admin/audit/export?after=9");
    }
}
