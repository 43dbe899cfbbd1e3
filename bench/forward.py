#!/usr/bin/env python3
"""SmartForward of a 20 MB message: how much memory the server takes for it at its peak, and how long.

    bench/forward.py [MEGABYTES]     build/release/godwit, or the binary that GODWIT_BINARY names

At 12.1, where the request is a bare message and needs no WBXML. One message of that size, with one attachment, is delivered to an
account; forwarded it goes to a second account of the same server and into Sent Items. Fails above 64 MB.
"""
import base64, http.client, importlib.machinery, importlib.util, os, pathlib, re, smtplib, subprocess, sys, time

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_MB = 64


def load_run():
    loader = importlib.machinery.SourceFileLoader("bench_run", str(HERE / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
    loader.exec_module(module)
    return module


def status_kb(pid, what):
    return int(re.search(rf"{what}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    run = load_run()
    run.BINARY = os.environ.get("GODWIT_BINARY", run.BINARY)
    server = run.Server()
    for address in ("anna@example.org", "bob@example.org"):
        subprocess.run([run.BINARY, "account", "add", address, "--password-stdin", "--data", server.data], input=b"secret", check=True,
                       capture_output=True)
    config, wrapper = server.home / "godwit.toml", server.home / "serve"
    config.write_text("[provision]\nrequired = false\n")
    wrapper.write_text(f'#!/bin/sh\nshift\nexec "{run.BINARY}" serve --config "{config}" "$@"\n')
    wrapper.chmod(0o755)
    run.BINARY = wrapper
    server.start()
    try:
        size = measure(server, megabytes)
    finally:
        server.stop()
    sys.exit(size > LIMIT_MB)


def measure(server, megabytes):
    line = base64.b64encode(os.urandom(57)).decode() + "\r\n"
    body = line * (megabytes * 1000 * 1000 // len(line))
    message = ("From: a@example.com\r\nTo: anna@example.org\r\nSubject: large\r\nMessage-ID: <large@example.com>\r\nMIME-Version: 1.0\r\n"
               "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>See below.</p>\r\n--b\r\n"
               "Content-Type: application/zip; name=large.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body + "--b--\r\n")
    host, port = server.lmtp.rsplit(":", 1)
    with smtplib.LMTP(host, int(port)) as lmtp:
        lmtp.sendmail("a@example.com", ["anna@example.org"], message)
    server.stop()  # what the delivery took is not what we measure
    server.start()
    pid = server.process.pid
    login = {"Authorization": "Basic " + base64.b64encode(b"anna@example.org:secret").decode(), "MS-ASProtocolVersion": "12.1",
             "Content-Type": "message/rfc822", "User-Agent": "bench"}

    def post(query, content):
        connection = http.client.HTTPConnection(server.http, timeout=120)
        connection.request("POST", "/Microsoft-Server-ActiveSync?User=anna&DeviceId=bench&DeviceType=Bench&" + query, content, login)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    small = "From: anna@example.org\r\nTo: bob@example.org\r\nSubject: {}\r\nMessage-ID: <{}@phone>\r\n\r\nLook.\r\n"
    assert post("Cmd=SendMail&SaveInSent=T", small.format("warm", "warm")) == 200  # sign-in, files, statements
    before = status_kb(pid, "VmRSS")
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak counts from here
    began = time.monotonic()
    status = post("Cmd=SmartForward&SaveInSent=T&CollectionId=1&ItemId=1%3A1", small.format("Fwd", "forward"))
    took = time.monotonic() - began
    peak = status_kb(pid, "VmHWM")
    assert status == 200, f"HTTP {status}\n" + server.log.read_text()[-2000:]
    print(f"SmartForward of {megabytes} MB: {(peak - before) / 1024:.1f} MB more at its peak ({peak / 1024:.1f} MB in all), {took:.2f} s")
    return (peak - before) / 1024


if __name__ == "__main__":
    main()
