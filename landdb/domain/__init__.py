"""What things are: identifiers, text, numbers, coordinates, findings. No database, no web, no files."""
