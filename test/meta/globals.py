#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The core has no writable variable at file scope (nor a static local one).

usage: globals.py BUILD_ROOT CC FOLDER...

Reads the symbols of each folder's library.  Data that is constant once
relocated (.data.rel.ro) is fine, and so is what the sanitizers put there.
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

# objdump -t: "0000000000000000 l     O .bss	0000000000000004 name"
OBJECT = re.compile(r"^[0-9a-f]+ .{7} (\.t?(?:data|bss)\S*|\*COM\*)\s+([0-9a-f]+)\s+(?:\.hidden )?(\S+)$")
# Clang's have no name at all, which no variable of C can say of itself.
SANITIZER = re.compile(r"^(__unnamed_|__odr_asan|\.LASAN|___asan_|__asan_|\.Lubsan|__sancov|\.L)|^\.(data|bss)")


def writable(path):
    """The variables of an object file that may be written to."""
    out = subprocess.run(["objdump", "-t", path], capture_output=True, text=True, check=True).stdout
    found = []
    for line in out.splitlines():
        match = OBJECT.match(line)
        if not match or match[1].startswith((".data.rel.ro", ".tdata.rel.ro")):
            continue
        if int(match[2], 16) > 0 and not SANITIZER.match(match[3]):
            found.append(match[3])
    return found


def detector_works(cc):
    """A variable of each kind must be seen, a constant one must not."""
    with tempfile.TemporaryDirectory() as tmp:
        source, obj = pathlib.Path(tmp, "x.c"), pathlib.Path(tmp, "x.o")
        source.write_text("""
int zero; int one = 1; static int hidden; _Thread_local int mine;
const char *const names[] = {"a", "b"}; static const int table[] = {1, 2};
int f(int i) { static int count; mine = i; return ++count + ++hidden + table[i]; }
""")
        subprocess.run([*cc, "-w", "-O0", "-fPIE", "-c", source, "-o", obj], check=True)
        names = {re.sub(r"\.\d+$", "", name) for name in writable(obj)}
    return {n.removeprefix("f.") for n in names} == {"zero", "one", "hidden", "mine", "count"}


def main():
    build_root, cc = pathlib.Path(sys.argv[1]), shlex.split(sys.argv[2])
    if not detector_works(cc):
        print("the detector itself is blind")
        return 1
    objects = found = 0
    for folder in sys.argv[3:]:
        for path in sorted((build_root / f"libtimeball-{folder.replace('/', '-')}.a.p").glob("*.o")):
            objects += 1
            for name in writable(path):
                found += 1
                print(f"{folder}: {path.name}: writable variable {name}")
    print(f"{found} writable variables in {objects} object files")
    return 1 if found or not objects else 0


if __name__ == "__main__":
    sys.exit(main())
