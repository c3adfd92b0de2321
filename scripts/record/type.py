"""Runs a command on a pseudo-terminal and writes what it prints as JSON lines: [seconds, text]. Usage: type.py COLUMNS ROWS COMMAND ..."""
import codecs
import fcntl
import json
import os
import pty
import struct
import sys
import termios
import time

columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
began = time.monotonic()
decode = codecs.getincrementaldecoder("utf-8")("replace").decode
typed = iter(json.loads(os.environ.get("TYPED", "[]")))
wanted = next(typed, None)
seen = ""
while True:
    try:
        chunk = os.read(master, 65536)
    except OSError:
        break
    if not chunk:
        break
    text = decode(chunk)
    print(json.dumps([round(time.monotonic() - began, 3), text]), flush=True)
    seen += text
    # Answers a question as a person does: some time after it stands there.
    if wanted is not None and wanted[0] in seen:
        time.sleep(1.2)
        os.write(master, (wanted[1] + "\r").encode())
        seen, wanted = "", next(typed, None)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
