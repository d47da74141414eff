"""The pages of a question set, put where an ingest expects servers: linked pages are measured without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from notebot.errors import UsageError
from notebot.evals.cases import CaseSet
from notebot.fetch.client import Fetching, Request, Response
from notebot.index.catalog import Catalog

MARK = '"a page of a question set"'  # the validator of what came from here, by which it is told from what a server sent
KINDS = {".htm": "text/html", ".html": "text/html", ".md": "text/markdown", ".pdf": "application/pdf", ".txt": "text/plain"}
NOT_SERVED = "the question set has no page for this address"


class Served(Fetching):
    """Requests that are answered with the pages of a set; each ends as one to a server would, and nothing is asked."""

    def __init__(self, pages: Mapping[str, Path], requests: Sequence[Request]) -> None:
        """`pages` maps canonical addresses to files, as `files_of` gives them."""
        self._pages = pages
        self._requests = list(requests)

    @property
    def left(self) -> int:
        return len(self._requests)

    def results(self, wait: float) -> list[Response]:
        return [self._answer(self._requests.pop(0))] if self._requests else []

    def close(self) -> None:
        self._requests.clear()

    def _answer(self, request: Request) -> Response:
        path = self._pages.get(request.page)
        if path is None:
            return Response(request.page, "failed", reason=NOT_SERVED)
        try:
            body = path.read_bytes()
        except OSError as error:
            return Response(request.page, "failed", reason=f"{path} cannot be read: {error.strerror}")
        kind = KINDS[path.suffix.lower()]
        content_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        return Response(request.page, "fetched", request.page, body=body, content_type=content_type, etag=MARK)


def files_of(wanted: CaseSet, path: Path) -> dict[str, Path]:
    """The file of each page that the set at `path` brings along. Raises UsageError for one that is missing, or lies elsewhere."""
    home = path.parent.resolve()
    found: dict[str, Path] = {}
    for address, name in wanted.pages.items():
        file = (home / name).resolve()
        if not file.is_relative_to(home):  # by a symbolic link
            raise UsageError(f"{path}: the page {address}: {name} leads out of the folder of the set.")
        if not file.is_file():
            raise UsageError(f"{path}: the page {address}: there is no file {name}.")
        if file.suffix.lower() not in KINDS:
            raise UsageError(f"{path}: the page {address}: {name} is none of {', '.join(KINDS)}.")
        found[address] = file
    return found


def refuse_to_mix(catalog: Catalog) -> None:
    """Raises UsageError where the index holds a page that a server sent: the pages of a set would take its place."""
    real = [row.page for row in catalog.pages().values() if row.usable and row.etag != MARK]
    if real:
        raise UsageError(
            f"This index has pages from the web ({len(real)}, {real[0]} among them), and a set's pages would mix with them. "
            "Name another folder for the index: --data FOLDER"
        )


def missing_pages(catalog: Catalog, pages: Mapping[str, Path]) -> list[str]:
    """Which pages of a set did not get into the index, each with the reason."""
    known, linked = catalog.pages(pages), catalog.linked()
    found = []
    for address in pages:
        row = known.get(address)
        if address not in linked:
            found.append(f"{address}: no note links to it")
        elif row is None or not row.usable or row.reason:
            found.append(f"{address}: {row.reason if row else 'it was not asked for'}")
    return found
