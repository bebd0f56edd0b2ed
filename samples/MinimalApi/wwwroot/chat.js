"use strict";

const byId = (id) => document.getElementById(id);
const form = byId("say");
const button = form.querySelector("button");

// WebSockets where they work; what stands behind comes of itself, or by ?transport=ServerSentEvents or LongPolling.
const transport = signalR.HttpTransportType[new URLSearchParams(location.search).get("transport")];
const connection = new signalR.HubConnectionBuilder()
  .withUrl("live/chat", transport === undefined ? {} : { transport })
  .withAutomaticReconnect()
  .build();

const state = (name) => {
  byId("live").textContent = byId("live").dataset.state = name;
  button.disabled = name !== "live";
};

connection.on("welcome", ({ transport, protocol }) => { byId("way").textContent = `${transport} over ${protocol}`; });

connection.on("said", ({ name, text }) => {
  const chat = byId("chat");
  chat.querySelector(".quiet")?.remove();
  const line = document.createElement("li");
  const who = document.createElement("b");
  who.textContent = name;
  line.append(who, ` ${text}`);
  chat.append(line);
  chat.scrollTop = chat.scrollHeight;
});

connection.onreconnecting(() => state("lost"));
connection.onreconnected(() => state("live"));
connection.onclose(() => state("lost"));

form.onsubmit = async (event) => {
  event.preventDefault();
  const problem = byId("problem");
  const line = { name: form.elements.name.value, text: form.elements.text.value };
  form.elements.text.value = "";
  try {
    await connection.invoke("Say", line);
    problem.hidden = true;
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
};

connection.start().then(() => state("live"), () => state("lost"));
