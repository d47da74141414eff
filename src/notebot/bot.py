"""The composition root: settings in, a Bot out. The only place where the parts of notebot meet."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from notebot.errors import IndexMissing, UsageError
from notebot.events import Done, Event
from notebot.retrieve.filters import narrowed, read_filters, unfiltered, written
from notebot.retrieve.question import read_question
from notebot.settings import Settings
from notebot.states import NORMAL, IndexState, IngestOptions, Plan, Progress, Summary
from notebot.steps import finished
from notebot.types import NO_FILTERS, Answer, Chunk, Filters, Passage, Turn

if TYPE_CHECKING:
    from notebot.answer.chat import Parts
    from notebot.fetch.client import Fetching, Request
    from notebot.index.catalog import Catalog
    from notebot.index.terms import Terms
    from notebot.index.vectors import VectorIndex
    from notebot.ingest.pages import LinkRules
    from notebot.models.minilm import MiniLM
    from notebot.models.ports import ChatModel, Embedder
    from notebot.models.support import SupportModel
    from notebot.retrieve.retriever import Retriever

T = TypeVar("T")


class Bot:
    """Notes to ask. Nothing is loaded until it is needed, and it stays until `close`. Safe to share between threads."""

    def __init__(self, settings: Settings, *, fetch: Callable[[Sequence[Request]], Fetching] | None = None) -> None:
        """`fetch` begins requests for linked pages; by default over the network, and for public addresses only."""
        self.settings = settings
        self._fetch_with = fetch
        self._lock = threading.RLock()
        self._opened = ExitStack()
        self._tokens: MiniLM | None = None
        self._embedder: Embedder | None = None
        self._retriever: Retriever | None = None
        self._reader: Catalog | None = None
        self._near: VectorIndex | None = None
        self._support: SupportModel | None = None
        self._models: dict[str, ChatModel] = {}

    # --- what people do with it -----------------------------------------------------------------------------------

    def ingest(self, options: IngestOptions = NORMAL) -> Summary:
        """Make the index equal to the notes, working on changes only. Raises NotesError, Locked, IndexBroken."""
        return finished(self.ingesting(options))

    def ingesting(self, options: IngestOptions = NORMAL) -> Generator[Progress, None, Summary]:
        """`ingest`, step by step. Closing it stops with the index consistent; the next ingest goes on from there."""
        from notebot.fetch.addresses import Guard
        from notebot.fetch.client import Fetching
        from notebot.index.vectors import VectorIndex
        from notebot.index.writer import CatalogWriter
        from notebot.ingest.sources import check_folders
        from notebot.ingest.sync import Stores, sync

        folders = self.settings.knowledge
        check_folders(folders)  # before an index is made for notes that are not there
        embedder, tokens = self._text_models()
        with CatalogWriter.open(self.settings.data, rebuild=options.rebuild) as catalog:
            vectors = VectorIndex(self.settings.data, catalog, model=embedder.name, dimension=embedder.dimension)
            try:
                rules = self._link_rules()
                fetch = self._fetch_with or partial(Fetching, guard=Guard(allow=rules.allow, deny=rules.deny))
                stores = Stores(catalog, vectors, embedder, tokens, rules, fetch)
                return (yield from sync(folders, stores, self._meant(options)))
            finally:
                vectors.close()

    def preview(self, options: IngestOptions = NORMAL) -> Plan:
        """What `ingest` would do now. Writes, embeds and fetches nothing. Raises NotesError, IndexBroken."""
        from notebot.index.catalog import Catalog
        from notebot.ingest.preview import preview

        with ExitStack() as opened:
            try:
                catalog = opened.enter_context(Catalog.open(self.settings.data))
            except IndexMissing:
                catalog = None
            return preview(self.settings.knowledge, catalog, self._link_rules(), self._meant(options))

    def search(self, question: str, limit: int = 10, *, filters: Filters = NO_FILTERS) -> list[Passage]:
        """The passages nearest to the question, best first. Raises UsageError, IndexMissing, IndexBroken.

        The filters that stand in the question count beside `filters`. Where they are all of it, what passes them is listed.
        """
        return self.retriever().look_up(question, limit=limit, filters=filters)

    def rewritten(self, question: str, history: Sequence[Turn] = ()) -> str:
        """The question as `ask` searches for it: slips mended, abbreviations spelled out, a follow-up whole. Filters stay."""
        from notebot.retrieve.rewriting import rewritten

        text, filters = read_filters(read_question(question))
        whole = rewritten(text, unfiltered(history), *self._words()).text if text else ""
        return question if whole == text else f"{whole} {written(replace(filters, phrases=()))}".strip()

    def ask(self, question: str, history: Sequence[Turn] = (), *, filters: Filters = NO_FILTERS) -> Generator[Event, None, None]:
        """The events of one question: Stage*, Found, (Draft | Checked)*, Done. Closing the iterator stops the model.

        The filters that stand in the question count beside `filters`; those of earlier questions no longer do.
        Raises UsageError and IndexMissing at the call; ModelError while it is read, if no model can answer.
        """
        from notebot.answer.chat import converse

        text, filters = narrowed(question, filters)
        if not text:
            only = written(filters)
            raise UsageError(f"There is no question beside {only}. Ask one, or list what passes: notebot search '{only}'")
        return converse(read_question(text, asked=True), unfiltered(history), self.parts(filters))

    def answer(self, question: str, history: Sequence[Turn] = (), *, filters: Filters = NO_FILTERS) -> Answer:
        """The end of `ask`."""
        *_, last = self.ask(question, history, filters=filters)
        if not isinstance(last, Done):
            raise AssertionError("a conversation ends with Done")
        return last.answer

    def source(self, name: str) -> list[Chunk]:
        """The chunks of one note or page, in its order; none if the index does not have it. Raises IndexMissing, IndexBroken."""
        return self._catalog().chunks_of(name)

    def state(self) -> IndexState:
        """What the index holds. Raises IndexMissing before the first ingest."""
        from notebot.index.overview import overview

        return self.read(overview)

    def read(self, look: Callable[[Catalog], T]) -> T:
        """What `look` finds in the index: for those who show it. Raises IndexMissing, IndexBroken."""
        return look(self._catalog())

    def chroma_fault(self) -> str:
        """What is wrong with Chroma's copy of the vectors, empty if nothing. Reads all of it."""
        return self._vectors().fault()

    def examples(self, count: int = 3) -> list[str]:
        """Questions that the notes can answer, made from their headings."""
        from notebot.answer.examples import examples
        from notebot.index.catalog import Catalog
        from notebot.index.kept import kept

        return examples(kept(Catalog.headings)(self._catalog()), count)

    def model_name(self) -> str:
        """The chat model that would answer now, without loading it. Raises ModelError."""
        from notebot.models.registry import chosen_chat

        return chosen_chat(self.settings.model, ollama_host=self.settings.ollama_host)

    def retriever(self) -> Retriever:
        """Question to passages, for programs that bring their own answers. Raises IndexMissing, IndexBroken, ModelError."""
        from notebot.retrieve.postprocessor import open_postprocessor
        from notebot.retrieve.retriever import Retriever

        with self._lock:
            catalog = self._catalog()
            if self._retriever is None:
                reorder = open_postprocessor(self.settings.reranker)
                self._retriever = Retriever(catalog, self._vectors(), self._text_models()[0], reorder=reorder)
            return self._retriever

    def change(self, settings: Settings) -> None:
        """Use these settings from the next question on. Raises UsageError where they want another index: open another Bot."""
        fixed = ("knowledge", "data", "embedder", "reranker")
        with self._lock:
            if any(getattr(settings, key) != getattr(self.settings, key) for key in fixed):
                raise UsageError(f"{', '.join(fixed)} belong to the index. Restart notebot to change them.")
            self.settings = settings
            self._models = {}  # an answer that is being made has its own hold on its model
            self._embedder = self._retriever = None  # it may be behind the address that has changed

    def close(self) -> None:
        """Let go of models and files. Idempotent; a later call opens them again."""
        with self._lock:
            for model in self._models.values():
                model.close()
            self._opened.close()
            self._tokens = self._embedder = self._retriever = self._reader = self._near = None
            self._models = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- how the parts meet ---------------------------------------------------------------------------------------

    def parts(self, filters: Filters = NO_FILTERS) -> Parts:
        """What a conversation works with, for evaluations that put another retriever in. Raises as `ask` does."""
        from notebot.answer.chat import Parts
        from notebot.index.overview import building

        return Parts(
            retriever=self.retriever(),
            tokens=self._text_models()[1],
            model=self._chat_model,
            clock=time.perf_counter,
            mark=lambda: secrets.token_hex(4),
            passages=self.settings.passages,
            answer_tokens=self.settings.answer_tokens,
            building=partial(self.read, building),
            open=self.settings.open,
            filters=filters,
            support=self._support_model(),
        )

    def _support_model(self) -> SupportModel:
        """What reads claims and evidence together. Loaded once."""
        from notebot.models.support import open_support

        with self._lock:
            self._support = self._support or open_support()
            return self._support

    def _words(self) -> tuple[Terms, Callable[[str], bool]]:
        """The vocabulary of the notes, and what tells ordinary words: those that MiniLM knows whole."""
        from notebot.index.terms import Terms

        _, tokens = self._text_models()
        return Terms(self._catalog()), lambda word: tokens.count_tokens(word) == 1

    def _chat_model(self) -> ChatModel:
        """The model for one question. Chosen anew each time, since Ollama may have come or gone; loaded once."""
        from notebot.models.registry import open_chat

        with self._lock:
            name = self.model_name()
            if name not in self._models:
                settings = self.settings
                model = open_chat(settings.model, ollama_host=settings.ollama_host, context_tokens=settings.context_tokens)
                self._models[name] = model
            return self._models[name]

    def _text_models(self) -> tuple[Embedder, MiniLM]:
        """What embeds passages, and MiniLM, which the check always uses: mostly one and the same."""
        from notebot.models.minilm import MiniLM, open_minilm
        from notebot.models.registry import open_embedder

        with self._lock:
            if self._embedder is None or self._tokens is None:
                embedder = open_embedder(self.settings.embedder, ollama_host=self.settings.ollama_host)
                self._tokens = embedder if isinstance(embedder, MiniLM) else open_minilm()
                self._embedder = embedder
            return self._embedder, self._tokens

    def _vectors(self) -> VectorIndex:
        from notebot.index.vectors import VectorIndex

        with self._lock:
            catalog = self._catalog()
            if self._near is None:
                embedder, _ = self._text_models()
                self._near = VectorIndex(self.settings.data, catalog, model=embedder.name, dimension=embedder.dimension)
                self._opened.callback(self._near.close)
            return self._near

    def _catalog(self) -> Catalog:
        """The catalog as it is now: a rebuild puts another one in its place."""
        from notebot.index.catalog import Catalog

        with self._lock:
            if self._reader is None or not self._reader.current():
                reader = Catalog.open(self.settings.data)
                if not reader.sources():
                    reader.close()
                    folders = ", ".join(map(str, self.settings.knowledge))
                    raise IndexMissing(f"Nothing has been read yet. Put notes into {folders}, then run: notebot ingest")
                self._reader = self._opened.enter_context(reader)
                self._retriever = self._near = None
            return self._reader

    def _link_rules(self) -> LinkRules:
        from notebot.ingest.pages import LinkRules

        settings = self.settings
        return LinkRules(settings.links_allow, settings.links_deny, settings.links_per_run, settings.links_days)

    def _meant(self, options: IngestOptions) -> IngestOptions:
        return replace(options, links=options.links and self.settings.links)
