"""plait beside what a user would pick instead: what `benchmarks/peers.py` is made of.

| file | question |
|---|---|
| `roster.py` | who takes part, and where is its code? |
| `peers/` | one file a peer: how is it set up, and why so? |
| `given.py` | which passages and vectors is an index built of? |
| `corpus.py` | which passages, and which queries? |
| `stored.py` | who has encoded these passages already? |
| `handing.py` | who hands out vectors in a model's place? |
| `../peer.py`, `serving.py` | a process that holds one peer, seen from within and from without |
| `racing.py` | ask all in turn: who takes how long? |
| `stages.py`, `quality.py`, `cold.py` | the parts of a run |
| `noise.py` | how busy was the machine meanwhile? |
| `page.py`, `pictures.py` | how is it shown? |
"""
