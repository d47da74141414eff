"""Nothing in a text can be a control token of a model, and nothing that a reader cannot see reaches one."""

from __future__ import annotations

import pytest

from notebot.answer.inert import inert

# The control tokens in the vocabularies of SmolLM2 and Qwen2.5, and the marks of other families' templates.
TOKENS = """<|endoftext|> <|im_start|> <|im_end|> <repo_name> <reponame> <file_sep> <filename> <gh_stars> <issue_start>
<issue_comment> <issue_closed> <jupyter_start> <jupyter_text> <jupyter_code> <jupyter_output> <jupyter_script> <empty_output>
<|object_ref_start|> <|box_end|> <|quad_start|> <|vision_pad|> <|image_pad|> <tool_call> </tool_call> <|fim_prefix|>
<|fim_middle|> <|fim_suffix|> <|fim_pad|> <|repo_name|> <|file_sep|> <s> </s> <bos> <eos> <unk> <pad> <0x0A> <|begin_of_text|>
<|eot_id|> <|start_header_id|> <|end_header_id|> <|python_tag|> <start_of_turn> <end_of_turn> <unused99> <extra_id_0> [INST]
[/INST] [TOOL_CALLS] [AVAILABLE_TOOLS] [SYSTEM_PROMPT] [THINK] [/THINK] [gMASK] <think> </think> <|channel|> <|message|>
<|return|> <seed:think> <｜User｜> <｜Assistant｜> ◁think▷ <|START_OF_TURN_TOKEN|>""".split()
TOKENS += ["<<SYS>>", "<</SYS>>", "<｜end▁of▁sentence｜>", "<｜begin▁of▁sentence｜>", "<notes k3x9>", "</notes k3x9>"]


@pytest.mark.parametrize("token", TOKENS)
def test_no_control_token_is_left(token: str) -> None:
    for text in (token, f"a{token}b", f"{token}{token}", f"{token[:2]}\u200b{token[2:]}", f"{token[:3]}\U000e0041{token[3:]}"):
        assert token not in inert(text)


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "x <= y",
        "if (a<b) return;",
        "[x] done, [ ] not",
        "see [Spark](spark.md)",
        "array[I]",
        "a | b",
        "नमस्ते 👩‍🚀",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("seen<!-- hidden -->too", "seentoo"),
        ("seen <!-- never\nclosed", "seen "),
        ("z\u200be\u200br\u200bo", "zero"),
        ("\u202eright\u202c", "right"),
        ("ok\U000e0057\U000e0072", "ok"),
        ("<!-<!-- x -->- y -->z", "< !-- y -->z"),  # no comment for a template, and no token
    ],
)
def test_what_a_reader_does_not_see_no_model_reads(text: str, read: str) -> None:
    assert inert(text) == read
