// Keeps an answer while it is written, where the page of a question has scripting. The page works whole without this.
//
// What is typed goes to the server a moment after the last key, and the server says what it counts as. Until the
// server has it, a copy stays in this window (sessionStorage), and is offered back after a dropped connection, a
// time-out or a sign-out. It is not localStorage on purpose: staff rooms share computers. The copy is gone when the
// window is closed, and as soon as somebody else opens a question in it.

const PREFIX = "coprod-kept:";
const AFTER_TYPING = 3000;
const LONGEST_WAIT = 30000;
const FIELDS = ["rating", "reason", "account"];

const form = document.querySelector("form[data-keep]");
if (form) keep(form);

// The words of the page, which has them in its language: what fills their gap is known only here.
function said(name, gap) {
  const found = document.getElementById("keep-words").content.querySelector(`[data-words=${name}]`).cloneNode(true);
  if (gap) found.querySelector("[data-gap]").replaceChildren(gap);
  return found;
}

function keep(form) {
  const key = `${PREFIX}${form.dataset.reader}:${form.dataset.keep}`;
  const refused = document.querySelector(".govuk-error-summary") !== null;
  let saved = refused ? null : typed();
  let sending = null;
  let timer = 0;
  let wait = 2000;
  let stopped = false;

  dropOthers();
  const copy = read();
  if (copy && same(copy, typed())) {
    if (!refused) forget();
  } else if (copy) {
    offer(copy);
  }

  form.addEventListener("input", () => changed(AFTER_TYPING));
  form.addEventListener("change", () => changed(0));
  addEventListener("online", () => later(0));
  addEventListener("pagehide", () => unsaved() && send());
  document.addEventListener("submit", saveFirst);

  function typed() {
    const data = new FormData(form);
    return Object.fromEntries(FIELDS.map((name) => [name, data.get(name) ?? ""]));
  }

  function same(one, other) {
    return other !== null && FIELDS.every((name) => lines(one[name]) === lines(other[name]));
  }

  function lines(text) {
    return (text ?? "").replaceAll("\r\n", "\n");
  }

  function unsaved() {
    return !stopped && !same(typed(), saved);
  }

  function changed(delay) {
    if (same(typed(), saved)) return forget();
    remember();
    later(delay);
  }

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(() => unsaved() && send(), delay);
  }

  // One save at a time, so that this page never meets itself. Says whether the server was reached.
  function send() {
    sending ??= ask(typed()).finally(() => {
      sending = null;
    });
    return sending;
  }

  async function ask(text) {
    clearTimeout(timer);
    let answer;
    try {
      const body = new FormData(form);
      const headers = { Accept: "application/json" };
      answer = await fetch(form.dataset.keep, { method: "POST", body, headers, redirect: "manual", keepalive: true });
    } catch {
      say(said("no-connection"));
      retry();
      return false;
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      say(said("signed-out"));
    } else if (answer.ok) {
      accept(text, await answer.json());
    } else {
      await explain(answer);
    }
    return true;
  }

  function accept(text, told) {
    saved = text;
    wait = 2000;
    form.elements.revision.value = told.revision;
    document.getElementById("counts").innerHTML = told.counts;
    say(told.saved);
    if (unsaved()) changed(AFTER_TYPING);
    else forget();
  }

  async function explain(answer) {
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 409) {
      stopped = true; // Only the person can choose between two versions: the buttons lead there.
      say(said("two-versions", told.refused));
    } else if (answer.status === 422) {
      say(said("refused", told.refused));
    } else if (answer.status === 503) {
      say(told.refused ?? said("no-connection"));
      retry();
    } else {
      say(said("old-page"));
    }
  }

  function retry() {
    later(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  // A button that leaves the page waits until what is typed is kept. Without a connection the page stays.
  async function saveFirst(event) {
    const leaves = event.target === form || event.target.action.endsWith("/sign-out");
    if (event.defaultPrevented || !leaves || (!sending && !unsaved())) return;
    event.preventDefault();
    const pressed = event.submitter;
    await sending;
    const reached = !unsaved() || (await send());
    if (!reached) return;
    document.removeEventListener("submit", saveFirst);
    event.target.requestSubmit(pressed);
  }

  // Text of the server, or words of the page. The same are left alone: somebody may stand on their link.
  function say(words) {
    for (const place of document.querySelectorAll("[data-saved]")) {
      const next = words.cloneNode?.(true) ?? document.createTextNode(words);
      if (place.textContent.trim() !== next.textContent.trim()) place.replaceChildren(next);
    }
  }

  function offer(copy) {
    const note = said("offer", copy.at);
    const [back, away] = note.querySelectorAll("button");
    back.addEventListener("click", () => putBack(copy, note));
    away.addEventListener("click", () => drop(note));
    form.before(note);
  }

  // It goes back with the revision that it was made from, so that what somebody saved since is not written over.
  function putBack(copy, note) {
    for (const name of FIELDS) {
      if (form.elements[name]) form.elements[name].value = copy[name];
    }
    form.elements.revision.value = copy.revision;
    note.remove();
    form.elements.account.focus();
    changed(0);
  }

  function drop(note) {
    forget();
    note.remove();
    form.elements.account.focus();
  }

  function remember() {
    const at = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    const revision = form.elements.revision.value;
    store(() => sessionStorage.setItem(key, JSON.stringify({ ...typed(), revision, at })));
  }

  function read() {
    return JSON.parse(store(() => sessionStorage.getItem(key)) ?? "null");
  }

  function forget() {
    store(() => sessionStorage.removeItem(key));
  }

  function dropOthers() {
    const mine = `${PREFIX}${form.dataset.reader}:`;
    const kept = store(() => Object.keys(sessionStorage)) ?? [];
    for (const name of kept) {
      if (name.startsWith(PREFIX) && !name.startsWith(mine)) store(() => sessionStorage.removeItem(name));
    }
  }

  // Some browsers refuse storage. Then the server alone keeps what is typed.
  function store(use) {
    try {
      return use();
    } catch {
      return null;
    }
  }
}
