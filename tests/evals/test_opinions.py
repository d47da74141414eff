"""Calibration and second voices as a person reads them: without the judge first."""

from made_run import OUTCOMES
from notebot.evals.calibrate import calibrate
from notebot.evals.labels import claims_of, label_of
from notebot.evals.opinions import calibration_json, calibration_text, voice_figures, voice_text
from notebot.evals.second_voice import Verdict
from notebot.render import dumps

CLAIMS = claims_of(OUTCOMES)


def test_few_labels_are_called_few():
    found = calibrate([label_of(claim, "supported" if claim.shown else "not") for claim in CLAIMS])
    text = calibration_text(found)
    assert text.startswith("Exploratory: 3 labels are too few")
    assert "check: unknown" in text
    assert "believing from" in text
    assert '"standing": "unknown"' in dumps(calibration_json(found))
    assert calibration_text(calibrate([])).endswith("0 of 0 claims are supported, people say.")


def test_the_figures_without_the_judge_come_first_and_failures_count():
    said = [Verdict(claim.id, "j", claim.shown) for claim in CLAIMS[:2]] + [Verdict(CLAIMS[2].id, "j", failure="mumbled")]
    figures = voice_figures(CLAIMS, said, OUTCOMES)
    names = [figure.name for figure in figures]
    assert all(name.startswith("without") for name in names[:3])
    values = {figure.name: (figure.value, figure.n) for figure in figures}
    assert values["judge: failed"] == (1 / 3, 3)
    assert values["judge: agrees with check"] == (1.0, 2)
    assert values["without: correct"] == (1 / 3, 3)
    assert "It judges itself" in voice_text(figures, "j", itself=True)
    assert "It judges itself" not in voice_text(figures, "j", itself=False)
