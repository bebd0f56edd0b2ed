"use strict";

const byId = (id) => document.getElementById(id);

const make = (tag, text, className) => {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
};

const send = (method, url, body) => fetch(url, {
  method,
  headers: body ? { "Content-Type": "application/json" } : {},
  body: body && JSON.stringify(body),
});

function todoRow(todo) {
  const row = make("li");
  const tick = make("input");
  tick.type = "checkbox";
  tick.checked = todo.done;
  tick.onchange = () => send("PUT", `todos/${todo.id}`, { ...todo, done: tick.checked });
  const label = make("label");
  label.append(tick, make("span", todo.title, todo.done ? "done" : ""));
  const remove = make("button", "×");
  remove.title = `Remove “${todo.title}”`;
  remove.onclick = () => send("DELETE", `todos/${todo.id}`);
  row.append(label);
  if (todo.due) row.append(make("time", todo.due));
  row.append(remove);
  return row;
}

async function showTodos() {
  const answer = await fetch("todos");
  byId("server").textContent = answer.headers.get("Server") ?? "a shy server";
  byId("todos").replaceChildren(...(await answer.json()).map(todoRow));
  const { done, total } = await (await fetch("todos/summary")).json();
  byId("summary").textContent = `${done} of ${total} done`;
}

function showChange({ what, todo }) {
  const feed = byId("feed");
  feed.querySelector(".quiet")?.remove();
  const line = make("li");
  line.append(make("b", what, what), ` ${todo.title}`);
  feed.prepend(line);
}

function followChanges() {
  const live = byId("live");
  const state = (name) => { live.textContent = live.dataset.state = name; };
  const source = new EventSource("live/todos");
  source.onopen = () => state("live");
  source.onerror = () => state("lost");
  source.addEventListener("todo", (event) => {
    const change = JSON.parse(event.data);
    if (change.todo) showChange(change);
    showTodos();
  });
}

byId("add").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await send("POST", "todos", { title: form.title.value, due: form.due.value || null });
  const problem = byId("problem");
  problem.hidden = answer.ok;
  if (answer.ok) form.reset();
  else problem.textContent = Object.values((await answer.json()).errors ?? {}).flat().join(" ");
};

byId("upload").onsubmit = async (event) => {
  event.preventDefault();
  const answer = await fetch("files/upload", { method: "POST", body: new FormData(event.target) });
  const rows = (await answer.json()).map(({ name, length, sha256 }) => {
    const row = make("li", `${name}: ${length.toLocaleString("en")} bytes`);
    row.append(make("code", sha256));
    return row;
  });
  byId("stored").replaceChildren(...rows);
};

byId("light").onclick = () => {
  const fire = byId("fire");
  fire.textContent = "";
  byId("light").disabled = true;
  const source = new EventSource("live/ticks?count=12&everyMs=120");
  source.addEventListener("tick", (event) => {
    const { number, word } = JSON.parse(event.data);
    fire.textContent += `${word} `;
    if (number < 12) return;
    source.close();
    byId("light").disabled = false;
  });
};

followChanges();
