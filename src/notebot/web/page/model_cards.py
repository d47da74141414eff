"""Which model answers and where it runs, what there is to choose from, and how to get a better one: in words and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from notebot.errors import ModelError
from notebot.models.ollama import OllamaServer, is_loopback
from notebot.models.registry import PACKAGED_CHAT, ModelRow, chosen_chat, list_models
from notebot.settings import Settings
from notebot.web.page.harmless import prose, text
from notebot.web.page.pulling import Download

SUGGESTED = "qwen3:4b"  # 2.6 GB, and reads and writes well enough on an ordinary laptop
ELSEWHERE = "ollama (runs elsewhere)"


@dataclass(frozen=True, slots=True)
class Models:
    """What could answer now. `answers` is what would, empty if nothing can; then `problem` says why. `ollama`: it is there."""

    answers: str
    problem: str
    ollama: bool
    rows: tuple[ModelRow, ...]


def models_now(settings: Settings) -> Models:
    """Look at what there is. Asks the Ollama server, and waits for it a moment where it is far away."""
    there = OllamaServer(settings.ollama_host).reachable()
    answers, problem = "", ""
    try:
        answers = chosen_chat(settings.model, ollama_host=settings.ollama_host)
    except ModelError as error:
        problem = str(error)
    listed = list_models(model=settings.model, embedder=settings.embedder, ollama_host=settings.ollama_host) if there else None
    rows = tuple(row for row in listed.rows if row.kind == "chat") if listed else ()
    return Models(answers, problem, there, rows)


def choices(settings: Settings, models: Models) -> list[tuple[str, str]]:
    """Label and value of every model that can be chosen; the one that is set is among them, whatever it is."""
    automatic = models.answers if settings.model == "auto" and models.answers else "Ollama's, where it has one"
    found = [(f"Automatic: the best that is there ({automatic})", "auto"), (f"{PACKAGED_CHAT}, comes with notebot", "packaged")]
    for row in models.rows:
        if row.where.startswith("ollama"):
            size = f", {row.size / 1e9:.1f} GB" if row.size >= 1e8 else ""
            away = ": runs on another company's machines, your notes would leave this one" if row.where == ELSEWHERE else ""
            found.append((f"{row.name.removeprefix('ollama/')}, in Ollama{size}{away}", row.name))
    value = chosen_value(settings.model, [value for _, value in found])
    if value not in {known for _, known in found}:
        own = settings.model.lower().endswith(".gguf") or settings.model.startswith("llamaindex:")
        found.append((settings.model if own else f"{settings.model} (not installed)", value))
    return found


def chosen_value(model: str, values: Sequence[str]) -> str:
    """The one of `values` that means the setting `model`: `qwen3`, `ollama/qwen3` and `ollama/qwen3:latest` are one."""
    if model in ("packaged", "smollm2"):
        return "packaged"
    full = f"ollama/{model.removeprefix('ollama/')}"
    return next((value for value in (model, full, f"{full}:latest") if value in values), model)


def runs_where(settings: Settings, models: Models) -> tuple[bool, str]:
    """Whether notes stay on this machine when they are asked about, and in words, where they go."""
    host = urlsplit(settings.ollama_host).hostname or settings.ollama_host
    name = models.answers
    if name.startswith("llamaindex:"):
        return False, "to wherever that package sends them"
    if not name.startswith("ollama/"):
        return True, "it runs inside notebot, on this machine"
    if not is_loopback(settings.ollama_host):
        return False, f"to {host}"
    if any(row.name == name and row.where == ELSEWHERE for row in models.rows):
        return False, "through Ollama to its servers"
    return True, "it runs in Ollama on this machine"


def now_html(settings: Settings, models: Models) -> str:
    """Which model answers now, and whether that is local."""
    if not models.answers:
        return f'<div class="situation trouble"><h2>No model can answer at the moment</h2><p>{prose(models.problem)}</p></div>'
    local, where = runs_where(settings, models)
    said = (
        f'<dl class="now"><dt>Answers now</dt><dd><strong>{text(models.answers)}</strong></dd><dt>Runs locally</dt>'
        f"<dd><strong>{'yes' if local else 'no'}</strong>, {text(where)}</dd></dl>"
    )
    if local:
        return said + _tip(settings, models)
    leave = "Notes will leave this machine: the passages that an answer rests on, and your questions, go "
    return (
        f'{said}<p class="notice"><strong>{leave}{text(where)}.</strong> Choose a model that runs here if that is not meant.</p>'
    )


def download_html(download: Download) -> str:
    """How far a download is, or how the last one ended."""
    name = f"<code>{text(download.name)}</code>"
    if download.working:
        step = download.progress
        if step is None or not step.total:
            doing = text(step.status) if step and step.status else "asking Ollama"
            return f'<p class="said">Downloading {name}</p><progress aria-label="Download"></progress><p class="file">{doing}</p>'
        numbers = f"{step.done / 1e6:,.0f} of {step.total / 1e6:,.0f} MB"
        return (
            f'<p class="said">Downloading {name}</p>'
            f'<progress max="{step.total}" value="{step.done}" aria-label="Download"></progress>'
            f'<p class="file">{numbers} · {text(step.status)}</p>'
        )
    if download.problem:
        return f'<p class="said notice">{prose(download.problem)}</p>'
    if download.cancelled:
        kept = "What has arrived stays, and the next one goes on from there."
        return f'<p class="said">The download of {name} was cancelled. {kept}</p>'
    return f'<p class="said">{name} is ready. Choose it above.</p>' if download.ready else ""


def _tip(settings: Settings, models: Models) -> str:
    """How to get a better model than the small one that comes with notebot."""
    if models.answers != PACKAGED_CHAT or settings.model != "auto":
        return ""
    if models.ollama:
        return (
            '<div class="tip"><h2>Ollama is there, and has no model that can answer yet</h2><p>The small model that comes with '
            f"notebot answers meanwhile. Download a better one below; <code>{SUGGESTED}</code> is a good start.</p></div>"
        )
    return (
        f'<div class="tip"><h2>Ollama does not answer at <bdi>{text(settings.ollama_host)}</bdi></h2>'
        "<p>The small model that comes with notebot answers meanwhile; larger ones write better. To get one:</p>"
        '<ol class="steps"><li>Install Ollama from <a href="https://ollama.com/download" '
        'target="_blank" rel="noopener noreferrer">ollama.com</a></li>'
        f"<li>Start it: <code>ollama serve</code></li><li>Get a model: <code>ollama pull {SUGGESTED}</code></li></ol>"
        "<p>Then look again. notebot takes it by itself.</p></div>"
    )
