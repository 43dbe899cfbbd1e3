#!/usr/bin/env python3
"""push.py GODWIT DATA HTTP LMTP: shows push working. A phone in fifty lines registers with the demo account, waits in a Ping, a message
is delivered by LMTP, and the time from the delivery's 250 to the Ping's answer is printed; then the phone fetches the message.

Bodies are written as XML and turned into WBXML by `godwit wbxml`, so that the conversation can be read here.
"""
import base64
import email.message
import email.utils
import http.client
import pathlib
import smtplib
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET

LOGIN, DEVICE = "demo@example.org", "GODWITPUSH01"


class Phone:
    def __init__(self, godwit, address, secret):
        self.godwit, self.address, self.key, self.answered = godwit, address, "0", 0.0
        self.login = "Basic " + base64.b64encode(f"{LOGIN}:{secret}".encode()).decode()

    def convert(self, document):
        return subprocess.run([self.godwit, "wbxml", "-"], input=document, capture_output=True, check=True).stdout

    def ask(self, command, xml, timeout=30):
        body = self.convert(('<?xml version="1.0" encoding="utf-8"?>' + xml).encode())
        connection = http.client.HTTPConnection(self.address, timeout=timeout)
        connection.request("POST", f"/Microsoft-Server-ActiveSync?Cmd={command}&User={LOGIN}&DeviceId={DEVICE}&DeviceType=Demo", body, {
            "Authorization": self.login, "MS-ASProtocolVersion": "16.1", "X-MS-PolicyKey": self.key, "User-Agent": "godwit-push/1",
            "Content-Type": "application/vnd.ms-sync.wbxml"})
        response = connection.getresponse()
        answer = response.read()
        self.answered = time.perf_counter()
        if response.status != 200:
            sys.exit(f"{command}: HTTP {response.status}. Is this the demo's data directory, and does `./dev run` serve it?")
        return ET.fromstring(self.convert(answer)) if answer else None


def first(tree, name):
    return next((e.text or "" for e in tree.iter() if e.tag.endswith("}" + name)), "") if tree is not None else ""


def provision(phone):
    policy = "<Provision xmlns='Provision'><Policies><Policy><PolicyType>MS-EAS-Provisioning-WBXML</PolicyType>{}</Policy></Policies></Provision>"
    information = ("<Provision xmlns='Provision' xmlns:settings='Settings'><settings:DeviceInformation><settings:Set><settings:Model>push.py"
                   "</settings:Model></settings:Set></settings:DeviceInformation><Policies><Policy><PolicyType>MS-EAS-Provisioning-WBXML"
                   "</PolicyType></Policy></Policies></Provision>")
    phone.key = first(phone.ask("Provision", information), "PolicyKey")
    phone.key = first(phone.ask("Provision", policy.format(f"<PolicyKey>{phone.key}</PolicyKey><Status>1</Status>")), "PolicyKey")


def inbox_of(phone):
    folders = phone.ask("FolderSync", "<FolderSync xmlns='FolderHierarchy'><SyncKey>0</SyncKey></FolderSync>")
    adds = [{c.tag.rpartition("}")[2]: c.text for c in e} for e in folders.iter() if e.tag.endswith("}Add")]
    return next(add["ServerId"] for add in adds if add["Type"] == "2")


def sync(phone, folder, key):
    """Until there is no more; the new key, how many messages came, the last subject."""
    count, subject = 0, ""
    while True:
        options = "" if key == "0" else "<GetChanges>1</GetChanges><WindowSize>100</WindowSize><Options><FilterType>0</FilterType></Options>"
        answer = phone.ask("Sync", f"<Sync xmlns='AirSync'><Collections><Collection><SyncKey>{key}</SyncKey><CollectionId>{folder}"
                                   f"</CollectionId>{options}</Collection></Collections></Sync>")
        added = [e for e in answer.iter() if e.tag == "{AirSync}Add"] if answer is not None else []
        count += len(added)
        subject = first(added[-1], "Subject") if added else subject
        before, key = key, first(answer, "SyncKey") or key
        more = answer is not None and any(e.tag.endswith("}MoreAvailable") for e in answer.iter())
        if before != "0" and not more:
            return key, count, subject


def deliver(address, subject):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "Push <push@example.org>", LOGIN, subject
    message["Date"], message["Message-ID"] = email.utils.localtime(), email.utils.make_msgid(domain="example.org")
    message.set_content("You were told of this by a Ping that was waiting.\n")
    host, port = address.rsplit(":", 1)
    with smtplib.LMTP(host, int(port)) as server:
        server.send_message(message)
        return time.perf_counter()


def main():
    godwit, data, http_address, lmtp_address = sys.argv[1:5]
    secret = (pathlib.Path(data) / "demo-password").read_text().strip()
    phone = Phone(godwit, http_address, secret)
    try:
        provision(phone)
        folder = inbox_of(phone)
        key, count, _ = sync(phone, folder, "0")
        print(f"a phone has registered and holds {count} messages; now it waits in a Ping")
        answer = []
        ping = ("<Ping xmlns='Ping'><HeartbeatInterval>60</HeartbeatInterval><Folders><Folder>"
                f"<Id>{folder}</Id><Class>Email</Class></Folder></Folders></Ping>")
        waiting = threading.Thread(target=lambda: answer.append(phone.ask("Ping", ping, 90)), daemon=True)
        waiting.start()
        time.sleep(0.5)
        delivered = deliver(lmtp_address, f"Pushed at {time.strftime('%H:%M:%S')}")
        waiting.join(90)
        if not answer or first(answer[0], "Status") != "2":
            sys.exit("the Ping was not answered with changes")
        print(f"delivered by LMTP; the waiting Ping was answered {max(0.0, (phone.answered - delivered) * 1000):.1f} ms after its 250")
        _, count, subject = sync(phone, folder, key)
        print(f"the phone fetched {count} new message: {subject}")
    except OSError as error:
        sys.exit(f"no server at {http_address} or {lmtp_address}: {error}. Does `./dev run` serve in another terminal?")


if __name__ == "__main__":
    main()
