"""An SMTP server that takes a mail and then says nothing more."""

import socketserver
import threading


class StallingMailbox:
    """Counts the mails that came in whole; answers them only when `is_stalling` is false."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.is_stalling = True
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                """Speak as much SMTP as one mail needs."""
                self.wfile.write(b"220 here\r\n")
                while line := self.rfile.readline():
                    verb = line.split(b" ")[0].strip().upper()
                    if verb == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        mailbox.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                        if mailbox.is_stalling:
                            self.rfile.read()
                            return
                    self.wfile.write(b"250 ok\r\n")
                    if verb == b"QUIT":
                        return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}/?tls=none"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """No more."""
        self._server.shutdown()
        self._server.server_close()
