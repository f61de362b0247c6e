"""PyTorch modules and state dicts; those tests that need torch say that they were left out without it."""

from __future__ import annotations

import io
import os
import pickle
import pickletools
import subprocess
import sys
import textwrap
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from tests.networks.formats.onnx_graphs import flat, points
from verinet.errors import BadFormat, InexactInput, MissingExtra, ShapeMismatch, Unsupported
from verinet.exact.rationals import Q
from verinet.networks.activations import activation
from verinet.networks.build import layered, network, relu, variable
from verinet.networks.evaluate import FloatArithmetic, evaluate
from verinet.networks.formats import read_network
from verinet.networks.formats.pickles import refuse_code
from verinet.networks.formats.pytorch import from_torch, read_torch, to_torch
from verinet.networks.network import Activate, Input, Network, Vertex


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="left out: torch is not installed")


# --- files with code, with or without torch -----------------------------------------------------------


class Bomb:
    """A pickle of it, loaded, would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.system, (f"touch {self.path}",))


def archive(pickled, extra=()):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("archive/data.pkl", pickled)
        for name, content in extra:
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_with_code_is_refused_by_name_and_not_run(tmp_path, protocol, zipped):
    trap = tmp_path / "trap"
    pickled = pickle.dumps({"0.weight": Bomb(trap)}, protocol=protocol)
    path = tmp_path / "network.pt"
    path.write_bytes(archive(pickled) if zipped else pickled)
    with pytest.raises(BadFormat, match="system") as caught:
        read_network(path)
    assert "Fix: " in str(caught.value)
    assert not trap.exists()


HARMFUL = {
    "a class": pickle.dumps(Fraction, protocol=2),
    "an object": pickle.dumps(Fraction(1, 3), protocol=4),
    "an old instance": b"(iposix\nsystem\n.",
    "an eval": b"c__builtin__\neval\n(V1\ntR.",
    "a getattr of a harmless module": b"ctorch._utils\n_rebuild_tensor_v3\n.",
    "an import with a dot": b"ctorch\nserialization.os.system\n.",
    "an extension": b"\x80\x02\x82\x01.",
}


@pytest.mark.parametrize("what", HARMFUL)
def test_anything_but_tensors_is_refused(what):
    with pytest.raises(BadFormat, match="holds code"):
        refuse_code(archive(HARMFUL[what]), "here")


DAMAGED = {
    "no archive": b"not a file of torch",
    "empty": b"",
    "old pickle of numbers": pickle.dumps({"a": 1}),
    "an archive cut short": archive(pickle.dumps({}))[:-30],
    "an archive without a pickle": archive(b"")[:0] + b"PK\x05\x06" + b"\0" * 18,
    "no pickle inside": archive(b"\xff\xfe\xfd"),
    "program code": archive(pickle.dumps({}), [("archive/code/__torch__.py", "import os")]),
    "two pickles": archive(pickle.dumps({}), [("other/data.pkl", pickle.dumps({}))]),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_other_files_are_refused(what):
    with pytest.raises(BadFormat) as caught:
        refuse_code(DAMAGED[what], "here")
    assert caught.value.where == "here"


def test_a_harmless_state_dict_passes_the_search():
    # The opcodes of a real one: an ordered dictionary of tensors over storages.
    program = b"\x80\x02ccollections\nOrderedDict\n)Rq\x00X\x08\x00\x00\x000.weightctorch._utils\n_rebuild_tensor_v2\n"
    list(pickletools.genops(program + b"ctorch\nFloatStorage\n."))
    refuse_code(archive(program + b"ctorch\nFloatStorage\n."), "here")


def test_without_torch_the_error_says_what_to_install(tmp_path):
    path = tmp_path / "network.pt"
    path.write_bytes(archive(pickle.dumps({}, protocol=2)))
    code = """
        import sys
        sys.modules["torch"] = None  # an import of it now fails
        from verinet.errors import MissingExtra
        from verinet.networks.formats import pytorch
        for attempt in (lambda: pytorch.read_torch(sys.argv[1]), lambda: pytorch.from_torch(None)):
            try:
                attempt()
            except MissingExtra as error:
                print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.count('pip install "verinet[torch]"') == 2
    assert issubclass(MissingExtra, Exception)


# --- modules ------------------------------------------------------------------------------------------


def fill(torch, module, seed=0):
    """Parameters that are small dyadic numbers, so that float64 computes exactly; variances stay positive."""
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
            if tensor.is_floating_point():
                values = rng.integers(-8, 9, tuple(tensor.shape)) / 8
                tensor.copy_(torch.tensor(np.abs(values) + 0.125 if name.endswith("var") else values))
    return module.double().eval()


def agrees(torch, module, shape, *, places=0.0, **options):
    """The imported network equals what torch computes in float64 (up to `places` where it must round)."""
    module = fill(torch, module)
    f = from_torch(module, shape=shape, **options)
    for given in points([("x", [1, *shape])]):
        values = flat(given.values())
        batch = torch.tensor([float(v) for v in values], dtype=torch.float64).reshape(1, *shape)
        theirs = module(batch).detach().numpy().reshape(-1)
        if any(getattr(v.operation, "activations", None) and v.operation.activations[0].smooth for v in f.vertices):
            ours = np.asarray(evaluate(f, [float(v) for v in values], FloatArithmetic())).reshape(-1)
        else:
            ours = np.array([float(v) for v in f(*values)])
        assert np.abs(ours - theirs).max() <= places
    return f


def modules(nn):
    return {
        "linear": (nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2, bias=False)), (3,)),
        "nested": (nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.Hardtanh(-0.5, 2.0)), nn.ReLU6()), (3,)),
        "one layer": (nn.Linear(3, 4), (3,)),
        "slopes": (nn.Sequential(nn.LeakyReLU(0.25), nn.PReLU(), nn.PReLU(3), nn.Identity(), nn.Dropout()), (3,)),
        "convolution": (
            nn.Sequential(nn.Conv2d(2, 4, (3, 2), padding=1, stride=2, groups=2), nn.ReLU(), nn.PReLU(4),
                          nn.MaxPool2d(2, padding=1, stride=1), nn.AvgPool2d(2), nn.Flatten(), nn.LazyLinear(2)),
            (2, 6, 5)),
        "same padding": (
            nn.Sequential(nn.Conv2d(1, 2, 2, padding="same", dilation=2), nn.MaxPool2d((1, 2))), (1, 4, 4)),
        "one axis": (
            nn.Sequential(nn.Conv1d(2, 3, 3, padding="valid"), nn.MaxPool1d(2), nn.AvgPool1d(2, padding=1),
                          nn.AdaptiveAvgPool1d(1), nn.Flatten()), (2, 9)),
        "pools": (nn.Sequential(nn.AvgPool2d(2, padding=1, count_include_pad=False, stride=2),
                                nn.AdaptiveMaxPool2d((1, 1))), (2, 4, 4)),
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["linear", "nested", "one layer", "slopes", "convolution", "same padding", "one axis", "pools"],
)
def test_modules(torch, name):
    module, shape = modules(torch.nn)[name]
    module.double()(torch.zeros(1, *shape, dtype=torch.float64))  # lets lazy layers find their shape
    agrees(torch, module, shape, places=2**-44)


@pytest.mark.parametrize("layer", ["Sigmoid", "Tanh", "Softplus", "Hardsigmoid"])
def test_layers_that_round(torch, layer):
    nn = torch.nn
    agrees(torch, nn.Sequential(nn.Linear(3, 4), getattr(nn, layer)(), nn.Linear(4, 1)), (3,), places=2**-28)


def test_hard_sigmoid_has_the_slope_one_sixth(torch):
    assert from_torch(torch.nn.Hardsigmoid(), shape=(1,))(1) == (Q("2/3"),)


def test_batch_normalisation(torch):
    nn = torch.nn
    module = nn.Sequential(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2), nn.ReLU())
    with pytest.raises(Unsupported, match="rounded"):
        from_torch(fill(torch, module), shape=(1, 3, 3))
    agrees(torch, module, (1, 3, 3), places=2**-44, batch_normalization="rounded")
    agrees(torch, nn.BatchNorm1d(3, affine=False), (3,), places=2**-44, batch_normalization="rounded")


def test_parameters_of_every_float_type_are_exact(torch):
    for name in ("float16", "bfloat16", "float32", "float64"):
        layer = torch.nn.Linear(1, 1, bias=False, dtype=getattr(torch, name))
        with torch.no_grad():
            layer.weight.fill_(0.1)
        assert from_torch(layer)(1) == (Fraction(layer.weight.double().item()),)


def test_unknown_layers_and_settings_are_refused_by_name(torch):
    nn = torch.nn

    class Strange(nn.Linear):
        pass

    refused = [
        (nn.GELU(), "GELU"), (Strange(2, 2), "Strange"), (nn.Bilinear(1, 1, 1), "Bilinear"),
        (nn.Conv2d(1, 1, 2, padding_mode="reflect"), "reflect"), (nn.Flatten(2), "start_dim"),
        (nn.Softplus(beta=2), "beta"), (nn.AdaptiveAvgPool2d(2), "output_size"),
        (nn.MaxPool2d(2, return_indices=True), "return_indices"), (nn.AvgPool2d(2, divisor_override=3), "divisor"),
        (nn.BatchNorm2d(1, track_running_stats=False), "track_running_stats"),
    ]  # fmt: skip
    for layer, word in refused:
        with pytest.raises(Unsupported, match=word):
            from_torch(nn.Sequential(layer), shape=(1, 4, 4))
    with pytest.raises(Unsupported, match="shape"):
        from_torch(nn.Sequential(nn.ReLU()))
    with pytest.raises(ShapeMismatch):
        from_torch(nn.Sequential(nn.Linear(2, 3), nn.Linear(2, 3)))


# --- state dicts --------------------------------------------------------------------------------------


def saved(torch, module, path):
    torch.save(module.state_dict(), path)
    return path


def test_state_dicts_of_linear_layers(torch, tmp_path):
    nn = torch.nn
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4, bias=False), nn.ReLU(), nn.Linear(4, 2))
    path = saved(torch, fill(torch, module), tmp_path / "network.pt")
    f = read_torch(path, activation="relu")
    assert [v.operation for v in f.vertices] == [v.operation for v in from_torch(module).vertices]
    assert read_torch(path, activation=activation("leaky_relu", "1/2")).depth == 2
    with pytest.raises(Unsupported, match="activation"):
        read_network(path)


def test_a_state_dict_of_one_layer_needs_no_activation(torch, tmp_path):
    layer = fill(torch, torch.nn.Linear(2, 3))
    assert read_network(saved(torch, layer, tmp_path / "layer.pt")) == layered(
        [from_torch(layer).vertices[1].operation.weight], [from_torch(layer).vertices[1].operation.bias]
    )


def test_other_state_dicts_are_refused(torch, tmp_path):
    nn = torch.nn
    with pytest.raises(Unsupported, match=r"0\.weight"):
        read_torch(saved(torch, nn.Sequential(nn.Conv2d(1, 1, 2)), tmp_path / "a.pt"))
    with pytest.raises(ShapeMismatch):
        read_torch(saved(torch, nn.Sequential(nn.Linear(2, 3), nn.Linear(2, 3)), tmp_path / "b.pt"), activation="relu")
    torch.save(nn.Linear(2, 2), tmp_path / "c.pt")
    with pytest.raises(BadFormat, match="holds code"):
        read_torch(tmp_path / "c.pt")
    torch.save([1, 2], tmp_path / "d.pt")
    with pytest.raises(BadFormat, match="list"):
        read_torch(tmp_path / "d.pt")
    whole = saved(torch, nn.Linear(2, 2), tmp_path / "e.pt").read_bytes()
    for length in (10, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "f.pt").write_bytes(whole[:length])
        with pytest.raises(BadFormat):
            read_torch(tmp_path / "f.pt")


# --- back to torch ------------------------------------------------------------------------------------


def test_networks_as_modules(torch):
    functions = ["relu", "identity", "hard_tanh", "relu6", "logistic", "tanh", "softplus"]
    chosen = [activation(name) for name in functions] + [activation("leaky_relu", "1/4"), activation("clip", 0, 2)]
    for function in chosen:
        f = layered([[[1, "-1/2"], ["1/4", 2]], [[1, 1]]], [[0, "1/8"], [1]], function)
        back = from_torch(to_torch(f))
        if function.smooth is None:
            assert all(back(*flat(g.values())) == f(*flat(g.values())) for g in points([("x", [2])]))


def test_mixed_slopes_become_one_layer(torch):
    functions = (activation("relu"), activation("identity"), activation("leaky_relu", "-1/4"))
    f = Network((Vertex(Input(3)), Vertex(Activate(functions), (0,))), (("y", 1),))
    back = from_torch(to_torch(f), shape=(3,))
    assert [back(n, n, n) for n in (-3, 5)] == [f(n, n, n) for n in (-3, 5)]


def test_branches_do_not_fit_into_a_sequential(torch):
    x = variable("x")
    with pytest.raises(Unsupported, match="branches"):
        to_torch(network(x, relu(x) + x))


def test_modules_refuse_what_they_would_round_and_what_they_cannot_hold(torch):
    x = variable("x")
    with pytest.raises(InexactInput, match="1/3"):
        to_torch(network(x, x / 3))
    assert from_torch(to_torch(network(x, x / 3), rounding=True, dtype="float64"))(1) == (Fraction(1 / 3),)
    assert to_torch(network(x, x * (1 + Fraction(1, 2**30))))[0].weight.dtype == torch.float64
    with pytest.raises(Unsupported, match="sign"):
        to_torch(layered([[[1]], [[1]]], [[0], [0]], activation("sign")))
    with pytest.raises(Unsupported, match="float16"):
        to_torch(network(x, x), dtype="float16")
