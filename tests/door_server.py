"""The doors of a bot on a real server and a free port, behind the guard, without the page: it takes a second to build."""

from __future__ import annotations

from fastapi import FastAPI

from notebot.web.desk import Desk, ServedBot
from notebot.web.doors.doors import open_doors
from notebot.web.gate.guard import Guard, Rules
from notebot.web.gate.listening import OWN_NAMES, listen
from notebot.web.host import Served


def open_to(bot: ServedBot) -> Served:
    """Serve the doors of `bot`; closed like a page."""
    app = FastAPI(openapi_url=None)
    open_doors(Desk(bot), app, hosts=OWN_NAMES)
    app.add_middleware(Guard, rules=Rules(OWN_NAMES))
    return Served(app, listen("127.0.0.1", 0))
