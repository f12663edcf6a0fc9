"""A line between processes on this machine, which can be cut and mended: a relay of TCP."""

import selectors
import socket
import threading

WAIT_S = 0.1
BYTES = 1 << 16
ASIDE = 16  # connections that wait to be taken


class Line:
    """Listens on `port` and passes on to `target`, both of loopback. One thread serves it."""

    def __init__(self, target):
        self.target = target
        self.listener = self.listen(0)
        self.port = self.listener.getsockname()[1]
        self.thread, self.ending = None, threading.Event()
        self.mend()

    @staticmethod
    def listen(port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(ASIDE)
        return listener

    def mend(self):
        self.listener = self.listener or self.listen(self.port)
        self.ending.clear()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def cut(self):
        """What is connected breaks, and nobody gets a new connection."""
        if self.thread is not None:
            self.ending.set()
            self.thread.join()
            self.thread = None

    def serve(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            while not self.ending.is_set():
                for key, _ in selector.select(WAIT_S):
                    if key.fileobj is self.listener:
                        self.connect(selector)
                    else:
                        self.pass_on(selector, key.fileobj, key.data)
            for key in list(selector.get_map().values()):
                key.fileobj.close()
        self.listener = None

    def connect(self, selector):
        near, _ = self.listener.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(one, selectors.EVENT_READ, other)

    @staticmethod
    def pass_on(selector, one, other):
        try:
            data = one.recv(BYTES) if one.fileno() >= 0 else None
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        for end in (one, other):
            if end.fileno() >= 0:
                selector.unregister(end)
                end.close()
