// Pages work without this; it makes the kit's parts easier to use. The kit's address comes from the
// page, because that address holds the hash of its content and a plain import here could not.
const kit = document.getElementById("kit");

if (kit && document.body.classList.contains("govuk-frontend-supported")) {
  import(kit.href).then(({ initAll }) => initAll());
}
