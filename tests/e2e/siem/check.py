"""Reads an export of the audit record as others read it, and prints the ids of its events, one a line.

    python check.py ocsf|cef|otlp FILE

ocsf: the JSON Schema that ocsf-json-schema makes of the published schema. cef: the parser cefp. otlp: the protobuf
definitions of OTLP, in their own JSON encoding.
"""

import json
import sys

kind, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    lines = file.read().splitlines()

if kind == "ocsf":
    import jsonschema
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schemas, validators = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0")), {}
    for line in lines:
        event = json.loads(line)
        uid = event["class_uid"]
        if uid not in validators:
            name = schemas.lookup_class_name_from_uid(uid)
            schema = schemas.get_class_schema(name, profiles=[])
            validators[uid] = jsonschema.Draft202012Validator(schema)
        validators[uid].validate(event)
        print(event["metadata"]["uid"])
elif kind == "cef":
    import cefp

    for line in lines:
        event = cefp.parse(line)
        assert event["device"]["product"] == "mcpgate", line
        assert 0 <= int(event["severity"]) <= 10, line
        print(event["extension"]["externalId"])
elif kind == "otlp":
    from google.protobuf import json_format
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    for line in lines:
        request = json_format.Parse(line, ExportLogsServiceRequest())
        for log in request.resource_logs[0].scope_logs[0].log_records:
            assert log.event_name.startswith("mcpgate.audit."), log
            print(next(pair.value.string_value for pair in log.attributes if pair.key == "log.record.uid"))
