"""Find the Firefox that people use; as root on Debian, install one: `python -m tests.browser.support.find_firefox`."""

import os
import shutil
import sys
from pathlib import Path

from tests.browser.support.find_chromium import install_package

NAMES = ("firefox-esr", "firefox")
MAC = Path("/Applications/Firefox.app/Contents/MacOS/firefox")
IS_CHOSEN = os.environ.get("CNNLAB_BROWSER") == "firefox"
MISSING = "No Firefox was found for the browser tests. Install one (Debian: apt-get install firefox-esr).\n"


def find_firefox() -> str | None:
    """Return the path of a Firefox, or None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MAC) if MAC.exists() else None)


def main() -> int:
    """Find or install one; 1 and a loud sentence if there is none."""
    if find_firefox() is None:
        install_package("firefox-esr")
    found = find_firefox()
    sys.stdout.write(f"browser tests use {found}\n" if found else MISSING)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
