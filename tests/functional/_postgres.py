"""PostgreSQL servers of a test's own: a primary and its synchronous standby on loopback, with a
password, each in a temporary directory, ended by their process ids whatever happens.
"""

import ctypes
import glob
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

USER = "postgres"  # initdb refuses to run as root.
SECONDS_MAX = 60
PR_SET_PDEATHSIG = 1
SETTINGS = """listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
port = {port}
shared_buffers = 32MB
max_connections = 40
max_wal_senders = 4
wal_keep_size = 64MB
recovery_init_sync_method = syncfs
wal_retrieve_retry_interval = 200ms
"""


def bin_directory():
    """The newest PostgreSQL server that is installed; None without one."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    return pathlib.Path(found[-1]).parent if found else None


def lacking():
    """Why there can be no server here; empty when there can."""
    if bin_directory() is None:
        return "no PostgreSQL server is installed: ops/setup test"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            return "there is no user postgres"
    return ""


def base():
    """In memory where there is room: what these tests kill is a process, not a disk."""
    memory = pathlib.Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and \
            shutil.disk_usage(memory).free > 1 << 30:
        return memory
    return None


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def as_user():
    """How Popen becomes somebody whom PostgreSQL accepts."""
    more = {"preexec_fn": die_with_parent, "cwd": "/"}
    if os.geteuid() == 0:
        user = pwd.getpwnam(USER)
        more.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    return more


class Server:
    """One server. `password` is that of the role `pointhouse`, over TCP."""

    def __init__(self, port, password):
        self.port, self.password = port, password
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pointhouse-pg-", dir=base()))
        if os.geteuid() == 0:
            user = pwd.getpwnam(USER)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.data, self.log = self.folder / "data", self.folder / "server.log"
        self.handle = None

    def run(self, program, *arguments):
        done = subprocess.run([str(bin_directory() / program), *map(str, arguments)],
                              capture_output=True, timeout=SECONDS_MAX, check=False,
                              env={**os.environ, "LC_ALL": "C"}, **as_user())
        if done.returncode != 0:
            raise RuntimeError(f"{program} {arguments}: " + (done.stdout + done.stderr).decode())
        return done.stdout.decode().strip()

    def make(self):
        self.run("initdb", "-D", self.data, "-U", "admin", "--auth-local=trust",
                 "--auth-host=scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync",
                 "--no-instructions", "--wal-segsize=1")
        self.configure()
        self.start()
        self.sql(f"CREATE ROLE pointhouse LOGIN PASSWORD '{self.password}'")

    def make_standby_of(self, primary):
        self.run("pg_basebackup", "-D", self.data, "-h", primary.folder, "-p", primary.port,
                 "-U", "admin", "--checkpoint=fast", "--no-sync", "--wal-method=stream")
        self.configure()
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write("synchronous_standby_names = ''\nprimary_conninfo = "
                           f"'host={primary.folder} port={primary.port} user=admin "
                           "application_name=standby'\n")
        (self.data / "standby.signal").touch()
        self.start()
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        primary.sql("SELECT pg_reload_conf()")
        primary.wait_for("SELECT sync_state FROM pg_stat_replication", "sync")

    def configure(self):
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(folder=self.folder, port=self.port))

    def start(self):
        with open(self.log, "ab") as log:
            self.handle = subprocess.Popen(
                [str(bin_directory() / "postgres"), "-D", str(self.data)], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"}, **as_user())
        until = time.monotonic() + SECONDS_MAX
        while time.monotonic() < until and self.handle.poll() is None:
            try:
                state = (self.data / "postmaster.pid").read_text(encoding="ascii").split()
                if state and state[-1] in ("ready", "standby"):
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError("the server did not start: " + self.log.read_text(errors="replace"))

    def children(self):
        found = []
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                text = pathlib.Path(stat).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            if int(text.rpartition(")")[2].split()[1]) == self.handle.pid:
                found.append(int(stat.split("/")[2]))
        return found

    def kill(self):
        """As a machine that loses its power: the server and all of its processes at once."""
        if self.handle is None:
            return
        self.handle.send_signal(signal.SIGSTOP)  # It shall not see its children die.
        children = self.children()
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        self.handle.kill()
        self.handle.wait()
        self.handle = None

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def promote(self):
        self.run("pg_ctl", "promote", "-w", "-D", self.data)

    def sql(self, statement, database="postgres"):
        return self.run("psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder,
                        "-p", self.port, "-U", "admin", "-d", database, "-c", statement)

    def wait_for(self, statement, answer):
        until = time.monotonic() + SECONDS_MAX
        while self.sql(statement) != answer:
            if time.monotonic() > until:
                raise RuntimeError(f"{statement} did not come to {answer}")
            time.sleep(0.05)


class Pair:
    """A primary and its synchronous standby, and a password file for libpq."""

    def __init__(self, free_port):
        password = secrets.token_hex(16)
        self.password = password
        self.primary, self.standby = Server(free_port(), password), Server(free_port(), password)
        self.passfile = self.primary.folder.with_suffix(".pass")

    def __enter__(self):
        try:
            with open(os.open(self.passfile, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
                      "w", encoding="ascii") as file:
                file.write(f"127.0.0.1:*:*:pointhouse:{self.password}\n")
            self.primary.make()
            self.standby.make_standby_of(self.primary)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.primary.remove()
        self.standby.remove()
        self.passfile.unlink(missing_ok=True)

    def make_database(self, name):
        self.primary.sql(f"CREATE DATABASE {name} OWNER pointhouse")

    def url(self, database):
        return (f"postgresql://pointhouse@127.0.0.1:{self.primary.port},"
                f"127.0.0.1:{self.standby.port}/{database}"
                f"?target_session_attrs=read-write&passfile={self.passfile}")
