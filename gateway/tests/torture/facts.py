"""What Python's `email` (policy "default") reads in messages.

Takes paths, one a line; prints one JSON object a line, in the same order. What Python cannot read is
{"error": its words}.
"""

import hashlib
import json
import sys
from email import message_from_bytes, policy


def attempt(read):
    try:
        return read()
    except Exception as error:  # whatever a parser meets in a broken message
        return {"error": f"{type(error).__name__}: {error}"}


def subject(message):
    found = message["subject"]
    return None if found is None else str(found)


def sender(message):
    found = message["from"]
    return None if found is None else [[one.display_name, one.addr_spec] for one in found.addresses]


def leaves(part):
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for child in part.iter_parts():
            yield from leaves(child)
    else:
        yield part


def texts(message):
    parts = (part for part in leaves(message) if part.get_content_maintype() == "text")
    return [[part.get_content_type(), part.get_filename(), attempt(part.get_content)] for part in parts]


def attachments(message):
    parts = (part for part in leaves(message) if part.get_content_maintype() != "text")
    return [[part.get_content_type(), part.get_filename(), digest(part)] for part in parts]


def digest(part):
    content = None if part.is_multipart() else part.get_payload(decode=True)
    return None if content is None else hashlib.sha256(content).hexdigest()


for path in sys.stdin.read().splitlines():
    with open(path, "rb") as file:
        message = message_from_bytes(file.read(), policy=policy.default)
    reading = (subject, sender, texts, attachments)
    print(json.dumps({read.__name__: attempt(lambda read=read: read(message)) for read in reading}))
