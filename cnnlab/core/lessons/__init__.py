"""Lessons: files with steps that move the real pages, questions that are judged, goals that are checked."""

from cnnlab.core.lessons.language import LanguageError as LanguageError
from cnnlab.core.lessons.lesson import Ask as Ask
from cnnlab.core.lessons.lesson import Go as Go
from cnnlab.core.lessons.lesson import Goal as Goal
from cnnlab.core.lessons.lesson import Lesson as Lesson
from cnnlab.core.lessons.lesson import LessonError as LessonError
from cnnlab.core.lessons.lesson import Step as Step
from cnnlab.core.lessons.situation import Situation as Situation
