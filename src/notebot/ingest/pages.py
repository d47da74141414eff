"""The pages that notes link to: which are due, and what is done with what the servers say. No network of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from notebot.errors import NotesError
from notebot.fetch.client import Request, Response
from notebot.index.catalog import Reading
from notebot.index.linked import PageRow
from notebot.index.writer import CatalogWriter
from notebot.ingest.chunking import chunk
from notebot.models.ports import TokenEmbedder
from notebot.urls import forbidden, host_of

_DAY = 86_400  # seconds
_AGAIN = 600  # until a page that could not be had is asked for again; doubled with each failure, up to a day


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Which linked pages may be asked for. `allow`, unless empty, and `deny` are domains, subdomains included; `deny` wins.

    `most` bounds the requests of one ingest; `days` is how long a page counts as fresh.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    most: int = 200
    days: int = 7

    def forbid(self, page: str) -> str:
        """Why `page` may not be asked for, empty if it may."""
        return forbidden(host_of(page), self.allow, self.deny)


def due(linked: Mapping[str, bool], known: Mapping[str, PageRow], rules: LinkRules, *, now: int, refresh: bool) -> list[Request]:
    """The requests to make now, pages never asked for first, at most `rules.most`. See `Catalog.linked` and `.pages`."""
    pages = [page for page in linked if not rules.forbid(page)]
    wanted = [page for page in pages if refresh or page not in known or known[page].due_at <= now]
    wanted.sort(key=lambda page: (page in known, page))
    return [_request(page, known.get(page), secure=linked[page]) for page in wanted[: rules.most]]


def _request(page: str, row: PageRow | None, *, secure: bool) -> Request:
    if row and row.usable:  # otherwise there is no copy that the server could call unchanged
        return Request(page, row.etag, row.last_modified, secure)
    return Request(page, secure=secure)


def answered(row: PageRow | None, response: Response, rules: LinkRules, *, now: int) -> PageRow:
    """What is known of a page after `response`. The last good copy is kept, as stale, whatever the server says later."""
    before = row or PageRow(response.page, "failed")
    if response.outcome == "unchanged":
        fresh = replace(before, state="fetched", reason="", fetched_at=now, due_at=now + rules.days * _DAY, failures=0)
        return replace(fresh, etag=response.etag or before.etag, last_modified=response.last_modified or before.last_modified)
    if response.outcome == "fetched":
        return PageRow(
            response.page,
            "fetched",
            url=response.url,
            content_type=response.content_type,
            etag=response.etag,
            last_modified=response.last_modified,
            fetched_at=now,
            due_at=now + rules.days * _DAY,
        )
    wait = min(_AGAIN * 2**before.failures, _DAY) if response.outcome == "failed" else _DAY
    nothing: Literal["failed", "refused"] = "failed" if response.outcome == "failed" else "refused"
    state: Literal["stale", "failed", "refused"] = "stale" if before.usable else nothing
    later = now + max(wait, response.retry_after)
    return replace(before, state=state, reason=response.reason, due_at=later, failures=before.failures + 1)


class PageShelf:
    """Keeps the pages in the catalog as the links in the notes and the answers of the servers want them.

    Its methods are to be called inside a transaction of the catalog.
    """

    def __init__(self, catalog: CatalogWriter, tokens: TokenEmbedder, rules: LinkRules) -> None:
        self._catalog = catalog
        self._tokens = tokens
        self._rules = rules

    def take(self, response: Response, *, now: int) -> tuple[bool, str]:
        """Store how a request ended, and the page's text if it is new.

        Whether a search could see the difference; and why there is no new text, if there should have been.
        """
        before = self._catalog.pages([response.page]).get(response.page)
        row = answered(before, response, self._rules, now=now)
        if response.outcome == "fetched":
            row = replace(row, sha256=hashlib.sha256(response.body).hexdigest())
            if before and before.usable and (before.sha256, before.url) == (row.sha256, row.url):
                row = replace(row, same_as=before.same_as)
            else:
                try:
                    self._show(row, response.body)
                    self._catalog.put_page(row, response.body)
                    return True, ""
                except NotesError as error:
                    row = answered(before, replace(response, outcome="refused", reason=str(error)), self._rules, now=now)
        self._catalog.put_page(row)
        problem = row.reason and f"{row.reason}{'; its last good copy is used' if row.usable else ''}"
        return row.usable and before is not None and row.state != before.state, problem

    def settle(self, linked: Sequence[str], *, keep: Iterable[str], anew: bool) -> bool:
        """Show each page of `linked` that may be and has a copy once, under its first address, and no other; did anything change?

        What is known of pages besides `keep` is forgotten. `anew`: pages are cut into chunks differently from before.
        """
        known, there = self._catalog.pages(), self._catalog.sources("page")
        self._catalog.forget_pages(sorted(known.keys() - set(keep)))
        wanted = [known[page] for page in linked if page in known and known[page].usable and not self._rules.forbid(page)]
        first: dict[tuple[str, str], str] = {}
        for row in wanted:  # `linked` is sorted, so that the same address comes first whatever came first over the network
            first.setdefault((row.url, row.sha256), row.page)
        changed = False
        shown = set()
        for row in wanted:
            leader = first[row.url, row.sha256]
            same_as = "" if leader == row.page else leader
            if same_as != row.same_as:
                self._catalog.put_page(replace(row, same_as=same_as))
                changed = True
            if not same_as:
                shown.add(row.page)
                if anew or row.page not in there:
                    changed |= self._show_again(replace(row, same_as=""))
        for page in sorted(there.keys() - shown):
            self._catalog.remove(page)
            changed = True
        return changed

    def _show_again(self, row: PageRow) -> bool:
        try:
            self._show(row, self._catalog.body(row.page))
        except NotesError as error:  # an older notebot made something of it
            self._catalog.put_page(replace(row, state="refused", reason=str(error)))
            self._catalog.remove(row.page)
        return True

    def _show(self, row: PageRow, body: bytes) -> None:
        """Make the page's chunks those of its copy. Raises NotesError, with nothing changed, if there is no text in it."""
        from notebot.ingest.formats.page import load_page

        # Notes lead to pages; where pages lead is their own affair.
        document = replace(load_page(row.page, body, row.content_type), links=(), note_links=())
        chunks = chunk(document, self._tokens)
        self._catalog.put(document, chunks, Reading("", row.fetched_at * 10**9, row.sha256), kind="page")
