"""Write docs/cli.md from the program's own help, or with --check say whether it is out of date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from notebot.cli.app import app

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
HEAD = """\
# The command line

Generated from the program's help by `python scripts/write_cli_docs.py`. Do not edit.
"""
WIDTH = 100  # the same on every machine, whatever its terminal


def page() -> str:
    """The whole page."""
    blocks = [f"## {name}\n\n```text\n{text.rstrip()}\n```\n" for name, text in helps()]
    return "\n".join([HEAD, *blocks])


def helps() -> Iterator[tuple[str, str]]:
    """The help of the program, of each command, and of their own commands, by full name."""
    waiting = [("notebot", get_command(app), None)]
    while waiting:
        name, command, parent = waiting.pop(0)
        settings = {"terminal_width": WIDTH, "max_content_width": WIDTH, "parent": parent}
        context = command.make_context(name.rpartition(" ")[2], [], resilient_parsing=True, **settings)
        yield name, command.get_help(context)
        waiting += [(f"{name} {below}", found, context) for below, found in getattr(command, "commands", {}).items()]


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(
            0
            if PAGE.read_text(encoding="utf-8") == page()
            else "docs/cli.md is out of date. Run: python scripts/write_cli_docs.py"
        )
    PAGE.write_text(page(), encoding="utf-8")
