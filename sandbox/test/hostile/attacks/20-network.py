# attack 20: reach a listener outside: TCP, UDP, unix sockets of the host, AF_VSOCK, the metadata address as loopback.
# honest: double
# needs: engine
import os
import socket


def double(x):
    return 2 * x


def reach():
    reached = []
    for port in (*range(1, 1024), 3000, 5432, 6379, 8000, 8080, 8888, 9000):
        for address in ("127.0.0.1", "::1"):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                sock = socket.socket(family, socket.SOCK_STREAM)
                sock.settimeout(0.02)
                sock.connect((address, port))
                reached.append((address, port))
            except OSError:
                pass
            finally:
                try:
                    sock.close()
                except NameError:
                    pass
    for folder, _, names in os.walk("/run"):
        for name in names:
            sock = socket.socket(socket.AF_UNIX)
            try:
                sock.connect(os.path.join(folder, name))
                reached.append(os.path.join(folder, name))
            except OSError:
                pass
    try:
        sock = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
        sock.settimeout(0.2)
        sock.connect((2, 1024))
        reached.append("vsock host")
    except OSError:
        pass
    try:
        socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()
        reached.append("vsock socket")
    except OSError:
        pass
    return reached


REACHED = reach()
print("REACHED-OUTSIDE" if REACHED else "alone", REACHED)
