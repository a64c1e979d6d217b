"""What schemathesis needs to know of auxlog's protocol: a device that enrols and signs its requests,
and bodies that look like messages.

Written from the protocol's description and not from the Rust code's own client, so that it is also a
second reader of the wire format.
"""

import base64
import hashlib
import itertools
import os
import time
from urllib.parse import urlsplit

import cbor2
import requests
import schemathesis
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st

SERVER = os.environ["AUXLOG_SERVER"]
AGENCY = os.environ["AUXLOG_AGENCY"]
CODES = os.environ["AUXLOG_CODES"].split()
MESSAGE = "application/vnd.auxlog.v1+cbor"


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def pack(message):
    return zstandard.compress(cbor2.dumps(message, canonical=True))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Device:
    """An administrator's device, enrolled with a one-time code."""

    def __init__(self, code):
        caps = requests.get(f"{SERVER}/v1/caps", timeout=10).json()
        self.server_key = bytes.fromhex(caps["server_key"])
        self.server_id = sha256(b"AUXLOG-SRV\x01", self.server_key)[:16]
        assert caps["server_id"] == self.server_id.hex()
        self.key = Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = sha256(b"writer", self.public)[:16]
        normal = code.replace("-", "")
        proof = self.key.sign(b"AUXLOG-POP\x01" + self.server_key + normal.encode())
        confirm = pack({0: normal, 1: self.public, 2: "schemathesis", 3: proof})
        headers = {"content-type": MESSAGE}
        answer = requests.post(f"{SERVER}/v1/enroll/confirm", data=confirm, headers=headers, timeout=10)
        assert answer.status_code == 200, (answer.status_code, answer.text)

    def header(self, method, target, body):
        at_ms = int(time.time() * 1000)
        nonce = os.urandom(12)
        message = b"AUXLOG-REQ\x01"
        for text in (method, target, AGENCY):
            encoded = text.encode()
            message += len(encoded).to_bytes(8, "big") + encoded
        message += sha256(body) + self.id + at_ms.to_bytes(8, "big") + nonce + self.server_id
        signature = self.key.sign(message)
        return f"v1.{b64(AGENCY.encode())}.{self.id.hex()}.{at_ms}.{b64(nonce)}.{b64(signature)}"


class Signed(requests.auth.AuthBase):
    """Signs what is really sent, by several devices in turn: one alone would run into its rate limit."""

    def __init__(self):
        self.devices = None

    def __call__(self, request):
        if self.devices is None:
            self.devices = itertools.cycle([Device(code) for code in CODES])
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        request.headers["auxlog-auth"] = next(self.devices).header(request.method, request.path_url, body)
        return request


schemathesis.auth.set_from_requests(Signed())

# Values inside a message: anything that CBOR can say.
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=80) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.integers(0, 15), inner, max_size=8),
    max_leaves=20,
)
hashes = st.binary(min_size=32, max_size=32) | st.just(bytes(32))
writers = st.binary(min_size=16, max_size=16)
numbers = st.integers(0, 2**64 - 1)
run = st.fixed_dictionaries(
    {0: writers, 1: st.just(AGENCY) | st.text(max_size=5), 2: numbers, 3: hashes, 4: st.lists(st.integers(-9, 9), max_size=3),
     5: st.lists(st.integers(-9, 9), max_size=3), 6: st.lists(st.integers(-9, 9), max_size=3),
     7: st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(min_size=8, max_size=8)), max_size=2),
     8: st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=3), 9: st.binary(max_size=192),
     10: st.lists(st.tuples(st.just(0), st.tuples(st.binary(max_size=60))), max_size=3)}
)
have = st.fixed_dictionaries(
    {0: writers, 1: numbers, 2: numbers, 3: numbers,
     4: st.lists(st.fixed_dictionaries({0: writers, 1: numbers}), max_size=3)}
)
sync = st.fixed_dictionaries(
    {0: st.just(1) | st.integers(0, 65535), 1: st.text(max_size=10), 2: st.lists(run, max_size=2), 3: have,
     4: st.integers(0, 2**32 - 1)},
    optional={5: st.none() | writers, 6: st.none() | st.tuples(st.binary(max_size=200), st.binary(min_size=64, max_size=64)),
              7: numbers},
)
messages = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=200).map(zstandard.compress),
    values.map(pack),
    sync.map(pack),
    sync.map(pack).map(lambda whole: whole[: len(whole) // 2]),
)
schemathesis.openapi.media_type(MESSAGE, messages)
schemathesis.openapi.media_type("application/octet-stream", st.binary(min_size=1, max_size=500))
