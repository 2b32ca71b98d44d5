//! OCSF 1.5.0 (<https://schema.ocsf.io/1.5.0>). `unmapped` has the event's fields and the record's place in the chain.

use serde_json::{Map, Value, json};

use super::class::{Activity, Class, activity};
use super::{Entry, Severity, UNREAD, VERSION};
use crate::audit::event::Outcome;

/// A record as one event.
pub(super) fn event(entry: &Entry<'_>) -> Value {
    let unread = Activity { class: Class::Base, id: 0, name: "Unknown", kind: "" };
    let what = entry.event().map_or(unread, activity);
    let (category, category_name) = what.class.category();
    let (severity, severity_name) = severity(entry.severity());
    let caption = if what.id == 99 { "Other" } else { what.name };
    let mut out = json!({
        "class_uid": what.class.uid(),
        "class_name": what.class.name(),
        "category_uid": category,
        "category_name": category_name,
        "activity_id": what.id,
        "activity_name": what.name,
        "type_uid": what.class.uid() * 100 + what.id,
        "type_name": format!("{}: {caption}", what.class.name()),
        "time": entry.event().map_or(0, |event| event.at().0),
        "severity_id": severity,
        "severity": severity_name,
        "message": entry.event().map_or(UNREAD, |event| event.action().meaning()),
        "metadata": metadata(entry),
        "unmapped": entry.flat(),
    });
    if let Some(out) = out.as_object_mut() {
        status(entry, what.class, out);
        parties(entry, &what, out);
        if let Some(duration) = number(entry, "duration_ms") {
            out.insert("duration".to_owned(), duration);
        }
        observables(entry, what.class, out);
    }
    out
}

fn severity(severity: Severity) -> (i64, &'static str) {
    match severity {
        Severity::Informational => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
    }
}

fn metadata(entry: &Entry<'_>) -> Value {
    let mut metadata = json!({
        "version": "1.5.0",
        "product": { "name": "mcpgate", "vendor_name": "mcpgate", "version": VERSION },
        "log_name": "audit",
        "sequence": entry.record.seq,
    });
    if let (Some(event), Some(metadata)) = (entry.event(), metadata.as_object_mut()) {
        metadata.insert("uid".to_owned(), event.id().as_str().into());
        metadata.insert("event_code".to_owned(), event.action().name().into());
        // An announcement and what follows it have one id in common.
        let correlation = entry.text("follows").unwrap_or(event.id().as_str());
        metadata.insert("correlation_uid".to_owned(), correlation.into());
        if let Some(version) = number(entry, "v") {
            metadata.insert("log_version".to_owned(), version.to_string().into());
        }
    }
    metadata
}

fn status(entry: &Entry<'_>, class: Class, out: &mut Map<String, Value>) {
    let Some(event) = entry.event() else { return };
    let reason = match event.ended() {
        Outcome::Ok => None,
        Outcome::Refused(reason) | Outcome::Failed(_, reason) => Some(reason),
    };
    let (id, name) = match (class, reason) {
        (Class::DetectionFinding, _) => (1, "New"),
        (_, None) => (1, "Success"),
        (_, Some(_)) => (2, "Failure"),
    };
    out.insert("status_id".to_owned(), id.into());
    out.insert("status".to_owned(), name.into());
    if let Some(reason) = reason {
        out.insert("status_code".to_owned(), reason.name().into());
        out.insert("status_detail".to_owned(), reason.meaning().into());
    }
}

/// Who did it, to whom or what. A class that insists on somebody gets `unknown` where the record has nobody.
fn parties(entry: &Entry<'_>, what: &Activity, out: &mut Map<String, Value>) {
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    let (person, client, subject) = (entry.text("person"), entry.text("client"), entry.text("subject"));
    let user = |person: Option<&str>| match person {
        Some(person) => json!({ "uid": person, "type_id": 1, "type": "User" }),
        None => json!({ "name": "unknown", "type_id": 0, "type": "Unknown" }),
    };
    if matches!(
        what.class,
        Class::Authentication | Class::AccountChange | Class::EntityManagement | Class::ApiActivity
    ) {
        let mut actor = json!({});
        if person.is_some() {
            actor["user"] = user(person);
        }
        match client {
            Some(client) => actor["app_uid"] = client.into(),
            None if person.is_none() => actor["app_name"] = "unknown".into(),
            None => {}
        }
        put("actor", actor);
        put("src_endpoint", client.map_or(json!({ "name": "unknown" }), |client| json!({ "uid": client })));
    }
    let service = entry.text("service");
    match what.class {
        Class::Base => {}
        Class::Authentication => {
            put("user", user(person));
            put("service", json!({ "name": "mcpgate" }));
            let (id, name) = if what.id == 99 { (6, "OAUTH 2.0") } else { (4, "OpenID") };
            put("auth_protocol_id", id.into());
            put("auth_protocol", name.into());
        }
        Class::AccountChange => {
            put("user", user(subject));
        }
        Class::EntityManagement => {
            let mut entity =
                json!({ "name": service.unwrap_or(what.kind), "type_id": 99, "type": what.kind });
            // What nothing else names is the client's.
            let uid = if service.is_some() { subject.or(person) } else { subject.or(client) };
            if let Some(uid) = uid {
                entity["uid"] = uid.into();
            }
            put("entity", entity);
        }
        Class::ApiActivity => {
            let operation =
                entry.text("tool").or(entry.event().map(|event| event.action().name())).unwrap_or_default();
            put(
                "api",
                json!({ "operation": operation, "service": { "name": service.unwrap_or("mcpgate") } }),
            );
            put("dst_endpoint", json!({ "svc_name": service.unwrap_or("mcpgate") }));
        }
        Class::DetectionFinding => {
            put("is_alert", true.into());
            let uid = entry.event().map(|event| event.id().as_str()).unwrap_or_default();
            put("finding_info", json!({ "uid": uid, "title": what.kind }));
        }
    }
}

/// Keyed hashes that a search can go on from.
fn observables(entry: &Entry<'_>, class: Class, out: &mut Map<String, Value>) {
    let (user, uid) = ((31, "User Object: uid"), (99, "Other"));
    let path = |mapped: &'static str, own: &'static str| match class {
        Class::Base | Class::DetectionFinding => own,
        _ => mapped,
    };
    let about = if class == Class::AccountChange { "user.uid" } else { "unmapped.subject" };
    let found: Vec<Value> = [
        ("person", path("actor.user.uid", "unmapped.person"), user),
        ("client", path("actor.app_uid", "unmapped.client"), uid),
        ("subject", about, if class == Class::AccountChange { user } else { uid }),
    ]
    .into_iter()
    .filter_map(|(key, name, (id, kind))| {
        Some(json!({ "name": name, "type_id": id, "type": kind, "value": entry.text(key)? }))
    })
    .collect();
    if !found.is_empty() {
        out.insert("observables".to_owned(), found.into());
    }
}

fn number(entry: &Entry<'_>, key: &str) -> Option<Value> {
    entry.fields().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
}
