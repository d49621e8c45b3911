"""Run a module of this room: `python -m cnnlab.tf.sparing MODULE ARGUMENT…`, without what Keras loads for others only.

Where these are installed, TensorFlow and Keras load them when they start: pandas alone, which Streamlit brings, takes
70 MiB in each of our processes.
"""

import runpy
import sys

UNUSED = ("IPython", "matplotlib", "pandas", "scipy", "sklearn")


def spare() -> None:
    """Let this process find none of the packages that it never uses."""
    for name in UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say that there is none


if __name__ == "__main__":
    spare()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
