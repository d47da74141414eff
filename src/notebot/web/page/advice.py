"""What to do about a note or page that is not in the index as it should be, from the reason that is kept with it."""

from __future__ import annotations

import re

AWAY = "Is this machine online? It is asked again later by itself."

_KNOWN = (
    (r"OCR", "Read it with an OCR program, and put the text beside it."),
    (r"password|encrypted", "Save a copy without it among your notes."),
    (r"pip install", "Run that command where notebot is installed, then bring the index up to date."),
    (r"download it first", "Let your cloud program download the file; it is read as soon as it is there."),
    (r"UTF-8; rename", "Give the file another name."),
    (r"larger than|too large|MB", "Cut it into smaller files, or keep what matters of it in a note."),
    (r"front matter", "Mend the lines between the two --- at its beginning."),
    (r"Permission denied|permission", "Make the file readable for the user that runs notebot."),
    (r"leads out of the notes folder", "Put a copy of the file into the notes folder, or name its folder with --knowledge."),
    (r"robots\.txt asks", "The site does not want programs to read it. Copy what you need into the note."),
    (r"answered 40[13]|asks for a login", "It wants a login. Copy what you need into the note."),
    (r"answered (404|410)", "The page is gone. Correct the link, or look for it at web.archive.org."),
    (r"answered (429|5\d\d)", "The site is overloaded or broken. It is asked again later by itself."),
    (r"could not be looked up|did not answer|not be reached|refused the connection|timed out|too long|cut", AWAY),
    (r"without running its scripts", "Its text is made by scripts in the browser. Copy what you need into the note."),
    (r"no usable text|nothing written|has no text|nothing in it", "Write something into it, or leave it: it takes no room."),
    (r"not read|not supported|not a notebook|is not|broken", "Save it in another format: Markdown, text, PDF or HTML."),
    (r"links_deny|links_allow|left out", "Change links_deny, links_allow or links in the settings if it should be read."),
    (r"same page as", "Nothing: it is in the index under its other address."),
    (r"not asked for yet", "Bring the index up to date; some 200 pages are asked for at a time."),
)  # fmt: skip


def advice(reason: str) -> str:
    """What to do, in one sentence; empty if nothing is known to help."""
    return next((what for pattern, what in _KNOWN if re.search(pattern, reason, re.IGNORECASE)), "")
