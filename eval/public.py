"""A public set as a collection of notes and a question set, asked by the bot that people use.

    python eval/public.py squad2 PATH_TO_BENCH [--sample 300] [--seed 7] [--into FOLDER] [-- --declining --at-once 4]

squad2: each paragraph of SQuAD 2.0's dev half becomes a note; so many answerable questions are asked (gold: the paragraph),
and as many that no paragraph answers, though one looks as if it did. pairs: two of its answerable questions at once. til: each
note's title has to find its note; here add --retrieval-only. What follows `--` goes to `notebot eval run`; NOTEBOT_MODEL and
the other settings count as ever. The collection, its index and its runs stay in FOLDER (.cache/public/SET), where
`notebot --data FOLDER/data eval compare` finds them. A set that is not there is skipped.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# At most 16 words, and none of them points at another sentence.
ALONE = re.compile(
    r"(?!.*\b(?:it|its|they|them|their|he|she|his|her|this|that|these|those)\b)"
    r"(?:what|which|who|when|where|how|why)(?: \S+){2,15}$",
    re.I,
)
Case = dict[str, object]
Made = tuple[Path, list[Case]]  # the notes, and the cases


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sample", type=int, default=300, help="cases of either kind; 0 takes all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--into", type=Path, help="where notes, index and runs are kept")
    own, _, rest = "\0".join(sys.argv[1:]).partition("\0--\0")
    given = parser.parse_args(own.split("\0"))
    if not given.bench.is_dir() or not any(given.bench.glob(WHERE[given.set])):
        say(f"Skipped: {given.bench / WHERE[given.set]} is not there.")
        return 0
    folder = given.into or Path(".cache/public") / given.set
    folder.mkdir(parents=True, exist_ok=True)
    notes, cases = SETS[given.set](given.bench, folder, random.Random(given.seed), given.sample)  # noqa: S311 - no secret
    questions = folder / f"{given.set}.jsonl"
    lines = [{"name": given.set, "version": 1, "thresholds": {"errors": {"at_most": 0.0}}}, *cases]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    say(f"{len(cases)} questions on the notes in {notes}")
    notebot = [sys.executable, "-m", "notebot", "--knowledge", str(notes), "--data", str(folder / "data")]
    for command in (["ingest", "--offline"], ["eval", "run", str(questions), *filter(None, rest.split("\0"))]):
        if code := subprocess.run([*notebot, *command], check=False).returncode:  # noqa: S603 - our own program
            return code
    return 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def squad2(bench: Path, folder: Path, rng: random.Random, sample: int) -> Made:
    """As many of either kind. A note is named by its paragraph, and has the title of its article."""
    notes = folder / "notes"
    shutil.rmtree(notes, ignore_errors=True)
    notes.mkdir()
    for row in rows(bench / "squad2/corpus.jsonl"):
        (notes / _note(row)).write_text(f"# {row['title']}\n\n{row['text']}\n", encoding="utf-8")
    asked = list(rows(bench / "squad2/questions.jsonl"))
    kinds = [[row for row in asked if row["answerable"] is answerable] for answerable in (True, False)]
    chosen = [row for kind in kinds for row in (rng.sample(kind, sample) if 0 < sample < len(kind) else kind)]
    return notes, [_squad_case(row) for row in chosen]


def _squad_case(row: Case) -> Case:
    case: Case = {"id": str(row["id"]).lower(), "question": row["question"], "answerable": row["answerable"], "split": "test"}
    if not row["answerable"]:
        return case | {"tags": ["unanswerable"]}
    answers = [answer for answer in _strings(row["answers"]) if re.search(r"\w", answer)]
    gold = {"source": _note(row, "paragraph_id"), "lines": [1, 3]}
    return case | {"facts": [answers], "short": answers, "gold": [gold], "tags": ["answerable"]}


def pairs(bench: Path, folder: Path, rng: random.Random, sample: int) -> Made:
    """Two answerable questions in one, so many times; of those that begin with a question word and point at nothing."""
    notes, cases = squad2(bench, folder, rng, 0)
    alone = [case for case in cases if case["answerable"] and ALONE.match(str(case["question"]))]
    rng.shuffle(alone)
    both = list(zip(alone[0::2], alone[1::2], strict=False))[: sample or None]
    return notes, [_pair(f"pair-{number}", one, other) for number, (one, other) in enumerate(both, 1)]


def _pair(name: str, one: Case, other: Case) -> Case:
    first, second = str(one["question"]).rstrip("? "), str(other["question"])
    places = {key: [*one[key], *other[key]] for key in ("facts", "gold")}  # type: ignore[misc]
    question = f"{first}, and {second[0].lower()}{second[1:]}"
    return {"id": name, "question": question, "answerable": True, "split": "test", "tags": ["two-questions"], **places}


def til(bench: Path, folder: Path, rng: random.Random, sample: int) -> Made:
    """A note's first line as a question for it. The notes stay where they are."""
    notes = bench / "notes/til"
    paths = [path for path in sorted(notes.rglob("*.md")) if not any(part.startswith(".") for part in path.parts)]
    titles = {path: path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").strip() for path in paths}
    known = [path for path in paths if re.search(r"\w", titles[path])]
    chosen = rng.sample(known, sample) if 0 < sample < len(known) else known
    sources = [path.relative_to(notes).as_posix() for path in chosen]
    return notes, [
        {"id": f"til-{number}", "question": titles[path], "answerable": True, "split": "test", "gold": [_whole(path, source)],
         "facts": [[titles[path]]]}
        for number, (path, source) in enumerate(zip(chosen, sources, strict=True), 1)
    ]  # fmt: skip


def _whole(path: Path, source: str) -> Case:
    return {"source": source, "lines": [1, path.read_text(encoding="utf-8").count("\n") + 1]}


SETS: dict[str, Callable[[Path, Path, random.Random, int], Made]] = {"squad2": squad2, "pairs": pairs, "til": til}
WHERE = {"squad2": "squad2/questions.jsonl", "pairs": "squad2/questions.jsonl", "til": "notes/til"}


def rows(path: Path) -> Iterator[Case]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _note(row: Case, key: str = "id") -> str:
    return f"{str(row[key]).replace('/', '_')}.md"


def _strings(value: object) -> list[str]:
    return list(dict.fromkeys(map(str, value))) if isinstance(value, list) else []


if __name__ == "__main__":
    raise SystemExit(main())
