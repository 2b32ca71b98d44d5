"""The official Python SDK as a client that does what plans say (plans.mjs).

Usage: python.py FILE. It holds the client's answers and its jobs: {"answers", "jobs": [{"url", "token", "mode", "plan"}]}.
Prints one JSON object a line, for each job in turn: {"learnt", "steps", "revision"} or {"failure"}.
"""

import asyncio
import json
import sys
import warnings

import httpx2
from mcp import Client
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import (
    CreateMessageResult, ElicitResult, ListRootsResult, PromptReference, ResourceTemplateReference,
)

# What 2026-07-28 has given up is tried all the same.
warnings.simplefilter("ignore")


def plain(value):
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)


def answering(answers):
    async def elicit(context, params):
        return ElicitResult.model_validate(answers["elicitation/create"])

    async def sample(context, params):
        return CreateMessageResult.model_validate(answers["sampling/createMessage"])

    async def roots(context):
        return ListRootsResult.model_validate(answers["roots/list"])

    return {"elicitation_callback": elicit, "sampling_callback": sample, "list_roots_callback": roots}


def reference(ref):
    return (PromptReference if ref["type"] == "ref/prompt" else ResourceTemplateReference).model_validate(ref)


async def play(client, plan):
    learnt = {
        "introduction": {
            "serverInfo": plain(client.server_info),
            "capabilities": plain(client.server_capabilities),
            "instructions": client.instructions,
        },
        "tools": plain(await client.list_tools())["tools"],
        "resources": plain(await client.list_resources())["resources"],
        "resourceTemplates": plain(await client.list_resource_templates())["resourceTemplates"],
        "prompts": plain(await client.list_prompts())["prompts"],
        "calls": [plain(await client.call_tool(call["name"], call["arguments"])) for call in plan["calls"]],
        "reads": [plain(await client.read_resource(uri)) for uri in plan["reads"]],
        "gets": [plain(await client.get_prompt(get["name"], get["arguments"])) for get in plan["gets"]],
        "completions": [
            plain(await client.complete(reference(one["ref"]), one["argument"]))["completion"]
            for one in plan["completions"]
        ],
    }
    steps = []

    async def heard(progress, total, message):
        steps.append(f"{progress:g} of {total:g}")

    if counts := plan.get("counts"):
        await client.call_tool(counts["name"], counts["arguments"], progress_callback=heard)
    return {"learnt": learnt, "steps": steps, "revision": client.protocol_version}


async def done(job, answers):
    headers = {"authorization": f"Bearer {job['token']}"} if job.get("token") else {}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        stream = job["url"].endswith("/sse")
        transport = sse_client(job["url"]) if stream else streamable_http_client(job["url"], http_client=http)
        async with Client(transport, mode=job["mode"], **answering(answers)) as client:
            return await play(client, job["plan"])


async def main(file):
    with open(file, encoding="utf-8") as text:
        told = json.load(text)
    for job in told["jobs"]:
        try:
            said = await done(job, told["answers"])
        except Exception as error:
            said = {"failure": repr(error)}
        print(json.dumps(said), flush=True)


asyncio.run(main(sys.argv[1]))
