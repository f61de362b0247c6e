"""Flows from arrays: both namings, exact floats, refusals."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verinet.errors import BadFormat, MissingExtra, Unsupported
from verinet.theory.minimal_width.flow_files import from_arrays, read_npz, read_state_dict
from verinet.theory.minimal_width.flows import Lifted


def _trained() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)

    def upper() -> np.ndarray:
        return np.triu(rng.normal(size=(2, 2))).astype(np.float32)

    def lower() -> np.ndarray:
        return (np.tril(rng.normal(size=(2, 2)), -1) + np.eye(2)).astype(np.float32)

    state = {}
    for block in range(2):
        state[f"intermediate_lu_blocks.{3 * block}.weight"] = upper()
        state[f"intermediate_lu_blocks.{3 * block + 1}.weight"] = lower()
        state[f"intermediate_lu_blocks.{3 * block + 1}.bias"] = rng.normal(size=2).astype(np.float32)
        state[f"intermediate_lu_blocks.{3 * block + 2}.raw_alpha"] = rng.normal(size=2).astype(np.float32)
    state["final_lu_block.0.weight"], state["final_lu_block.1.weight"] = upper(), lower()
    state["final_lu_block.1.bias"] = np.zeros(2, dtype=np.float32)
    return state


def test_a_state_of_the_authors_code_is_read_exactly() -> None:
    state = _trained()
    flow = from_arrays(state, "leaky_softplus")
    assert len(flow.blocks) == 3
    assert not flow.is_exact
    assert flow.blocks[1].upper[0, 1] == Fraction(float(state["intermediate_lu_blocks.3.weight"][0, 1]))
    raw = float(state["intermediate_lu_blocks.5.raw_alpha"][1])
    assert flow.blocks[1].slopes[1] == Lifted(Fraction(raw))
    with pytest.raises(Unsupported, match="rational slope"):
        from_arrays(state, "leaky_relu")


def test_an_npz_file_is_read_exactly(tmp_path: Path) -> None:
    plain = {
        "lower.0": np.eye(2),
        "upper.0": np.array([[2.0, 1.0], [0.0, 0.1]]),
        "bias.0": np.zeros(2),
        "slope.0": np.array([0.25, 0.5]),
        "lower.1": np.eye(2),
        "upper.1": np.eye(2),
        "bias.1": np.ones(2),
    }
    np.savez(tmp_path / "flow.npz", **plain)
    flow = read_npz(tmp_path / "flow.npz")
    assert flow.blocks[0].upper[1, 1] == Fraction(0.1) != Fraction(1, 10)
    assert flow.inverse(*flow("1/3", "-1/7")) == (Fraction(1, 3), Fraction(-1, 7))


def test_damaged_and_foreign_arrays_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(BadFormat, match="NPZ"):
        read_npz(tmp_path / "no.npz")
    np.savez(tmp_path / "object.npz", **{"lower.0": np.array([[object()]], dtype=object)})
    with pytest.raises(BadFormat, match="NPZ"):
        read_npz(tmp_path / "object.npz")
    with pytest.raises(BadFormat, match="no place"):
        from_arrays({"weight": np.eye(2)})
    with pytest.raises(BadFormat, match="no bias"):
        from_arrays({"lower.0": np.eye(2), "upper.0": np.eye(2)})
    with pytest.raises(BadFormat, match="block 0 has no lower"):
        from_arrays({"lower.1": np.eye(2), "upper.1": np.eye(2), "bias.1": np.zeros(2)})


def test_a_state_dict_file_needs_torch_or_gives_the_same_flow(tmp_path: Path) -> None:
    path = tmp_path / "flow.pt"
    try:
        import torch
    except ImportError:
        _harmless_archive(path)
        with pytest.raises(MissingExtra, match="torch"):
            read_state_dict(path)
        return
    state = _trained()
    torch.save({name: torch.tensor(values) for name, values in state.items()}, path)
    assert read_state_dict(path) == from_arrays(state, "leaky_softplus")


def test_code_in_a_state_dict_is_never_run(tmp_path: Path) -> None:
    path = tmp_path / "evil.pt"
    _archive(path, b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(BadFormat, match=r"os\.system"):
        read_state_dict(path)


def _harmless_archive(path: Path) -> None:
    import pickle

    _archive(path, pickle.dumps({}, protocol=2))


def _archive(path: Path, data: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", data)
