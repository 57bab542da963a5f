// Runs the real AWS SDK for JavaScript v2 on set-ups: one JSON set-up a line on standard input,
// one JSON verdict a line on standard output. The argument names the folder that holds
// node_modules. Every set-up has a process of its own with that environment and folder, so that
// no state of one is seen by the next and what would end a program ends that process alone.

"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const JUDGE = "--judge";
const LIMIT_MS = 60_000;
// A profile whose source profiles never end is followed forever; nobody has this many.
const ENDLESS = 20_000;

function findMethod(AWS, credentials) {
  if (credentials instanceof AWS.EnvironmentCredentials) {
    return credentials.envPrefix === "AWS" ? "env" : "env_amazon";
  }
  if (credentials instanceof AWS.SharedIniFileCredentials) {
    return credentials.roleArn ? "role_profile" : "static_profile";
  }
  for (const [type, name] of [
    [AWS.SsoCredentials, "sso_profile"],
    [AWS.RemoteCredentials, "container"],
    [AWS.ProcessCredentials, "process_profile"],
    [AWS.TokenFileWebIdentityCredentials, "web_identity"],
    [AWS.EC2MetadataCredentials, "imds"],
  ]) {
    if (credentials instanceof type) return name;
  }
  return String(credentials?.constructor?.name);
}

function refuseStrangers() {
  const net = require("node:net");
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...given) {
    const options = Array.isArray(given[0]) ? given[0][0] : given[0];
    const host = String(options?.host ?? options?.hostname ?? "localhost");
    if (!/^(127\.|::1$|localhost$)/.test(host)) {
      const error = Object.assign(new Error(`connect ECONNREFUSED ${host}`), { code: "ECONNREFUSED" });
      process.nextTick(() => this.destroy(error));
      return this;
    }
    return connect.apply(this, given);
  };
}

// What STS refuses by its API Reference, and moto does not.
const LIMITS = [
  ["RoleArn", (text) => text.length >= 20],
  ["WebIdentityToken", (text) => text.length >= 4],
  ["RoleSessionName", (text) => /^[\w+=,.@-]{2,64}$/.test(text)],
  ["ExternalId", (text) => text.length >= 2],
  ["DurationSeconds", (text) => Number(text) >= 900 && Number(text) <= 43200],
];

function isRefused(body) {
  const sent = new URLSearchParams(body);
  return LIMITS.some(([name, accepts]) => sent.has(name) && !accepts(sent.get(name)));
}

// The services are found by their real names; only then the request is led to the stand-in.
function leadToStandIns(AWS, services) {
  const send = AWS.NodeHttpClient.prototype.handleRequest;
  AWS.NodeHttpClient.prototype.handleRequest = function (request, ...rest) {
    const host = String(request.endpoint.hostname);
    const body = String(request.body);
    services.role = new URLSearchParams(body).get("RoleArn") ?? services.role;
    for (const [pattern, address] of [
      [/^sts[.-]/, isRefused(body) ? services.refused : services.sts],
      [/^portal\.sso[.-]/, services.sso],
      [/^oidc[.-]/, services.oidc],
    ]) {
      if (pattern.test(host) && address) request.endpoint = new AWS.Endpoint(address);
    }
    return send.call(this, request, ...rest);
  };
}

function judge({ folder, profile, services }) {
  const verdict = { stage: "construct", method: null, error: null };
  const end = (more) => {
    fs.writeSync(1, JSON.stringify({ ...verdict, ...more }));
    process.exit(0);
  };
  const fatal = (error) => end({ error: error?.name ?? "Error", message: String(error?.message), fatal: true });
  process.on("uncaughtException", fatal);
  const add = Array.prototype.unshift;
  let added = 0;
  Array.prototype.unshift = function (...items) {
    if (items[0] && Object.hasOwn(items[0], "roleArn") && ++added > ENDLESS) {
      end({ error: "endless loop", fatal: true });
    }
    return add.apply(this, items);
  };
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (callback, delay, ...rest) =>
    wait(callback, /sendRequest|retry/i.test(callback.name) ? 0 : delay, ...rest);
  refuseStrangers();
  const from = (name) => require(path.join(folder, "node_modules/aws-sdk", name));
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
  const AWS = from("lib/node_loader");
  from("clients/sts");
  from("clients/sso");
  from("clients/ssooidc");
  leadToStandIns(AWS, services);
  verdict.stage = "resolve";
  verdict.region = AWS.config.region ?? null;
  if (profile) AWS.config.credentials = new AWS.SharedIniFileCredentials({ profile });
  AWS.config.getCredentials((error, credentials) => {
    if (error) {
      const none = error.message === "Could not load credentials from any providers";
      const why = error.originalError?.message;
      return end(none ? { stage: "none", message: why } : { error: error.name, message: why });
    }
    const method = findMethod(AWS, credentials);
    return end({
      stage: "credentials",
      method,
      key: credentials.accessKeyId,
      token: Boolean(credentials.sessionToken),
      // The last one that STS was asked for is the outermost.
      role: ["role_profile", "web_identity"].includes(method) ? services.role : "",
    });
  });
}

function ask(folder, setup) {
  const all = setup.env.AWS_ENDPOINT_URL;
  const services = {
    refused: all,
    sts: setup.env.AWS_ENDPOINT_URL_STS ?? all,
    sso: setup.env.AWS_ENDPOINT_URL_SSO ?? all,
    oidc: setup.env.AWS_ENDPOINT_URL_SSO_OIDC ?? all,
  };
  const work = JSON.stringify({ folder, services, profile: setup.profile });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [__filename, JUDGE, work], {
      cwd: setup.cwd,
      env: setup.env,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
    });
    child.on("close", (code, signal) => {
      if (signal === "SIGABRT") return resolve({ stage: "resolve", error: "abort", fatal: true });
      // The callback was never called, and nothing is left to wait for.
      if (code === 0 && !text) return resolve({ stage: "resolve", error: "no answer", fatal: true });
      if (code !== 0 || !text) return resolve({ failure: `ended with ${code ?? signal}: ${text}` });
      return resolve(JSON.parse(text));
    });
  });
}

async function main() {
  const folder = path.resolve(process.argv[2]);
  const version = require(path.join(folder, "node_modules/aws-sdk/package.json")).version;
  process.stdout.write(JSON.stringify({ ready: version }) + "\n");
  const lines = require("node:readline").createInterface({ input: process.stdin });
  for await (const line of lines) {
    process.stdout.write(JSON.stringify(await ask(folder, JSON.parse(line))) + "\n");
  }
}

if (process.argv[2] === JUDGE) judge(JSON.parse(process.argv[3]));
else main();
