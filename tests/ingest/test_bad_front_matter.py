"""Front matter and links that notebot must survive, by their number in the list of bad inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebot.ingest.loaders import load
from notebot.types import Document
from pace import within

if TYPE_CHECKING:
    from conftest import Desk

pytestmark = pytest.mark.alone  # what each may take is counted


def front(block: str, mark: str = "---") -> Document:
    with within(1):
        return load("a.md", f"{mark}\n{block}\n{mark}\nbody\n".encode())


@pytest.mark.parametrize(
    ("block", "warning"), [("a: [1", "not valid YAML"), ("a: b: c", "not valid YAML"), ("just words", "not a list of keys")]
)
def test_input_46_invalid_yaml(block: str, warning: str) -> None:
    document = front(block)
    assert document.front_matter == {}
    assert document.sections[0].first_line == 1
    assert any(block in section.text for section in document.sections)
    assert warning in document.warnings[0]


@pytest.mark.parametrize("mark", ["---", "+++"])
def test_input_47_front_matter_that_never_ends(mark: str) -> None:
    document = load("a.md", f"{mark}\ntitle: x\n\nbody\n".encode())
    assert document.front_matter == {}
    assert document.sections[0].text.endswith("body")


def test_input_48_aliases_do_not_multiply() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert sum(map(len, front("\n".join(lines)).front_matter.values())) < 10_000


def test_input_49_tags_of_yaml_are_not_obeyed() -> None:
    assert front("run: !!python/object/apply:os.system [echo]").front_matter == {"run": "echo"}
    assert front("run: !!python/name:os.system").front_matter == {"run": ""}


def test_input_50_toml_and_json() -> None:
    toml = front('title = "The title"\ntags = ["a", "b c"]\nwhen = 2023-02-03\n[deep]\nx = [[1]]', "+++")
    assert (toml.title, toml.tags, toml.sections[0].text) == ("The title", ("a", "b c"), "body")
    assert (toml.front_matter["when"], toml.front_matter["deep"]) == ("2023-02-03", '{"x": [[1]]}')
    json = load("a.md", b'{\n  "title": "The title",\n  "tags": "a b"\n}\n\nbody\n')
    assert (json.title, json.tags, json.sections[0].text, json.sections[0].first_line) == ("The title", ("a", "b"), "body", 6)
    broken = front("title = ", "+++")
    assert broken.sections[0].text.startswith("+++")
    assert "not valid TOML" in broken.warnings[0]
    for text in ("{% raw %}", "{a} x", '{"a": 1} x', "{" * 5_000, '{"a":' * 9_000):
        document = load("a.md", text.encode())
        assert (document.front_matter, document.sections[0].text) == ({}, text.rstrip())


def test_input_51_a_key_twice() -> None:
    document = front("id: 1\nid: 2\ntags: [x]\ntags: [y]")
    assert (document.front_matter["id"], document.tags) == ("2", ("y",))
    assert document.warnings == (
        "its front matter has 'id' twice; the last one counts",
        "its front matter has 'tags' twice; the last one counts",
    )


def test_input_52_values_of_other_kinds() -> None:
    nested = "".join(f"{' ' * depth}k{depth}:\n" for depth in range(50))
    document = front(f"when: 2023-02-30\nyes: no\nn: 010\ntags: [1, 2.5, null, [a, b], {{c: d}}]\n{nested}")
    values = document.front_matter
    assert (values["when"], values["yes"], values["n"]) == ("2023-02-30", "no", "010")
    assert "k49" in values["k0"]
    assert document.tags == ("1", "2.5", "null", "a, b", "{c: d}")
    assert "too deep" in front("a: " + "[" * 5000).warnings[0]
    assert "too long" in front("a: " + "x" * 70_000).warnings[0]


def test_input_53_a_forged_id(desk: Desk) -> None:
    desk.write("a.md", "apples")
    desk.ingest()
    (original,) = [item for item in desk.everything() if isinstance(item, tuple) and hasattr(item[0], "id")]
    desk.write("b.md", f"---\nid: {original[0].id}\nsource: a.md\n---\nbananas")
    desk.ingest()
    assert (desk.says("apples"), desk.says("bananas")) == (["a.md"], ["b.md"])


def test_input_62_five_thousand_links_in_one_note(desk: Desk) -> None:
    desk.write("a.md", "".join(f"* [x](https://x.invalid/{number}) [[n{number}]]\n" for number in range(5000)))
    with within(2):
        document = load("a.md", (desk.notes / "a.md").read_bytes())
    assert (len(set(document.links)), len(set(document.note_links))) == (5000, 5000)
    assert [link.line for link in document.links] == list(range(1, 5001))


def test_input_63_links_to_notes_that_are_not_there_or_are_two(desk: Desk) -> None:
    desk.write("a.md", "[[missing]] [[twice]] [x](gone.md) [[]] [[ ]] [[#]] [[|x]]")
    desk.write("one/twice.md", "apples")
    desk.write("two/twice.md", "bananas")
    assert desk.ingest().failed == 0
    found = load("a.md", (desk.notes / "a.md").read_bytes()).note_links
    assert [link.target for link in found] == ["gone.md", "missing", "twice"]
