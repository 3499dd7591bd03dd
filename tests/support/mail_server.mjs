// A mail server on loopback, with Nodemailer's smtp-server. What it does depends on whom a letter is for, so one
// process serves every test. It prints its ports first, and then each message it takes, as lines of JSON.
//   refused@    no such mailbox (550)          greylisted@  try later (451)
//   unwanted@   refused once it has read it    cut@         takes the letter, then breaks off before it answers
//   silent@     never answers after the letter
import { readFileSync } from "node:fs";
import { SMTPServer } from "smtp-server";

const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const error = (words, code) => Object.assign(new Error(words), { responseCode: code });
const first = new Set();
const [key, cert] = process.argv.slice(2, 4);

function onRcptTo(address, session, done) {
  const name = address.address.split("@")[0];
  if (name === "refused") return done(error("No such mailbox", 550));
  if (name === "greylisted") return done(error("Try again later", 451));
  return done();
}

function onData(stream, session, done) {
  const parts = [];
  stream.on("data", (part) => parts.push(part));
  stream.on("end", () => {
    const to = session.envelope.rcptTo.map((each) => each.address);
    const name = to[0].split("@")[0];
    if (name === "unwanted") return done(error("Not wanted here", 554));
    say({ to, from: session.envelope.mailFrom.address, user: session.user ?? null, secure: session.secure,
      message: Buffer.concat(parts).toString("base64") });
    if (name === "silent") return undefined;
    if (name === "cut" && !first.has(to[0])) {
      first.add(to[0]);
      return servers.forEach((server) => server.connections.forEach((each) => each._socket.destroy()));
    }
    return done();
  });
}

function onAuth(auth, session, done) {
  if (auth.username === "coprod" && auth.password === "let me in") return done(null, { user: auth.username });
  return done(error("Wrong user name or password", 535));
}

const shared = { onRcptTo, onData, onAuth, authOptional: true, logger: false };
const tls = key ? { key: readFileSync(key), cert: readFileSync(cert) } : {};
const servers = [
  new SMTPServer({ ...shared, disabledCommands: ["STARTTLS", "AUTH"] }),
  new SMTPServer({ ...shared, ...tls }),
  new SMTPServer({ ...shared, ...tls, secure: true }),
];
for (const server of servers) {
  server.on("error", () => undefined);  // A client that goes away is what some tests are about.
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
}
const [plain, starttls, wrapped] = servers.map((server) => server.server.address().port);
say({ plain, starttls, tls: wrapped });
