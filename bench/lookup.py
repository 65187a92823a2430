"""Time a key in the lookup box and the first screen of a code's sheet, over a home: `python -m bench.lookup HOME`."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from assistant import codesheet, completion, lookup
from corpus.codes import CPT, HCPCS, ICD10CM, MODIFIER, POS
from index import encoders
from index.library import Library

TYPED = (
    "J1815",
    "90714",
    "E11.9",
    "S52.501A",
    "27447",
    "pos 11",
    "modifier 59",
    "90700-90749",
    "E11.0-E11.9",
    "Section I.C.4.a",
    "type 2 diabetes with neuropathy",
    "left knee pain",
    "colonoscopy with biopsy",
    "tetanus vaccine",
    "standard wheelchair",
    "insulin pump",
    "knee replacement",
    "hypertension",
    "fracture of left radius",
    "office visit established",
)
SHEETS = (
    (HCPCS, "J1815"),
    (CPT, "90714"),
    (CPT, "99213"),
    (ICD10CM, "E11.9"),
    (ICD10CM, "S52.501A"),
    (CPT, "27447"),
    (CPT, "45380"),
    (HCPCS, "G0008"),
    (CPT, "0001A"),
    (MODIFIER, "59"),
    (POS, "11"),
)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


def told(name: str, times: Sequence[tuple[float, float]]) -> str:
    """Median and 95th of a hundred of both clocks."""
    parts = []
    for which, values in zip(("clock", "processor"), zip(*times, strict=True), strict=True):
        late = sorted(values)[int(len(values) * 0.95)]
        parts.append(f"{which} median {statistics.median(values):.0f} ms, 95th {late:.0f} ms")
    return f"{name} ({len(times)}): {'; '.join(parts)}"


def main() -> None:
    """Type every query key by key, open every sheet twice, and say how long that took."""
    library, on = Library(Path(sys.argv[1]), encoders.DEFAULT), date.today()
    library.warm()
    completion.warm(library)
    lookup.found("knee replacement", library, on)
    keys = [query[:at] for query in TYPED for at in range(1, len(query) + 1)]
    print(told("keys", [timed(lambda key=key: lookup.found(key, library, on)) for key in keys]))  # type: ignore[misc]
    for which in ("sheets, first", "sheets, again"):
        print(told(which, [timed(lambda pair=pair: codesheet.sheet(pair, library, on)) for pair in SHEETS]))  # type: ignore[misc]


if __name__ == "__main__":
    main()
