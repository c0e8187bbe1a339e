"""A network between the browser and the kernel: a proxy that holds back all that passes."""

import asyncio
from contextlib import contextmanager
from threading import Thread


class Distance:
    """A proxy on `port` for a server on another; `.seconds` is how long each way takes."""

    def __init__(self, target):
        self.target, self.seconds, self.port = target, 0.0, None

    async def listen(self):
        """Open the port."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _connect(self, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self._carry(reader, back), self._carry(there, writer))

    async def _carry(self, reader, writer):
        later = asyncio.get_running_loop().call_later
        try:
            while data := await reader.read(1 << 16):
                if writer.is_closing():
                    break
                later(self.seconds, writer.write, data)
        except ConnectionError:
            pass
        later(self.seconds, writer.close)


@contextmanager
def distance(url):
    """Yield (the server's url from afar, its `Distance`)."""
    host, port = url.rsplit(":", 1)
    far, loop = Distance(int(port)), asyncio.new_event_loop()
    loop.set_exception_handler(lambda loop, context: None)  # a page that closes is no error
    loop.run_until_complete(far.listen())
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"{host}:{far.port}", far
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
