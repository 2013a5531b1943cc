"""`send` for notebooks written for notebook-progress-tracker; they run this text in their own namespace.

Records go out one after the other from a thread of their own. `send` waits a moment for the answer; without one it
returns, and the record goes out as soon as the server is there again, in its order. Nothing here raises or prints into
a student's cell; `npt_config["log"] = True` prints the answers, as such notebooks expect.
"""

import atexit
import hashlib
import inspect
import io
import json
import linecache
import platform
import sys  # noqa: F401 - notebooks may use what they got here
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

try:
    import requests
except Exception:
    requests = None

_npt_config = {
    "sender_uuid": hashlib.md5((platform.node() + str(uuid.getnode())).encode()).hexdigest(),
    "server_url": "@SERVER_URL@",
}


class _NptReply:
    """What `send` returns: as a reply of requests, as far as notebooks look at it."""

    def __init__(self, status_code, text):
        self.status_code = status_code
        self.text = text
        self.content = text.encode("utf-8", "replace")
        self.ok = 200 <= status_code < 300

    def __repr__(self):
        return f"<Response [{self.status_code}] {self.text}>"


class _NptJob:
    def __init__(self, url, fields, picture):
        self.url = url
        self.fields = fields
        self.picture = picture
        self.tries = 0
        self.answer = None

    @property
    def size(self):
        return sum(map(len, self.fields.values())) + len(self.picture or b"")

    def replaces(self, other):
        names = ("question_nb", "part_name", "session_name", "sender_name")
        return all(self.fields.get(name) == other.fields.get(name) for name in names)


class _NptSender:
    """Sends in order. It waits for jobs, sends one, or backs off after a failure; then `away` until an answer."""

    wait_seconds = 3.0  # how long `send` waits for an answer
    post_seconds = 10.0
    back_off_seconds = (1, 2, 5, 10, 30)
    most_jobs = 2000
    most_bytes = 64 * 1024 * 1024

    def __init__(self):
        self.jobs = []
        self.changed = threading.Condition()
        self.away = False
        self.thread = None

    def put(self, job):
        """Returns False when too much waits already. An older record of the same question makes room."""
        with self.changed:
            if len(self.jobs) >= self.most_jobs or sum(one.size for one in self.jobs) + job.size > self.most_bytes:
                older = [one for one in self.jobs[1:] if job.replaces(one)]
                if not older:
                    return False
                self.jobs.remove(older[0])
            self.jobs.append(job)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.run, name="npt-send", daemon=True)
                self.thread.start()
            self.changed.notify_all()
        return True

    def wait(self, job):
        """The answer, or None as soon as the server proves to be away. Nobody waits for one that is."""
        with self.changed:
            if not self.away:
                answered = self.changed.wait_for(lambda: job.answer or self.away, self.wait_seconds)
                self.away = self.away or not answered
            return job.answer

    def run(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.jobs)
                job = self.jobs[0]
            answer, after = None, None
            try:
                answer, after = self.post(job)
            except Exception:
                pass
            again = answer is None or answer.status_code in (408, 429, 502, 503, 504)
            with self.changed:
                self.away = again
                if not again:
                    job.answer = answer
                    self.jobs.remove(job)
                self.changed.notify_all()
            if again:
                job.tries += 1
                time.sleep(after or self.back_off_seconds[min(job.tries, len(self.back_off_seconds)) - 1])

    def post(self, job):
        """The answer, and after how many seconds the server wants to be asked again."""
        fields = dict(job.fields)
        if job.tries > 0:
            fields["sent_again"] = "1"
        if requests is not None:
            file = None if job.picture is None else {"file": job.picture}
            reply = requests.post(job.url, data=fields, files=file, timeout=(3.0, self.post_seconds))
            return _NptReply(reply.status_code, reply.text), self.seconds(reply.headers)
        if job.picture is None:
            body, kind = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = self.multipart(fields, job.picture)
        request = urllib.request.Request(job.url, data=body, headers={"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=self.post_seconds) as reply:
                return _NptReply(reply.status, reply.read().decode("utf-8", "replace")), None
        except urllib.error.HTTPError as error:
            with error:
                return _NptReply(error.code, error.read().decode("utf-8", "replace")), self.seconds(error.headers)

    @staticmethod
    def seconds(headers):
        after = headers.get("Retry-After") or ""
        return min(60, int(after)) if after.isdigit() else None

    @staticmethod
    def multipart(fields, picture):
        boundary = uuid.uuid4().hex
        opening = f"--{boundary}\r\nContent-Disposition: form-data; name="
        parts = [f'{opening}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
        parts.append(f'{opening}"file"; filename="file"\r\n\r\n')
        body = "".join(parts).encode("utf-8", "replace") + picture + f"\r\n--{boundary}--\r\n".encode()
        return body, f"multipart/form-data; boundary={boundary}"

    def finish(self):
        """At the end of the process: what still waits gets a last moment."""
        with self.changed:
            self.changed.wait_for(lambda: not self.jobs or self.away, self.wait_seconds)


try:
    _npt_sender  # noqa: B018 - a cell that runs twice keeps what waits
except NameError:
    _npt_sender = _NptSender()
    atexit.register(_npt_sender.finish)


def _npt_jpeg(picture):
    with io.BytesIO() as buffer:
        if hasattr(picture, "savefig"):
            picture.savefig(buffer, format="jpeg")
        else:
            plain = picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")
            plain.save(buffer, format="jpeg")
        return buffer.getvalue()


def _npt_source(thing):
    """Source of a function or class; of a class also when it was defined in a cell."""
    try:
        return inspect.getsource(thing)
    except Exception:
        pass
    for member in vars(thing).values():
        code = getattr(getattr(member, "__func__", member), "__code__", None)
        if code is None:
            continue
        lines = linecache.getlines(code.co_filename)
        for start, line in enumerate(lines):
            if line.split("(")[0].split(":")[0].strip() == "class " + thing.__name__:
                return "".join(inspect.getblock(lines[start:]))
    return repr(thing)


_npt_most_array_bytes = 2_000_000


def _npt_plain(data):
    """Plain lists and numbers of an array, a tensor or a number of theirs; None when it is none."""
    for step in ("detach", "cpu"):
        method = getattr(data, step, None)
        if callable(method):
            data = method()
    if not hasattr(data, "tolist") and callable(getattr(data, "numpy", None)):
        data = data.numpy()
    tolist = getattr(data, "tolist", None)
    if getattr(data, "nbytes", 0) > _npt_most_array_bytes:
        return None  # more than a record holds: its repr says what it was
    return tolist() if callable(tolist) else None


def _npt_encode(data):
    """`(type, data, picture)` of the form."""
    name = type(data).__name__
    module = getattr(type(data), "__module__", "") or ""
    if isinstance(data, str):
        return "str", str(data), None
    if isinstance(data, (bool, int, float)):
        return "ndarray", json.dumps([data]), None
    if isinstance(data, (list, tuple, dict)):
        try:
            return "dict" if isinstance(data, dict) else "list", json.dumps(data, default=_npt_default), None
        except Exception:
            return "str", repr(data), None
    if name == "module" and data.__name__ in ("matplotlib.pyplot", "pylab"):
        data, name = data.gcf(), "Figure"
    if name == "Figure" and hasattr(data, "savefig"):
        return "image", "", _npt_jpeg(data)
    if module.split(".")[0] == "PIL" and hasattr(data, "save"):
        return "image", "", _npt_jpeg(data)
    if inspect.isclass(data) or inspect.isroutine(data):
        return "code", _npt_source(data), None
    if "torch.nn.modules" in module or any("torch.nn.modules" in kind.__module__ for kind in type(data).__mro__):
        return "code", str(data), None
    plain = None if module.startswith(("pandas.", "polars.")) else _npt_plain(data)
    if plain is not None:
        try:
            return "ndarray", json.dumps(plain if isinstance(plain, list) else [plain]), None
        except Exception:
            return "str", repr(data), None
    return "str", repr(data), None


def _npt_default(value):
    plain = _npt_plain(value)
    return repr(value) if plain is None else plain


def _npt_send(data, q_nb):
    config = globals().get("npt_config")
    if not isinstance(config, dict):
        return _NptReply(400, "Error: Variable npt_config is not defined")
    kind, text, picture = _npt_encode(data)
    form = {
        "question_nb": q_nb,
        "session_name": config.get("session_name"),
        "part_name": config.get("part_name", "default"),
        "session_owner": config.get("session_owner"),
        "sender_name": config.get("sender_name"),
        "sender_uuid": _npt_config.get("sender_uuid"),
        "type": kind,
        "data": text,
    }
    # As requests does: what is None is left out. Half of a surrogate pair cannot be sent.
    fields = {key: str(value).encode("utf-8", "replace").decode() for key, value in form.items() if value is not None}
    server = str(_npt_config.get("server_url"))
    job = _NptJob(server.rstrip("/") + "/add-record", fields, picture)
    if not _npt_sender.put(job):
        return _NptReply(503, "Error: The server does not answer, and too many records wait for it already")
    queued = _NptReply(202, "Queued: the server does not answer yet; this record goes out when it does")
    return _npt_sender.wait(job) or queued


def send(data, q_nb):
    """Sends one result; returns an object with `status_code`, `text` and `content`. Never raises."""
    try:
        reply = _npt_send(data, q_nb)
    except Exception as error:
        reply = _NptReply(400, f"Error: This {type(data).__name__} could not be sent ({type(error).__name__})")
    try:
        if globals().get("npt_config", {}).get("log", False):
            print(reply.text)
    except Exception:
        pass
    return reply


def _npt_channel(*names):
    return hashlib.md5("_".join(map(str, names)).lower().encode("utf-8", "replace")).hexdigest()


def npt_init_pusher(session_id=None):
    """Shows messages of the teacher in this notebook's page from now on. Never raises."""
    try:
        from IPython.display import Javascript, display

        config = globals().get("npt_config")
        if not isinstance(config, dict):
            return
        names = (config.get("session_name") if session_id is None else session_id, config.get("session_owner"))
        server = str(_npt_config.get("server_url"))
        with urllib.request.urlopen(server.rstrip("/") + "/js/jpt-client.js", timeout=5.0) as reply:
            client = reply.read().decode()
        settings = {
            "_npt_server_url": server,
            "_npt_all_channel": _npt_channel(*names),
            "_npt_own_channel": _npt_channel(*names, _npt_config.get("sender_uuid")),
        }
        lines = [f"window.{name} = {json.dumps(value)};" for name, value in settings.items()]
        display(Javascript("\n".join(lines) + "\n" + client))
    except Exception:
        pass
