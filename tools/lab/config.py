"""How `make lab` runs JupyterLab: on the course, asking nobody for news, and without waiting."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class Prompt(ZMQChannelsWebsocketConnection):
    """The usual connection to a kernel, with TCP_NODELAY.

    Otherwise the second of two small messages waits until the browser has acknowledged the first,
    up to 40 ms: as long as everything else between a slider and its picture.
    """

    def connect(self):
        """Connect as usual."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c = get_config()  # noqa: F821 - Jupyter defines it
c.ServerApp.kernel_websocket_connection_class = Prompt
c.ServerApp.root_dir = "."
c.LabApp.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.LabApp.app_settings_dir = "tools/lab"  # overrides.json: no news, no updates
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
