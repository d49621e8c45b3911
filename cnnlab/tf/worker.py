"""Train one run as a supervisor of version 0.1 asks for it: it outlives an update, and knows no other name."""

import runpy

if __name__ == "__main__":
    runpy.run_module("cnnlab.tf.training.worker", run_name="__main__", alter_sys=True)
