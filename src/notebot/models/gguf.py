"""What a GGUF model file says about itself in its header, read without loading it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from notebot.errors import ModelFailed, ModelMissing

_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_LONGEST_STRING = 1 << 24  # bytes; a damaged length must not make us read the whole file into memory


def context_length(path: Path) -> int:
    """The longest prompt and answer, in tokens, that the model was trained for; 0 where the file does not say.

    Raises ModelMissing where there is no such file, ModelFailed where it is not a readable GGUF file.
    """
    if not path.is_file():
        raise ModelMissing(f'There is no model file {path}. Give the path of a .gguf file, or model = "auto".')
    try:
        with path.open("rb") as file:
            for key, value in _entries(file):
                if key.endswith(".context_length") and isinstance(value, int):
                    return value
    except (OSError, ValueError, struct.error) as error:
        raise ModelFailed(f"{path} is not a GGUF model that can be read ({error}).") from error
    return 0


def _entries(file: BinaryIO) -> Iterator[tuple[str, object]]:
    if file.read(4) != b"GGUF":
        raise ValueError("it does not begin with GGUF")
    _version, _tensors, count = struct.unpack("<IQQ", file.read(20))
    for _ in range(count):
        key = _string(file).decode("utf-8", "replace")
        yield key, _value(file, _number(file, "<I"))


def _value(file: BinaryIO, kind: int) -> object:
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        item, length = _number(file, "<I"), _number(file, "<Q")
        if item in _FORMATS:  # numbers are of no interest here: step over them
            file.seek(length * struct.calcsize(_FORMATS[item]), 1)
            return None
        for _ in range(length):
            _value(file, item)
        return None
    if kind not in _FORMATS:
        raise ValueError(f"unknown value type {kind}")
    return _number(file, _FORMATS[kind])


def _string(file: BinaryIO) -> bytes:
    length = _number(file, "<Q")
    if length > _LONGEST_STRING:
        raise ValueError("a text in its header is impossibly long")
    return file.read(length)


def _number(file: BinaryIO, form: str) -> int:
    (value,) = struct.unpack(form, file.read(struct.calcsize(form)))
    return value  # type: ignore[no-any-return]  # struct cannot say which of its formats was asked for
