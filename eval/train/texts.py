"""Public paragraphs to make claims from: SQuAD's Wikipedia paragraphs, FOLDOC, and the manuals that Debian packages."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.html

FOLDOC = Path("/usr/share/dictd/foldoc.dict.dz")
MANUALS = (  # with their Debian packages' names in the paths, but for GNOME's, from gnome-user-docs
    ("/usr/share/doc/postgresql-doc-15/html", "*.html"),
    ("/usr/share/doc/debian-handbook/html/en-US", "*.html"),
    ("/usr/share/doc/python3.11/html", "**/*.html"),
    ("/usr/share/help/C", "**/*.page"),
    ("/usr/share/doc/harden-doc/html/en-US", "**/*.html"),
    ("/usr/share/doc/git-doc", "**/*.html"),
    ("/usr/share/doc/apache2-doc/manual/en", "**/*.html"),
    ("/usr/share/doc/debian-policy", "**/*.html"),
    ("/usr/share/debian-reference", "*.en.html"),
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, what it is about, where it comes from, and what share of its sentences is shown as notes."""

    title: str
    text: str
    origin: str
    noted: float = 0.15


def squad(bench: Path, *, held_out: bool = False) -> Iterator[Paragraph]:
    """The paragraphs of the articles that training may see, or of those it may not."""
    for line in (bench / "squad2" / "corpus.jsonl").open():
        row = json.loads(line)
        if in_hold_out(row["title"]) == held_out:
            yield Paragraph(row["title"].replace("_", " "), row["text"], "squad")


def in_hold_out(title: str) -> bool:
    """Whether an article is kept out of training: every third, by its title's letters."""
    return sum(map(ord, title)) % 3 == 0


def foldoc(rng: random.Random, count: int) -> Iterator[Paragraph]:
    """Entries with at least one full sentence."""
    with gzip.open(FOLDOC, "rt", encoding="utf-8", errors="replace") as file:
        entries = re.split(r"\n(?=\S)", file.read())
    rng.shuffle(entries)
    for entry in entries:
        term, _, body = entry.partition("\n")
        body = re.sub(r"\(\d{4}-\d\d-\d\d\)|\[[^\]]*\]|\(\{?http[^)]*\)|<[^>]*>|[{}]|^\s*\d+\.|\"", "", body)
        text = " ".join(body.split())
        if count and 15 <= len(text.split()) <= 200 and text.endswith("."):
            count -= 1
            yield Paragraph(term.strip(), text, "foldoc")


def manuals(rng: random.Random, count: int) -> Iterator[Paragraph]:
    """Paragraphs of prose from the manuals that are installed, with the page's title."""
    found = []
    for page in sorted({page for folder, shape in MANUALS for page in Path(folder).glob(shape) if page.is_file()}):
        tree = lxml.html.parse(str(page), lxml.html.HTMLParser(encoding="utf-8")).getroot()
        if tree is None:
            continue
        title = " ".join((tree.findtext(".//title") or "").split())
        for item in tree.iter("p"):
            text = " ".join(item.text_content().split())
            if 20 <= len(text.split()) <= 160 and text.endswith("."):
                found.append(Paragraph(re.sub(r"^[\dA-Z.]+\s+", "", title), text, "manual"))
    yield from rng.sample(found, min(count, len(found)))
