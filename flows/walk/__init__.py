"""Walks through flows with the real engine, to find what goes wrong before a person does; see ``flows.walk.report``."""

DEPTH = 60  # turns of every path
PLACES = 160_000  # then the walk says that it left some out
STROLLS = 1000  # random walks, over all flows that people can enter
LONGEST = 200  # turns of a random walk; a talk that has not ended by then goes on
