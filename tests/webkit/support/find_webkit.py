"""Find WebKit with what drives it; as root on Debian, install both: `python -m tests.webkit.support.find_webkit`."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.browser.support.find_chromium import install_package

PACKAGES = ("webkit2gtk-driver", "xvfb")
MISSING = f"No WebKit was found for the tests in it. They need Debian's packages {' and '.join(PACKAGES)}.\n"


@dataclass(frozen=True)
class Found:
    """Be the paths of the three programs: what drives the browser, the browser, and a screen that nobody sees."""

    driver: str
    browser: str
    screen: str


def find_webkit() -> Found | None:
    """Return the programs, or None if one of them is missing."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    return Found(driver, str(browsers[-1]), screen) if driver and screen and browsers else None


def main() -> int:
    """Find or install them; 1 and a loud sentence if one is missing."""
    if find_webkit() is None:
        for name in PACKAGES:
            install_package(name)
    found = find_webkit()
    sys.stdout.write(f"browser tests use {found.browser}\n" if found else MISSING)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
