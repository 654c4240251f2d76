"""One file a peer: how is it set up, and why is that how it is recommended?

Each class is a `peers.given.Peer`. Its docstring goes onto the page as it is. A peer's
package is imported by its own file alone, so that a process that holds one peer holds no
other.
"""
