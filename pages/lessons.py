"""Show the path of lessons through the pages, or one of the two checks around it."""

from cnnlab.ui.lessons.check import check, opened
from cnnlab.ui.lessons.path import path
from cnnlab.ui.parts import frame

which = opened()
# The strip holds worked examples of what a check asks.
frame.page("Lessons", "The post, step by step: predict, see, read why.", strip=not which)
if which:
    check(which)
else:
    path()
