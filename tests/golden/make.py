"""Make the certificates that the golden pages are printed from: python tests/golden/make.py

One for every kind of statement.  They are stored, so that a page changes only when the printing does.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import sympy

import verinet as vn
from verinet import Q
from verinet.claims import Certificate, Proved, all_of, any_of
from verinet.claims.claim_text import parse_claim

FOLDER = Path(__file__).resolve().parent / "certificates"


def proved(claim: vn.claims.Claim) -> Certificate:
    verdict = vn.prove(claim)
    if not isinstance(verdict, Proved):
        raise SystemExit(f"not proved: {verdict}")
    return verdict.certificate


def certificates() -> dict[str, Certificate]:
    x, t = vn.variable("x"), sympy.Symbol("t")
    u, v = vn.variables("x", 2)
    hat = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")) + 2 * vn.relu(x - 1))
    saw = vn.compose(hat, times=2)
    short = vn.network(x, 2 * vn.relu(x) - 4 * vn.relu(x - Q("1/2")))
    mixed = vn.network([u, v], [vn.maximum(u, v), vn.abs_(u) - Q("1/3") * vn.leaky_relu(v, Q("1/10"))])
    y = vn.claims.outputs(mixed)
    z = vn.claims.inputs(mixed)
    triangle = vn.box((-1, 1), (-1, Q("7/3"))).cut(vn.Halfspace((1, 1), Q("5/2"), strict=True))
    jump = sign()
    large = vn.read_network(Path(__file__).resolve().parents[2] / "examples/controllers/double_integrator.onnx")
    unit = vn.interval(0, 1)
    found = {
        "always": proved(
            vn.claims.always(mixed, all_of(any_of(y[0] >= z[0], y[1] > 3), 3 * y[0] >= 3 * z[1] - 1), triangle)
        ),
        "always_large": proved(
            vn.claims.always(large, vn.claims.outputs(large)[0] < Q("-1/2"), vn.box([Q("1/2"), 1], dimension=2))
        ),
        "fails": proved(vn.claims.always(mixed, y[0] <= Q("1/2"), vn.box([-1, 1], dimension=2)).fails()),
        "holds": proved(vn.claims.somewhere(mixed, y[0] + y[1] >= Q("3/2"), vn.box([-1, 1], dimension=2))),
        "equal": proved(vn.claims.equal(hat, short, unit)),
        "sup_error_at_most": proved(vn.claims.sup_error(hat, target=t**2 - t / 3, domain=unit) <= 2),
        "sup_error_equals": proved(vn.claims.sup_error(saw, target=0 * t, domain=unit) == 1),
        "value": proved(vn.claims.value(jump, at=0) == 0),
        "cells": proved(vn.claims.cells(saw, unit) == 4),
        "linear_regions": proved(vn.claims.linear_regions(saw, unit) == 4),
    }
    found |= slopes_and_integrals(hat, saw, unit)
    lemma = r"\input{x} 50% of $H_0$ & f~g #1 é"
    assumed = {
        "kind": "lemma",
        "text": lemma,
        "sha256": hashlib.sha256(lemma.encode()).hexdigest(),
        "origin": "a_b^c",
    }
    found["assumed"] = Certificate({**found["value"].data, "assumptions": [assumed]})
    return found


def slopes_and_integrals(hat: vn.Network, saw: vn.Network, unit: vn.Polyhedron) -> dict[str, Certificate]:
    """Statements about slopes and integrals, and conjunctions, by their text."""
    u, v = vn.variables("x", 2)
    plane = vn.network([u, v], [vn.relu(u - v) + Q("1/3") * u, vn.leaky_relu(v, "1/2") + u])
    texts = {
        "lipschitz": (plane, "lipschitz_inf <= 7/3 on [-1,1]^2 with x_0 + x_1 <= 1"),
        "monotone": (plane, "monotone up in x_0 and down in x_1 for y_0 on [-1,1]^2"),
        "orientation": (plane, "oriented positive on [-1,1]^2"),
        "integral": (hat, "integral(y^2 - x) = -1/6 on [0,1]"),
        "integral_between": (saw, "lp_error(x, p=1) <= 1/2 on [0,1]"),
        "all": (plane, "lipschitz_1 = 7/3 on [-1,1]^2"),
        "all_networks": (hat, "range(y) = [0,1] on [0,1]"),
    }
    return {name: proved(parse_claim(text, [network])) for name, (network, text) in texts.items()}


def sign() -> vn.Network:
    from verinet.networks.build import apply_activation

    x = vn.variable("x")
    return vn.network(x, apply_activation(x, vn.activation("sign")))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, certificate in certificates().items():
        certificate.write(FOLDER / f"{name}.json")
        print(name, len(certificate.text))
