"""Claims in the words of the command line: ``--claim TEXT``, ``verinet equal``, and claims written to other formats."""

from __future__ import annotations

from collections.abc import Sequence

from verinet.cli.networks import located, read_all, refuse_output
from verinet.cli.outcome import DONE, Json, Outcome
from verinet.cli.places import parse_set
from verinet.cli.prove import ALONE, Effort, Question, about_property, checked, decided, split
from verinet.errors import BadFormat, Unsupported
from verinet.exact.rationals import Q, format_rational
from verinet.networks.formats import ReadOptions
from verinet.work import write_file


def stated(paths: Sequence[str], text: str, domain: str | None, options: ReadOptions) -> Question:
    """The claim that a text makes about the networks in some files.

    Raises
    ------
    VerinetError
        For text outside of the grammar, and for files that cannot be read.
    """
    from verinet.claims.claim_text import parse_claim

    wrong = [path for path in paths if path.lower().endswith(".vnnlib")]
    if wrong or not paths:
        raise Unsupported(
            f"--claim says what is claimed, and {wrong[0] if wrong else 'no network'} was given, too",
            fix='write verinet prove NET --claim "y_0 >= 0" --domain FILE.vnnlib, which is for a set of inputs alone',
        )
    files = tuple(read_all(paths, options))
    networks = [file.network for file in files]
    place = None if domain is None else parse_set(domain, networks[0].input_size)
    try:
        return Question(parse_claim(text, networks, place), files)
    except RecursionError as error:  # bounded by the grammar; a last resort
        raise BadFormat("this claim nests too deep", fix="write fewer brackets") from error


def equal(
    first: str,
    second: str,
    within: str | None,
    domain: str | None,
    output: str | None,
    budget: float | None,
    options: ReadOptions,
    effort: Effort = ALONE,
) -> Outcome:
    """``verinet equal A B``: do two networks agree, exactly or up to a distance?

    Raises
    ------
    VerinetError
        As `stated`.
    """
    checked(output, budget, (first, second), effort)
    text = "equal" if within is None else f"equal within {format_rational(Q(within))}"
    return decided(stated((first, second), text, domain, options), output, budget, effort)


def export_claim(
    paths: Sequence[str], output: str, claim: str | None, domain: str | None, smtlib: bool, options: ReadOptions
) -> Outcome:
    """Write what a property file or ``--claim`` says as SMT-LIB 2, or as VNN-LIB if the output ends in .vnnlib.

    Raises
    ------
    VerinetError
        For input that cannot be read, and for claims that the format cannot say; nothing is written then.
    """
    refuse_output(output, tuple(paths))
    if claim is not None:
        question = stated(paths, claim, domain, options)
    else:
        networks, properties = split(paths)
        if len(properties) != 1 or not networks or domain is not None:
            raise Unsupported(
                f"--smtlib needs networks and one property file, or --claim; got {' '.join(paths)[:200]}",
                fix="write verinet export NET PROPERTY.vnnlib --smtlib -o OUT.smt2",
            )
        with located(properties[0]):
            question = about_property(networks, properties[0], options)
    if smtlib:
        from verinet.provers.smt_export import smtlib as written

        text = written(question.claim)
    else:
        from verinet.claims.vnnlib_writer import write_vnnlib

        text = write_vnnlib(question.claim, version="2.0")  # type: ignore[arg-type]  # it refuses other claims
    write_file(output, text)
    form = "SMT-LIB 2" if smtlib else "VNN-LIB 2.0"
    document: Json = {
        "networks": [file.document() for file in question.files],
        "claim": question.text,
        "output": output,
        "format": form,
    }
    lines = (f"wrote {output}, {form} of: {question.text}", *(file.line for file in question.files))
    return Outcome(DONE, lines, document, tuple(note for file in question.files for note in file.notes))
