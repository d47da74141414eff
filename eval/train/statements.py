"""A question and an answer -> a statement, by the question's grammar: "Who proved it?", "Boyle" -> "Boyle proved it"."""

from __future__ import annotations

from typing import Any

from edits import inflected

WH = {"what", "which", "who", "whom", "whose", "where", "when", "why", "how"}
KINDS = {
    "who": {"PERSON", "ORG", "NORP"},
    "whom": {"PERSON", "ORG"},
    "when": {"DATE", "TIME"},
    "where": {"GPE", "LOC", "FAC", "ORG"},
    "how many": {"CARDINAL", "QUANTITY"},
    "how much": {"MONEY", "QUANTITY", "PERCENT", "CARDINAL"},
    "how long": {"DATE", "TIME", "QUANTITY"},
    "year": {"DATE"},
    "percentage": {"PERCENT"},
    "country": {"GPE"},
    "city": {"GPE"},
}


def kinds_asked(question: str) -> set[str]:
    """The entity labels that could answer a question; empty where any noun could."""
    low = f" {question.lower()} "
    for words in sorted(KINDS, key=len, reverse=True):
        if f" {words} " in low or low.startswith(f" {words} "):
            return KINDS[words]
    return set()


def statement(question: Any, answer: str) -> str | None:
    """The statement for a parsed question (a spaCy Doc of one sentence); None where its grammar is not understood."""
    tokens = [token for token in question if not token.is_punct or token.text in ("'s", "-", '"', "'", "%", "$")]
    wh = next((token for token in tokens if token.text.lower() in WH), None)
    if wh is None or len(tokens) < 3:
        return None
    start, end = _wh_phrase(wh)
    before = question[:start].text.rstrip(", ")
    after = [token for token in question[end:] if not (token.is_punct and token.i == len(question) - 1)]
    lead = ""
    if before and before.split()[-1].lower() in ("in", "on", "at", "by", "for", "from", "to", "with", "of", "during", "under"):
        lead = before.split()[-1].lower()
        before = " ".join(before.split()[:-1])
    if not after or not any(token.pos_ in ("AUX", "VERB") for token in after) or (before and not lead and wh.i > 2):
        text = f"{question[:start].text} {answer} {' '.join(token.text for token in after)}"  # "Steam is made from what?"
        return (text[0].upper() + text[1:]).strip(" ,?.") + "."
    said = _asserted(wh, after, _placed(wh, question, lead, answer))
    text = f"{before}, {said}" if before else said
    return (text[0].upper() + text[1:]).strip(" ,?.") + "."


def _wh_phrase(wh: Any) -> tuple[int, int]:
    """From and to which token the words reach that the answer stands for: "what", "how many people", "which old city"."""
    end = wh.i + 1
    head = wh.head
    if wh.text.lower() in ("what", "which", "whose") and wh.dep_ in ("det", "poss") and head.i > wh.i:
        end = head.i + 1
    if (
        wh.text.lower() == "how"
        and wh.i + 1 < len(wh.doc)
        and wh.nbor().text.lower() in ("many", "much", "long", "large", "old", "far", "often")
    ):
        end = wh.i + 2
        if wh.nbor().head.i > wh.i + 1 and wh.nbor().head.pos_ == "NOUN":
            end = wh.nbor().head.i + 1
    if (
        end + 1 < len(wh.doc)
        and wh.doc[end - 1].lower_ in ("kind", "type", "sort", "kinds", "types", "number")
        and wh.doc[end].lower_ == "of"
    ):
        end = wh.doc[end].right_edge.i + 1
    return wh.i, end


def _placed(wh: Any, question: Any, lead: str, answer: str) -> str:
    """The answer with what makes it part of a sentence."""
    start, end = _wh_phrase(wh)
    low = wh.text.lower()
    noun = question[end - 1].text if end - start > 1 and question[end - 1].pos_ == "NOUN" else ""
    if low == "how" and noun and noun.lower() not in answer.lower():
        answer = f"{answer} {noun}"
    if lead:
        return f"{lead} {answer}"
    if low in ("when", "where") and answer.split()[0].lower() not in (
        "in",
        "on",
        "at",
        "by",
        "from",
        "during",
        "after",
        "before",
        "to",
    ):
        return f"in {answer}"
    if low == "why" and answer.split()[0].lower() not in ("because", "to", "due", "since", "for"):
        return f"because of {answer}"
    if low == "how" and not noun and answer.split()[0].lower() not in ("by", "through", "with", "via"):
        return f"by {answer}"
    return answer


def _asserted(wh: Any, after: list[Any], answer: str) -> str:
    first = after[0]
    words = [token.text for token in after]
    subject = next((token for token in after if token.dep_ in ("nsubj", "nsubjpass") and token.head.i >= first.i), None)
    if first.lemma_ == "do" and subject is not None and subject.i > first.i:
        verb = next(
            (token for token in after if token.i > subject.i and token.tag_ in ("VB", "VBP") and token.pos_ in ("VERB", "AUX")),
            None,
        )
        if verb is not None:
            form = {"VBD": "VBD", "VBZ": "VBZ"}.get(first.tag_, "VBP")
            if any(token.dep_ == "neg" for token in after):
                words = [token.text for token in after[1:] if token.dep_ != "neg"]
                words.insert(words.index(verb.text), f"{first.text} not")
            else:
                words = [inflected(verb.text, form) if token.i == verb.i else token.text for token in after[1:]]
            return _join(words, answer, wh)
    if first.pos_ == "AUX" and subject is not None and subject.i > first.i:
        edge = subject.right_edge.i
        body = [token.text for token in after[1:] if token.i <= edge]
        rest = [token.text for token in after[1:] if token.i > edge]
        if not rest or (first.lemma_ == "be" and first.dep_ == "ROOT" and wh.text.lower() in ("what", "who", "which")):
            return " ".join([*body, *rest, first.text, answer])
        return _join([*body, first.text, *rest], answer, wh)
    if first.lemma_ == "be" and first.dep_ == "ROOT" and wh.text.lower() in ("what", "who"):
        return " ".join([*words[1:], first.text, answer])
    return " ".join([answer, *words])


def _join(words: list[str], answer: str, wh: Any) -> str:
    """The answer after the verb: before a preposition that is left hanging, at the end otherwise."""
    return " ".join([*words, answer])
