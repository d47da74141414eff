"""Nothing is looked up or sent home by the libraries we use."""

from __future__ import annotations

import os
import subprocess
import sys

from notebot.telemetry import switch_off

# Every address that is asked for or connected to is printed; only this machine's own may be.
SPY = """
import socket, sys
sys.addaudithook(lambda name, args: print(name, *args[:2]) if name in ("socket.getaddrinfo", "socket.connect") else None)
from notebot.cli import main
sys.argv = ["notebot", *sys.argv[1:]]
main()
"""


def test_every_switch_is_set_whatever_was_there() -> None:
    environment = {"ANONYMIZED_TELEMETRY": "True", "OTHER": "x"}
    switch_off(environment)
    assert environment["ANONYMIZED_TELEMETRY"] == "False"
    assert environment["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environment["OTHER"] == "x"


def test_nobody_but_the_sites_that_notes_link_to_is_reached_for(notes: object, tmp_path: object) -> None:
    environment = {**os.environ, "NOTEBOT_KNOWLEDGE": str(notes), "NOTEBOT_DATA": f"{tmp_path}/data"}
    for command in (["ingest", "--offline"], ["search", "tomatoes"], ["ingest", "--no-links"]):
        done = subprocess.run([sys.executable, "-c", SPY, *command], env=environment, capture_output=True, text=True, check=True)
        assert "socket." not in done.stdout
    done = subprocess.run([sys.executable, "-c", SPY, "ingest"], env=environment, capture_output=True, text=True, check=True)
    reached = {line for line in done.stdout.splitlines() if line.startswith("socket.")}
    assert reached <= {f"socket.getaddrinfo {host} {port}" for host in ("example.org", "www.example.org") for port in (443, 80)}
