"""The official Python SDK as a client of the gateway, for python.test.mjs.

Usage: client.py URL. Prints one JSON object a line: first {"open": URL} when a person has to sign in; the URL they came
back to is read from standard input. Then what it learnt: {"revision", "tools", "issue"}.
"""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata


class Memory:
    def __init__(self):
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


def say(**values):
    print(json.dumps(values), flush=True)


async def send_person(url):
    say(open=url)


async def person_is_back():
    line = await asyncio.to_thread(sys.stdin.readline)
    query = {name: values[0] for name, values in parse_qs(urlsplit(line.strip()).query).items()}
    return AuthorizationCodeResult(code=query["code"], state=query.get("state"), iss=query.get("iss"))


async def main(url):
    auth = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="mcpgate e2e (Python)",
            redirect_uris=["http://127.0.0.1:33418/callback"],
            token_endpoint_auth_method="none",
        ),
        storage=Memory(),
        redirect_handler=send_person,
        callback_handler=person_is_back,
    )
    async with httpx2.AsyncClient(auth=auth, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            tools = await client.list_tools()
            issue = await client.call_tool("get_issue", {"key": "DEMO-1"})
            customer = issue.structured_content["customer"]
            await client.call_tool("add_comment", {"key": "DEMO-1", "body": f"{customer['name']} {customer['email']}"})
            say(
                revision=client.protocol_version,
                tools=[tool.name for tool in tools.tools],
                issue=issue.structured_content,
            )


asyncio.run(main(sys.argv[1]))
