"""What an ingest would do, without doing it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from notebot.errors import NotesError
from notebot.index.catalog import Catalog
from notebot.ingest.changes import gone, read_note, refuse_to_empty, same, settled, without_notes
from notebot.ingest.chunking import CHUNKING_VERSION
from notebot.ingest.pages import LinkRules, due
from notebot.ingest.sources import scan
from notebot.states import IngestOptions, Plan, Problem


def preview(folders: Sequence[Path], catalog: Catalog | None, rules: LinkRules, options: IngestOptions) -> Plan:
    """What `sync` would do now. Reads the notes that may have changed; writes, embeds and fetches nothing.

    `catalog` is None before the first ingest. The pages are those that the notes linked to at the last ingest.
    Raises what `sync` raises.
    """
    scanned = scan(folders)
    known = catalog.sources("note") if catalog else {}
    if not options.allow_empty:
        refuse_to_empty(scanned, known)
    failed = {problem.source: problem.reason for problem in scanned.problems}
    anew = catalog is not None and catalog.meta().get("chunking") != str(CHUNKING_VERSION)
    changed, unchanged = [], 0
    for file in scanned.files:
        row = known.get(file.source)
        try:
            if row and not anew and (settled(file, row) or same(row, read_note(file)[1])):
                unchanged += 1
            else:
                changed.append(file.source)
        except NotesError as error:
            failed[file.source] = str(error)
    pages = []
    if catalog and options.links and not options.offline:
        pages = due(catalog.linked(), catalog.pages(), rules, now=int(time.time()), refresh=options.refresh)
    return Plan(
        added=tuple(source for source in changed if source not in known),
        changed=tuple(source for source in changed if source in known),
        removed=tuple(gone(scanned, known, failed)),
        unchanged=unchanged,
        fetch=tuple(request.page for request in pages),
        problems=(
            *(Problem(source, reason) for source, reason in sorted(failed.items())),
            *scanned.warnings,
            *without_notes(scanned),
        ),
    )
