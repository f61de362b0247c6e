"""``verinet referee``: published counterexamples, evaluated exactly.

Either ``NET... PROPERTY.vnnlib WITNESS...``, or a listing of many: a ``.csv`` with the columns network, property and
witness, a ``.json`` that maps "PROPERTY @ NETWORK" to inputs, or a folder that holds witnesses.csv or witnesses.json.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePath

from verinet.claims.sexpressions import LONGEST
from verinet.claims.vnnlib import Property, read_vnnlib
from verinet.claims.vnnlib2 import Query
from verinet.claims.witnesses import Ruling, Witness, judge, parse_witnesses
from verinet.claims.wording import number_text
from verinet.cli.networks import NetworkFile, located, read_all
from verinet.cli.outcome import BAD_INPUT, DONE, REFUTED, UNKNOWN, Json, Outcome, failed
from verinet.errors import BadFormat, Unsupported, VerinetError
from verinet.exact.rationals import format_rational
from verinet.networks.formats import ReadOptions
from verinet.networks.formats.strict_json import parse_strict_json
from verinet.work import read_bytes, read_text

#: Names of a listing inside of a folder, in the order in which they are looked for.
LISTINGS = ("witnesses.csv", "witnesses.json")
_STATUS = {"valid": DONE, "valid after clipping": UNKNOWN, "wrong": REFUTED}
#: Inputs that are shown on the screen.
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Case:
    """One witness: the networks and the property it is about, its name, and itself or where it is written."""

    networks: tuple[str, ...]
    about: str
    name: str
    witness: Witness | str


def referee(paths: Sequence[str], options: ReadOptions) -> Outcome:
    """Judge every witness.

    Raises
    ------
    VerinetError
        If the listing, or with explicit files a network or the property, cannot be read.
    """
    cases = list(_cases(paths))
    judging = _Judging(options)
    outcomes = [outcome for case in cases for outcome in judging.of(case)]
    words = Counter(str(outcome.document["verdict"]) for outcome in outcomes)
    order = ("valid", "valid after clipping", "wrong", "unreadable")
    total = ", ".join(f"{words[word]} {word}" for word in order if words[word])
    many = f"{len(outcomes)} witness{'es' if len(outcomes) != 1 else ''}: {total}"
    statuses = {outcome.status for outcome in outcomes}
    return Outcome(
        next(status for status in (BAD_INPUT, REFUTED, UNKNOWN, DONE) if status in statuses),
        (*(line for outcome in outcomes for line in outcome.lines), many),
        {"witnesses": [outcome.document for outcome in outcomes], "counts": {word: words[word] for word in order}},
        (*judging.notes, *(line for outcome in outcomes for line in outcome.complaints)),
    )


class _Judging:
    """Files are read once, however many witnesses are about them."""

    def __init__(self, options: ReadOptions) -> None:
        self.options = options
        self.networks: dict[str, NetworkFile] = {}
        self.properties: dict[str, Property | Query] = {}
        self.notes: list[str] = []

    def of(self, case: Case) -> Iterator[Outcome]:
        try:
            files = [self._network(path) for path in case.networks]
            found = self._property(case.about)
            if isinstance(case.witness, Witness):
                witnesses: tuple[Witness, ...] = (case.witness,)
            else:
                with located(case.witness):
                    witnesses = parse_witnesses(_text_of(case.witness), PurePath(case.witness).name)
        except VerinetError as error:
            yield _unreadable(case, case.name, error)
            return
        for place, witness in enumerate(witnesses, 1):
            name = case.name if len(witnesses) == 1 else f"{case.name} ({place} of {len(witnesses)})"
            try:
                with located(case.name):
                    ruling = judge(witness, found, [file.network for file in files])
            except VerinetError as error:
                yield _unreadable(case, name, error)
                continue
            yield _shown(case, name, ruling)

    def _network(self, path: str) -> NetworkFile:
        if path not in self.networks:
            (self.networks[path],) = read_all((path,), self.options)
            self.notes.extend(self.networks[path].notes)
        return self.networks[path]

    def _property(self, path: str) -> Property | Query:
        if path not in self.properties:
            with located(path):
                self.properties[path] = read_vnnlib(path)
            self.notes.extend(f"note: {path}: {note}" for note in self.properties[path].notes)
        return self.properties[path]


def _cases(paths: Sequence[str]) -> Iterator[Case]:
    if len(paths) == 1:
        yield from _listed(paths[0])
        return
    properties = [place for place, path in enumerate(paths) if PurePath(path).suffix.lower() == ".vnnlib"]
    if len(properties) != 1 or properties[0] in (0, len(paths) - 1):
        raise Unsupported(
            f"referee needs networks, one property file (.vnnlib) and witnesses, in this order, or one listing; got "
            f"{' '.join(paths)[:200]}",
            fix="write verinet referee NET PROPERTY.vnnlib WITNESS..., or verinet referee LISTING.csv",
        )
    networks, rest = paths[: properties[0]], paths[properties[0] + 1 :]
    for path in rest:
        yield Case(tuple(networks), paths[properties[0]], path, path)


def _listed(path: str) -> Iterator[Case]:
    """The cases of a listing; the paths in it are relative to its folder."""
    if os.path.isdir(path):
        found = [name for name in LISTINGS if os.path.isfile(os.path.join(path, name))]
        if not found:
            raise BadFormat(
                f"the folder {path} holds no listing of witnesses",
                fix=f"name one of its files {' or '.join(LISTINGS)}, with the columns network, property, witness",
            )
        path = os.path.join(path, found[0])
    ending = PurePath(path).suffix.lower()
    if ending not in (".csv", ".json"):
        raise Unsupported(
            f"a listing is a .csv, a .json, or a folder that holds one, got {path!r}",
            fix="write verinet referee NET PROPERTY.vnnlib WITNESS..., or name a listing",
        )
    with located(path):
        text = read_text(path)
        cases = list(_from_csv(text, path) if ending == ".csv" else _from_json(text, path))
        if not cases:
            raise BadFormat("a listing needs at least one witness, got none", fix="add a line for each", where=path)
    yield from cases


def _from_csv(text: str, path: str) -> Iterator[Case]:
    folder = Path(path).parent
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for place, row in enumerate(rows):
            cells = [cell.strip() for cell in row]
            if not any(cells) or (place == 0 and cells[:3] == ["network", "property", "witness"]):
                continue
            if len(cells) != 3 or not all(cells):
                raise BadFormat(
                    f"a listing needs network, property and witness in every line, got {len(cells)} entries",
                    fix="write network.onnx,property.vnnlib,witness.txt; several networks are separated by blanks",
                    where=f"{path}, line {rows.line_num}",
                )
            networks = tuple(str(folder / name) for name in cells[0].split())
            yield Case(networks, str(folder / cells[1]), cells[2], str(folder / cells[2]))
    except csv.Error as error:
        raise BadFormat(
            f"a listing needs comma-separated values: {error}",
            fix="write network.onnx,property.vnnlib,witness.txt",
            where=f"{path}, line {rows.line_num}",
        ) from error


def _from_json(text: str, path: str) -> Iterator[Case]:
    """``{"PROPERTY @ NETWORK": {"x": ["0.5", ...]}}``, as `verinet`'s own collection of witnesses is kept."""
    document = parse_strict_json(text, "a listing of witnesses")
    folder = Path(path).parent
    for key, entry in document.items() if isinstance(document, dict) else ():
        names = key.split(" @ ")
        inputs = entry.get("x") if isinstance(entry, dict) else None
        if len(names) != 2 or not isinstance(inputs, list) or not all(isinstance(value, str) for value in inputs):
            raise BadFormat(
                f"a listing maps 'PROPERTY @ NETWORK' to an object with x, a list of texts; got {key[:80]!r}",
                fix='write {"p.vnnlib @ net.onnx": {"x": ["0.5", "-1"]}}',
                where=path,
            )
        pairs = " ".join(f"(X_{j} {value})" for j, value in enumerate(inputs))
        (witness,) = parse_witnesses(f"sat ({pairs})", key)
        yield Case((str(folder / names[1]),), str(folder / names[0]), key, witness)


def _text_of(path: str) -> str:
    """The text of a witness file; one that ends in .gz is unpacked, up to the size that any text may have."""
    if PurePath(path).suffix.lower() != ".gz":
        return read_text(path)
    try:
        with gzip.open(io.BytesIO(read_bytes(path))) as packed:
            unpacked = packed.read(LONGEST + 1)
        text = unpacked.decode("utf-8")
    except (zlib.error, OSError, EOFError, UnicodeDecodeError) as error:
        raise BadFormat(f"{path} is no packed text: {error}", fix="name a text file, or one packed by gzip") from error
    if len(unpacked) > LONGEST:
        raise BadFormat(f"{path} holds more than {LONGEST} bytes", fix="split it into several files")
    return text


def _unreadable(case: Case, name: str, error: VerinetError) -> Outcome:
    lost = failed(error)
    document: Json = {**_about(case, name), "verdict": "unreadable", **lost.document}
    return Outcome(BAD_INPUT, (), document, lost.complaints)


def _about(case: Case, name: str) -> Json:
    return {"witness": name, "networks": list(case.networks), "property": case.about}


def _shown(case: Case, name: str, ruling: Ruling) -> Outcome:
    document: Json = {
        **_about(case, name),
        "verdict": ruling.word,
        "x": _texts(ruling.x),
        "y": _texts(ruling.y),
        "moved": format_rational(ruling.moved),
        "clipped": None if ruling.clipped is None else _texts(ruling.clipped),
        "y_clipped": None if ruling.outputs is None else _texts(ruling.outputs),
        "missing": format_rational(ruling.missing),
        "stated_outputs_error": None if ruling.stated_error is None else format_rational(ruling.stated_error),
    }
    line = f"{ruling.word.upper():<22}{name}"
    match ruling.word:
        case "valid":
            said = "  violates the property exactly"
        case "valid after clipping":
            far = _about_size(ruling.moved)
            said = f"  lies outside of the input set by at most {far}; moved inside, it violates exactly"
        case _:
            inside = "inside of the input set"
            if ruling.moved:
                inside = f"moved into the input set, by at most {_about_size(ruling.moved)},"
            said = f"  {inside} the assertions fail by {_about_size(ruling.missing)}"
            if not ruling.missing:
                said = f"  {inside} a strict inequality is an equation"
    lines = [line, said]
    if ruling.stated_error is not None:
        lines.append(f"  stated outputs are at most {_about_size(ruling.stated_error)} from the exact ones")
    if len(ruling.x) <= MOST_SHOWN:
        at = ruling.x if ruling.clipped is None else ruling.clipped
        lines.append(f"  x = ({', '.join(map(number_text, at))})")
    return Outcome(_STATUS[ruling.word], tuple(lines), document)


def _texts(point: Sequence[Fraction]) -> list[str]:
    return [format_rational(value) for value in point]


def _about_size(size: Fraction) -> str:
    """A size in three digits, rounded upwards; exact in the document.

    Examples
    --------
    >>> _about_size(Fraction(1, 3)), _about_size(Fraction(0)), _about_size(Fraction(12345))
    ('3.34e-01', '0', '1.24e+04')
    """
    if not size:
        return "0"
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    if size < Fraction(10) ** exponent:
        exponent -= 1
    digits = -(-size // Fraction(10) ** (exponent - 2))
    if digits == 1000:
        digits, exponent = 100, exponent + 1
    return f"{digits // 100}.{digits % 100:02d}e{exponent:+03d}"
