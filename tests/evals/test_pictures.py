"""What the pictures say in words and numbers is what the run holds."""

from made_run import INVENTED, OUTCOMES, RIGHT, SILENT
from notebot.evals.labels import claims_of, label_of
from notebot.evals.pictures import pictures, table


def test_risk_reliability_and_time():
    html = pictures(OUTCOMES)
    assert html.count("<figure>") == 3
    assert "Answering 67% of the questions, 50% of what is shown is not correct" in html
    assert "by the word judge, over 3 claims" in html
    assert "Half of the 3 answers stood within 1.0 s, 95 % within 3.0 s, all within 3.0 s." in html


def test_people_s_labels_take_the_place_of_the_judge():
    labels = [label_of(claim, "not") for claim in claims_of(OUTCOMES)]
    assert "by 3 labels that people gave" in pictures(OUTCOMES, labels)
    assert "by the word judge" in pictures(OUTCOMES, [label_of(claims_of(OUTCOMES)[0], "skip")])


def test_nothing_to_draw_draws_nothing():
    assert pictures([]) == ""
    assert pictures([SILENT]).count("<figure>") == 1
    assert pictures([RIGHT, INVENTED]).count("<figure>") == 3


def test_a_table_can_be_scrolled_and_has_headers():
    html = table(["<a>", "b"], [["1", "2"]], "numbers")
    assert 'tabindex="0" role="region" aria-label="numbers"' in html
    assert '<th scope="col">&lt;a&gt;</th>' in html
    assert '<th scope="row">1</th><td>2</td>' in html
