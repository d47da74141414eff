"""What a question says about where to look (`path:`, `tag:`, `after:`, "a phrase", -word, ...) -> Filters, and the rest of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from notebot.errors import UsageError
from notebot.retrieve.question import read_question
from notebot.types import NO_FILTERS, Filters, Turn
from notebot.urls import host_of, matches, read_url

_KEYED = r"(?P<minus>-?)(?P<key>path|tag|site|after|before):(?P<value>\"[^\"]+\"|(?=\S*[\w*])[^\s\"]\S*)"
_PHRASE = r"(?P<no>-?)(?:\"(?P<straight>[^\s\"](?:[^\"]*[^\s\"])?)\"|[“„](?P<curly>[^“”„]+)[”“])(?!\w)"
# A letter or two behind a minus are a command's option (rm -rf), a digit is a number below zero.
_WITHOUT = r"-(?P<without>(?=[^\W\d_])[^\s\"“„]*[\w+#])"
_PIECE = re.compile(
    rf"(?<!\S)(?:{_KEYED}|(?P<notes>notes-only)(?![\w-])|{_WITHOUT})|(?<![^\s(]){_PHRASE}",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")
_SHORTEST_WITHOUT = 3  # characters of a word in the letters that options are made of


def read_filters(question: str) -> tuple[str, Filters]:
    """The question without its filters, and the filters. A quoted phrase stays in the question too: it says what is asked.

    What only looks like a filter (`path: what is it?`, an address, `rm -rf`) is left where it stands. Nothing but filters
    leaves an empty question. Raises UsageError for a value that cannot be used, saying what could.
    """
    found = Filters()

    def take(piece: re.Match[str]) -> str:
        nonlocal found
        one, kept = _read(piece)
        found = joined(found, one)
        return kept

    rest = " ".join(_PIECE.sub(take, question).split())
    return (rest if not found or _says_something(rest) else ""), found


def narrowed(question: str, filters: Filters) -> tuple[str, Filters]:
    """The question, ready to be asked, without its filters; and `filters` with them. Raises UsageError.

    It is empty where there is nothing but filters.
    """
    asked, found = read_filters(read_question(question)) if question.strip() or not filters else ("", NO_FILTERS)
    return asked, joined(filters, found)


def unfiltered(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same conversation with the filters left out of what was asked."""
    return tuple(replace(turn, text=_asked(turn.text)) if turn.role == "user" else turn for turn in history)


def _asked(text: str) -> str:
    with suppress(UsageError):
        return read_filters(text)[0] or text
    return text


def read_filter(key: str, value: str) -> Filters:
    """The filter that `key:value` is; `key` is path, tag, site, after or before. Raises UsageError."""
    match key:
        case "path" if _says_something(value) or "*" in value:
            return Filters(paths=(value,))
        case "path":
            raise _unusable(key, value, "a part of a path, a folder or a pattern: path:budget, path:work/, path:*.md")
        case "tag":
            tag = value.lstrip("#").strip("/")
            if not _says_something(tag):
                raise _unusable(key, value, "a tag's name: tag:project, tag:project/alpha")
            return Filters(tags=(tag,))
        case "site":
            return Filters(sites=(_site(value),))
        case _:
            day = _day(key, value)
            return Filters(after=day) if key == "after" else Filters(before=day)


def joined(*filters: Filters) -> Filters:
    """All of these at once: of several dates the narrowest counts, paths and sites are alternatives. Raises UsageError."""
    whole = Filters(
        paths=_each(path for one in filters for path in one.paths),
        tags=_each(tag for one in filters for tag in one.tags),
        sites=_each(site for one in filters for site in one.sites),
        after=max((one.after for one in filters if one.after), default=None),
        before=min((one.before for one in filters if one.before), default=None),
        notes_only=any(one.notes_only for one in filters),
        phrases=_each(phrase for one in filters for phrase in one.phrases),
        without=_each(word for one in filters for word in one.without),
    )
    if whole.sites and whole.notes_only:
        raise UsageError("notes-only leaves out every web page, and site: all notes. Use one of them.")
    return whole


def written(filters: Filters) -> str:
    """The filters as they can be typed into a question; empty if there are none."""
    said = [f"{key}:{_quoted(value)}" for key, values in _keyed(filters) for value in values]
    said += ["notes-only"] if filters.notes_only else []
    said += [f'"{phrase}"' for phrase in filters.phrases]
    return " ".join(said + [f"-{_quoted(word)}" for word in filters.without])


def _read(piece: re.Match[str]) -> tuple[Filters, str]:
    """The filter that a piece of a question is, and what of it stays in the question."""
    if key := piece["key"]:
        quoted = piece["value"].startswith('"')
        value = piece["value"].strip('"').strip() if quoted else piece["value"].rstrip("?!,;.")
        if piece["minus"]:
            raise UsageError(f'{piece[0]} cannot be used: only words and phrases can be left out, -word or -"a phrase".')
        return (read_filter(key.lower(), value), "") if value else (Filters(), piece[0])
    if piece["notes"]:
        return Filters(notes_only=True), ""
    if phrase := piece["straight"] or piece["curly"]:
        if not _says_something(phrase):
            return Filters(), piece[0]
        phrase = " ".join(phrase.split())
        return (Filters(without=(phrase,)), "") if piece["no"] else (Filters(phrases=(phrase,)), f'"{phrase}"')
    word = piece["without"]
    if word.isascii() and len(word) < _SHORTEST_WITHOUT:
        return Filters(), piece[0]
    return Filters(without=(word,)), ""


def _site(value: str) -> str:
    """A host name. An address is taken for its host; a name without a dot is no site on the web."""
    try:
        host = (host_of(read_url(value).page) if "://" in value else value).lower()
        matches("", [host])
    except ValueError:
        host = ""
    if "." not in host.strip("."):
        raise _unusable("site", value, "the name of a site: site:example.org")
    return host


def _day(key: str, value: str) -> date:
    if found := _DATE.fullmatch(value):
        year, month, day = (int(part or 1) for part in found.groups())
        with suppress(ValueError):
            return date(year, month, day)
    raise _unusable(key, value, f"a year, a month or a day: {key}:2024, {key}:2024-03, {key}:2024-03-01")


def _unusable(key: str, value: str, wanted: str) -> UsageError:
    return UsageError(
        f"{key}:{value} cannot be used. After {key}: there has to be {wanted}. If it is no filter, put a space after the colon."
    )


def _keyed(filters: Filters) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield from (("path", filters.paths), ("tag", filters.tags), ("site", filters.sites))
    yield "after", (filters.after.isoformat(),) if filters.after else ()
    yield "before", (filters.before.isoformat(),) if filters.before else ()


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value or value[-1:] in "?!,;." else value


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
