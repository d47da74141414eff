"""Text from notes, pages and models, made harmless: nothing in it steers a terminal, and Markdown shows it as it is written."""

from __future__ import annotations

import re

# OSC, DCS, SOS, PM and APC strings up to their end; CSI sequences; two-character escapes; then single control characters
# and the marks that reverse the reading direction. Tab and newline stay.
ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#!])")
# What Markdown makes a link of without being asked: addresses with a scheme, www., mail addresses.
BARE_LINK = re.compile(r"(?i:(?:\b[a-z][a-z0-9+.-]*:/|\bwww\.)[^\s`<>)\]]+|[^\s`@<>()\[\]]+@[^\s`@<>()\[\]]+)")


def clean(text: str) -> str:
    """The text without anything that could steer a terminal or disguise what it says. Tabs and line ends stay."""
    text = ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be written


def one_line(text: str) -> str:
    """Clean, with every run of white space as one space."""
    return " ".join(clean(text).split())


def escaped(text: str) -> str:
    """The text so that Markdown shows it as it is written. Addresses stand as code: nothing else keeps them from being links."""
    parts = BARE_LINK.split(cleaned := clean(text))
    links = BARE_LINK.findall(cleaned)
    shown = [MARKDOWN.sub(r"\\\1", part) for part in parts]
    return shown[0] + "".join(f"`{link}`{rest}" for link, rest in zip(links, shown[1:], strict=True))
