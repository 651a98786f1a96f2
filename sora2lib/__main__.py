"""``python -m sora2lib`` is the command line."""

import sys

from sora2lib.cli import main

sys.exit(main())
