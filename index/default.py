"""Here is an index: which way of searching is its own?

A line of text in the manifest, which a search follows where nothing else is asked; what
it means is the business of `plait.search.system`. It is published as a generation of
its own, under the writer's lock: no article is touched, and no model is needed.
"""

from dataclasses import replace
from pathlib import Path

from plait.index.generations import Generations
from plait.index.manifest import read_manifest


def record_system(root: Path, system: str) -> str:
    """Make `system` the index's own way of searching, empty for plait's; give what it was.

    Raises as `read_manifest`, and `LockedError` while another process writes.
    """
    read_manifest(root)  # where there is no index, no lock file is left behind
    with Generations(root) as generations:
        manifest = generations.manifest or read_manifest(root)
        if system != manifest.system:
            changed = replace(manifest, generation=generations.next_number(), system=system)
            generations.publish(changed)
            generations.adopt(changed)
        return manifest.system
