// Makes or uses a passkey when its button is pressed, and sends the browser's answer with the form.

const form = document.querySelector("form[data-passkey]");
const said = document.getElementById("passkey-said");
const known = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;

async function ask() {
  const options = JSON.parse(form.dataset.options);
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

if (form && known) {
  form.hidden = false;
  document.getElementById("passkey-needs").hidden = true;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    if (form.elements.name && !form.elements.name.value.trim()) {
      form.submit(); // The page says what is missing.
      return;
    }
    try {
      const credential = await ask();
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (fault) {
      const name = fault.name === "InvalidStateError" ? "has-one" : "stopped";
      const words = document.getElementById("passkey-words").content.querySelector(`[data-words=${name}]`);
      said.replaceChildren(words.cloneNode(true));
    }
  });
}
