"""What the command line reads and writes: files whole or not at all, standard streams, devices.

A file is written beside its place and renamed at the very end, after everything that can fail has been done.
Links are followed, permissions stay, and a terminal, pipe or device is written to instead of being replaced.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from derive.errors import DeriveError

STANDARD_OUTPUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


class FileError(DeriveError):
    """A file that cannot be read or written as the command line asks."""


def settle() -> None:
    """See that the folder that names of files are read from is there.

    Raises:
        FileError: if it was deleted.
    """
    try:
        os.getcwd()
    except OSError as error:
        raise FileError(
            f"The current folder must exist, but cannot be found: {error.strerror}; change to another."
        ) from None


def read(path: str, most: int) -> bytes:
    """At most `most` bytes of a file; '-' is standard input.

    Raises:
        FileError: if there is no such file, or it cannot be read.
    """
    if path == "-" and sys.stdin is None:
        raise FileError("A network must be readable, but standard input is closed; name a file.")
    try:
        if path == "-":
            return sys.stdin.buffer.read(most)
        with open(path, "rb") as file:
            return file.read(most)
    except OSError as error:
        given = "standard input" if path == "-" else repr(path)
        raise FileError(
            f"A network must be a readable file, but {given} is not: {error.strerror or error}; correct it."
        ) from None


def places(targets: Mapping[str, str], source: str | None = None) -> dict[str, str]:
    """Where each kind of output goes, '-' for standard output, before any work is done for it.

    Raises:
        FileError: if one is not writable, or two are the same, or one is the `source` that is read.
    """
    found = {kind: "-" if path in STANDARD_OUTPUT else path for kind, path in targets.items()}
    taken = {} if source in (None, "-") else {os.path.realpath(str(source)): "what is read"}
    for kind, path in found.items():
        place = "-" if path == "-" else os.path.realpath(path)
        if place in taken:
            what = "standard output" if path == "-" else repr(path)
            raise FileError(
                f"Each output must have a place of its own, but {what} is {taken[place]} and --{kind}; "
                "name another file."
            )
        taken[place] = f"--{kind}"
        if path != "-":
            _check(path, place)
    return found


def _check(path: str, place: str) -> None:
    folder = os.path.dirname(place)
    if not path or os.path.isdir(place):
        raise FileError(f"An output must be a file, but {path!r} is none; name a file.")
    if not os.path.isdir(folder):
        raise FileError(f"The folder of an output must exist, but {folder!r} does not; create it.")
    there = os.path.exists(place)
    writable = os.access(place, os.W_OK) if there else os.access(folder, os.W_OK) and not os.path.islink(place)
    if not writable or not (_is_special(place) or os.access(folder, os.W_OK)):
        raise FileError(f"An output must be writable, but {path!r} is not; choose another place.")


def _is_special(path: str) -> bool:
    return path == "-" or os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode)


def write(outputs: Mapping[str, str | bytes], folders: bool = False) -> None:
    """Put every output in place, whole, or none; with `folders`, make those that are missing.

    Raises:
        FileError: if one of them cannot be written.
    """
    beside: dict[str, str] = {}
    try:
        for path, content in outputs.items():
            if not _is_special(path):
                with _named(path):
                    if folders:
                        os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)
                    _write_beside(beside, os.path.realpath(path), _data(content))
        for path, content in outputs.items():
            if _is_special(path):
                _send(path, _data(content))
        _replace(beside)
    finally:
        for temporary in beside.values():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def say(text: str) -> None:
    """Lines for standard output, in UTF-8 whatever the locale.

    Raises:
        FileError: if it cannot be written.
    """
    _send("-", _data(f"{text}\n"))


def complain(line: str) -> None:
    """One line for standard error; where that cannot be written, nobody wants to know."""
    if sys.stderr is not None:
        try:
            print(f"derive: {line}", file=sys.stderr, flush=True)
        except OSError:
            sys.stderr = None  # what is left of it would be written once more at the end, and change the exit status


def _data(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _write_beside(beside: dict[str, str], place: str, data: bytes) -> None:
    handle, beside[place] = tempfile.mkstemp(prefix=".derive-", dir=os.path.dirname(place))
    with open(handle, "wb") as file:
        file.write(data)
    if os.path.exists(place):
        old = os.stat(place)
        with contextlib.suppress(PermissionError):
            os.chown(beside[place], old.st_uid, old.st_gid)
        os.chmod(beside[place], stat.S_IMODE(old.st_mode))
    else:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside[place], 0o666 & ~mask)


def _replace(beside: Mapping[str, str]) -> None:
    """Rename all, or put back what was there: a mounted file, or one in a shared folder, resists only now.

    So does a user who interrupts, and is told that nothing was written.
    """
    before: dict[str, bytes | None] = {}
    try:
        for place, temporary in beside.items():
            with _named(place):
                old = Path(place).read_bytes() if os.path.exists(place) else None
                os.replace(temporary, place)
                before[place] = old
    except (FileError, KeyboardInterrupt):
        for place, old in before.items():
            if old is None:
                os.unlink(place)
            else:
                Path(place).write_bytes(old)
        raise


def _send(path: str, data: bytes) -> None:
    """Write to standard output, a pipe or a device; a reader that has seen enough is no error."""
    if path != "-":
        with _named(path), contextlib.suppress(BrokenPipeError), open(path, "wb") as file:
            file.write(data)
        return
    if sys.stdout is None:
        raise FileError("An output must be writable, but standard output is closed; name a file.")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is left in the buffer must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise FileError(f"Standard output must be writable, but is not: {error.strerror}.") from None


@contextlib.contextmanager
def _named(path: str) -> Iterator[None]:
    """Say which output cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise FileError(
            f"An output must be writable, but {path!r} is not: {reason}; choose another place."
        ) from None
