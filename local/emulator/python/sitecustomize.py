"""Leads every Python process that has this folder on its path, the AWS CLI above all, to the local AWS; preload.cjs for Python.

Names and signatures stay those of AWS: a request to *.amazonaws.com only travels elsewhere. `LOCAL_AWS_ENDPOINT` says where to.
"""

import importlib.abc
import importlib.util
import os
import re
import socket
import sys
from urllib.parse import urlsplit

AWS_HOST = re.compile(r"\.amazonaws\.com(\.cn)?$")
# The AWS CLI carries a botocore of its own.
SESSIONS = ("botocore.httpsession", "awscli.botocore.httpsession")


class Led:
    """A pool manager whose connections go to the local AWS, whatever the url: errors go on naming the one of AWS."""

    def __init__(self, manager, endpoint):
        self._manager = manager
        self._endpoint = endpoint

    def connection_from_url(self, _url):
        return self._manager.connection_from_url(self._endpoint)


def lead(session, endpoint):
    send, manager_for = session.send, session._get_connection_manager

    def _get_connection_manager(self, url, proxy_url=None):
        manager = manager_for(self, url, proxy_url)
        return Led(manager, endpoint) if is_aws(url) else manager

    def send_as_aws(self, request):
        if is_aws(request.url):
            request.headers.setdefault("Host", urlsplit(request.url).netloc)
        return send(self, request)

    session._get_connection_manager = _get_connection_manager
    session.send = send_as_aws


def is_aws(url):
    return AWS_HOST.search(urlsplit(url).hostname or "") is not None


class Finder(importlib.abc.MetaPathFinder):
    """Leads the sessions of botocore once they are imported, which most processes never do."""

    def __init__(self, endpoint):
        self._endpoint = endpoint
        self._seen = set()

    def find_spec(self, name, _path, _target=None):
        if name not in SESSIONS or name in self._seen:
            return None
        self._seen.add(name)
        spec = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            lead(module.URLLib3Session, self._endpoint)

        spec.loader.exec_module = exec_module
        return spec


def resolve_localhost():
    """With an endpoint of its own botocore puts the account before the host; few resolvers know `111122223333.localhost`."""
    original = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        return original("127.0.0.1" if isinstance(name, str) and name.endswith(".localhost") else host, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


if os.environ.get("LOCAL_AWS_ENDPOINT"):
    sys.meta_path.insert(0, Finder(os.environ["LOCAL_AWS_ENDPOINT"]))
    resolve_localhost()
