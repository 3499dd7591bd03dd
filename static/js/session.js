// Says some minutes before it that somebody will be signed out, and keeps them signed in while they write. Pages work
// without this: a form that is sent too late is held, with everything in it, on the page that asks to sign in again.

const WARN = 5 * 60 * 1000;
const WRITING = 2 * 60 * 1000;
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
  tabs?.addEventListener("message", (said) => (ends = Math.max(ends, Number(said.data) || 0)));
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
    tell(`If you do nothing, you will be signed out in ${minutes(left)}.`);
  }

  function minutes(left) {
    const number = Math.ceil(left / 60000);
    return number === 1 ? "1 minute" : `${number} minutes`;
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
      tell(`You have been signed in for a long time. Save what you are doing: you will be signed out in ${minutes(ends - Date.now())}.`);
      form.hidden = true;
    } catch {
      tell("We could not reach the site. Check your connection, then try again.");
    } finally {
      asking = form.hidden;
    }
  }

  function over() {
    clearInterval(clock);
    title.textContent = "You are signed out";
    tell("What you typed on this page is still here. Press its button as usual: we ask you to sign in, and nothing is lost.");
    form.replaceChildren(closing());
    form.hidden = false;
    open();
  }

  function closing() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button";
    button.textContent = "Go back to the page";
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
  function tell(said) {
    if (words.textContent !== said) words.textContent = said;
  }
}
