"""Question sets: what loads, and what is refused with its file, line and case."""

from pathlib import Path

import pytest

from notebot.errors import UsageError
from notebot.evals.cases import Case, Limit, Place, check_places, load_cases
from notebot.evals.figures import FIGURES
from notebot.types import Chunk, Status, Turn

ROOT = Path(__file__).parents[2]

GOOD = """\
name: small
version: 3
thresholds:
  facts: {at_least: 0.5}
cases:
  - id: tea
    question: Which tea do I drink?
    expect: [answered, quoted]
    facts: [[green tea, sencha], [two cups]]
    gold: [{source: drinks.md, heading: Tea, lines: [3, 5]}]
    tags: [one-place]
    history: [{role: user, text: Hello}]
  - id: wine
    question: Which wine?
    expect: [not_in_notes, stub]
    forbidden: [Riesling]
"""


def load(folder: Path, text: str) -> tuple[Case, ...]:
    path = folder / "set.yaml"
    path.write_text(text, encoding="utf-8")
    return load_cases(path, figures=FIGURES).cases


def test_every_field_arrives(tmp_path):
    (tmp_path / "set.yaml").write_text(GOOD)
    loaded = load_cases(tmp_path / "set.yaml", figures=FIGURES)
    assert (loaded.name, loaded.version, loaded.thresholds) == ("small", 3, {"facts": Limit(at_least=0.5)})
    tea, wine = loaded.cases
    assert tea == Case(
        id="tea",
        question="Which tea do I drink?",
        expect=(Status.ANSWERED, Status.QUOTED),
        facts=(("green tea", "sencha"), ("two cups",)),
        gold=(Place("drinks.md", ("Tea",), (3, 5)),),
        tags=("one-place",),
        history=(Turn("user", "Hello"),),
    )
    assert tea.answerable
    assert not wine.answerable
    assert wine.forbidden == ("Riesling",)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("    tags:", "    tag:", 11, "case 'tea': there is no field 'tag'"),
        ("name: small", "name: small\ntitle: x", 2, "there is no field 'title'"),
        ("{source: drinks.md, heading: Tea, ", "{source: drinks.md, header: Tea, ", 10, "case 'tea': there is no field 'header'"),
        ("    question: Which wine?\n", "", 13, "case 'wine': the field 'question' is missing"),
        ("version: 3\n", "", 1, "the field 'version' is missing"),
        ("version: 3", "version: three", 2, "version: "),
        ("question: Which wine?", "question: 2020", 14, "case 'wine': question: this should be text; put it in quotes"),
        ("[Riesling]", "[yes]", 16, "case 'wine': forbidden: this should be text; put it in quotes"),
        ("[Riesling]", "['  ']", 16, "case 'wine': forbidden"),
        ("[not_in_notes, stub]", "[absent]", 15, "case 'wine': expect: input should be 'answered'"),
        ("[not_in_notes, stub]", "stub", 15, "case 'wine': expect: input should be a valid list"),
        ("[not_in_notes, stub]", "[stub, answered]", 15, "case 'wine': all statuses answer"),
        ("[not_in_notes, stub]", "[]", 15, "case 'wine': name at least one status"),
        ("id: wine", "id: tea", 13, "case 'tea': this id is taken"),
        ("id: wine", "id: Red wine", 13, "case 'Red wine': id: "),
        ("role: user", "role: system", 12, "case 'tea': role: input should be 'user' or 'assistant'"),
        ("lines: [3, 5]", "lines: [5, 3]", 10, "case 'tea': lines are the first and the last"),
        ("lines: [3, 5]", "lines: [3]", 10, "case 'tea': lines: give the first and the last"),
        (", heading: Tea, lines: [3, 5]", "", 10, "case 'tea': a place needs a heading, or lines"),
        ("    gold: [{source: drinks.md, heading: Tea, lines: [3, 5]}]\n", "", 8, "case 'tea': a question that can be answered"),
        ("[two cups]", "[]", 9, "case 'tea': a group of facts is empty"),
        (
            "    forbidden:",
            "    short: [red]\n    forbidden:",
            16,
            "case 'wine': a question that cannot be answered has no short answer",
        ),
        ("    forbidden:", "    answerable: true\n    forbidden:", 16, "case 'wine': give either answerable or expect"),
        ("expect: [not_in_notes, stub]", "answerable: perhaps", 15, "case 'wine': answerable: write true or false"),
        ("    forbidden:", "    split: train\n    forbidden:", 16, "case 'wine': split: input should be 'dev' or 'test'"),
        (
            "    forbidden:",
            "    facts: [[red]]\n    forbidden:",
            16,
            "case 'wine': a question that cannot be answered has no facts",
        ),
        ("facts: {at_least", "factz: {at_least", 4, "there is no figure 'factz'"),
        ("cases:\n", "pages: {https://a.example/x#y: a.html}\ncases:\n", 5, "write the address as https://a.example/x."),
        ("cases:\n", "pages: {ftp://a.example: a.html}\ncases:\n", 5, "this is no address of a page: "),
        ("cases:\n", "pages: {https://a.example: ../a.html}\ncases:\n", 5, "name a file in the folder of the set, or below"),
        ("cases:\n", "pages: {https://a.example: /etc/a.html}\ncases:\n", 5, "name a file in the folder of the set, or below"),
        ("cases:\n", "pages: [a.html]\ncases:\n", 5, "pages: input should be a valid dictionary"),
        ("{at_least: 0.5}", "{}", 4, "give either at_least or at_most"),
        ("{at_least: 0.5}", "{at_least: true}", 4, "at_least: "),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path, old, new, line, said):
    assert GOOD.count(old) == 1
    with pytest.raises(UsageError) as refused:
        load(tmp_path, GOOD.replace(old, new))
    assert f"{tmp_path / 'set.yaml'}, line {line}: " in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", ", line 1, column 8: "),
        (GOOD.replace("    tags:", "    id: other\n    tags:"), ", line 11, column 5: the key 'id' is given twice."),
        ("", "a question set starts with the keys"),
        ("- one\n- two\n", "a question set starts with the keys"),
        ("name: x\nversion: 1\nthresholds: {}\ncases: []\n", ", line 4: there is no case."),
        ("? [a, b]\n: c\n", ", line 1, column 3: "),
    ],
)
def test_a_file_that_is_no_question_set(tmp_path, text, said):
    with pytest.raises(UsageError) as refused:
        load(tmp_path, text)
    assert said in str(refused.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        load_cases(tmp_path / "missing.yaml", figures=FIGURES)
    with pytest.raises(UsageError, match="Is a directory"):
        load_cases(tmp_path, figures=FIGURES)
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_cases(tmp_path / "latin.yaml", figures=FIGURES)


@pytest.mark.parametrize(
    ("place", "heading", "lines", "inside"),
    [
        (Place("n.md", ("CI/CD",)), ("CI/CD: GitHub Actions",), (7, 7), True),  # the words before the colon are enough
        (Place("n.md", ("ci/cd",)), ("CI/CD: GitHub Actions",), (7, 7), True),
        (Place("n.md", ("Feature",)), ("Feature selection",), (7, 7), False),  # but not any beginning
        (Place("n.md", ("Ray",)), ("Ray/",), (7, 7), True),
        (Place("n.md", ("Setup",)), ("Guide", "Setup", "Linux"), (7, 7), True),  # below the heading is inside it
        (Place("n.md", ("Guide", "Linux")), ("Guide", "Setup", "Linux"), (7, 7), False),  # a path has no gaps
        (Place("n.md", ("Setup", "Linux")), ("Guide", "Setup", "Linux"), (7, 7), True),
        (Place("n.md", ("Guide", "Setup")), ("Guide",), (7, 7), False),
        (Place("n.md", (), (3, 5)), (), (5, 9), True),  # one line in common
        (Place("n.md", (), (3, 5)), (), (6, 9), False),
        (Place("n.md", ("Setup",), (3, 5)), ("Other",), (3, 5), False),  # both, where both are given
    ],
)
def test_what_is_inside_a_place(place, heading, lines, inside):
    assert place.holds(heading, *lines) is inside


def test_gold_that_is_not_in_the_index_names_the_case():
    chunk = Chunk("c", "n.md", "n", ("Tea",), "# Tea\ngreen", 1, 2, False, ())

    def check(place: Place) -> None:
        case = Case("tea", "Which?", (Status.ANSWERED,), (("green",),), gold=(place,))
        check_places([case], lambda source: [chunk] if source == "n.md" else [])

    check(Place("n.md", ("Tea",)))
    check(Place("n.md", (), (2, 2)))
    with pytest.raises(UsageError, match=r"Case 'tea': n\.md, Coffee is not in the index"):
        check(Place("n.md", ("Coffee",)))
    with pytest.raises(UsageError, match=r"Case 'tea': n\.md, Tea, lines 3 to 9 is not in the index"):
        check(Place("n.md", ("Tea",), (3, 9)))
    with pytest.raises(UsageError, match=r"Case 'tea': there is no note m\.md"):
        check(Place("m.md", ("Tea",)))
    with pytest.raises(UsageError, match=r"Case 'tea': the page https://a\.example is not in the .*notebot eval ingest SET"):
        check(Place("https://a.example", ("Tea",)))


def test_the_shipped_set_loads_and_its_gold_headings_are_in_the_shipped_notes():
    shipped = load_cases(ROOT / "eval" / "knowledge.yaml", figures=FIGURES)
    lines = (ROOT / "knowledge" / "notes.md").read_text(encoding="utf-8").splitlines()
    headings = [
        Chunk(str(number), "notes.md", "", (line.removeprefix("# "),), line, number, number, False, ())
        for number, line in enumerate(lines, start=1)
        if line.startswith("# ")
    ]
    check_places(shipped.cases, lambda source: headings if source == "notes.md" else [])
    silent = sum(not case.answerable for case in shipped.cases)
    assert len(shipped.cases) >= 60
    assert silent / len(shipped.cases) > 1 / 3


def test_answerable_stands_for_the_statuses(tmp_path):
    wine = load(tmp_path, GOOD.replace("expect: [not_in_notes, stub]", "answerable: false"))[1]
    assert set(wine.expect) == {Status.NOT_IN_NOTES, Status.STUB}
    tea = load(tmp_path, GOOD.replace("expect: [answered, quoted]", "answerable: true"))[0]
    assert set(tea.expect) == {Status.ANSWERED, Status.PARTIAL, Status.QUOTED, Status.DISAGREE}


def test_lines_of_json_load_like_yaml_and_complain_with_their_line(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text(
        '{"id": "a", "question": "One?", "answerable": false}\n{"id": "b", "question": "Two?", "answerable": false}\n'
    )
    assert [case.id for case in load_cases(path, figures=FIGURES).cases] == ["a", "b"]
    path.write_text(
        '{"id": "a", "question": "One?", "answerable": false}\n{"id": "a", "question": "Two?", "answerable": false}\n'
    )
    with pytest.raises(UsageError, match=r"set\.jsonl, line 2: case 'a': this id is taken by an earlier case"):
        load_cases(path, figures=FIGURES)
    path.write_text('{"id": "a", "question": "One?", "answerable": false, "tag": []}\n')
    with pytest.raises(UsageError, match=r"line 1: case 'a': there is no field 'tag'"):
        load_cases(path, figures=FIGURES)


def test_a_set_for_another_collection_is_told_as_one():
    other = [Case(f"c{number}", "?", (Status.ANSWERED,), (("x",),), gold=(Place(f"{number}.md", ("H",)),)) for number in range(2)]
    with pytest.raises(UsageError, match="None of the 2 notes that this set asks about is in the index"):
        check_places(other, lambda source: [])


@pytest.mark.parametrize(
    "path", ["eval/knowledge.yaml", "eval/collections/household/set.yaml", "eval/collections/workshop/set.yaml"]
)
def test_the_project_s_own_sets_load_and_their_places_are_in_the_notes(path):
    loaded = load_cases(ROOT / path, figures=FIGURES)
    assert {case.split for case in loaded.cases} <= {"dev", "test"}
    for place in {place for case in loaded.cases for place in case.gold}:
        folder = ROOT / "knowledge" if "knowledge" in path else (ROOT / path).parent / "notes"
        assert any(
            line.startswith("#") and place.heading[-1].casefold() in line.casefold()
            for line in (folder / place.source).read_text(encoding="utf-8").splitlines()
        ), place


def test_the_set_is_large_enough_and_has_every_kind_of_question():
    cases = load_cases(ROOT / "eval/knowledge.yaml", figures=FIGURES).cases
    assert len(cases) >= 150
    cases += load_cases(ROOT / "eval/collections/household/set.yaml", figures=FIGURES).cases
    wanted = "one-place several-places linked-page heading-only stub unanswerable near-miss negation number contradictory-notes"
    assert {*wanted.split(), "follow-up", "typo", "abbreviation", "injection"} <= {tag for case in cases for tag in case.tags}
