"""Index in a folder of this machine: segments, manifest, and the one writer."""
