// Calls of the service in camp.proto: calls.js <address> <scenario> [<file of the authority that is trusted>].
// Answers with one line of JSON.
"use strict";

const fs = require("fs");
const path = require("path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const definition = loader.loadSync(path.join(__dirname, "camp.proto"), { defaults: true });
const { Camp } = grpc.loadPackageDefinition(definition).tipi;

const unary = (client, method, note, metadata = new grpc.Metadata(), options = {}) => {
  const seen = { notes: [], initial: {} };
  return new Promise((resolve) => {
    const call = client[method](note, metadata, options, (error, answer) => {
      if (answer) seen.notes.push(answer);
      seen.code = error?.code ?? 0;
      seen.details = error?.details ?? "";
    });
    call.on("metadata", (initial) => { seen.initial = initial.getMap(); });
    call.on("status", (status) => {
      seen.trailing = status.metadata.getMap();
      setImmediate(() => resolve(seen));
    });
    seen.call = call;
  });
};

const streamed = (call) => new Promise((resolve) => {
  const notes = [];
  call.on("data", (note) => notes.push(note));
  call.on("error", () => {});
  call.on("status", ({ code, details }) => setImmediate(() => resolve({ code, details, notes })));
});

const untilDeparted = async (client, count) => {
  for (;;) {
    const { notes } = await unary(client, "departed", {});
    if (notes[0].count >= count) return notes[0];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const bytes = (length, seed) => Buffer.from({ length }, (_, i) => (i * 31 + seed) % 251);

const scenarios = {
  async unary(client) {
    const { code, notes } = await unary(client, "echo", { text: "Zelt ⛺", count: 7, load: bytes(1000, 1) });
    return { code, text: notes[0].text, count: notes[0].count, same: notes[0].load.equals(bytes(1000, 1)) };
  },

  async large(client) {
    const load = bytes(4 * 1024 * 1024, 2);
    const answers = await Promise.all([0, 1, 2].map(() => unary(client, "echo", { load })));
    return answers.map(({ code, notes }) => ({ code, same: notes[0]?.load.equals(load) ?? false }));
  },

  async serverStream(client) {
    const { code, notes } = await streamed(client.count({ count: 500, load: bytes(2000, 3) }));
    return {
      code,
      count: notes.length,
      ordered: notes.every((note, i) => note.count === i && note.load.equals(bytes(2000, 3))),
    };
  },

  async clientStream(client) {
    return new Promise((resolve) => {
      const call = client.weigh((error, note) => resolve({ code: error?.code ?? 0, ...note, load: undefined }));
      for (let i = 0; i < 300; i++) call.write({ count: i, load: bytes(5000, i) });
      call.end();
    });
  },

  async talk(client) {
    const call = client.talk();
    const heard = [];
    const ended = streamed(call);
    // A question is asked only after the answer to the one before.
    call.on("data", ({ count }) => {
      heard.push(count);
      if (heard.length < 50) call.write({ count: 100 * heard.length });
      else call.end();
    });
    call.write({ count: 0 });
    const { code } = await ended;
    return { code, ordered: heard.every((count, i) => count === 100 * i + 1), count: heard.length };
  },

  async metadata(client) {
    const metadata = new grpc.Metadata();
    metadata.set("x-said", "come; in, ok");
    metadata.set("x-said-bin", Buffer.from([0, 1, 2, 255]));
    const { initial, trailing } = await unary(client, "echo", {}, metadata);
    return {
      heard: initial["x-heard"],
      binary: initial["x-heard-bin"].toString("hex"),
      after: trailing["x-after"],
    };
  },

  async errors(client) {
    const before = await streamed(client.fail({ count: 5, text: "no such tent ⛺" }));
    const after = await streamed(client.fail({ count: 9, text: "torn", load: bytes(10, 4) }));
    const same = (bytes) => bytes;
    const unknown = await streamed(client.makeServerStreamRequest("/tipi.Camp/Nothing", same, same, Buffer.alloc(0)));
    return [before, after, unknown].map(({ code, details, notes }) => ({ code, details, count: notes.length }));
  },

  async resets(client) {
    const codes = [];
    // INTERNAL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM (RFC 9113 §7).
    for (const count of [2, 7, 8, 11]) codes.push((await unary(client, "reset", { count })).code);
    return codes;
  },

  async deadline(client) {
    const { code } = await unary(client, "wait", {}, new grpc.Metadata(), { deadline: Date.now() + 1000 });
    await untilDeparted(client, 1);
    return { code };
  },

  async cancel(client) {
    const seen = {};
    const ended = new Promise((resolve) => {
      const call = client.wait({}, (error) => resolve(error.code));
      call.on("metadata", (initial) => {
        seen.connection = initial.getMap()["x-connection"];
        call.cancel();
      });
    });
    const code = await ended;
    const after = await untilDeparted(client, 1);
    return { code, sameConnection: after.text === seen.connection };
  },

  async hundred(client) {
    const calls = Array.from({ length: 100 }, () => client.talk());
    const ends = calls.map(streamed);
    for (let count = 0; count < 20; count++)
      calls.forEach((call, n) => call.write({ text: `${n}`, count, load: bytes(500, n) }));
    calls.forEach((call) => call.end());
    const answers = await Promise.all(ends);
    return answers.filter(({ code, notes }, n) => code === 0 && notes.length === 20
      && notes.every((note, i) => note.text === `${n}` && note.count === i + 1 && note.load.equals(bytes(500, n))))
      .length;
  },
};

const [address, scenario, authority] = process.argv.slice(2);
const credentials = authority
  ? grpc.credentials.createSsl(fs.readFileSync(authority))
  : grpc.credentials.createInsecure();
const client = new Camp(address, credentials, { "grpc.max_receive_message_length": -1 });
scenarios[scenario](client).then((answer) => {
  console.log(JSON.stringify(answer));
  client.close();
});
