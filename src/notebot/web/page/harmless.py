"""Text and addresses from anywhere -> HTML that carries out nothing of them."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BOLD = re.compile(r"\*\*(?=\S)([^*\n<]+?)(?<=\S)\*\*")  # `<` is a mark of ours by then
CODE = re.compile(r"`([^`\n]+)`")


def text(value: str) -> str:
    """Plain text as HTML. Control and direction-changing characters, which can disguise what follows, are shown as �."""
    return escape(UNSHOWN.sub("�", value), quote=True)


def attribute(value: str) -> str:
    """A value that a script reads and nobody sees, letter for letter as what stands between the quotes of an attribute."""
    return escape(value, quote=True)


def prose(value: str) -> str:
    """Text with the two marks that models and error messages use inside a line: **bold** and `code`."""
    return BOLD.sub(r"<strong>\1</strong>", CODE.sub(r"<code>\1</code>", text(value)))


def safe_url(url: str | None) -> str | None:
    """`url` if a link to it is harmless: http or https, a host, and no white space or control characters."""
    if not url or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return None
    try:
        parts = urlsplit(url)
        harmless = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return None
    return url if harmless else None
