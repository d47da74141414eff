"""A process that ingests a folder with the quick embedder, saying each step, so that a test can kill it anywhere."""

from __future__ import annotations

import runpy
import sys
import time
from contextlib import closing
from pathlib import Path

from notebot.errors import Locked
from notebot.index.writer import CatalogWriter
from notebot.ingest.sync import sync
from notebot.states import NORMAL

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[1]))
    notes, data, pause = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    desk = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["Desk"](notes, data)
    try:
        with CatalogWriter.open(data) as catalog, closing(desk.vectors(catalog)) as vectors:
            for step in sync([notes], desk.stores(catalog, vectors), NORMAL):
                sys.stdout.write(f"{step.step}\n")
                sys.stdout.flush()
                time.sleep(pause)
    except Locked as error:
        sys.stdout.write(f"{error}\n")
        sys.exit(error.exit_code)
