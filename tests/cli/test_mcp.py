"""`notebot mcp` as clients start it: the official client over its standard streams, and what stands on them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

if TYPE_CHECKING:
    from conftest import Program

QUIET = {"NOTEBOT_WATCH": "false", "NOTEBOT_LINKS": "false"}
HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


def with_client(program: Program, what: Callable[[Client], Awaitable[None]], *options: str, **variables: str) -> None:
    """Start the command as a client does, and do something with it."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "notebot", "mcp", *options],
        env={**program.variables, **QUIET, **variables},
        cwd=program.folder,
    )

    async def run() -> None:
        async with Client(stdio_client(server)) as client:
            await what(client)

    anyio.run(run)


def text_of(result: Any) -> str:
    return "\n".join(block.text for block in result.content)


def test_notes_are_searched_asked_and_read(ingested: Program) -> None:
    async def use(client: Client) -> None:
        found = await client.call_tool("search_notes", {"query": "data mining"})
        assert "notes.md:1" in text_of(found)
        assert found.structured_content
        read = await client.call_tool("read_note", {"source": found.structured_content["passages"][0]["source"]})
        assert "massive quantities of data" in text_of(read)
        answer = await client.call_tool("ask_notes", {"question": "What is GraphRAG?"})  # a stub: no model is asked
        assert answer.structured_content
        assert answer.structured_content["status"] == "stub"
        assert "nothing under it" in text_of(answer)
        assert [resource.name for resource in (await client.list_resources()).resources] == ["notes.md"]

    with_client(ingested, use)


def test_without_an_index_or_a_model_tools_say_what_to_do(notebot: Program, ingested: Program) -> None:
    async def search(client: Client) -> None:
        result = await client.call_tool("search_notes", {"query": "data"})
        assert result.is_error
        assert "notebot ingest" in text_of(result)

    async def ask(client: Client) -> None:
        result = await client.call_tool("ask_notes", {"question": "What is data mining?"})
        assert result.is_error
        assert "Ollama" in text_of(result)

    with_client(notebot, search)
    with_client(ingested, ask, "--model", "missing:1b")


def test_nothing_but_the_protocol_is_on_standard_output_and_it_ends_with_its_input(ingested: Program) -> None:
    calls = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "search_notes", "arguments": {"query": "ünïcode 数据"}},
        },
    ]
    pipe = subprocess.PIPE
    child = subprocess.Popen(
        [sys.executable, "-m", "notebot", "mcp"],
        cwd=ingested.folder, env={**ingested.variables, **QUIET}, stdin=pipe, stdout=pipe, stderr=pipe,
    )  # fmt: skip
    assert child.stdin
    assert child.stdout
    for call in calls:
        child.stdin.write(json.dumps(call).encode() + b"\n")
    child.stdin.flush()
    answers = [json.loads(child.stdout.readline()) for _ in range(2)]
    assert [answer["id"] for answer in answers] == [1, 2]
    assert not answers[1]["result"].get("isError")
    rest, complaints = child.communicate(timeout=30)
    assert (rest, complaints, child.returncode) == (b"", b"", 0)


def test_it_follows_the_notes(notebot: Program) -> None:
    """Nobody has called ingest: the server does, as `notebot web` does."""

    async def search(client: Client) -> None:
        with anyio.fail_after(60):
            while True:
                result = await client.call_tool("search_notes", {"query": "massive quantities"})
                if not result.is_error:
                    break
                await anyio.sleep(0.3)
        assert "notes.md" in text_of(result)

    with_client(notebot, search, NOTEBOT_WATCH="true")


@pytest.mark.parametrize("arguments", [["--help"], ["mcp", "--help"]])
def test_help_loads_no_protocol(ingested: Program, arguments: list[str]) -> None:
    script = ingested.folder / "protocol.py"
    script.write_text(
        "import sys\nfrom notebot.cli import main\ntry:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = ingested.script(script, *arguments)
    assert done.returncode == 0
    assert not {"mcp", "mcp_types", "starlette", "fastapi", "anyio"} & set(done.stderr.split())
    if "mcp" in arguments:
        assert "notebot mcp" in done.stdout
