"""Data -> YAML that reads back as the same data, but for half characters."""

from __future__ import annotations

import yaml

from notebot.history.finding import storable

BREAKS = frozenset("\x85\u2028\u2029")  # line breaks to YAML, and to nobody else: PyYAML writes them bare, and reads another text


class _Dumper(yaml.SafeDumper):
    """Writes what holds such a break between double quotes, where it is escaped."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    text = storable(text)  # half a character can stand in no file
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if BREAKS.isdisjoint(text) else '"')


_Dumper.add_representer(str, _represent)


def yaml_text(data: object, *, width: int = 120, flow: bool = False) -> str:
    """The data as YAML, keys in their order; all of it in short form where `flow`."""
    written: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width, default_flow_style=flow)
    return written
