"""A file of numbers that a configuration names: found beside the configuration, known by its content."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from nonhermitian_hartree.arrays import Complex
from nonhermitian_hartree.errors import ModelError
from nonhermitian_hartree.fields.base import Spec, refusal, show_value

if TYPE_CHECKING:  # its import takes as long as a small model
    import scipy.sparse as sp

FOLDERS = "folders"
"""Key, in the context of a validation, of the folders in which files are looked for, the last one first."""

_NUMBERS = "a file of numbers by numpy.save (.npy) or scipy.sparse.save_npz (.npz), without pickled objects"


class ArrayFile(Spec):
    """A file of numbers, and the checksum of its content: what is computed depends on that, not on its date.

    Jobs are given both, so that other content is another job, and refuse a file that has changed since.
    """

    path: str = Field(
        title="a path relative to the configuration file",
        description="of a `.npy` or `.npz` file, never unpickled; of several configuration files, relative "
        "to the last one that has it",
    )
    sha256: str = Field(
        default="",
        title="64 hexadecimal digits",
        description="checksum of the content; filled in, or what the content must be",
    )

    @model_validator(mode="before")
    @classmethod
    def _find(cls, value: Any, info: ValidationInfo) -> Any:
        given = {"path": value} if isinstance(value, str) else value
        if not isinstance(given, Mapping) or not isinstance(given.get("path"), str) or "\0" in given["path"]:
            return given if isinstance(given, cls) else refuse_path(value)
        folders = (info.context or {}).get(FOLDERS) or (Path(),)
        found = [Path(folder) / given["path"] for folder in reversed(folders)]
        file = next((file for file in found if file.is_file()), None)
        if file is None:
            raise refusal(f"no file {show_value(str(found[0]))}", "a file that is there")
        here = Path.cwd()
        file = file.resolve().relative_to(here) if file.resolve().is_relative_to(here) else file.resolve()
        digest = hashlib.sha256(_read_bytes(file)).hexdigest()
        if given.get("sha256") not in (None, digest):
            raise refusal(f"other content of {str(file)!r}, {digest[:12]}…", "the content with the sha256 given")
        return {**given, "path": str(file), "sha256": digest}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Let a path alone pass for editors, too."""
        return {"anyOf": [{"type": "string"}, handler(schema)]}

    def load(self) -> Complex | sp.csr_array:
        """Return the numbers, dense or sparse.

        Raises
        ------
        PydanticCustomError
            If they are none, or not finite, or the content is not that of the checksum any more.
        """
        try:
            return _load(self.path, self.sha256)
        except ModelError as error:
            raise refusal(f"{self.path!r}, {error}", _NUMBERS) from None


def refuse_path(value: object) -> Any:
    """Refuse what is no path."""
    raise refusal(show_value(value), "a path of a file, relative to the configuration file")


@contextmanager
def refusals_of(*path: str | int) -> Iterator[None]:
    """Make the refusal of a value out of what a function that builds an operator or a state refuses."""
    try:
        yield
    except ModelError as error:
        _, _, rest = str(error).partition("found ")
        found, _, allowed = rest.partition("; allowed: ")
        raise refusal(found or str(error), allowed or "what config/README.md says", *path) from None


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise refusal(f"{str(file)!r}: {error.strerror}", "a file that can be read") from None


@lru_cache(maxsize=8)
def _load(path: str, digest: str) -> Complex | sp.csr_array:
    content = _read_bytes(Path(path))
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError("whose content has changed since the configuration was read")
    numbers = _read_npz(content) if content[:2] == b"PK" else _read_npy(content)
    data = np.asarray(numbers.data if hasattr(numbers, "tocoo") else numbers)
    if not np.isfinite(data).all():
        raise ModelError(f"which has {int((~np.isfinite(data)).sum())} numbers that are not finite (nan or inf)")
    return numbers


def _read_npy(content: bytes) -> Complex:
    if content[:6] != b"\x93NUMPY":
        raise ModelError("which is no .npy or .npz file")
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except ValueError as error:
        raise ModelError("which holds pickled objects" if "Object" in str(error) else "which is damaged") from None
    if array.dtype.kind not in "iufc":
        raise ModelError(f"which holds {array.dtype} and no numbers")
    return np.asarray(array, dtype=np.complex128)


def _read_npz(content: bytes) -> sp.csr_array:
    import scipy.sparse as sp

    try:
        matrix = sp.csr_array(sp.load_npz(io.BytesIO(content)))
    except Exception as error:  # whatever a damaged archive or a pickled object ends in
        found = "which holds pickled objects" if "pickle" in str(error).lower() else "which holds no sparse array"
        raise ModelError(found) from None
    if matrix.dtype.kind not in "iufc":
        raise ModelError(f"which holds {matrix.dtype} and no numbers")
    matrix = matrix.astype(np.complex128)
    matrix.sum_duplicates()
    return matrix
