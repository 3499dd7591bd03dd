// Says some minutes before it that somebody will be signed out, and keeps them signed in while they write. Pages work
// without this: a form that is sent too late is held, with everything in it, on the page that asks to sign in again.

const MINUTE = 60 * 1000;
const WARN = 5 * MINUTE;
const WRITING = 2 * MINUTE;
const LOOK = 5000;

const template = document.getElementById("time-out");
if (template && "showModal" in HTMLDialogElement.prototype) watch(template);

function watch(template) {
  const dialog = template.content.firstElementChild.cloneNode(true);
  const [title, words, form] = ["h2", "p", "form"].map((tag) => dialog.querySelector(tag));
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("coprod-session") : null;
  let ends = Date.now() + Number(template.dataset.seconds) * 1000;
  let typedAt = 0;
  let asking = false;
  let dismissed = false;
  document.body.append(dialog);

  // Another tab that was used more lately keeps this one signed in too.
  tabs?.addEventListener("message", (heard) => (ends = Math.max(ends, Number(heard.data) || 0)));
  tabs?.postMessage(ends);
  addEventListener("input", () => (typedAt = Date.now()));
  document.addEventListener("visibilitychange", look);
  dialog.addEventListener("cancel", () => (dismissed = true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  const clock = setInterval(look, LOOK);

  function look() {
    const left = ends - Date.now();
    if (left <= 0) return over();
    if (left > WARN) return close();
    if (Date.now() - typedAt < WRITING && !asking && !dismissed) return stay();
    if (!dismissed) open();
    tell(`soon-${minutes(left)}`);
  }

  // From one to WARN: the page has a sentence for each.
  function minutes(left) {
    return Math.max(1, Math.ceil(left / MINUTE));
  }

  // The words of the page, which has them in its language.
  function said(name) {
    return template.content.querySelector(`[data-words=${name}]`);
  }

  async function stay() {
    asking = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (!answer.ok) return over();
      ends = Date.now() + (await answer.json()).seconds * 1000;
      tabs?.postMessage(ends);
      if (ends - Date.now() > WARN) return close();
      dismissed = false;
      open();
      tell(`long-${minutes(ends - Date.now())}`);
      form.hidden = true;
    } catch {
      tell("not-reached");
    } finally {
      asking = form.hidden;
    }
  }

  function over() {
    clearInterval(clock);
    title.textContent = said("over-title").textContent;
    tell("over");
    form.replaceChildren(closing());
    form.hidden = false;
    open();
  }

  function closing() {
    const button = said("close").cloneNode(true);
    button.addEventListener("click", () => dialog.close());
    return button;
  }

  function open() {
    if (!dialog.open) dialog.showModal();
  }

  function close() {
    asking = dismissed = false;
    if (dialog.open) dialog.close();
  }

  // The same words are not said again to somebody who listens to the page.
  function tell(name) {
    const now = said(name).textContent;
    if (words.textContent !== now) words.textContent = now;
  }
}
