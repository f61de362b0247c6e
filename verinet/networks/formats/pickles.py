"""Looking into a pickle without running it: is there anything in it but tensors?

A pickle is a program.  Here it is only listed, opcode by opcode; whatever would import or call something that
rebuilding tensors does not need is refused by name, before any library loads the file.
"""

from __future__ import annotations

import io
import pickletools
import zipfile

from verinet.errors import BadFormat

_KINDS = ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")
#: What torch.save writes for a dictionary of tensors.
_HARMLESS = {
    "collections OrderedDict",
    "torch._utils _rebuild_parameter",
    "torch._utils _rebuild_tensor_v2",
    "torch.storage UntypedStorage",
    *(f"torch {kind}Storage" for kind in _KINDS),
}
#: Opcodes that import or call by ways that torch.save does not use for tensors.
_FORBIDDEN = {"STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"}

LARGEST_PICKLE = 1 << 26
LARGEST_ARCHIVE = 1 << 30


def refuse_code(data: bytes, where: str) -> None:
    """Refuse a .pt file unless it is a zip archive whose pickle rebuilds tensors and nothing else.

    Raises
    ------
    BadFormat
        Naming what the pickle would import, or saying that the file is damaged.

    Guarantee: exact; nothing in the file is run.
    """
    if not data.startswith(b"PK\x03\x04"):
        _refuse_calls(data, where)
        raise BadFormat(
            "this is not a file of today's torch.save, which is a zip archive",
            fix="save the state dict again: torch.save(module.state_dict(), path)",
            where=where,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST_ARCHIVE:
                raise BadFormat(
                    f"the archive unpacks to more than {LARGEST_ARCHIVE} bytes",
                    fix="check the file",
                    where=where,
                )
            pickles = [entry for entry in entries if entry.filename.endswith("data.pkl")]
            if len(pickles) != 1 or any("/code/" in entry.filename for entry in entries):
                raise BadFormat(
                    "the archive is not a state dict: it holds "
                    + ("program code (TorchScript)" if len(pickles) == 1 else f"{len(pickles)} pickles"),
                    fix="save the state dict: torch.save(module.state_dict(), path), or export to ONNX",
                    where=where,
                )
            for entry in entries:
                if entry.filename.endswith(".pkl"):
                    if entry.file_size > LARGEST_PICKLE:
                        raise BadFormat("the pickle in the archive is too large", fix="check the file", where=where)
                    _refuse_calls(archive.read(entry), where)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadFormat(f"the archive is damaged: {error}", fix="save or download it again", where=where) from error


def _refuse_calls(pickle: bytes, where: str) -> None:
    texts: list[str] = []  # the last texts, which STACK_GLOBAL would take its names from
    try:
        for opcode, argument, _ in pickletools.genops(pickle):
            if isinstance(argument, str):
                texts = [*texts[-1:], argument]
            imported = opcode.name == "GLOBAL" and str(argument) not in _HARMLESS
            if imported or opcode.name in _FORBIDDEN:
                named = ".".join(texts).replace(" ", ".") if opcode.name == "STACK_GLOBAL" else str(argument)
                raise BadFormat(
                    f"the file holds code: reading its pickle would call {named.replace(' ', '.')[:200]!r} "
                    f"(opcode {opcode.name}); it was not read",
                    fix="never load such a file from others; of your own, save the weights alone: "
                    "torch.save(module.state_dict(), path), or export to ONNX",
                    where=where,
                )
    except BadFormat:
        raise
    except Exception as error:  # pickletools raises many kinds on bytes that are no pickle
        raise BadFormat(
            f"this is not a file that torch.save wrote: {str(error)[:120]}", fix="check the file", where=where
        ) from error
