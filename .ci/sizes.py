"""Prints how large the functions are that `sam build` made: the binary, and the archive that is uploaded."""

import io
import pathlib
import sys
import zipfile


def archive(binary: pathlib.Path) -> int:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(binary, "bootstrap")
    return len(octets.getvalue())


print("""# What is deployed

The binaries that `sam build` makes (cargo-lambda, release, thin LTO), and the archives that `sam deploy` uploads.
`.ci/artefacts` builds them, gives each its sample events under AWS's runtime emulator, and writes this page.

| function | binary, MB | archive, MB |
|---|---|---|""")
for binary in sorted(pathlib.Path(sys.argv[1]).glob("*/bootstrap")):
    print(f"| `{binary.parent.name}` | {binary.stat().st_size / 1e6:.2f} | {archive(binary) / 1e6:.2f} |")
