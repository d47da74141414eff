"""A sentence -> the same, or a part of it, in other words: claims that it carries."""

from __future__ import annotations

import random
import re
from typing import Any

from edits import inflected, phrase
from wordnet import hypernyms, synonyms

KEPT = {
    "not",
    "n't",
    "no",
    "never",
    "only",
    "hardly",
    "rarely",
    "most",
    "few",
    "all",
    "almost",
    "nearly",
    "about",
    "less",
    "more",
}
DIGITS = {"2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine", "10": "ten",
          "12": "twelve", "20": "twenty", "100": "one hundred", "1,000": "a thousand", "1000": "one thousand"}  # fmt: skip
SAME = (
    ("such as", "like"), ("for example", "for instance"), ("because", "since"), ("although", "even though"),
    ("in order to", "to"),
    ("as well as", "and"), ("however,", "but"), ("approximately", "about"), ("about", "roughly"), ("must", "has to"),
    ("is able to", "can"), ("are able to", "can"), ("can be used to", "serves to"), ("a number of", "several"),
    ("known as", "called"), ("located in", "in"), ("percent", "%"), ("purchased", "bought"), ("began", "started"),
    ("due to", "because of"), ("also", ""), ("therefore", "so"), ("commonly", "often"), ("usually", "normally"),
    ("use", "make use of"), ("uses", "makes use of"), ("includes", "contains"), ("created", "made"), ("allows", "lets"),
    ("died", "passed away"), ("children", "kids"), ("film", "movie"), ("and", "as well as"), ("more than", "over"),
    ("was founded", "was established"), ("located", "situated"), ("attempt", "try"), ("is called", "goes by the name of"),
    ("does not", "doesn't"), ("is not", "isn't"), ("cannot", "is unable to"), ("did not", "didn't"), ("was not", "wasn't"),
)  # fmt: skip


def paraphrase(sentence: Any, title: str, rng: random.Random) -> str:
    """Other words for a sentence (a spaCy span), or for a part of it that stands alone."""
    text = sentence.text.strip()
    for change, odds in ((_part, 0.4), (_turned, 0.35), (_fronted, 0.5), (_synonyms, 0.6), (_phrases, 0.5), (_digits, 0.5)):
        if rng.random() < odds:
            text = change(sentence, text, rng) or text
    if rng.random() < 0.3 and title:
        text = _named(sentence, text, title)
    text = re.sub(r"\s+", " ", text).strip(" ,;:")
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".") if text else sentence.text


def _part(sentence: Any, text: str, rng: random.Random) -> str | None:
    """A clause of it: a relative clause with its noun, an apposition, or the sentence without what can be left away."""
    ways = []
    for token in sentence:
        if token.dep_ == "appos" and token.head.pos_ == "PROPN" and token.pos_ == "NOUN":
            ways.append(f"{phrase(token.head)} is {_tree(token)}")
        if token.dep_ == "relcl" and token.head.pos_ in ("NOUN", "PROPN"):
            who = next(
                (c for c in token.children if c.dep_ in ("nsubj", "nsubjpass") and c.text.lower() in ("who", "which", "that")),
                None,
            )
            if who is not None and who.i < token.i:
                ways.append(f"{phrase(token.head)} {sentence.doc[who.i + 1 : token.right_edge.i + 1].text}")
        if token.dep_ == "conj" and token.head == sentence.root and token.pos_ in ("VERB", "AUX"):
            mine = next((c for c in sentence.root.children if c.dep_ in ("nsubj", "nsubjpass")), None)
            own = any(c.dep_ in ("nsubj", "nsubjpass") for c in token.children)
            if (
                mine is not None
                and not own
                and sentence.root.tag_ == token.tag_
                and not any(c.dep_ == "neg" for c in sentence.root.children)
            ):
                ways.append(f"{phrase(mine)} {sentence.doc[token.left_edge.i : token.right_edge.i + 1].text}")
            elif own:
                ways.append(_tree(token))
    cut = _shortened(sentence, rng)
    if cut:
        ways += [cut, cut]
    return rng.choice(ways) if ways else None


def _shortened(sentence: Any, rng: random.Random) -> str | None:
    dropped: set[int] = set()
    for token in sentence:
        tree = range(token.left_edge.i, token.right_edge.i + 1)
        words = {t.text.lower() for t in sentence.doc[tree.start : tree.stop]}
        denied = any(c.dep_ == "neg" for c in token.head.children)
        loose = token.dep_ in ("advcl", "appos", "relcl", "parataxis") or (
            token.dep_ == "prep" and token.head.pos_ in ("VERB", "AUX")
        )
        loose = loose or (token.dep_ in ("advmod", "npadvmod", "amod") and not words & KEPT)
        if loose and not denied and not words & {"not", "if", "unless", "without", "except"} and rng.random() < 0.5:
            dropped.update(tree if len(tree) < len(sentence) // 2 else ())
    kept = [token for token in sentence if token.i not in dropped]
    if not dropped or len(kept) < 5:
        return None
    text = "".join(token.text_with_ws if token.i + 1 not in dropped else token.text + " " for token in kept)
    return re.sub(r"\s+([,.;])", r"\1", re.sub(r"(?:,\s*)+,", ",", re.sub(r"\s+", " ", text))).replace(",.", ".")


def _turned(sentence: Any, text: str, rng: random.Random) -> str | None:
    """Active made passive, and passive active."""
    root = sentence.root
    parts = {child.dep_: child for child in root.children}
    if (
        {"nsubj", "dobj"} <= parts.keys()
        and root.tag_ in ("VBD", "VBZ", "VBP")
        and not {"neg", "aux", "conj", "ccomp"} & parts.keys()
    ):
        what, who = _tree(parts["dobj"]), _tree(parts["nsubj"])
        plural = parts["dobj"].tag_ in ("NNS", "NNPS")
        be = ("were" if plural else "was") if root.tag_ == "VBD" else ("are" if plural else "is")
        rest = sentence.doc[parts["dobj"].right_edge.i + 1 : sentence.end].text.strip(" .")
        before = sentence.doc[sentence.start : parts["nsubj"].left_edge.i].text
        if parts["nsubj"].pos_ != "PRON":
            return f"{before} {what} {be} {inflected(root.lemma_, 'VBN')} by {_low(who, parts['nsubj'])} {rest}."
    if "agent" in parts and "nsubjpass" in parts and "neg" not in parts and "aux" not in parts:
        doer = next((c for c in parts["agent"].children if c.dep_ == "pobj"), None)
        be = parts.get("auxpass")
        if doer is not None and be is not None and be.tag_ in ("VBD", "VBZ", "VBP"):
            verb = inflected(root.lemma_, "VBD" if be.tag_ == "VBD" else "VBP" if doer.tag_ in ("NNS", "NNPS") else "VBZ")
            rest = sentence.doc[parts["agent"].right_edge.i + 1 : sentence.end].text.strip(" .")
            return f"{_tree(doer)} {verb} {_low(_tree(parts['nsubjpass']), parts['nsubjpass'])} {rest}."
    return None


def _fronted(sentence: Any, text: str, rng: random.Random) -> str | None:
    """'In 1990, it ended.' and 'It ended in 1990.'"""
    match = re.match(r"((?:In|On|At|During|After|Before|By|Since|From|For|With|Under)\b[^,]{2,40}), ([^,]+?)\.?$", text)
    if match:
        return f"{match[2]} {match[1][0].lower()}{match[1][1:]}."
    match = re.match(r"(.{15,}?) ((?:in|on|during|after|before|since) [^,.]{3,30})\.?$", text)
    return f"{match[2][0].upper()}{match[2][1:]}, {match[1]}." if match else None


def _synonyms(sentence: Any, text: str, rng: random.Random) -> str:
    swapped = 0
    denied = any(token.dep_ == "neg" or token.text.lower() in KEPT for token in sentence)
    for token in rng.sample(list(sentence), len(sentence)):
        if swapped < 3 and token.pos_ in ("NOUN", "VERB", "ADJ", "ADV") and not token.ent_type_:
            found = synonyms(token.lemma_.lower(), token.pos_)
            if not found and token.pos_ == "NOUN" and not denied:
                found = hypernyms(token.lemma_.lower(), token.pos_)
            if found:
                before, there, after = text.partition(token.text)
                text = f"{before}{inflected(found[0], token.tag_)}{after}" if there else text
                swapped += bool(there)
    return text


def _phrases(sentence: Any, text: str, rng: random.Random) -> str:
    fit = [(old, new) for old, new in SAME if re.search(rf"(?<!\w){re.escape(old)}(?!\w)", text)]
    for old, new in rng.sample(fit, min(2, len(fit))):
        text = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, text, count=1)
    return text


def _digits(sentence: Any, text: str, rng: random.Random) -> str:
    for digits, word in DIGITS.items():
        text = re.sub(rf"(?<![\w.,]){re.escape(digits)}(?![\w,.])", word, text)
    return text


def _named(sentence: Any, text: str, title: str) -> str:
    """'It is ...' said with the name of what the paragraph is about, where it begins with 'It'."""
    return re.sub(r"^It (?=is|was|has|uses|runs|provides|supports|became)", lambda _: f"{title} ", text)


def _tree(token: Any) -> str:
    return token.doc[token.left_edge.i : token.right_edge.i + 1].text.strip()


def _low(text: str, head: Any) -> str:
    return text if head.pos_ == "PROPN" or head.ent_type_ or text[:2].isupper() else text[0].lower() + text[1:]
