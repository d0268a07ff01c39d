# SPDX-License-Identifier: BSD-2-Clause
"""The sockets on which programs of this machine ask the daemon."""

import json
import pathlib
import socket

import jsonschema

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2]
                     / "doc/status.schema.json").read_text())


def connect(path, timeout_s=5):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(str(path))  # waits where many do so at once
    s.settimeout(timeout_s)
    return s


def read_all(s):
    """Up to the end."""
    data = b""
    while True:
        try:
            part = s.recv(65536)
        except ConnectionResetError:
            part = b""
        if not part:
            return data
        data += part


def control(path, line, end="\n"):
    """A command to the control socket beside the status socket: the reply's
    first line and the rest."""
    with connect(pathlib.Path(path).parent / "control.sock") as s:
        s.sendall((line + end).encode())
        first, _, rest = read_all(s).decode().partition("\n")
    return first, rest


def status(path):
    """The status document, checked against its schema."""
    with connect(path) as s:
        document = json.loads(read_all(s))
    jsonschema.validate(document, SCHEMA)
    return document
