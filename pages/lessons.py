"""Show the path of lessons through the pages."""

from cnnlab.ui.lessons.path import path
from cnnlab.ui.parts import frame

frame.page("Lessons", "The post, step by step: predict, see, read why.")
path()
