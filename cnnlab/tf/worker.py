"""Train one run as the supervisor of an earlier version asks for it; see `cnnlab.tf.training.worker`."""

import sys

from cnnlab.tf.training.worker import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
