"""Text from notes, pages, questions and earlier turns, as a model may read it: words only, nothing that steers the model.

A chat template marks who speaks with tokens such as `<|im_end|>`, and a model's tokenizer takes them for what they are wherever
they stand: without this, a note could end its own passage and speak as the system.
"""

from __future__ import annotations

import re

HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # whoever reads the note as a page does not see this
# Characters without a shape: marks of direction and joining, soft hyphens, the invisible copy of ASCII. The joiners of
# Persian, Indic scripts and emoji stay.
UNSEEN = re.compile(r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
# The first sign of `<|im_end|>`, `<s>`, `</think>`, `<tool_call>`, `<｜User｜>`, `[INST]`, `[gMASK]`, `◁think▷`.
OPENS = re.compile(r"<(?=[|｜]|[^\s<>][^<>\n]{0,60}>)|\[(?=/?g?[A-Z][A-Z_0-9]{2,30}\])|◁")


def inert(text: str) -> str:
    """The text without what nobody sees in it, and with a space in whatever could be a control token of a model."""
    return OPENS.sub(lambda sign: f"{sign.group()} ", UNSEEN.sub("", HIDDEN.sub("", text)))
