"""A server written with the official Python SDK: what tools.mjs has, by streamable HTTP in both eras.

Prints its address once it listens. GET /waits says how often `wait` began, and how often it was cancelled.
"""

import asyncio
import itertools
import json
import socket
from typing import Annotated

import anyio
import uvicorn
from mcp.server.mcpserver import Context, Elicit, MCPServer, Resolve
from mcp.types import Completion, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

server = MCPServer(name="python-sdk", title="Python SDK", version="1.0.0", instructions="Say something.", log_level="ERROR")
reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
waits = {"begun": 0, "cancelled": 0}


class Sum(BaseModel):
    sum: float


class Colour(BaseModel):
    colour: str = Field(title="Colour")


def which_colour() -> Elicit[Colour]:
    return Elicit("Which colour?", Colour)


@server.tool(annotations=reads, structured_output=False)
def say(text: str) -> str:
    """Says it again"""
    return text


@server.tool(annotations=reads)
def add(a: float, b: float) -> Sum:
    """Adds two numbers"""
    return Sum(sum=a + b)


@server.tool(annotations=reads, structured_output=False)
def ask(answer: Annotated[Colour, Resolve(which_colour)]) -> str:
    """Asks for a colour"""
    return f"You like {answer.colour}."


@server.tool(annotations=reads, structured_output=False)
async def count(to: int, context: Context) -> str:
    """Counts, and says how far it is"""
    for progress in range(1, to + 1):
        await context.report_progress(progress, to, f"at {progress}")
    return f"Counted to {to}."


@server.tool(annotations=reads, structured_output=False)
async def wait(context: Context) -> str:
    """Waits until nobody waits for it, and says how long"""
    waits["begun"] += 1
    try:
        for progress in itertools.count(1):
            await context.report_progress(progress)
            await anyio.sleep(0.1)
    finally:
        waits["cancelled"] += 1


@server.resource("note://plain", name="note", title="A note", mime_type="text/plain")
def note() -> str:
    return "Nothing is noted."


@server.resource("colour://{name}", name="colour", title="A colour", mime_type="text/plain")
def colour(name: str) -> str:
    return f"{name} is a colour."


@server.prompt(name="paint", title="Paint")
def paint(colour: str) -> str:
    """Asks for a painting"""
    return f"Paint it {colour}."


@server.completion()
async def complete(ref, argument, context):
    return Completion(values=[colour for colour in ("red", "rose", "blue") if colour.startswith(argument.value)])


@server.custom_route("/waits", methods=["GET"])
async def count_waits(request):
    return JSONResponse(waits)


async def main():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
    config = uvicorn.Config(server.streamable_http_app(), log_level="error", timeout_graceful_shutdown=0)
    await uvicorn.Server(config).serve(sockets=[listener])


asyncio.run(main())
