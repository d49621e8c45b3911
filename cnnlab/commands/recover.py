"""The command `recover`: bring runs back into their record from their folders."""

import argparse

from cnnlab.commands.refusing import Command, CommandError, say
from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.settings import Settings
from cnnlab.runs.store.recovery import recover


def _recover(_options: argparse.Namespace, settings: Settings) -> int:
    if not (settings.home / "runs").is_dir():
        raise CommandError(f"{settings.home} holds no runs; let CNNLAB_HOME name the folder that does.")
    done = recover(settings.home)
    are = "is" if done.runs == 1 else "are"
    say(f"{counted(done.runs, 'run')} {are} in the record, {done.back} of them brought back from their folders.")
    for path in done.aside:
        say(f"The damaged record is kept as {path}.")
    for name in done.unreadable:
        say(f"The folder {settings.home / 'runs' / name} does not say what was trained, so its run stays away.")
    return 0


RECOVER = Command("recover", "bring runs back into their record from their folders", lambda _: None, _recover)
