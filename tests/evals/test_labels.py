"""Claims of a run, labels beside it: resumable, torn lines cut off, the latest word counts."""

import pytest

from made_run import OUTCOMES, TEA
from notebot.errors import UsageError
from notebot.evals.labels import add_label, claims_of, label_of, read_labels, unlabelled


def test_claims_are_what_the_model_wrote_with_what_it_rests_on():
    claims = {claim.text[:5]: claim for claim in claims_of(OUTCOMES)}
    assert len(claims_of(OUTCOMES)) == 3
    assert claims["Green"].evidence == (("drinks.md:2", TEA.text),)
    assert (claims["Green"].shown, claims["Green"].judge) == (True, True)
    assert (claims["Black"].shown, claims["Black"].evidence) == (False, (("drinks.md:1-2", TEA.text),))
    assert claims_of(OUTCOMES) == claims_of(OUTCOMES)


def test_labels_are_kept_and_the_latest_counts(tmp_path):
    path, claims = tmp_path / "labels.jsonl", claims_of(OUTCOMES)
    add_label(path, label_of(claims[0], "supported"))
    add_label(path, label_of(claims[1], "partly"))
    with path.open("ab") as file:
        file.write(b'{"claim": "torn')
    assert len(read_labels(path)) == 2
    add_label(path, label_of(claims[0], "not"))
    assert {label.claim: label.label for label in read_labels(path)} == {claims[0].id: "not", claims[1].id: "partly"}
    assert unlabelled(claims, read_labels(path)) == claims[2:]


def test_what_is_no_label_is_told_with_its_line(tmp_path):
    path = tmp_path / "labels.jsonl"
    with pytest.raises(UsageError, match="no labels"):
        read_labels(path)
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 1"):
        read_labels(path)
