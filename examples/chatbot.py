"""Write the prompt of a chatbot: `python chatbot.py INDEX QUESTION`. No model is called."""

import sys

import plait

RULES = "Answer from the passages only, and cite them as [1]. If they do not tell, say so."
LEAST_PROBABILITY = 0.15
"""Probability below which a passage is about something else."""


def prompt_for(index: plait.Index, question: str) -> str:
    """Return the prompt; without a probable passage it says that there is none."""
    index.refresh()  # to what was committed since: cheap enough for every request
    likely = plait.Options(min_probability=LEAST_PROBABILITY)
    excerpts = plait.context(index, question, tokens=400, options=likely)
    passages = "\n\n".join(map(str, excerpts)) or "(No passage was found.)"
    return f"{RULES}\n\n{passages}\n\nQuestion: {question}"


def main(root: str, question: str) -> None:
    """Print the prompt."""
    with plait.Index.open(root) as index:
        print(prompt_for(index, question))


if __name__ == "__main__":
    main(*sys.argv[1:])
