"""How the pixel kernels are compiled: single precision, no lock on the interpreter, no checks for zero."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True, "error_model": "numpy"}


def compiled(function: Function) -> Function:
    """Compile at the first call and keep the result on disk."""
    return cast(Function, numba.njit(**_OPTIONS)(function))


def inlined(function: Function) -> Function:
    """Compile into the caller, so that its loops can be vectorised."""
    return cast(Function, numba.njit(forceinline=True, **_OPTIONS)(function))
