"""A tuning's result, written as a record, as lines of text and as advice."""

from collections.abc import Callable, Iterator
from dataclasses import asdict

from plait.search.evaluation.belonging import notes_on
from plait.search.evaluation.collection import Collection
from plait.search.evaluation.names import article_names
from plait.search.evaluation.tuning.grid import DEFAULT_SYSTEM, TUNED_PARAMETERS
from plait.search.evaluation.tuning.tuning import Tuning, tune
from plait.search.index import Index
from plait.search.show.console import Console
from plait.search.system import System


def tuning_record(tuning: Tuning) -> dict[str, object]:
    """Return the whole result for programs; systems as they are written."""
    difference = tuning.difference
    return {
        "measure": tuning.measure,
        "topics": tuning.topics,
        "left_out": tuning.left_out,
        "tried": tuning.tried,
        "default": tuning.default,
        "tuned": tuning.tuned,
        "difference": {
            "mean": difference.mean,
            "low": difference.low,
            "high": difference.high,
            "p": difference.p,
        },
        "folds": [
            {
                "topics": list(fold.topics),
                "default": fold.default,
                "tuned": fold.tuned,
                "chosen": str(fold.chosen),
            }
            for fold in tuning.folds
        ],
        "chosen": str(tuning.chosen),
        "better": tuning.better,
        "calibration": asdict(tuning.calibration) if tuning.calibration else None,
        "best": str(tuning.best),
        "reason": reason(tuning),
    }


def tuning_lines(tuning: Tuning) -> Iterator[str]:
    """Yield a line a fold, what all topics choose, and what unseen topics gain by choosing."""
    left_out = f", {tuning.left_out} left out: no relevant article here" if tuning.left_out else ""
    yield f"{tuning.measure}, {tuning.topics} topics{left_out}; {tuning.tried} systems tried"
    yield f"{'fold':<6}{'topics':>6}{'default':>9}{'tuned':>9}  chosen by the other folds"
    for number, fold in enumerate(tuning.folds, start=1):
        values = f"{len(fold.topics):>6}{fold.default:>9.4f}{fold.tuned:>9.4f}"
        yield f"{number:<6}{values}  {fold.chosen}"
    yield f"{'all':<6}{tuning.topics:>6}{tuning.default:>9.4f}{tuning.tuned:>9.4f}"
    yield f"chosen by all topics: {tuning.chosen} ({_agreement(tuning)})"
    gain = tuning.difference
    interval = f"95 % interval {gain.low:+.4f} to {gain.high:+.4f}"
    yield f"difference on topics that had no part in the choice: {gain.mean:+.4f}, {interval}"
    if found := tuning.calibration:
        gain = found.difference
        interval = f"gain {gain.mean:+.4f}, 95 % interval {gain.low:+.4f} to {gain.high:+.4f}"
        yield f"log loss of p, fitted so: {found.before:.4f} to {found.after:.4f}, {interval}"


def reason(tuning: Tuning) -> str:
    """Return in a sentence why the default is kept, or why it need not be."""
    gain = tuning.difference
    if tuning.better:
        return "the whole interval lies above zero"
    if gain.low > 0:
        return "all topics together choose the default"
    if gain.high < 0:
        return "the whole interval lies below zero: unseen topics lose by tuning"
    if gain.low == gain.high == 0:
        return "tuning changed nothing on unseen topics"
    return "the interval includes zero, so the difference may be luck"


def advice(tuning: Tuning, own: System, *, saved: bool) -> str:
    """Return what was done and what can be; `own` is the system the index searched by before."""
    why = reason(tuning) if tuning.better else f"p fits these judgements, and {reason(tuning)}"
    if saved:
        return (
            f"saved: {why}. The index searches by {tuning.best} where no "
            "--system is named; `plait tune --forget` goes back to hybrid."
        )
    if tuning.worth_saving:
        return (
            f'better: {why}. Search with --system "{tuning.best}", '
            "or tune again with --save to make it the index's own."
        )
    earlier = f" The index still searches by {own}, saved earlier." if own != DEFAULT_SYSTEM else ""
    return f"kept the default: {reason(tuning)}. Nothing was changed.{earlier}"


def _agreement(tuning: Tuning) -> str:
    """Return in how many folds each parameter was chosen as it was by all topics."""
    counts = {
        name: sum(fold.chosen.values[name] == tuning.chosen.values[name] for fold in tuning.folds)
        for name in TUNED_PARAMETERS
    }
    (first, count), *rest = counts.items()
    others = "".join(f", {name} {number}" for name, number in rest)
    return f"the same {first} in {count} of {len(tuning.folds)} folds{others}"


def conclude(
    tuning: Tuning,
    own: System,
    record: Callable[[str], object] | None,
    console: Console,
    *,
    as_json: bool,
) -> None:
    """Print a tuning, `record` the best system if it is worth it, and print what was done.

    `own` is what the index searched by before; without `record`, nothing is changed.
    """
    if not as_json:  # now, should recording fail
        console.lines(tuning_lines(tuning))
    saved = record is not None and tuning.worth_saving
    if record and saved:
        record(str(tuning.best))
    if as_json:
        console.json(tuning_record(tuning) | {"saved": saved})
    else:
        console.say(advice(tuning, own, saved=saved))


def tune_index(index: Index, judged: Collection, measure: str, console: Console) -> Tuning:
    """Tune with a bar of progress; raises as `tune` does."""
    names = article_names(index.store.article_ids(), judged.qrels)
    console.note(judged.note, *notes_on(judged, names, {}))
    with console.progress("systems") as tell:
        return tune(index, judged, measure, progress=tell)
