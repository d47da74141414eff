"""Web addresses as data: which are one and the same page, what part of it they point at, which are never asked for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode
from urllib.parse import unquote

MAX_LENGTH = 2048  # characters before the fragment, which is never sent
DEFAULT_PORTS = {"http": 80, "https": 443}

_ADDRESS = re.compile(r"([a-z]+)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Control characters, and halves of characters, which have no bytes.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# An escape, or a character that may not stand in a path or a query as it is.
_PIECE = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")
_NO_HOST = "the address has no host that can be asked"
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
# What says where a visitor came from, never what is shown; and everything that begins with utm_.
_TRACKING = frozenset(
    "fbclid gclid dclid gbraid wbraid gclsrc msclkid ttclid twclid yclid igsh igshid mc_cid mc_eid mkt_tok _hsenc _hsmi".split()
)

# Longer quotes become "first words,last words": browsers look for a whole quote only inside one block of the page.
_WHOLE_QUOTE = 100
_QUOTE_WORDS = 6
_QUOTE_CHARACTERS = 60
# The end of a text fragment is looked for on its own only if it is long enough to stand in one place.
_TELLING_END = 20


@dataclass(frozen=True, slots=True)
class Address:
    """A web address, taken apart. `page` is the canonical address: equal for every way to write that page.

    `page` says https whatever the note says. Whoever asks for it may try http as well, unless the note was `secure`: it
    said https itself. `section` is what the fragment names (percent-decoded, empty if nothing), `quotes` are the
    beginnings, or whole words, of its text fragments.
    """

    page: str
    section: str = ""
    quotes: tuple[str, ...] = ()
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: what a client connects to, and the `target` (path and query) that it asks for there."""

    scheme: str
    host: str  # lower-case, punycode, an IPv6 address without its brackets
    port: int
    target: str

    @property
    def site(self) -> str:
        """Scheme, host and port, as an address writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        return self.site + self.target


def read_url(text: str) -> Address:
    """`text` as it is written in a note. Raises ValueError, with the reason in words, for what is never fetched.

    Which hosts are public and which ports are asked is not decided here, but where the connection is made.
    """
    place, fragment = _parts(text)
    section, _, directives = fragment.partition(":~:")
    return Address(_canonical(place), _plain(section), tuple(_quotes(directives)), place.scheme == "https")


def read_place(text: str) -> Place:
    """Where `text` leads, by the same rules as `read_url`: there is one parser for what is checked and what is asked."""
    return _parts(text)[0]


def deep_link(url: str, quote: str) -> str:
    """The address that opens `url` and scrolls to `quote`.

    `quote` is in the page's words, without markup. A section that `url` names is kept, a quote that it names is replaced.
    """
    base, _, fragment = url.strip(" ").replace(" ", "%20").partition("#")
    section = fragment.partition(":~:")[0]
    text = ",".join(_encoded_quote(part) for part in _fragment_parts(quote))
    directive = f":~:text={text}" if text else ""
    return f"{base}#{section}{directive}" if section or directive else base


def host_of(page: str) -> str:
    """The host of a canonical address, without its port."""
    return read_place(page).host


def matches(host: str, domains: Iterable[str]) -> bool:
    """Whether `host` is one of `domains` or lies under one: `example.org` matches sub.example.org too.

    A leading `www.` or `*.` of a domain means nothing. Raises ValueError for a domain that is no host name.
    """
    names = [_bare(_host(domain.strip().removeprefix("*."))) for domain in domains]
    return any(host == name or host.endswith(f".{name}") for name in names)


def forbidden(host: str, allow: Sequence[str], deny: Sequence[str]) -> str:
    """Why the domains that a person allows (all, if they name none) and denies keep `host` from being asked; empty if not."""
    if matches(host, deny):
        return f"{host} is on the list of sites that are not asked"
    if allow and not matches(host, allow):
        return f"{host} is not on the list of sites that may be asked"
    return ""


# --- reading ------------------------------------------------------------------------------------------------------


def _parts(text: str) -> tuple[Place, str]:
    text = text.strip(" ")
    if len(text.partition("#")[0]) > MAX_LENGTH:
        raise ValueError(f"the address is longer than {MAX_LENGTH} characters")
    if "\\" in text or _CONTROL.search(text):
        raise ValueError("the address holds a backslash or a control character")
    found = _ADDRESS.fullmatch(text)
    scheme = found[1].lower() if found else ""
    if found is None or scheme not in DEFAULT_PORTS:
        other = _SCHEME.match(text)
        raise ValueError(f"not a web address: {other[1].lower()}" if other else "not a web address")
    host, port = _authority(found[2], DEFAULT_PORTS[scheme])
    query = _normal(found[4]) if found[4] else ""
    place = Place(scheme, host, port, _path(_normal(found[3])) + (f"?{query}" if query else ""))
    if len(place.url) > MAX_LENGTH:
        raise ValueError(f"the address is longer than {MAX_LENGTH} characters")
    return place, found[5] or ""


def _authority(text: str, default: int) -> tuple[str, int]:
    """Host and port."""
    if "@" in text:
        raise ValueError("the address holds a user name")
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise ValueError(_NO_HOST)
    port = int(found[2]) if found[2] else default
    if not 0 < port < 65536:
        raise ValueError(f"there is no port {port}")
    return _host(found[1]), port


def _host(text: str) -> str:
    """A host as it is asked for: punycode, lower-case, without a dot at its end. Raises ValueError."""
    try:
        if text.startswith("[") and "%" not in text:
            return ipaddress.IPv6Address(text[1:-1]).compressed
        name = (text if text.isascii() else _punycode(text)).lower().removesuffix(".")
        labels = name.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            # Programs differ in how they read 127.1 or 0x7f000001; four plain numbers all read alike.
            return str(ipaddress.IPv4Address(name))
    except ValueError as error:
        raise ValueError(_NO_HOST) from error
    if len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(_NO_HOST)
    return name


def _punycode(name: str) -> str:
    import idna

    return idna.encode(name, uts46=True, std3_rules=True).decode("ascii")


def _normal(text: str) -> str:
    """One spelling for what percent-encoding can write in many. A stray % stands for itself."""

    def one(piece: re.Match[str]) -> str:
        if piece[1] is None:
            return percent_encode(piece[0], safe="")
        character = chr(int(piece[1], 16))
        return character if _UNRESERVED.fullmatch(character) else f"%{piece[1].upper()}"

    return _PIECE.sub(one, text)


def _path(path: str) -> str:
    """`path` without the steps `.` and `..`, as every client asks for it."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _canonical(place: Place) -> str:
    port = 443 if place.port in DEFAULT_PORTS.values() else place.port
    path, _, query = place.target.partition("?")
    kept = "&".join(part for part in query.split("&") if not _tracks(part))
    target = f"{path}?{kept}" if kept else path
    return Place("https", _bare(place.host), port, "" if target == "/" else target).url


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name.startswith("utm_") or name in _TRACKING


def _bare(host: str) -> str:
    """`host` without its `www.`, unless hardly anything would be left."""
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    return host


# --- fragments ----------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", unquote(text)).split())


def _quotes(directives: str) -> Iterable[str]:
    """What `text=prefix-,start,end,-suffix` quotes: the start, and the end if it can only mean one place."""
    for directive in directives.split("&"):
        name, _, value = directive.partition("=")
        if name != "text":
            continue
        parts = [part for part in value.split(",") if not part.endswith("-") and not part.startswith("-")]
        start, end = (_plain(part) for part in [*parts, "", ""][:2])
        if start:
            yield start
        if len(end) >= _TELLING_END:
            yield end


def _fragment_parts(quote: str) -> list[str]:
    """The quote itself, or its first and its last words."""
    lines = [words for line in _CONTROL.sub("\n", quote).split("\n") if (words := line.split())]
    if not lines:
        return []
    whole = " ".join(lines[0])
    if len(lines) == 1 and len(whole) <= _WHOLE_QUOTE:
        return [whole]
    first, last = lines[0][:_QUOTE_WORDS], lines[-1][-_QUOTE_WORDS:]
    if len(lines) == 1:
        # The end begins after the start.
        half = max(len(lines[0]) // 2, 1)
        first, last = first[:half], last[-half:]
    return [" ".join(first)[:_QUOTE_CHARACTERS], " ".join(last)[-_QUOTE_CHARACTERS:]]


def _encoded_quote(text: str) -> str:
    """Percent-encoded, the dash too: it marks a prefix, as a comma marks an end and an ampersand the next directive."""
    return percent_encode(text.strip(), safe="", errors="replace").replace("-", "%2D")
