"""The part of the authors' workshop that needs the front door: their flows as people will meet them."""

from bot.workshop import coverage, recording, replay, trial
from flows.workshop.command import Command

COMMANDS: tuple[Command, ...] = (trial.COMMAND, recording.COMMAND, replay.COMMAND, coverage.COMMAND)
