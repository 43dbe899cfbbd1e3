#!/usr/bin/env python3
"""demo_maildir.py DEMO_MAIL MAILDIR: the demo messages as a Maildir++, moved in time so that the newest came just now.

A phone asks for the mail of the last days only. A file is FOLDER/NN-name[.FLAGS].eml; FLAGS are Maildir's letters. Only the value
of the Date field is written anew, every other byte stays as it is.
"""
import datetime
import email.utils
import pathlib
import re
import sys

DATE = re.compile(rb"^Date: ([^\r\n]+)", re.M)


def sent(message):
    return email.utils.parsedate_to_datetime(DATE.search(message).group(1).decode())


def main():
    source, target = map(pathlib.Path, sys.argv[1:3])
    messages = {path: path.read_bytes() for path in sorted(source.rglob("*.eml"))}
    newest = max(map(sent, messages.values()))
    shift = datetime.datetime.now(datetime.timezone.utc) - newest - datetime.timedelta(minutes=2)
    for path, message in messages.items():
        folder = path.relative_to(source).parent.parts
        directory = target if folder == ("INBOX",) else target / ("." + ".".join(folder))
        for part in ("cur", "new", "tmp"):
            (directory / part).mkdir(parents=True, exist_ok=True)
        date = email.utils.format_datetime(sent(message) + shift).encode()
        flags = path.stem.partition(".")[2]
        (directory / "cur" / f"{path.stem.partition('.')[0]}:2,{flags}").write_bytes(DATE.sub(b"Date: " + date, message, count=1))


if __name__ == "__main__":
    main()
