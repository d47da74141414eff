"""The command line. `main` is what the command `notebot` runs."""

import io
import os
import sys

from notebot.telemetry import switch_off


def main() -> None:
    """Run the command in sys.argv and leave with its exit code."""
    switch_off(os.environ)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a character that a terminal does not know is no reason to stop
    from notebot.cli.app import run

    sys.exit(run(sys.argv[1:]))
