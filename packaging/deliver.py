#!/usr/bin/env python3
"""deliver.py HOST:PORT RECIPIENT SUBJECT: one message by LMTP, as a mail server would deliver it."""
import email.message
import email.utils
import smtplib
import sys

address, recipient, subject = sys.argv[1:4]
host, port = address.rsplit(":", 1)
message = email.message.EmailMessage()
message["From"] = "Postmaster <postmaster@example.org>"
message["To"] = recipient
message["Subject"] = subject
message["Date"] = email.utils.localtime()
message["Message-ID"] = email.utils.make_msgid(domain="example.org")
message.set_content("Delivered by LMTP while your phone was waiting.\n")
try:
    with smtplib.LMTP(host, int(port)) as server:
        server.send_message(message, "postmaster@example.org", [recipient])
except OSError as error:
    sys.exit(f"no delivery to {address}: {error}. Does `./dev run` serve in another terminal?")
except smtplib.SMTPException as error:
    sys.exit(f"refused: {error}")
print(f"delivered to {recipient}: {subject}")
