"""Rules over one commune: a catalogue of data, array checks, statements, and the run that stores findings."""
