// A TCP relay that counts: bytes each way, requests, and the time from the first byte to the last.
// `node counter.js`: prints the control port; GET /to?port=P aims at a server and answers with the
// relay's port, GET /count answers with the counts since the last time.
'use strict';
const net = require('node:net');
const http = require('node:http');

const fresh = () => ({ up: 0, down: 0, requests: 0, first: 0n, last: 0n });
let count = fresh();

function relay(port) {
  const server = net.createServer((client) => {
    const upstream = net.connect(port, '127.0.0.1');
    const seen = (bytes) => {
      const now = process.hrtime.bigint();
      if (!count.first) count.first = now;
      count.last = now;
      return bytes.length;
    };
    client.on('data', (bytes) => {
      count.up += seen(bytes);
      // A request line in one piece with the bytes before it: what all three clients send.
      count.requests += (bytes.toString('latin1').match(/(?:GET|POST|PUT|HEAD|DELETE) \/\S* HTTP\/1\.1\r\n/g) || []).length;
      if (!upstream.write(bytes)) client.pause();
    });
    upstream.on('data', (bytes) => {
      count.down += seen(bytes);
      if (!client.write(bytes)) upstream.pause();
    });
    client.on('drain', () => upstream.resume());
    upstream.on('drain', () => client.resume());
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.setNoDelay(true);
    upstream.setNoDelay(true);
  });
  return new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(server.address().port)));
}

http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://counter');
  if (url.pathname === '/to') {
    response.end(String(await relay(Number(url.searchParams.get('port')))));
  } else {
    const { up, down, requests, first, last } = count;
    count = fresh();
    response.end(`${up} ${down} ${requests} ${Number(last - first) / 1e9}`);
  }
}).listen(0, '127.0.0.1', function ready() {
  console.log(this.address().port);
});
