#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Folders form layers: prove that the table in meson.build is kept.

usage: layers.py SOURCE_ROOT BUILD_ROOT CC FOLDER:BELOW,BELOW...

Two proofs for each folder.  By reading: every #include "folder/..." names the
folder itself or one of its row.  By linking: a small program that calls every
function of the folders which its row does not name is linked exactly as the
folder's own unit tests are, and the linker must miss every one of them.
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s+"((?:pool/)?[a-z0-9]+)/', re.M)


def closure(table, folder):
    """The folder and everything that its library brings along."""
    seen = {folder}
    for below in table[folder]:
        seen |= closure(table, below)
    return seen


def wrong_includes(source_root, table):
    for folder, row in table.items():
        for path in sorted((source_root / "src" / folder).rglob("*.[ch]")):
            for named in INCLUDE.findall(path.read_text()):
                if named in table and named != folder and named not in row:
                    yield f"{path.relative_to(source_root)} includes {named}/"


def functions(build_root, folder):
    """Names of the functions that the folder's library exports."""
    archive = build_root / f"libtimeball-{folder.replace('/', '-')}.a"
    nm = subprocess.run(["nm", "-g", "--defined-only", archive],
                        capture_output=True, text=True, check=True)
    return {line.split()[2] for line in nm.stdout.splitlines()
            if re.match(r"[0-9a-f]+ T [a-z]\w+$", line)}


def link_command(build_root, folder):
    """How meson links a unit test of the folder, or None if it has none yet."""
    targets = subprocess.run(["ninja", "-C", build_root, "-t", "targets", "all"],
                             capture_output=True, text=True, check=True).stdout
    name = folder.replace("/", "-")
    test = re.search(rf"^(test/test-{name}-[a-z]\S*): c_LINKER", targets, re.M)
    if not test:
        return None
    commands = subprocess.run(["ninja", "-C", build_root, "-t", "commands", test[1]],
                              capture_output=True, text=True, check=True).stdout
    return shlex.split(commands.splitlines()[-1])


def missing_when_linked(build_root, cc, command, names, tmp):
    """Link a program that calls names; return (did it link, names missed)."""
    source, obj, out = tmp / "up.c", tmp / "up.o", tmp / "up"
    source.write_text("".join(f"void {n}(void);\n" for n in sorted(names))
                      + "int main(void)\n{\n"
                      + "".join(f"\t{n}();\n" for n in sorted(names)) + "}\n")
    subprocess.run([*cc, "-w", "-fno-builtin", "-fPIE", "-c", source, "-o", obj], check=True)
    args = [str(obj) if re.search(r"\.p/[^/]*\.c\.o$", a) else a for a in command]
    args[args.index("-o") + 1] = str(out)
    args.append("-Wl,--warn-unresolved-symbols,--no-demangle")
    ran = subprocess.run(args, cwd=build_root, capture_output=True, text=True)
    return ran.returncode == 0, set(re.findall(r"undefined reference to [`'](\w+)'", ran.stderr)), ran.stderr


def main():
    source_root, build_root = map(pathlib.Path, sys.argv[1:3])
    cc = shlex.split(sys.argv[3])
    table = {}
    for row in sys.argv[4:]:
        folder, below = row.split(":")
        table[folder] = [name for name in below.split(",") if name]

    complaints = list(wrong_includes(source_root, table))
    exported = {folder: functions(build_root, folder) for folder in table}
    proved = 0
    with tempfile.TemporaryDirectory() as tmp:
        for folder in table:
            command = link_command(build_root, folder)
            if command is None:
                print(f"{folder}: no unit test to link like")
                continue
            within = closure(table, folder)
            up = set().union(*(exported[f] for f in table if f not in within))
            down = exported[folder]
            linked, missed, log = missing_when_linked(
                build_root, cc, command, up | down, pathlib.Path(tmp))
            if not linked or missed & down:
                complaints.append(f"{folder}: its own functions do not link: {log}")
            for name in sorted(up - missed):
                complaints.append(f"{folder}: reaches up to {name}()")
            proved += len(up)
    for line in complaints:
        print(line)
    print(f"{proved} calls upwards tried, {len(complaints)} complaints")
    return 1 if complaints or not proved else 0


if __name__ == "__main__":
    sys.exit(main())
