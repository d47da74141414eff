"""Honest edits: a sentence -> sentences that say something else, each with how the two are related.

An edit is a set of replacements, so that it can be made in the evidence, in a paraphrase of it, or in both: made in both,
the claim is still carried. Whoever learns from such pairs cannot tell them by the marks that editing leaves.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import lemminflect
from wordnet import antonyms, sisters

APART, STRONGER = "apart", "stronger"  # neither entails the other; or the edited sentence entails the old one
NAMES = {"PERSON", "ORG", "GPE", "LOC", "NORP", "PRODUCT", "WORK_OF_ART", "FAC", "EVENT", "LANGUAGE", "LAW"}
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
COUNTS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty fifty".split()
ORDINALS = "first second third fourth fifth sixth".split()
SYMMETRIC = {"meet", "marry", "equal", "resemble", "join", "fight", "be", "include", "mean"}
TURNED = {
    one: other
    for pair in (
        "more less,larger smaller,higher lower,greater lesser,bigger smaller,longer shorter,faster slower,older younger,"
        "earlier later,better worse,stronger weaker,before after,above below,inside outside,increase decrease,"
        "increased decreased,increases decreases,increasing decreasing,rise fall,rose fell,north south,northern southern,"
        "east west,eastern western,most least,best worst,largest smallest,highest lowest,longest shortest,oldest newest,"
        "maximum minimum,with without,during after,over under,upper lower,begins ends,began ended,gain lose,gained lost,"
        "win lose,won lost,buy sell,bought sold,allow forbid,allows forbids,allowed forbade,enable disable,enabled disabled,"
        "include exclude,includes excludes,included excluded,accept reject,accepted rejected,required optional,"
        "public private,internal external,ancient modern,rural urban,rich poor,early late,left right,major minor,"
        "common rare,commonly rarely,easy difficult,easily hardly,cheap expensive,strong weak,male female,positive negative,"
        "active passive,temporary permanent,local remote,global local,input output,client server,read write,open close"
    ).split(",")
    for one, other in (pair.split(), pair.split()[::-1])
}
QUANTIFIERS: dict[str, tuple[tuple[str, str], ...]] = {
    "all": (("some", "weaker"), ("not all", APART), ("few", APART), ("none of", APART)),
    "every": (("not every", APART), ("almost no", APART)),
    "each": (("not every", APART),),
    "most": (("few", APART), ("all", STRONGER), ("a minority of", APART)),
    "many": (("few", APART), ("all", STRONGER), ("hardly any", APART)),
    "some": (("no", APART), ("all", STRONGER), ("most", STRONGER)),
    "several": (("all", STRONGER), ("no", APART)),
    "always": (("never", APART), ("sometimes", "weaker"), ("rarely", APART)),
    "never": (("always", APART), ("sometimes", APART), ("often", APART)),
    "often": (("rarely", APART), ("always", STRONGER), ("never", APART)),
    "usually": (("rarely", APART), ("always", STRONGER), ("never", APART)),
    "generally": (("always", STRONGER), ("never", APART), ("rarely", APART)),
    "sometimes": (("never", APART), ("always", STRONGER)),
    "both": (("neither of the", APART), ("only one of the", APART)),
    "any": (("only one", APART),),
    "no": (("some", APART), ("many", APART)),
    "few": (("most", APART), ("many", APART)),
    "almost": (("exactly", APART), ("more than", APART)),
    "about": (("far more than", APART), ("less than half of", APART)),
    "least": (("most", APART),),
    "only": (("not only", APART), ("", "weaker")),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """Replacements made together, how the edited sentence stands to the old one, and of what kind the edit is."""

    swaps: tuple[tuple[str, str], ...]
    relation: str
    kind: str

    def apply(self, text: str) -> str | None:
        """The edited text; None where what is replaced does not stand in it exactly once."""
        found = []
        for old, new in self.swaps:
            places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", text)]
            if len(places) != 1:
                return None
            found.append((places[0], places[0] + len(old), new))
        for start, end, new in sorted(found, reverse=True):
            put = new[0].upper() + new[1:] if start == 0 and new else new
            text = text[:start] + put + text[end:]
        return re.sub(r"\s+", " ", text).strip()


Pools = dict[str, Sequence[str]]


def edits(sentence: Any, paragraph: Sequence[Any], pools: Pools, rng: random.Random) -> list[Edit]:
    """Some edits of every kind that the sentence (a spaCy span) allows. `pools` has names by their label."""
    makers: tuple[Callable[..., Iterator[Edit]], ...] = (
        _numbers, _dates, _names, _negations, _quantifiers, _turned, _antonyms, _roles, _subjects, _objects, _details, _modals,
        _sisters,
    )  # fmt: skip
    made: list[Edit] = []
    for maker in makers:
        found = list(maker(sentence, paragraph, pools, rng))
        made.extend(rng.sample(found, min(2, len(found))))
    return [edit for edit in made if all(old != new for old, new in edit.swaps)]


def _numbers(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for token in sentence:
        text, low = token.text, token.text.lower()
        if re.fullmatch(r"1\d{3}|20\d\d", text):
            yield Edit(((text, str(int(text) + rng.choice([-30, -12, -10, -5, -3, -2, -1, 1, 2, 4, 8, 10, 20]))),), APART, "date")
        elif re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d+)?", text):
            value = float(text.replace(",", ""))
            other = rng.choice([value + 1, value * 2, value * 10, value + rng.randint(2, 9), max(1.0, value - 1)])
            shown = f"{other:,.0f}" if "." not in text else f"{other:.{len(text.split('.')[1])}f}"
            yield Edit(((text, shown if "," in text or other < 1000 else shown.replace(",", "")),), APART, "number")
        elif low in COUNTS:
            yield Edit(((text, rng.choice([word for word in COUNTS if word != low])),), APART, "number")
        elif low in ORDINALS and token.dep_ in ("amod", "advmod"):
            yield Edit(((text, rng.choice([word for word in ORDINALS if word != low])),), APART, "number")
        elif low in ("million", "billion", "thousand", "hundred"):
            yield Edit(((text, rng.choice([w for w in ("million", "billion", "thousand") if w != low])),), APART, "number")


def _dates(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for token in sentence:
        for names in (MONTHS, DAYS):
            if token.text in names:
                yield Edit(((token.text, rng.choice([name for name in names if name != token.text])),), APART, "date")


def _names(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    here = {name.text for name in sentence.ents}
    for name in sentence.ents:
        if name.label_ in NAMES:
            near = [o.text for other in paragraph for o in other.ents if o.label_ == name.label_ and o.text not in here]
            pool = near if near and rng.random() < 0.6 else pools.get(name.label_, ())
            if pool:
                yield Edit(((_bare(name.text), _bare(rng.choice(list(pool)))),), APART, "name")


def _negations(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    root = sentence.root
    verbs = [t for t in sentence if t.tag_ in ("VBD", "VBZ", "VBP") and (t == root or t.dep_ in ("conj", "relcl", "ccomp"))]
    for verb in verbs:
        if any(child.dep_ == "neg" for child in verb.children) or any(c.dep_ in ("aux", "auxpass") for c in verb.children):
            continue
        if verb.i + 1 < sentence.end and verb.nbor().lower_ in ("no", "not", "never"):
            continue
        if verb.lemma_ == "be":
            yield Edit(((_from(verb, 2), f"{verb.text} {rng.choice(['not', 'not', 'never', 'no longer'])} {_next(verb)}"),),
                       APART, "negation")  # fmt: skip
            continue
        past, third = verb.tag_ == "VBD", verb.tag_ == "VBZ"
        do, fail = ("did", "failed") if past else ("does", "fails") if third else ("do", "fail")
        lacks = [f"{do} not {verb.lemma_}", f"{do} not {verb.lemma_}", f"never {verb.text}", f"{fail} to {verb.lemma_}",
                 f"no longer {verb.text}", f"hardly {verb.text}"]  # fmt: skip
        yield Edit(((verb.text, rng.choice(lacks)),), APART, "negation")
    for aux in sentence:
        if aux.dep_ in ("aux", "auxpass") and aux.text.lower() not in ("to", "been", "be", "being") and aux.i + 1 < sentence.end:
            negated = aux.nbor()
            if negated.dep_ == "neg":
                if aux.lemma_ != "do":
                    yield Edit(((f"{aux.text} {negated.text}", aux.text),), APART, "negation")
            elif not any(child.dep_ == "neg" for child in aux.head.children):
                word = rng.choice(["not", "not", "not", "never", "hardly"])
                yield Edit(((_from(aux, 2), f"{aux.text} {word} {_next(aux)}"),), APART, "negation")
        if aux.dep_ == "neg" and aux.text in ("not", "n't") and aux.head.lemma_ == "be" and aux.i > sentence.start:
            yield Edit(((f"{aux.nbor(-1).text} {aux.text}", aux.nbor(-1).text),), APART, "negation")


def _quantifiers(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for token in sentence:
        for new, relation in QUANTIFIERS.get(token.text.lower(), ()):
            yield Edit(((token.text, new),), relation, "quantifier")
    subject = _subject(sentence)
    if subject is not None and subject.root.tag_ == "NNS" and subject[0].pos_ in ("NOUN", "ADJ"):
        text = subject.text if subject[0].ent_type_ else subject.text[0].lower() + subject.text[1:]
        yield Edit(((subject.text, f"All {text}"),), STRONGER, "quantifier")
        yield Edit(((subject.text, f"{rng.choice(['No', 'Few', 'Hardly any'])} {text}"),), APART, "quantifier")
        yield Edit(((subject.text, f"Only {text}"),), STRONGER, "quantifier")
    for token in sentence:
        if token.dep_ in ("dobj", "pobj") and rng.random() < 0.15:
            phrase = sentence.doc[token.left_edge.i : token.i + 1].text
            yield Edit(((phrase, f"only {phrase}"),), STRONGER, "quantifier")
        if token.like_num and token.dep_ == "nummod" and token.i > sentence.start:
            word = rng.choice(["at least", "more than", "fewer than", "up to", "at most", "only"])
            yield Edit(
                ((token.text, f"{word} {token.text}"),),
                "weaker" if word in ("at least", "up to", "at most") else APART,
                "quantifier",
            )


def _turned(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for token in sentence:
        if token.text.lower() in TURNED:
            yield Edit(((token.text, TURNED[token.text.lower()]),), APART, "comparative")


def _antonyms(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for token in sentence:
        if token.pos_ in ("ADJ", "ADV", "VERB", "NOUN") and not token.ent_type_:
            found = antonyms(token.lemma_.lower(), token.pos_)
            if found:
                yield Edit(((token.text, inflected(rng.choice(found), token.tag_)),), APART, "opposite")


def _sisters(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for token in sentence:
        if token.pos_ in ("NOUN", "VERB") and not token.ent_type_ and len(token.text) > 3:
            found = sisters(token.lemma_.lower(), token.pos_)
            if found:
                yield Edit(((token.text, inflected(rng.choice(found), token.tag_)),), APART, "another thing")


def _roles(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for verb in sentence:
        mine = [phrase(c) for c in verb.children if c.dep_ in ("nsubj", "nsubjpass") and c.pos_ in ("NOUN", "PROPN")]
        theirs = [phrase(c) for c in verb.children if c.dep_ == "dobj" and c.pos_ in ("NOUN", "PROPN")]
        theirs += [phrase(p) for c in verb.children if c.dep_ in ("agent", "prep") for p in c.children
                   if p.dep_ == "pobj" and p.pos_ in ("NOUN", "PROPN") and p.ent_type_ != "DATE"]  # fmt: skip
        if mine and theirs and verb.lemma_ not in SYMMETRIC:
            one, other = mine[0], rng.choice(theirs)
            yield Edit(((one, other), (other, one)), APART, "roles")


def _subjects(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    mine = _subject(sentence)
    if mine is None or mine.root.pos_ == "PRON":
        return
    others = [_subject(other) for other in paragraph if other.start != sentence.start]
    plural = mine.root.tag_ in ("NNS", "NNPS")
    fit = [o.text for o in others if o is not None and o.root.pos_ != "PRON" and (o.root.tag_ in ("NNS", "NNPS")) == plural]
    fit = [text for text in fit if text.lower() not in mine.text.lower() and mine.text.lower() not in text.lower()]
    if fit:
        yield Edit(((mine.text, rng.choice(fit)),), APART, "attribute")


def _objects(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    chunks = [chunk.text for other in paragraph for chunk in other.noun_chunks if chunk.root.pos_ != "PRON"]
    for token in sentence:
        if token.dep_ in ("dobj", "pobj", "attr") and token.pos_ in ("NOUN", "PROPN"):
            old = phrase(token)
            fit = [
                text for text in chunks if text not in sentence.text and not set(text.lower().split()) & set(old.lower().split())
            ]
            if fit:
                yield Edit(((old, rng.choice(fit)),), APART, "attribute")


def _details(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    last = next((t for t in reversed(list(sentence)) if t.is_alpha or t.like_num), None)
    near = [text for other in paragraph if other.start != sentence.start for text in _modifiers(other)]
    pool = near if near and rng.random() < 0.7 else pools.get("DETAIL", ())
    if last is not None and last.i >= sentence.end - 2 and pool:
        detail = rng.choice(list(pool))
        if detail not in sentence.text:
            before = sentence.doc[max(sentence.start, last.i - 1) : last.i + 1].text
            yield Edit(((before, f"{before} {detail}"),), STRONGER, "detail")
    subject = _subject(sentence)
    if subject is not None and subject.root.pos_ == "PROPN" and rng.random() < 0.4:
        kinds = [
            chunk.text
            for other in paragraph
            for chunk in other.noun_chunks
            if chunk.text.lower().startswith(("a ", "an ", "the "))
        ]
        if kinds:
            yield Edit(((subject.text, f"{subject.text}, {rng.choice(kinds)},"),), STRONGER, "detail")


def _modals(sentence: Any, paragraph: Any, pools: Pools, rng: random.Random) -> Iterator[Edit]:
    for token in sentence:
        if token.tag_ == "MD" and token.text in ("may", "might", "could", "can", "should") and token.i + 1 < sentence.end:
            verb = token.nbor()
            if verb.tag_ == "VB":
                new = inflected(verb.text, rng.choice(["VBD", "VBZ"])) if verb.text != "be" else rng.choice(["is", "was"])
                yield Edit(((f"{token.text} {verb.text}", new),), STRONGER, "modality")
                yield Edit(((token.text, rng.choice(["must", "will always", "cannot"])),), APART, "modality")
        elif token.tag_ == "MD" and token.text in ("must", "will"):
            yield Edit(((token.text, rng.choice(["need not", "cannot", "may"])),), APART, "modality")


def _modifiers(sentence: Any) -> list[str]:
    """Phrases of a sentence that can be added to another: when, where, why, for what."""
    found = []
    for token in sentence:
        if (token.dep_ == "prep" and token.head.pos_ == "VERB" and token.pos_ == "ADP") or token.dep_ == "advcl":
            tree = sentence.doc[token.left_edge.i : token.right_edge.i + 1]
            if 2 <= len(tree) <= 10 and "," not in tree.text and token.i > sentence.start:
                found.append(tree.text)
    return found


def details(sentences: Sequence[Any]) -> list[str]:
    """Phrases for a pool of details."""
    return [text for sentence in sentences for text in _modifiers(sentence)]


def inflected(lemma: str, tag: str) -> str:
    """The lemma in the form that a Penn tag names; itself where there is none."""
    found = lemminflect.getInflection(lemma, tag=tag)
    return found[0] if found else lemma


def phrase(token: Any) -> str:
    """A noun with what stands before it; without relative clauses and the like."""
    return token.doc[token.left_edge.i : token.i + 1].text


def _subject(sentence: Any) -> Any | None:
    for token in sentence.root.children:
        if token.dep_ in ("nsubj", "nsubjpass"):
            return sentence.doc[token.left_edge.i : token.i + 1]
    return None


def _bare(name: str) -> str:
    return name.removeprefix("the ").removeprefix("The ").removesuffix("'s").strip()


def _from(token: Any, count: int) -> str:
    return token.doc[token.i : token.i + count].text


def _next(token: Any) -> str:
    return token.nbor().text if token.i + 1 < len(token.doc) else ""
