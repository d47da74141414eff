"""The model that always declines, through the same door as any LlamaIndex model."""

import subprocess
import sys

from notebot.cli.evaluating import DECLINING
from notebot.models.ports import Message
from notebot.models.registry import chosen_chat, open_chat


def test_it_declines_whatever_it_is_asked():
    model = open_chat(DECLINING, ollama_host="http://127.0.0.1:9", context_tokens=2048)
    assert "".join(model.stream([Message("user", "What is tea?")], max_tokens=50)) == "I don't know."
    assert model.context_tokens == 2048
    assert chosen_chat(DECLINING, ollama_host="http://127.0.0.1:9") == DECLINING
    model.close()


def test_the_command_line_does_not_load_it():
    code = "import sys, notebot.cli.app; print('llama_index' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
