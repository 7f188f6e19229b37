"""What the server writes: one JSON object per line, with no path, query or value that somebody asked about."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

#: This logger's messages are JSON objects already (`api.middleware`).
_STRUCTURED: Final = "landdb.access"


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object. An exception is named by its class: its text may quote a value."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        text = record.getMessage()
        line |= json.loads(text) if record.name == _STRUCTURED else {"message": text}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
        return json.dumps(line, ensure_ascii=False)
