"""eval/claims.yaml -> the claims in it, each with the passages it is judged against. What cannot be meant is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import StringConstraints, TypeAdapter, ValidationError, with_config

SUPPORTED = frozenset("verbatim paraphrase combined derived number-form voice negation-kept quantifier-kept weaker".split())
SWITCHED = frozenset({"number", "negation-added", "negation-dropped", "quantifier"})  # what similarity sees least of
REFUSED = SWITCHED | frozenset("unit date name comparative roles detail attribute modality order cause absent".split())

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"\w")]


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True)
class Judged:
    """Passages, and claims about them, each as (kind, claim)."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    passages: tuple[Words, ...]
    claims: tuple[tuple[str, Words], ...]


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True)
class ClaimSet:
    """The whole file."""

    name: Words
    version: int
    evidence: tuple[Judged, ...]


def load_claims(path: Path) -> ClaimSet:
    """The claims of a YAML file. Raises ValueError, naming the file and the evidence, for anything that cannot be meant."""
    try:
        found = TypeAdapter(ClaimSet).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise ValueError(f"{path}: {error}") from error
    for complaint in _complaints(found):
        raise ValueError(f"{path}: {complaint}")
    return found


def _complaints(found: ClaimSet) -> Iterator[str]:
    ids: set[str] = set()
    texts: set[str] = set()
    for judged in found.evidence:
        if judged.id in ids:
            yield f"the id '{judged.id}' is given twice."
        ids.add(judged.id)
        if not judged.passages or not 3 <= len(judged.claims) <= 8:
            yield f"'{judged.id}' needs passages and three to eight claims."
        for kind, claim in judged.claims:
            if kind not in SUPPORTED | REFUSED:
                yield f"'{judged.id}': there is no kind '{kind}'; there are {', '.join(sorted(SUPPORTED | REFUSED))}."
            if claim.casefold() in texts:
                yield f"'{judged.id}': the claim '{claim}' is given twice."
            texts.add(claim.casefold())
        if len({kind in SUPPORTED for kind, _ in judged.claims}) < 2:
            yield f"'{judged.id}' needs claims that are supported and claims that are not."
