"""Replication work that the emulator has acknowledged to a client and the gateway's engine has not yet taken over."""

import itertools
import threading
import time


class Journal:
    def __init__(self):
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._entries = []

    def add(self, **entry):
        with self._lock:
            self._entries.append({"id": next(self._ids), "at": time.time_ns() // 1_000_000, **entry})

    def take(self, after, limit):
        """Entries beyond `after`, oldest first; the engine confirms those up to it, and they are dropped."""
        with self._lock:
            self._entries = [entry for entry in self._entries if entry["id"] > after]
            return self._entries[:limit]
