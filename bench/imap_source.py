"""Debian's Dovecot on 127.0.0.1 with a Maildir of made-up mail: the server that `import --imap` is measured against."""
import mailbox, os, pathlib, shutil, socket, subprocess, tempfile, time

PROGRAM = "/usr/sbin/dovecot"


class Dovecot:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="godwit-dovecot-", dir=os.environ.get("GODWIT_BENCH_DIR")))
        self.home.chmod(0o755)
        self.mail, self.process = self.home / "mail", None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.user = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())  # as root it refuses to read mail

    def fill(self, mbox):
        for sub in ("cur", "new", "tmp"):
            (self.mail / sub).mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(mailbox.mbox(mbox)):
            data = message.as_bytes().replace(b"\n", b"\r\n")
            (self.mail / "cur" / f"{1600000000 + number}.M1P{number}.here,S={len(data)}:2,S").write_bytes(data)
        if os.getuid() == 0:
            for path in (self.mail, *self.mail.rglob("*")):
                os.chown(path, *self.user)

    def start(self):
        self_user = "" if os.getuid() == 0 else f"default_internal_user = {os.getlogin()}\ndefault_login_user = {os.getlogin()}\n"
        (self.home / "dovecot.conf").write_text(f"""base_dir = {self.home}/run
state_dir = {self.home}/run
log_path = {self.home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 0
mail_location = maildir:{self.mail}
{self_user}passdb {{
  driver = static
  args = password=bench
}}
userdb {{
  driver = static
  args = uid={self.user[0]} gid={self.user[1]} home={self.mail}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""")
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", self.home / "dovecot.conf"])
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("Dovecot does not start: " + (self.home / "log").read_text())

    def remove(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
        shutil.rmtree(self.home, ignore_errors=True)
