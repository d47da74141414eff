"""Many people asking at once: errors, words that reach the wrong one, what notebot adds to the model's time, and what is left.

    python eval/bench/load.py [--users 100] [--seconds 60] [--at-once 100] [--leaving 0.2] [--questions 2000]

A server in a process of its own answers from a script, at 20 words a second a question, and every word of an answer carries the
nonce of its question. First, so many users ask over and over through POST /api/ask; some go away in the middle. Then eight
ask quick questions, and the server's memory, open files and threads are read before and after. With --at-once below the number
of users they wait in line: then a refusal (429) counts as such and is tried again after what Retry-After says.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Generator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from notebot.events import Checked, Done, Draft, Event, Found, Stage
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.types import NO_FILTERS, Answer, Filters, Sentence, Status, Turn

WORD_SECONDS = 1 / 20
NONCE = re.compile(r"n[0-9a-f]{16}n")
QUICK, SLOW = 4, 40  # words of an answer
COUNTS = ("answers_in_progress", "questions_waiting")


@dataclass
class Storm:
    """What the users met. Times in seconds: `added` is what an answer took beyond the model's own time and its wait."""

    answers: int = 0
    left: int = 0
    refused: int = 0
    mixed: int = 0
    errors: list[str] = field(default_factory=list)
    added: list[float] = field(default_factory=list)
    places: int = 0


@dataclass
class Standing:
    """The server's process: answers in the making and waiting, models at work, kilobytes, open files, threads."""

    answering: int
    waiting: int
    running: int
    rss_kb: int
    files: int
    threads: int


class LoadBot:
    """Says the nonce of its question, one word every twentieth of a second; at once where the question begins with `quick`."""

    def __init__(self, data: Path, at_once: int) -> None:
        self.settings = Settings(data=data, watch=False, answers_at_once=at_once, requests_per_minute=0)
        self.running = 0
        self._lock = threading.Lock()

    def ask(self, question: str, history: Sequence[Turn] = (), *, filters: Filters = NO_FILTERS) -> Iterator[Event]:
        return self._said(question)

    def _said(self, question: str) -> Generator[Event, None, None]:
        quick = question.startswith("quick")
        with self._lock:
            self.running += 1
        try:
            begin = time.monotonic()
            yield Stage("searching", "Searching your notes")
            yield Found(())
            words = [f"{NONCE.findall(question)[0]} "] * (QUICK if quick else SLOW)
            for number, word in enumerate(words, 1):
                if not quick:
                    time.sleep(max(0.0, begin + number * WORD_SECONDS - time.monotonic()))
                yield Draft(word)
            sentence = Sentence("".join(words).strip() + ".", True, 1.0)
            yield Checked(sentence)
            yield Done(Answer(question, Status.ANSWERED, sentence.text, "scripted", (sentence,), (), {}))
        finally:
            with self._lock:
                self.running -= 1

    def state(self) -> IndexState:
        return IndexState((), 0, 0, (), 0, "minilm", 1, "2026-11-24T12:00:00Z")

    def model_name(self) -> str:
        return "scripted"

    def examples(self, count: int = 3) -> list[str]:
        return []


def serve_until_told(data: Path, at_once: int) -> None:
    """Serve, print the address, answer each line on standard input with a `Standing`; end with the input."""
    from notebot.web.host import serve

    bot = LoadBot(data, at_once)
    with serve(bot, port=0) as served:  # type: ignore[arg-type]  # the doors to be measured need no more of it
        say(served.address)
        for _ in sys.stdin:
            status = Path("/proc/self/status").read_text()
            rss = int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
            files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a path object for each would be made only to be counted
            say(json.dumps({"running": bot.running, "rss_kb": rss, "files": files, "threads": threading.active_count()}))


class Server:
    """That, in a process of its own."""

    def __init__(self, at_once: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        command = [sys.executable, __file__, "--serve", self._folder.name, "--at-once", str(at_once)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very file
        self.address = self._line()

    def standing(self) -> Standing:
        assert self._process.stdin is not None  # noqa: S101 - for the type checker: it was opened with a pipe
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        own = json.loads(self._line())
        metrics = httpx.get(f"{self.address}/metrics", trust_env=False, timeout=30).text
        answering, waiting = (int(float(re.findall(rf"(?m)^notebot_{name} (\S+)", metrics)[0])) for name in COUNTS)
        return Standing(answering, waiting, **own)

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        return self._process.stdout.readline().strip()

    def free_after(self, seconds: float) -> float:
        """How long until no answer is in the making any more; `seconds` at most."""
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            now = self.standing()
            if not (now.answering or now.waiting or now.running):
                break
            time.sleep(0.05)
        return time.monotonic() - begin

    def close(self) -> None:
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        self._process.stdin.close()
        self._process.wait(20)
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        self._process.stdout.close()
        self._folder.cleanup()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def storm(address: str, *, users: int, seconds: float, leaving: float) -> Storm:
    """`users` ask one question after the other for `seconds`; a share of `leaving` of the questions is left in the middle."""
    found, until = Storm(), time.monotonic() + seconds

    async def user(number: int) -> None:
        rng = random.Random(number)  # noqa: S311 - a user, not a secret
        await asyncio.sleep(rng.random())
        while time.monotonic() < until:
            leave_after = rng.randrange(1, SLOW) if rng.random() < leaving else 0
            await ask(address, f"What is {{}} of user {number}?", found, leave_after=leave_after)

    await asyncio.gather(*map(user, range(users)))
    return found


async def quick(address: str, *, questions: int, at_a_time: int = 8) -> Storm:
    """Ask so many quick questions."""
    found, left = Storm(), iter(range(questions))

    async def user() -> None:
        for _ in left:
            await ask(address, "quick {}", found)

    await asyncio.gather(*(user() for _ in range(at_a_time)))
    return found


async def ask(address: str, question: str, found: Storm, *, leave_after: int = 0) -> None:
    """One question with a nonce of its own, counted in `found`. With `leave_after`, go away after so many drafts."""
    nonce = f"n{secrets.token_hex(8)}n"
    begin = time.monotonic()
    heard = Heard(nonce, begin)
    try:
        async with (
            asyncio.timeout(120),
            posted(address, {"question": question.format(nonce), "stream": True}) as (status, headers, body),
        ):
            if status == 429:
                found.refused += 1
                await asyncio.sleep(float(headers["retry-after"]))
                return
            if status != 200:
                found.errors.append(f"{status} {b''.join([piece async for piece in body])[:200]!r}")
                return
            async for piece in body:
                for line in piece.decode().splitlines():
                    heard.line(line)
                if leave_after and heard.drafts >= leave_after:
                    found.left += 1
                    return
    except (OSError, EOFError, ValueError) as error:  # TimeoutError is an OSError, a read that breaks off an EOFError
        found.errors.append(repr(error))
        return
    finally:
        found.mixed += heard.mixed
        found.places += heard.places
    if not heard.done:
        found.errors.append(f"ended without an answer after {heard.drafts} words, the last event was {heard.name}")
        return
    found.answers += 1
    expected = 0 if question.startswith("quick") else SLOW * WORD_SECONDS
    found.added.append(time.monotonic() - begin - heard.waited - expected)


@dataclass
class Heard:
    """What came of one answer: events of others, drafts, places in the line, and how long it waited there."""

    nonce: str
    begin: float
    name: str = ""
    mixed: int = 0
    drafts: int = 0
    places: int = 0
    waited: float = 0.0
    done: bool = False

    def line(self, line: str) -> None:
        if line.startswith("event: "):
            self.name = line.removeprefix("event: ")
        if not line.startswith("data: "):
            return
        self.mixed += any(other != self.nonce for other in NONCE.findall(line))
        self.drafts += self.name == "draft"
        self.done = self.done or (self.name == "done" and self.nonce in line)
        if self.name == "stage" and '"waiting"' in line:
            self.places += 1
            self.waited = time.monotonic() - self.begin


@asynccontextmanager
async def posted(address: str, body: object) -> AsyncIterator[tuple[int, dict[str, str], AsyncIterator[bytes]]]:
    """POST /api/ask on a connection of its own: the status, the headers, and the body in the pieces that the server sends.

    By hand, since httpx takes as much of the processor as the server does, and half of the time measured would be its own.
    """
    host, _, port = address.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        sent = json.dumps(body).encode()
        head = f"POST /api/ask HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        status = int((await reader.readline()).split()[1])
        headers: dict[str, str] = {}
        while line := (await reader.readline()).decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        yield status, headers, pieces(reader, headers)
    finally:
        writer.close()


async def pieces(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
    """A body as it is sent. Raises IncompleteReadError, an EOFError, where it breaks off."""
    if "content-length" in headers:
        yield await reader.readexactly(int(headers["content-length"]))
        return
    while size := int(await reader.readline() or b"?", 16):
        yield (await reader.readexactly(size + 2))[:-2]


def told(found: Storm) -> dict[str, object]:
    """The figures, for people."""
    cuts = statistics.quantiles(found.added, n=20) if len(found.added) > 1 else [0.0] * 19
    return {
        "answers": found.answers, "left in the middle": found.left, "refused": found.refused, "errors": len(found.errors),
        "events of another user": found.mixed, "places in line told": found.places,
        "added ms p50": round(statistics.median(found.added or [0]) * 1000), "added ms p95": round(cuts[18] * 1000),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--at-once", type=int, default=100)
    parser.add_argument("--leaving", type=float, default=0.2)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve_until_told(given.serve, given.at_once)
        return
    with Server(given.at_once) as server:
        found = asyncio.run(storm(server.address, users=given.users, seconds=given.seconds, leaving=given.leaving))
        say(json.dumps(told(found), indent=2), *found.errors[:5], f"all free after {server.free_after(10):.2f} s")
        asyncio.run(quick(server.address, questions=given.questions // 10))  # caches fill, pools grow
        before = server.standing()
        fast = asyncio.run(quick(server.address, questions=given.questions))
        after = server.standing()
        grown = (after.rss_kb - before.rss_kb) / given.questions
        say(json.dumps(told(fast), indent=2), *fast.errors[:5])
        say(f"memory {before.rss_kb / 1000:.0f} -> {after.rss_kb / 1000:.0f} MB ({grown:+.2f} MB per 1,000 questions)")
        say(f"open files {before.files} -> {after.files}, threads {before.threads} -> {after.threads}")


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
