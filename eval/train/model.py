"""The cross-encoder: MiniLM's six layers over `[CLS] claim [SEP] evidence [SEP]`, and one number out of them.

Each token also says whether it stands on the other side too: what was changed stands out from the first step of training.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn

WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536
LONGEST = 224  # tokens of a pair; the evidence is cut first


class Layer(nn.Module):
    """One layer of BERT, normalised after each step as BERT is."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape

        def heads(linear: nn.Linear) -> torch.Tensor:
            return linear(x).view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        seen = nn.functional.scaled_dot_product_attention(heads(self.query), heads(self.key), heads(self.value), attn_mask=bias)
        x = self.norm1(x + self.drop(self.out(seen.transpose(1, 2).reshape(batch, length, WIDTH))))
        return self.norm2(x + self.drop(self.outer(nn.functional.gelu(self.inner(x)))))


class CrossEncoder(nn.Module):
    """Token ids and sides [batch, length] -> one logit a pair [batch].

    A side is 0 for the claim and 1 for the evidence, 2 more where the same token stands on the other side; an id of 0 is padding.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places, self.sides = nn.Embedding(30522, WIDTH), nn.Embedding(512, WIDTH), nn.Embedding(4, WIDTH)
        self.norm, self.drop = nn.LayerNorm(WIDTH, eps=1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pooled, self.head = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(WIDTH, 1)

    def forward(self, ids: torch.Tensor, sides: torch.Tensor) -> torch.Tensor:
        places = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0)
        x = self.drop(self.norm(self.words(ids) + self.places(places) + self.sides(sides)))
        there = (ids != 0).to(x.dtype)
        bias = (1.0 - there)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        mean = (x * there.unsqueeze(2)).sum(1) / there.sum(1, keepdim=True)
        return self.head(torch.tanh(self.pooled(torch.cat([x[:, 0], mean], dim=1)))).squeeze(1)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """From a state of its own (.pt), or from a folder with MiniLM's weights: then the last two layers are new."""
        model = cls()
        if path.is_file():
            model.load_state_dict(torch.load(path, map_location="cpu"))
            return model
        given = {name.removeprefix("bert."): value for name, value in load_file(path / "model.safetensors").items()}
        own = model.state_dict()
        for name, source in NAMES.items():
            for kind in ("weight", "bias"):
                if f"{name}.{kind}" in own:
                    own[f"{name}.{kind}"] = given[f"{source}.{kind}"]
        own["sides.weight"] = given["embeddings.token_type_embeddings.weight"].repeat(2, 1) + 0.02 * torch.randn(4, WIDTH)
        for number in range(LAYERS):
            for name, source in LAYER_NAMES.items():
                for kind in ("weight", "bias"):
                    own[f"layers.{number}.{name}.{kind}"] = given[f"encoder.layer.{number}.{source}.{kind}"]
        model.load_state_dict(own)
        return model


NAMES = {
    "words": "embeddings.word_embeddings",
    "places": "embeddings.position_embeddings",
    "norm": "embeddings.LayerNorm",
}
LAYER_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm2": "output.LayerNorm",
}


def load_tokenizer(path: Path) -> Tokenizer:
    """MiniLM's tokenizer, cutting the evidence and not the claim."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST, strategy="only_second")
    return tokenizer


def encoded(tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and sides, padded with 0 to the longest."""
    read = tokenizer.encode_batch([(" ".join(claim.split()[:90]), evidence) for claim, evidence in pairs])
    width = max(len(one.ids) for one in read)
    ids, sides = torch.zeros(len(read), width, dtype=torch.long), torch.zeros(len(read), width, dtype=torch.long)
    for row, one in enumerate(read):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        sides[row, : len(one.ids)] = torch.tensor(sides_of(one.ids, one.type_ids))
    return ids, sides


def sides_of(ids: Sequence[int], types: Sequence[int]) -> list[int]:
    """0 or 1 for the side a token is on, 2 more where it stands on the other side as well."""
    there: tuple[set[int], set[int]] = set(), set()
    for token, side in zip(ids, types, strict=True):
        there[side].add(token)
    return [side + 2 * (token in there[1 - side]) for token, side in zip(ids, types, strict=True)]
