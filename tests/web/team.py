"""A server where people sign in: ada and bob, both with the same password, and ada with a token as well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from notebot.web.gate.users import Users
from notebot.web.host import Served, serve

PASSWORD = "correct horse battery"  # noqa: S105  it opens nothing


@dataclass(frozen=True)
class Team:
    """The server, its bot, its users, and ada's token."""

    page: Served
    bot: Any
    users: Users
    token: str

    def client(self, name: str = "", **headers: str) -> httpx.Client:
        """A client; with a name, signed in. A connection for each request, so that one that was cut is not met again."""
        limits = httpx.Limits(max_keepalive_connections=0)
        client = httpx.Client(base_url=self.page.address, timeout=15, limits=limits, headers=headers)
        if name:
            client.post("/login", json={"name": name, "password": PASSWORD}).raise_for_status()
        return client


@contextmanager
def team(bot: Any, **settings: object) -> Iterator[Team]:
    """Serve `bot` with two users on a free port."""
    bot.settings = bot.settings.model_copy(update={"sign_in": True, **settings})
    users = Users(bot.settings.data)
    users.add("ada", PASSWORD)
    users.add("bob", PASSWORD)
    token = users.new_token("ada")
    with serve(bot, port=0) as page:
        yield Team(page, bot, users, token)


def ask_on_page(client: httpx.Client, question: str, tab: str) -> httpx.Response:
    """Type a question into the chat, as Gradio's page does it: the answer is in the tab's stream."""
    config = client.get("/config").json()
    box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "question")
    event = next(row for row in config["dependencies"] if any(target == [box, "submit"] for target in map(list, row["targets"])))
    data = [question] + [None] * (len(event["inputs"]) - 1)
    body = {"data": data, "fn_index": event["id"], "session_hash": tab, "trigger_id": box, "event_data": None}
    return client.post("/gradio_api/queue/join", json=body)


def messages(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The messages of a tab's stream."""
    for line in lines:
        if line.startswith("data:"):
            yield json.loads(line[5:])
