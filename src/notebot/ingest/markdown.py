"""Markdown to sections and links, by markdown-it: what is a heading, what is code and what is a link is its word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from notebot.types import Link, Section

# The parser works by recursion, and stops descending here: ten lists within lists, which nobody means.
_NESTING = 40
# Beyond these, links written as [text](address) are not looked for in a paragraph, only bare addresses: the parser's
# time can grow with the square of either.
_LONGEST_INLINE = 20_000
_MOST_BRACKETS = 300

_BARE = re.compile(r"https?://[^\s<>\"`|\\^{}]{1,4000}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_MARKUP = re.compile(r"[\[\]<>*_`~!\\&]")
_LINK_MARKUP = re.compile(r"\]\s*[(\[]|<https?:|!\[|`[^`\n]*https?:", re.IGNORECASE)
_TAGS = re.compile(r"<!--.*?(?:-->|\Z)|<[^>]*>", re.DOTALL)
_WORD = re.compile(r"\w")
# A topic and what is said of it: "CI/CD: GitHub Actions", "Ray - distributed Python".
_SAYS = re.compile(r"\w.*?(?::\s+|\s+[-–—=→]+>?\s+).*\w")


class _Parser(MarkdownIt):
    """Links keep the form they have in the note."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - overrides
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 - overrides
        return True


_blocks = _Parser("commonmark", {"maxNesting": _NESTING}).enable("table").disable("inline")
_inlines = _Parser("commonmark", {"maxNesting": _NESTING})


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    line: int  # 0-based
    body: int  # the first line after it


def read_markdown(text: str, *, first_line: int = 1) -> tuple[tuple[Section, ...], tuple[Link, ...]]:
    """The sections and the web links of `text`, whose first line is line `first_line` of its file.

    Every section's text is an exact slice of `text`: its heading line and all up to the next heading, without the blank
    lines at the end. Only headings that stand on their own count, not those inside quotes and lists. Links are http and
    https, in the order of the text.
    """
    env: dict[str, object] = {}
    tokens = _blocks.parse(text, env)
    lines = text.split("\n")
    headings: list[_Heading] = []
    links: list[Link] = []
    bodies: list[int] = []  # lines on which something is said
    for place, token in enumerate(tokens):
        if token.map is None:
            continue
        if token.type == "inline":
            opening = tokens[place - 1]
            parts = _inline(token.content, env)
            links += [Link(url, line + first_line) for url, line in _links(parts, token.map, lines)]
            if opening.type == "heading_open" and opening.level == 0:
                headings.append(
                    _Heading(int(opening.tag[1]), _heading_text(token.content, env), token.map[0], (opening.map or token.map)[1])
                )
            elif _says_something(parts):
                bodies.append(token.map[0])
        elif token.type in ("fence", "code_block") and token.content.strip():
            bodies.append(token.map[0])
        elif token.type == "html_block":
            links += [Link(url, line + first_line) for url, line in bare_links(token.content, token.map[0])]
            if _WORD.search(_TAGS.sub("", token.content)):
                bodies.append(token.map[0])
    return tuple(_sections(lines, headings, bodies, first_line)), tuple(links)


def says_more(heading: str) -> bool:
    """Whether a heading carries content itself ("Monitoring: Prometheus, Grafana") and does not only name a topic."""
    return bool(_SAYS.search(heading)) or bool(re.search(r"\w{2}[.!]$|[.!?]\s+\w", heading)) or len(heading.split()) > 12


# --- sections -----------------------------------------------------------------------------------------------------


def _sections(lines: Sequence[str], headings: Sequence[_Heading], bodies: Sequence[int], first_line: int) -> Iterator[Section]:
    if section := _section(lines, (), 0, headings[0].line if headings else len(lines), first_line=first_line):
        yield section
    path: list[_Heading] = []
    said = 0  # the first of `bodies` not passed yet
    for place, heading in enumerate(headings):
        following = headings[place + 1] if place + 1 < len(headings) else None
        end = following.line if following else len(lines)
        while path and path[-1].level >= heading.level:
            path.pop()
        path.append(heading)
        while said < len(bodies) and bodies[said] < heading.body:
            said += 1
        silent = said == len(bodies) or bodies[said] >= end
        leads_on = following is not None and following.level > heading.level
        stub = silent and not leads_on and bool(heading.text) and not says_more(heading.text)
        names = tuple(above.text for above in path if above.text)
        if section := _section(lines, names, heading.line, end, first_line=first_line):
            yield Section(section.heading, section.text, section.first_line, section.last_line, stub)


def _section(lines: Sequence[str], heading: tuple[str, ...], start: int, end: int, *, first_line: int) -> Section | None:
    while end > start and not lines[end - 1].strip():
        end -= 1
    while start < end and not lines[start].strip():
        start += 1
    if start == end:
        return None
    return Section(heading, "\n".join(lines[start:end]), start + first_line, end - 1 + first_line)


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
        content = _without_addresses(content)
    words = " ".join("".join(_plain(part) for part in _inline(content, env, always=bool(_MARKUP.search(content)))).split())
    named = _without_addresses(words)
    return named.rstrip(" :/-–—") or named


def _without_addresses(words: str) -> str:
    rest = " ".join(_ADDRESS.sub(" ", words).split())
    return rest if _WORD.search(rest) else words


def _plain(part: Token) -> str:
    if part.type in ("softbreak", "hardbreak"):
        return " "
    return part.content if part.type in ("text", "code_inline", "image", "text_special") else ""


def _says_something(parts: Sequence[Token]) -> bool:
    """Whether there are words besides links."""
    depth = 0
    for part in parts:
        depth += {"link_open": 1, "link_close": -1}.get(part.type, 0)
        if depth == 0 and _WORD.search(_BARE.sub("", _plain(part))):
            return True
    return False


def _links(parts: Sequence[Token], span: Sequence[int], lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Each web address among `parts`, which stand on the lines `span`, with its 0-based line."""
    line, depth = span[0], 0
    for part in parts:
        depth += {"link_open": 1, "link_close": -1}.get(part.type, 0)
        if part.type in ("softbreak", "hardbreak"):
            line += 1
        elif part.type == "link_open":
            url = str(part.attrs.get("href", "")).strip()
            if _ADDRESS.fullmatch(url):
                yield url, next((at for at in range(line, span[1]) if url in lines[at]), line)
        elif part.type == "text" and depth == 0:
            yield from bare_links(part.content, line)
        elif part.type == "image" and part.children:
            yield from _links(part.children, (line, span[1]), lines)


def bare_links(text: str, line: int) -> Iterator[tuple[str, int]]:
    """Each web address that stands in `text` as it is, with its line, if `text` begins on line `line`."""
    passed = 0
    for match in _BARE.finditer(text):
        line += text.count("\n", passed, match.start())
        passed = match.start()
        yield _trimmed(match.group()), line


def _trimmed(url: str) -> str:
    """`url` without the punctuation of the sentence it stands in. A text fragment keeps its own, down to a full stop."""
    quotes_a_passage = ":~:text=" in url
    while True:
        last = url[-1]
        closes = {")": "(", "]": "["}.get(last)
        if (closes and url.count(last) > url.count(closes)) or last in "'*_”’»>" or (last in ".,;:!?" and not quotes_a_passage):
            url = url[:-1]
        else:
            return url
