"""Why a page could not be had. These stay within notebot.fetch: `client` turns each into a Response."""

from __future__ import annotations


class Refused(Exception):
    """It is not asked for, or not read. The message says why, in words."""


class Forbidden(Refused):
    """The guard does not let us ask there."""


class Unreachable(Exception):
    """No connection came about. `untrusted`: there was a server, and its certificate does not vouch for the name."""

    def __init__(self, reason: str, *, untrusted: bool = False) -> None:
        super().__init__(reason)
        self.untrusted = untrusted


class Broken(Exception):
    """The connection came about, and what was asked for did not come, or not whole."""


class Stopped(Exception):
    """Nobody waits for it any more."""
