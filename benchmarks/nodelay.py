"""A server connection that sends small messages at once (`run.py --nodelay`).

jupyter_server leaves Nagle's algorithm on: the second of two small messages waits until the browser
has acknowledged the first, which it delays by up to 40 ms.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class Connection(ZMQChannelsWebsocketConnection):
    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


CONFIG = "c.ServerApp.kernel_websocket_connection_class = 'nodelay.Connection'\n"
