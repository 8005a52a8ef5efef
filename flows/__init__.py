"""The core: what a talk is. No clock, network, database or event loop."""
