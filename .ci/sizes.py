"""Prints how large the functions are that `sam build` made, the binary and the archive that is uploaded; fails where one
is larger than a function may be."""

import io
import pathlib
import sys
import zipfile

# Megabytes of an archive: the largest has 3.60, and 5 % of room.
MOST = 3.78


def archive(binary: pathlib.Path) -> int:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(binary, "bootstrap")
    return len(octets.getvalue())


print("""# What is deployed

The binaries that `sam build` makes (cargo-lambda, release), and the archives that `sam deploy` uploads.
`.ci/artefacts` builds them, gives each its sample events under AWS's runtime emulator, and writes this page.

| function | binary, MB | archive, MB |
|---|---|---|""")
too_large = []
for binary in sorted(pathlib.Path(sys.argv[1]).glob("*/bootstrap")):
    name, uploaded = binary.parent.name, archive(binary) / 1e6
    print(f"| `{name}` | {binary.stat().st_size / 1e6:.2f} | {uploaded:.2f} |")
    if uploaded > MOST:
        too_large.append(name)
if too_large:
    sys.exit(f"larger than {MOST} MB: {', '.join(too_large)}")
