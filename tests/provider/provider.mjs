// A certified OpenID Connect provider on loopback, for tests: everything of the protocol is the package's own. Ours are only
// the people it knows, and a page that lets each in without a password.
//
// node tests/provider/provider.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, clientId, clientSecret, redirectUri] = process.argv.slice(2);

const people = {
  sam: { name: "Sam Reed", email: "sam.reed@example.org", email_verified: true },
  unproved: { name: "Sam Reed", email: "sam.reed@example.org", email_verified: false },
  stranger: { name: "Una Known", email: "una.known@example.org", email_verified: true },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ["a key for tests only"] },
  findAccount: (_ctx, id) =>
    people[id] && { accountId: id, claims: async () => ({ sub: id, ...people[id] }) },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

async function interact(request, response) {
  const { params, prompt, session } = await provider.interactionDetails(request, response);
  const chosen = new URL(request.url, "http://localhost").searchParams.get("as");
  if (prompt.name === "login" && !chosen) {
    const links = Object.keys(people).map((id) => `<p><a href="?as=${id}">${id}</a></p>`);
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><title>Provider</title><h1>Who are you?</h1>${links.join("")}`);
    return;
  }
  if (prompt.name === "login") {
    const login = { accountId: chosen, amr: chosen === "sam" ? ["pwd", "mfa"] : ["pwd"] };
    await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
    return;
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

createServer((request, response) => {
  if (request.url.startsWith("/interaction/")) {
    interact(request, response).catch((fault) => {
      response.statusCode = 500;
      response.end(String(fault));
    });
  } else {
    provider.callback()(request, response);
  }
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
