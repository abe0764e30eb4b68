"""The source of a plugin whose functions do all sorts of things, most of them unkind."""

SOURCE = """
import ctypes, logging, os, signal, sys, time
from subprocess import run as borrowed

not_callable = 7

def echo(context, **inputs):
    return {"context": context, "inputs": inputs}

def plain(context):
    return object

def surroundings(context):
    open(os.path.join(os.environ["HOME"], "note"), "w").write("mine")
    return {"env": dict(os.environ), "seen": [path for path in (DATA, CODE) if os.path.exists(path)]}

def noisy(context):
    print("to stdout"); print("to stderr", file=sys.stderr); logging.getLogger("acme").info("logged")
    sys.stdout.flush(); sys.stdout.buffer.write(b"\\xff\\xfe not utf-8\\n")
    print(context["rest_token"])

def reaches(context, port):
    import socket
    socket.create_connection(("127.0.0.1", port), 5).close()

def fails(context):
    raise ValueError("no such host")

def fails_for_good(context):
    class NonRecoverableError(Exception): pass
    raise NonRecoverableError("never")

def base_exception(context):
    class Odd(BaseException):
        def __str__(self): raise self
    raise Odd

def leaves(context):
    sys.exit(0)

def dies(context):
    os._exit(0)

def killed(context):
    os.kill(os.getpid(), signal.SIGKILL)

def sleeps(context, name):
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
    print("at work", flush=True)
    while True:
        time.sleep(1)

def prints_much(context):
    for _ in range(16):
        sys.stdout.write("x" * 1_048_576 + "\\n")
    return "done"

def returns_much(context):
    return "x" * 300_000

def returns_huge(context):
    return "x" * 2**30

def returns_nan(context):
    return {"value": float("nan")}

def returns_token(context):
    return {"token": 5, "own": context["rest_token"]}

def deep(context):
    value = []
    for _ in range(200):
        value = [value]
    return value

def named(event_context):
    return "called"
"""
