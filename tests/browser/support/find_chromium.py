"""Find a Chromium for the browser tests; as root on Debian or Ubuntu, install one: `find_chromium.py --install`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
SKIP = "CNNLAB_SKIP_BROWSER"
MISSING = (
    "No Chromium was found, so the browser tests cannot run. Install one (Debian: apt-get install chromium; anywhere: "
    f"playwright install chromium), name it in CNNLAB_CHROMIUM, or set {SKIP}=1 to leave these tests out.\n"
)


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    named = os.environ.get("CNNLAB_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    if MAC.exists():
        return str(MAC)
    return _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install_package(name: str) -> None:
    """Install a package of Debian or Ubuntu, as root; anybody else gets nothing."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False, timeout=300)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", name]
        subprocess.run(command, check=False, timeout=900, env=environment, stdout=subprocess.DEVNULL)


def _install() -> None:
    """Try Debian's package as root, then Playwright's own download."""
    install_package("chromium")
    if find_chromium():
        return
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, check=False, timeout=600)


def main() -> int:
    """Find, or with --install try to install; 1 and a loud sentence if there is none."""
    if os.environ.get(SKIP):
        sys.stderr.write(f"{SKIP} is set: the browser tests are left out.\n")
        return 0
    if find_chromium() is None and "--install" in sys.argv:
        _install()
    found = find_chromium()
    if found is None:
        sys.stderr.write(MISSING)
        return 1
    sys.stdout.write(f"browser tests use {found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
