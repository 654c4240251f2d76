"""Stages, entries and tables of the comparison of plait with other libraries.

The script `benchmarks/peers.py` runs it. Both have one name: the script is never imported.

| file | content |
|---|---|
| `roster.py` | the entries that take part, and the place of their code |
| `entries/` | one file a peer: how it is set up, and why so |
| `given.py` | the documents and vectors that an index is built of, and what a peer must do |
| `corpus.py` | the passages and the queries |
| `stored.py` | vectors and tokens from an index that has encoded the passages already |
| `precomputed.py` | vectors made before, in the place of a model |
| `../peer.py`, `serving.py` | a process that runs one peer, from within and from without |
| `racing.py` | the times of all entries, asked in turn |
| `stages.py`, `quality.py`, `cold.py` | the stages of a run |
| `noise.py` | how busy the machine was meanwhile |
| `document.py`, `pictures.py` | the tables and the pictures of what was found |
"""
