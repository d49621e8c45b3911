"""Write an exercise and give it out to a class."""

from cnnlab.ui.classroom.give.page import exercises
from cnnlab.ui.parts import frame

frame.page("Exercises", "What will your class find out by itself?")
exercises()
