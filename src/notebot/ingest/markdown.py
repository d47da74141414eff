"""Markdown to headings, links and tags, by markdown-it: what is a heading, what is code and what is a link is its word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from notebot.ingest.links import bare_links, note_link, web_address, without_addresses, without_bare
from notebot.ingest.outline import Heading, sections
from notebot.types import Link, NoteLink, Section

# The parser works by recursion, and stops descending here: ten lists within lists, which nobody means.
_NESTING = 40
# Beyond these, links written as [text](address) are not looked for in a paragraph, only bare addresses: the parser's
# time can grow with the square of either.
_LONGEST_INLINE = 20_000
_MOST_BRACKETS = 300

_MARKUP = re.compile(r"[\[\]<>*_`~!\\&]")
_LINK_MARKUP = re.compile(r"\]\s*[(\[]|<https?:|!\[|`[^`\n]*https?:", re.IGNORECASE)
_TAGS = re.compile(r"<!--.*?(?:-->|\Z)|<[^>]*>", re.DOTALL)
_WORD = re.compile(r"\w")
# What Obsidian adds, besides the code that it does not look into. A backslash stands before the bar within tables.
_CODE = r"(?P<ticks>(?<!`)`+(?!`)).*?(?<!`)(?P=ticks)(?!`)"
_WIKI = r"(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]*)(?P<heading>#[^\[\]|\n]*)?(?:\|[^\[\]\n]*)?\]\]"
_TAG = r"(?<!\S)#(?P<tag>[\w/-]*[^\W\d][\w/-]*)(?![\w/#-])"
_ADDED = re.compile(f"{_CODE}|{_WIKI}|{_TAG}", re.DOTALL)


class _Parser(MarkdownIt):
    """Links keep the form they have in the note."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - overrides
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 - overrides
        return True


_blocks = _Parser("commonmark", {"maxNesting": _NESTING}).enable("table").disable("inline")
_inlines = _Parser("commonmark", {"maxNesting": _NESTING})


@dataclass(slots=True)
class Marked:
    """What was found in a text. Lines of links are counted as asked for; `headings` and `said` count from 0."""

    headings: list[Heading] = field(default_factory=list)
    said: list[int] = field(default_factory=list)  # lines on which something is said
    links: list[Link] = field(default_factory=list)
    note_links: list[NoteLink] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def read_markdown(text: str, *, first_line: int = 1) -> tuple[tuple[Section, ...], Marked]:
    """The sections of `text`, whose first line is line `first_line` of its file, with its links and tags.

    Every section's text is an exact slice of `text`: its heading line and all up to the next heading, without the blank
    lines at the end. Only headings that stand on their own count, not those inside quotes and lists.
    """
    found = mark(text, first_line=first_line)
    return tuple(sections(text.split("\n"), found.headings, found.said, first_line=first_line)), found


def mark(text: str, *, first_line: int = 1) -> Marked:
    """The headings, links and tags of `text`, in its order. Links are http and https; those to notes are as they are written."""
    env: dict[str, object] = {}
    tokens = _blocks.parse(text, env)
    lines = text.split("\n")
    found = Marked()
    for place, token in enumerate(tokens):
        if token.map is None:
            continue
        if token.type == "inline":
            opening = tokens[place - 1]
            parts = _inline(token.content, env)
            if ":" in token.content or "[" in token.content:
                _take_links(parts, token.map, lines, (found, first_line))
            titled = opening.type == "heading_open"
            _take_additions(token.content, token.map[0] + first_line, found, tags=not titled)
            if titled and opening.level == 0:
                body = (opening.map or token.map)[1]
                found.headings.append(Heading(int(opening.tag[1]), _heading_text(token.content, env), token.map[0], body))
            elif _says_something(parts):
                found.said.append(token.map[0])
        elif token.type in ("fence", "code_block") and token.content.strip():
            found.said.append(token.map[0])
        elif token.type == "html_block":
            found.links += [Link(url, line) for url, line in bare_links(token.content, token.map[0] + first_line)]
            if _WORD.search(_TAGS.sub("", token.content)):
                found.said.append(token.map[0])
    return found


# --- the inside of a line -----------------------------------------------------------------------------------------


def _inline(content: str, env: dict[str, object], *, always: bool = False) -> Sequence[Token]:
    """The pieces of a paragraph. Unless `always`, it is only taken apart where it may hide links: what looks like markup in a
    bare address is none."""
    marked = always or _LINK_MARKUP.search(content) or ("]" in content and env.get("references"))
    if marked and len(content) <= _LONGEST_INLINE and content.count("[") <= _MOST_BRACKETS:
        return _inlines.parseInline(content, env)[0].children or ()
    return (Token("text", "", 0, content=content),)


def _heading_text(content: str, env: dict[str, object]) -> str:
    """The words of a heading without markup; an address only if it is all there is."""
    if not _LINK_MARKUP.search(content):
        content = without_addresses(content)
    words = " ".join("".join(_plain(part) for part in _inline(content, env, always=bool(_MARKUP.search(content)))).split())
    named = without_addresses(words)
    return named.rstrip(" :/-–—") or named


def _plain(part: Token) -> str:
    if part.type in ("softbreak", "hardbreak"):
        return " "
    return part.content if part.type in ("text", "code_inline", "image", "text_special") else ""


def _says_something(parts: Sequence[Token]) -> bool:
    """Whether there are words besides links."""
    depth = 0
    for part in parts:
        depth += {"link_open": 1, "link_close": -1}.get(part.type, 0)
        if depth == 0 and _WORD.search(without_bare(_plain(part))):
            return True
    return False


def _take_links(parts: Sequence[Token], span: Sequence[int], lines: Sequence[str], into: tuple[Marked, int]) -> None:
    """Add each address among `parts`, which stand on the lines `span`, to what was found, with its line."""
    found, first_line = into
    line, depth = span[0], 0
    for place, part in enumerate(parts):
        depth += {"link_open": 1, "link_close": -1}.get(part.type, 0)
        if part.type in ("softbreak", "hardbreak"):
            line += 1
        elif part.type == "link_open":
            footnote = parts[place + 1].content.startswith("^")  # its text is one word, which looks like an address
            url = str(part.attrs.get("href", "")).strip()
            at = next((at for at in range(line, span[1]) if url in lines[at]), line) + first_line
            if web_address(url):
                found.links.append(Link(url, at))
            elif not footnote and (note := note_link(url, at)):
                found.note_links.append(note)
        elif part.type == "text" and depth == 0:
            found.links += [Link(url, at) for url, at in bare_links(part.content, line + first_line)]
        elif part.type == "image" and part.children:
            _take_links(part.children, (line, span[1]), lines, into)


def _take_additions(content: str, line: int, found: Marked, *, tags: bool) -> None:
    """Add the [[links]] and the #tags in a paragraph that begins on line `line`. What is embedded is noted, never followed."""
    if "[[" not in content and "#" not in content:
        return
    passed = 0
    for match in _ADDED.finditer(content[:_LONGEST_INLINE]):
        line += content.count("\n", passed, match.start())
        passed = match.start()
        if match["tag"] and tags:
            found.tags.append(match["tag"])
        target, heading = (match["target"] or "").strip(" \\"), (match["heading"] or "").strip("# \\")
        if target or heading:
            found.note_links.append(NoteLink(target, line, heading, bool(match["embed"])))
