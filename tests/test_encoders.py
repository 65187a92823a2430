import json
import os
import string
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import encoders
from index.encoders import DEFAULT, NEAR, SAME, Encoder, OnnxEncoder, ReferenceEncoder, Vectors, export, load

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
LOAD_AND_TELL = """
import json, sys
reached = []

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        reached.append([event, repr(arguments)])
        raise OSError("no network in this test")

sys.addaudithook(refuse)
from pathlib import Path
from index.encoders import DEFAULT, load

encoder = load(DEFAULT, Path(sys.argv[1]))
rows = encoder.encode(["a first text", "another"])
print(json.dumps({"kind": type(encoder).__name__, "rows": len(rows), "reached": reached, "torch": "torch" in sys.modules}))
"""
VARIED = (
    "",
    "   \n\t ",
    "a",
    "90389",
    "E11.65",
    "MODIFIER 59 (XE, XS, XP, XU)",
    "row 45380/45378 | indicator 0 | 2024 Q3",
    "Test fever covers Sjögren, Ménière and naïve écrans.",
    "発熱 🦠 тест",
    "nul \x00 and bell \x07",
    "the text of a page that names [PAD] and [CLS]",
    "?!.,;:—–…",
    "one\ntwo\r\nthree\tfour",
    "When test fever and laboratory fatigue are both present, test fever is sequenced first. " * 60,
    "x" * 4000,
)


def load_elsewhere(cache: Path) -> dict[str, object]:
    """Load the default in a fresh interpreter that may reach no network, with nothing set to help it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "TRANSFORMERS_"))}
    command = [sys.executable, "-c", LOAD_AND_TELL, str(cache)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, "a fresh start says nothing"
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def first(cache: Path) -> dict[str, object]:
    """What the very first load did, which made the export."""
    return load_elsewhere(cache)


@pytest.fixture(scope="module")
def fast(cache: Path, first: dict[str, object]) -> Encoder:
    return load(DEFAULT, cache)


@pytest.fixture(scope="module")
def reference() -> ReferenceEncoder:
    return ReferenceEncoder()


def cosines(one: Vectors, other: Vectors) -> Vectors:
    return np.asarray((one * other).sum(axis=1))


# The real weights


def test_the_first_load_exports_and_reaches_no_network(first: dict[str, object]) -> None:
    assert (first["kind"], first["rows"], first["reached"]) == ("OnnxEncoder", 2, [])


def test_a_later_load_needs_neither_network_nor_torch(first: dict[str, object], cache: Path) -> None:
    assert load_elsewhere(cache) == {"kind": "OnnxEncoder", "rows": 2, "reached": [], "torch": False}


@pytest.mark.parametrize("text", VARIED, ids=lambda text: repr(text[:24]))
def test_the_export_is_the_same_model(fast: Encoder, reference: ReferenceEncoder, text: str) -> None:
    assert cosines(fast.encode([text]), reference.encode([text])).min() >= 0.999


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), min_size=1, max_size=3))
def test_the_export_is_the_same_model_on_any_texts(fast: Encoder, reference: ReferenceEncoder, texts: list[str]) -> None:
    assert cosines(fast.encode(texts), reference.encode(texts)).min() >= 0.999


def test_every_vector_has_unit_length_and_the_models_width(fast: Encoder, reference: ReferenceEncoder) -> None:
    for encoder in (fast, reference):
        vectors = encoder.encode(VARIED[:9])
        assert (vectors.dtype, vectors.shape) == (np.float32, (9, 384))
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_rows_stand_in_the_order_of_the_texts_across_batches(fast: Encoder) -> None:
    texts = [f"{'long ' * (at * 7 % 20)}text number {at}" for at in range(40)]
    alone = np.concatenate([fast.encode([text]) for text in texts])
    assert cosines(fast.encode(texts), alone).min() >= 0.9999


def test_neighbours_in_a_batch_change_nothing(fast: Encoder) -> None:
    texts = ["90389", "a much longer text about test fever and laboratory fatigue " * 8]
    assert cosines(fast.encode([*texts, texts[0]]), fast.encode([texts[0], *texts[1:], texts[0]])).min() >= 0.9999
    assert cosines(fast.encode(texts)[:1], fast.encode(texts[:1])).min() >= 0.9999


def test_no_texts_give_no_rows(fast: Encoder, reference: ReferenceEncoder) -> None:
    assert (len(fast.encode([])), len(reference.encode([]))) == (0, 0)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("shot after stepping on a nail", "tetanus vaccine given after an injury", "routine hearing test of a newborn"),
        ("sugar disease with nerve damage", "diabetes with neuropathy", "fracture of the wrist"),
        ("can both be billed on the same day", "two services reported together on one date", "address of the publisher"),
    ],
)
def test_a_paraphrase_is_nearer_than_another_subject(fast: Encoder, question: str, near: str, far: str) -> None:
    vectors = fast.encode([question, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_threads_share_one_encoder(fast: Encoder) -> None:
    texts = [f"text number {at} {'of some length ' * at}" for at in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = np.concatenate(list(pool.map(lambda text: fast.encode([text]), texts)))
    assert np.allclose(together, np.concatenate([fast.encode([text]) for text in texts]), atol=1e-5)


# The way from a model to its export, on models small enough to make here

MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SIGNS = tuple(string.ascii_lowercase + string.digits)
ORDINARY = (*MARKS, *SIGNS, *(f"##{sign}" for sign in SIGNS))
PAD_IS_NOT_FIRST = (SIGNS[0], *MARKS[1:], MARKS[0], *ORDINARY[len(MARKS) + 1 :])  # id 0 is the letter a, not padding
TEXTS = ("a", "a b c", "fever of 101", "a long text of many more letters than the sixteen tokens it may have")


def small_model(folder: Path, vocabulary: Sequence[str] = ORDINARY, seed: int = 1) -> str:
    """Write a one-layer model with chance weights and say its name: the folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(seed)
    BertTokenizerFast(vocab={token: at for at, token in enumerate(vocabulary)}).save_pretrained(folder / "bare")
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **shape)).save_pretrained(folder / "bare")
    whole = SentenceTransformer(modules=[Transformer(str(folder / "bare"), max_seq_length=16), Pooling(32)], device="cpu")
    whole.save(str(folder / "model"))
    return str(folder / "model")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small_model(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> ReferenceEncoder:
    return ReferenceEncoder(small_model(tmp_path_factory.mktemp("other"), seed=2))


def agrees(encoder: Encoder, name: str) -> bool:
    return bool(cosines(encoder.encode(TEXTS), ReferenceEncoder(name).encode(TEXTS)).min() >= SAME)


def test_any_model_by_its_folder_is_exported_with_its_own_length(small: str, tmp_path: Path) -> None:
    for _ in ("exported", "read back"):
        encoder = load(small, tmp_path)
        assert isinstance(encoder, OnnxEncoder)
        assert encoder.name == small
        assert agrees(encoder, small)


def test_passages_are_encoded_in_8_bits_in_the_same_space(small: str, tmp_path: Path) -> None:
    encoder = load(small, tmp_path)
    passages = encoder.for_passages()
    assert passages.name != encoder.name
    assert cosines(passages.encode(TEXTS), encoder.encode(TEXTS)).min() >= NEAR
    assert not np.array_equal(passages.encode(TEXTS), encoder.encode(TEXTS))


def test_8_bits_that_are_too_far_off_are_not_used(small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "NEAR", 1.1)
    encoder = load(small, tmp_path)
    assert encoder.for_passages() is encoder
    assert load(small, tmp_path).for_passages().name == encoder.name


def test_two_models_keep_two_exports(small: str, other: ReferenceEncoder, tmp_path: Path) -> None:
    assert all(agrees(load(name, tmp_path), name) for name in (small, other.name, small))
    assert not agrees(load(other.name, tmp_path), small)


def test_a_model_whose_padding_is_not_its_first_token_is_the_same_model(tmp_path: Path) -> None:
    name = small_model(tmp_path / "odd", PAD_IS_NOT_FIRST)
    for _ in ("first", "again"):
        assert agrees(load(name, tmp_path / "cache"), name)


@pytest.fixture(params=["raises", "writes nothing", "writes rubbish", "writes other weights"])
def failing_export(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, other: ReferenceEncoder) -> Iterator[str]:
    def fail(model: object, folder: Path) -> None:
        if request.param == "raises":
            raise RuntimeError("an operator that cannot be exported")
        if request.param == "writes other weights":
            export(other._model, folder)
        if request.param == "writes rubbish":
            folder.mkdir(parents=True)
            (folder / "model.onnx").write_bytes(b"rubbish")

    monkeypatch.setattr(encoders, "export", fail)
    return request.param


def test_a_bad_export_falls_back_and_is_forgotten(failing_export: str, small: str, tmp_path: Path) -> None:
    encoder = load(small, tmp_path)
    assert isinstance(encoder, ReferenceEncoder)
    assert agrees(encoder, small)
    assert not list(tmp_path.rglob("model.onnx"))


def test_a_good_export_is_made_once_the_bad_one_is_forgotten(small: str, other: ReferenceEncoder, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "export", lambda model, folder: export(other._model, folder))
        load(small, tmp_path)
    assert isinstance(load(small, tmp_path), OnnxEncoder)


def test_an_export_stopped_halfway_is_not_used(small: str, tmp_path: Path) -> None:
    import torch

    def stopped(model: object, arguments: object, path: str, **options: object) -> None:
        Path(path).write_bytes(b"half of a model")
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.onnx, "export", stopped)
        with pytest.raises(KeyboardInterrupt):
            load(small, tmp_path)
    assert agrees(load(small, tmp_path), small)


def test_an_export_not_yet_proved_is_not_used(small: str, other: ReferenceEncoder, tmp_path: Path) -> None:
    def stopped(self: OnnxEncoder, texts: Sequence[str]) -> Vectors:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "export", lambda model, folder: export(other._model, folder))
        patch.setattr(OnnxEncoder, "encode", stopped)
        with pytest.raises(KeyboardInterrupt):
            load(small, tmp_path)
    assert agrees(load(small, tmp_path), small)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "/no/such/folder"])
def test_a_model_that_cannot_be_found_is_an_os_error_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"\S"):
        load(name, tmp_path)
    assert not list(tmp_path.iterdir())
