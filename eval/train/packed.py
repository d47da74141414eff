"""Pairs as flat arrays of tokens, made once: from these a batch is cut in no time, on the processor or on a GPU."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from windows import Pair

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
STRETCH = 50  # batches among which pairs of about the same length are put together
AT_ONCE = 20_000
UNMARKED = 0.15  # share of the batches in which no token says that it stands on the other side too


@dataclass(frozen=True, slots=True)
class Packed:
    """Token ids and sides (model.py) of all pairs one after the other, where each begins, and its label."""

    ids: torch.Tensor
    sides: torch.Tensor
    starts: torch.Tensor
    sizes: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> Packed:
        return Packed(*(one.to(device) for one in (self.ids, self.sides, self.starts, self.sizes, self.labels)))

    def batch(self, numbers: torch.Tensor) -> Batch:
        """Ids and sides of these pairs, padded with 0 to the longest, and their labels."""
        starts, sizes = self.starts[numbers], self.sizes[numbers]
        places = torch.arange(int(sizes.max()), device=self.ids.device).unsqueeze(0)
        there = places < sizes.unsqueeze(1)
        at = (starts.unsqueeze(1) + places).clamp(max=len(self.ids) - 1)
        return self.ids[at].long() * there, self.sides[at].long() * there, self.labels[numbers]


def pack(tokenizer: Any, pairs: Sequence[Pair]) -> Packed:
    """All pairs, tokenised. A token's side is 0 or 1, 2 more where the same token stands on the other side as well."""
    ids, types, sizes = [], [], []
    for first in range(0, len(pairs), AT_ONCE):
        part = [(" ".join(one["claim"].split()[:90]), one["evidence"]) for one in pairs[first : first + AT_ONCE]]
        for read in tokenizer.encode_batch(part):
            sizes.append(len(read.ids))
            ids.append(np.array(read.ids, dtype=np.int32))
            types.append(np.array(read.type_ids, dtype=np.int8))
    flat, side, counts = np.concatenate(ids), np.concatenate(types), np.array(sizes)
    keys = np.repeat(np.arange(len(counts), dtype=np.int64), counts) * 2**16 + flat
    both = np.zeros(len(flat), dtype=bool)
    both[side == 0] = np.isin(keys[side == 0], keys[side == 1])
    both[side == 1] = np.isin(keys[side == 1], keys[side == 0])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    labels = torch.tensor([float(one["label"]) for one in pairs])
    sides = torch.tensor(side + 2 * both.astype(np.int8))
    return Packed(torch.tensor(flat), sides, torch.tensor(starts), torch.tensor(counts), labels)


def batches(packed: Packed, size: int, rng: random.Random) -> Iterator[Batch]:
    """One epoch: batches of pairs of about the same length, in random order."""
    lengths = packed.sizes.cpu().numpy()
    order = np.array(rng.sample(range(len(packed)), len(packed)))
    for first in range(0, len(order), size * STRETCH):
        stretch = order[first : first + size * STRETCH]
        stretch = stretch[np.argsort(lengths[stretch], kind="stable")]
        starts = list(range(0, len(stretch), size))
        rng.shuffle(starts)
        for start in starts:
            ids, sides, labels = packed.batch(torch.tensor(stretch[start : start + size], device=packed.ids.device))
            yield ids, sides % 2 if rng.random() < UNMARKED else sides, labels
