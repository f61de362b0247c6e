"""verinet checks, exactly, what a paper says about a neural network.

The public face: re-exports only, each fetched when it is first used, so that the command line starts fast.
Nothing inside the package imports it.

Examples
--------
>>> import verinet as vn
>>> from verinet import Q
>>> x = vn.variable("x")
>>> hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")) + 2 * vn.relu(x - 1))
>>> vn.compose(hat, times=3)(Q("1/8"))
(Fraction(1, 1),)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Activation",
    "BadFormat",
    "BudgetExhausted",
    "Certificate",
    "CertificateRejected",
    "Constructed",
    "Conversion",
    "Counterexample",
    "EmptyDomain",
    "Exploration",
    "Halfspace",
    "InexactInput",
    "Line",
    "Matrix",
    "MissingExtra",
    "Network",
    "NotANumber",
    "NotBounded",
    "PiecewiseAffine",
    "PolyhedralComplex",
    "Polyhedron",
    "Proved",
    "Q",
    "RePU",
    "Refuted",
    "RegionCounts",
    "Samples",
    "ShapeMismatch",
    "SingularMatrix",
    "Theorem",
    "Unknown",
    "Unsupported",
    "VerinetError",
    "abs_",
    "activation",
    "adaptive_sparsity",
    "add",
    "box",
    "check",
    "claims",
    "compose",
    "construct",
    "convert",
    "copies",
    "count_regions",
    "domain_product",
    "dyadic",
    "evaluate",
    "expected_regions",
    "explain",
    "explore",
    "gaussian_distance",
    "interval",
    "latex",
    "layered",
    "leaky_relu",
    "learn",
    "line",
    "maximum",
    "memorize",
    "minimum",
    "minimum_pieces",
    "network",
    "numeric_error",
    "on_inputs",
    "parallel",
    "parameter",
    "permute_neurons",
    "piecewise",
    "polytope",
    "precompose",
    "prove",
    "prune_neurons",
    "quantise",
    "read_network",
    "read_samples",
    "readouts",
    "recession",
    "region_statistics",
    "relu",
    "rescale_neurons",
    "scale",
    "skip",
    "slice_chain",
    "slice_line",
    "slice_plane",
    "smtlib",
    "stack",
    "symbolic_activation",
    "symbolic_network",
    "symbolic_regions",
    "variable",
    "variables",
    "whole_space",
    "write_network",
]

# where each name lives; the imports below say the same to type checkers, and a test compares the two
HOMES = {
    "verinet.exact.rationals": ("Q", "dyadic"),
    "verinet.exact.linalg": ("Matrix",),
    "verinet.networks": (
        "Activation",
        "Network",
        "abs_",
        "activation",
        "add",
        "compose",
        "copies",
        "evaluate",
        "layered",
        "leaky_relu",
        "maximum",
        "minimum",
        "network",
        "on_inputs",
        "parallel",
        "permute_neurons",
        "precompose",
        "prune_neurons",
        "quantise",
        "readouts",
        "recession",
        "relu",
        "rescale_neurons",
        "scale",
        "skip",
        "stack",
        "variable",
        "variables",
    ),
    "verinet.networks.formats": ("read_network", "write_network"),
    "verinet.geometry": ("Halfspace", "Polyhedron", "box", "domain_product", "interval", "polytope", "whole_space"),
    "verinet.claims": ("Certificate", "Counterexample", "Proved", "Refuted", "Theorem", "Unknown"),
    "verinet.provers.portfolio": ("prove",),
    "verinet.provers.smt_export": ("smtlib",),
    "verinet.report": ("check", "latex"),
    "verinet.report.explanation": ("explain",),
    "verinet.provers.second_look": ("numeric_error",),
    "verinet.theorems.constructions": ("Constructed", "construct"),
    "verinet.theory.memorization.memorize": ("memorize",),
    "verinet.theory.line_regions.statistics": ("region_statistics",),
    "verinet.theory.line_regions.expectation": ("expected_regions",),
    "verinet.theory.line_regions.minimum_pieces": ("minimum_pieces",),
    "verinet.theory.line_regions.sparsity": ("adaptive_sparsity",),
    "verinet.theory.narrow_learning.gaussian_distance": ("gaussian_distance",),
    "verinet.theory.barron.conversion": ("Conversion", "RePU", "convert"),
    "verinet.theory.narrow_learning.learning": ("learn",),
    "verinet.theory.narrow_learning.samples": ("Samples", "read_samples"),
    "verinet.errors": (
        "BadFormat",
        "BudgetExhausted",
        "CertificateRejected",
        "EmptyDomain",
        "InexactInput",
        "MissingExtra",
        "NotANumber",
        "NotBounded",
        "ShapeMismatch",
        "SingularMatrix",
        "Unsupported",
        "VerinetError",
    ),
    "verinet": ("claims",),
    "verinet.regions.piecewise": ("PiecewiseAffine", "piecewise"),
    "verinet.regions.counting": ("RegionCounts", "count_regions"),
    "verinet.regions.line": ("Line", "line"),
    "verinet.regions.slices": ("slice_chain", "slice_line", "slice_plane"),
    "verinet.regions.walk": ("explore",),
    "verinet.regions.exploration": ("Exploration",),
    "verinet.regions.symbolic": ("symbolic_activation", "symbolic_network", "symbolic_regions"),
    "verinet.exact.parameters": ("parameter",),
    "verinet.geometry.complexes": ("PolyhedralComplex",),
}

if TYPE_CHECKING:
    from verinet import claims
    from verinet.claims import Certificate, Counterexample, Proved, Refuted, Theorem, Unknown
    from verinet.errors import (
        BadFormat,
        BudgetExhausted,
        CertificateRejected,
        EmptyDomain,
        InexactInput,
        MissingExtra,
        NotANumber,
        NotBounded,
        ShapeMismatch,
        SingularMatrix,
        Unsupported,
        VerinetError,
    )
    from verinet.exact.linalg import Matrix
    from verinet.exact.parameters import parameter
    from verinet.exact.rationals import Q, dyadic
    from verinet.geometry import Halfspace, Polyhedron, box, domain_product, interval, polytope, whole_space
    from verinet.geometry.complexes import PolyhedralComplex
    from verinet.networks import (
        Activation,
        Network,
        abs_,
        activation,
        add,
        compose,
        copies,
        evaluate,
        layered,
        leaky_relu,
        maximum,
        minimum,
        network,
        on_inputs,
        parallel,
        permute_neurons,
        precompose,
        prune_neurons,
        quantise,
        readouts,
        recession,
        relu,
        rescale_neurons,
        scale,
        skip,
        stack,
        variable,
        variables,
    )
    from verinet.networks.formats import read_network, write_network
    from verinet.provers.portfolio import prove
    from verinet.provers.second_look import numeric_error
    from verinet.provers.smt_export import smtlib
    from verinet.regions.counting import RegionCounts, count_regions
    from verinet.regions.exploration import Exploration
    from verinet.regions.line import Line, line
    from verinet.regions.piecewise import PiecewiseAffine, piecewise
    from verinet.regions.slices import slice_chain, slice_line, slice_plane
    from verinet.regions.symbolic import symbolic_activation, symbolic_network, symbolic_regions
    from verinet.regions.walk import explore
    from verinet.report import check, latex
    from verinet.report.explanation import explain
    from verinet.theorems.constructions import Constructed, construct
    from verinet.theory.barron.conversion import Conversion, RePU, convert
    from verinet.theory.line_regions.expectation import expected_regions
    from verinet.theory.line_regions.minimum_pieces import minimum_pieces
    from verinet.theory.line_regions.sparsity import adaptive_sparsity
    from verinet.theory.line_regions.statistics import region_statistics
    from verinet.theory.memorization.memorize import memorize
    from verinet.theory.narrow_learning.gaussian_distance import gaussian_distance
    from verinet.theory.narrow_learning.learning import learn
    from verinet.theory.narrow_learning.samples import Samples, read_samples

_HOME_OF = {name: home for home, names in HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'verinet' has no attribute {name!r}")
    if home == __name__:
        return import_module(f"{__name__}.{name}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
