"""The canonical JSON: round trips, the published schema, and every kind of bad text refused."""

from __future__ import annotations

import json
from fractions import Fraction as F
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings

from tests.networks.strategies import AFFINE, networks
from verinet.errors import BadFormat, ShapeMismatch, Unsupported, VerinetError
from verinet.networks import activation, layered, piecewise
from verinet.networks.activations import ACTIVATIONS, Activation
from verinet.networks.formats.json import network_from_json, network_to_json

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/network.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
POOL = (
    *AFFINE,
    *(activation(name) for name in ("floor", "frac", "tanh", "sine")),
    activation("repu", 3),
    piecewise(["1/3"], [[0, 1], [2]], ["-5/7"]),
)
HAT = layered([[[1], ["-1/3"]], [[1, 1]]], [[0, 10], ["1/7"]]).with_domain([(-1, "1/2")])
GOOD = json.loads(network_to_json(HAT))


def changed(**fields):
    return json.dumps(GOOD | fields)


def with_vertex(index, **fields):
    vertices = [dict(vertex) for vertex in GOOD["vertices"]]
    vertices[index] |= fields
    return changed(vertices=vertices)


@settings(max_examples=50)
@given(networks(pool=POOL))
def test_round_trip_and_schema(f):
    text = network_to_json(f)
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert network_from_json(text) == f
    assert network_to_json(network_from_json(json.dumps(json.loads(text), indent=1))) == text
    VALIDATOR.validate(json.loads(text))


def test_the_text_is_frozen():
    assert network_to_json(layered([[[-10]]], [["1/3"]]).with_domain([(0, 1)])) == (
        '{"domain":[["0/1","1/1"]],"format":"verinet-network/1","readouts":[["y",1]],"vertices":'
        '[{"kind":"input","name":"x","size":1},'
        '{"bias":["1/3"],"kind":"affine","name":"y","sources":[0],"weight":[["-a/1"]]}]}'
    )


def test_the_schema_knows_every_activation():
    names = SCHEMA["$defs"]["activation"]["oneOf"][0]["properties"]["name"]["enum"]
    assert set(names) == set(ACTIVATIONS)


BAD = {
    "empty": "",
    "truncated": network_to_json(HAT)[:-40],
    "not JSON": "relu",
    "brackets": "[" * 10_000_000,
    "braces": '{"a":' * 1_000_000,
    "brackets in a broken string": '"' + '\\"' * 1_000_000,
    "duplicate key": '{"format":"verinet-network/1",' + network_to_json(HAT)[1:],
    "nan": changed().replace('"1/7"', "NaN"),
    "infinity": changed().replace('"1/7"', "-Infinity"),
    "float": changed().replace('"1/7"', "0.5"),
    "integer where a rational belongs": changed().replace('"1/7"', "5"),
    "list": "[]",
    "number": "5",
    "format": changed(format="verinet-network/2"),
    "unknown field": changed(colour="red"),
    "missing field": json.dumps({key: value for key, value in GOOD.items() if key != "domain"}),
    "kind": with_vertex(1, kind="conv"),
    "kind of another kind": with_vertex(1, kind=["affine"]),
    "vertex field": with_vertex(1, note=""),
    "vertex is a list": changed(vertices=[[]]),
    "not lowest terms": changed().replace('"1/7"', '"2/e"'),
    "capital": changed().replace('"1/7"', '"A/7"'),
    "prefix": changed().replace('"1/7"', '"0x1/7"'),
    "no denominator": changed().replace('"1/7"', '"1"'),
    "zero denominator": changed().replace('"1/7"', '"1/0"'),
    "negative denominator": changed().replace('"1/7"', '"1/-7"'),
    "arabic digits": changed().replace('"1/7"', '"\u0661/7"'),
    "blank": changed().replace('"1/7"', '" 1/7"'),
    "huge number": changed().replace('"1/7"', '"' + "f" * 10_000_000 + '/7"'),
    "negative size": with_vertex(0, size=-1),
    "size zero": with_vertex(0, size=0),
    "size float": with_vertex(0, size=1.0),
    "size true": with_vertex(0, size=True),
    "size huge": with_vertex(0, size=10**30),
    "source": with_vertex(1, sources=[1]),
    "source huge": with_vertex(1, sources=[99]),
    "ragged": with_vertex(1, weight=[["1/1"], []]),
    "no rows": with_vertex(1, weight=[], bias=[]),
    "columns": with_vertex(1, weight=[["1/1", "1/1"], ["1/1", "1/1"]]),
    "bias": with_vertex(1, bias=["1/1"]),
    "weight is text": with_vertex(1, weight="11"),
    "activation": with_vertex(2, activations=[{"name": "swish", "parameters": []}]),
    "parameters": with_vertex(2, activations=[{"name": "relu", "parameters": ["1/1"]}]),
    "activation without parameters": with_vertex(2, activations=[{"name": "relu"}]),
    "pieces": with_vertex(
        2, activations=[{"name": "piecewise", "breakpoints": ["0/1"], "pieces": [["0/1"]], "values": []}]
    ),
    "channel": with_vertex(2, channels=[0, 1]),
    "channels": with_vertex(2, channels=[0]),
    "name": with_vertex(1, name=5),
    "long name": with_vertex(1, name="x" * 1001),
    "readout": changed(readouts=[["y", 9]]),
    "readout shape": changed(readouts=["y"]),
    "no readouts": changed(readouts=[]),
    "domain size": changed(domain=[]),
    "domain shape": changed(domain=[["0/1"]]),
    "empty domain": changed(domain=[["1/1", "0/1"]]),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_bad_text_is_refused_with_a_fix(text):
    with pytest.raises(VerinetError, match=r"(?s)Fix: ") as caught:
        network_from_json(text)
    assert len(str(caught.value)) < 1000


def test_refusals_are_of_the_right_kind():
    for name in ("truncated", "brackets", "duplicate key", "nan", "float", "unknown field", "huge number"):
        with pytest.raises(BadFormat):
            network_from_json(BAD[name])
    with pytest.raises(ShapeMismatch, match="vertex 1"):
        network_from_json(BAD["columns"])
    with pytest.raises(Unsupported, match="swish"):
        network_from_json(BAD["activation"])


def test_an_activation_outside_the_table_is_not_written():
    own = Activation("relu", (), (F(0),), ((F(1),), (F(0),)), (F(0),))
    with pytest.raises(Unsupported, match="piecewise"):
        network_to_json(layered([[[1]], [[1]]], [[0], [0]], own))
