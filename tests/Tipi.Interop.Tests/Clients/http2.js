// Requests to the sample by Node's HTTP/2 client: http2.js <address> <scenario> <file of the trusted authority>.
// Answers with one line of JSON.
"use strict";

const fs = require("fs");
const http2 = require("http2");

const [address, scenario, authority] = process.argv.slice(2);
const session = http2.connect(address, { ca: fs.readFileSync(authority) });

const answered = (stream) => new Promise((resolve, reject) => {
  const pieces = [];
  let status;
  stream.on("response", (head) => { status = head[":status"]; });
  stream.on("data", (piece) => pieces.push(piece));
  stream.on("end", () => resolve({ status, body: Buffer.concat(pieces) }));
  stream.on("error", reject);
});

const get = (path, head = {}) => answered(session.request({ ":path": path, ...head }));

const health = async () => (await get("/health")).body.toString();

const scenarios = {
  async many() {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => {
      const stream = session.request({ ":method": "POST", ":path": "/files/echo" });
      stream.end(Buffer.alloc(n * 137, n));
      return answered(stream);
    }));
    return answers.filter(({ status, body }, n) => status === 200 && body.equals(Buffer.alloc(n * 137, n))).length;
  },

  // A piece is sent only after the one before has come back.
  async duplex() {
    const stream = session.request({ ":method": "POST", ":path": "/files/echo" });
    let back = 0;
    stream.on("data", (piece) => {
      back += piece.length;
      if (back % 1000 > 0) return;
      if (back < 20_000) stream.write(Buffer.alloc(1000));
      else stream.end();
    });
    stream.write(Buffer.alloc(1000));
    await answered(stream);
    return back / 1000;
  },

  async cancel() {
    const streams = Array.from({ length: 50 }, () => session.request({ ":path": "/files/stream/1000000000" }));
    const closed = await Promise.all(streams.map((stream) => new Promise((resolve) => {
      stream.once("data", () => stream.close(http2.constants.NGHTTP2_CANCEL));
      stream.on("error", () => {});
      stream.on("close", () => resolve(stream.rstCode === http2.constants.NGHTTP2_CANCEL));
    })));
    return { cancelled: closed.filter(Boolean).length, health: await health() };
  },

  async pause() {
    // Otherwise the one that pauses holds all of the connection's window.
    await new Promise((resolve) => session.once("connect", resolve));
    session.setLocalWindowSize(1 << 20);
    const slow = session.request({ ":path": "/files/stream/5000000" });
    await new Promise((resolve) => slow.once("response", resolve));
    slow.pause();
    const beside = await health();
    const whole = answered(slow);
    slow.resume();
    const { body } = await whole;
    return { health: beside, length: body.length };
  },

  async frames() {
    const { enableConnectProtocol } = await new Promise((resolve) => session.once("remoteSettings", resolve));
    const pong = await new Promise((resolve) => session.ping((error) => resolve(!error)));
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-field-${n}`, "v".repeat(n * 3)]));
    for (let i = 0; i < 20; i++) await get("/health", many);
    const { status } = await get("/health", many);
    return { pong, extendedConnect: enableConnectProtocol, status };
  },
};

scenarios[scenario]().then((answer) => {
  console.log(JSON.stringify(answer));
  session.close();
});
