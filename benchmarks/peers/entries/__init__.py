"""The peers, one file each, set up as their own documentation recommends.

Each class is a `peers.given.Peer`. Its docstring goes into `performance.md` as it is. A
peer's package is imported by its own file alone, so that a process loads no other.
"""
