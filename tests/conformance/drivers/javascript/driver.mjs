// Runs the real AWS SDK for JavaScript v3 on set-ups: one JSON set-up a line on standard input,
// one JSON verdict a line on standard output. The argument names the folder that holds
// node_modules. The SDK's modules are loaded anew for every set-up, so no cache of one is seen
// by the next; pauses between retries are taken out, and nothing but loopback is connected to.

import { createRequire } from "node:module";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";

const load = createRequire(path.join(process.argv[2], "package.json"));
const KINDS = [
  ["resolveAssumeRoleCredentials", "role_profile"],
  ["resolveStaticCredentials", "static_profile"],
  ["credential-provider-web-identity - fromTokenFile", "web_identity_profile"],
  ["credential-provider-process - fromProcess", "process_profile"],
  ["credential-provider-sso - fromSSO", "sso_profile"],
  ["fromLoginCredentials", "login_profile"],
];
const LINKS = [
  ["defaultProvider::fromEnv", "env"],
  ["defaultProvider::fromProcess", "process_profile"],
  ["defaultProvider::fromTokenFile", "web_identity_env"],
  ["remoteProvider::fromHttp", "container"],
  ["remoteProvider::fromInstanceMetadata", "imds"],
];

let method = null;
let inProfile = false;
let requests = [];
let role = "";

function listen(message) {
  if (typeof message !== "string") return;
  if (message.includes("defaultProvider::")) {
    inProfile = message.includes("::fromIni");
    method = null;
    requests = [];
  }
  for (const [text, source] of LINKS) {
    if (message.includes(text)) method = source;
  }
  if (inProfile && method === null) {
    for (const [text, source] of KINDS) {
      if (message.includes(text)) method = source;
    }
  }
}

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

// Whom a request was meant for, and what STS is asked for, whether it is answered or not.
for (const name of ["write", "end"]) {
  const send = http.ClientRequest.prototype[name];
  http.ClientRequest.prototype[name] = function (data, ...rest) {
    const found = typeof data === "string" || data instanceof Uint8Array ? String(Buffer.from(data)) : "";
    const match = /(?:^|&)RoleArn=([^&]*)/.exec(found);
    if (match) role = decodeURIComponent(match[1].replaceAll("+", " "));
    requests.push(`${this.getHeader("host")}${this.path}`);
    return send.call(this, data, ...rest);
  };
}

const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay, ...rest) => {
  // A pause is a promise's own resolve function; time limits are functions of the SDK.
  const pause = typeof callback === "function" && String(callback).includes("[native code]");
  return wait(callback, pause ? 0 : delay, ...rest);
};
process.on("unhandledRejection", () => {});
process.on("uncaughtException", () => {});

async function judge(setup) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, setup.env);
  process.chdir(setup.cwd);
  for (const name of Object.keys(load.cache)) delete load.cache[name];
  const { STSClient } = load("@aws-sdk/client-sts");
  const logger = { trace() {}, debug: listen, info() {}, warn() {}, error() {} };
  const create = () => new STSClient({ logger, ...(setup.profile !== null && { profile: setup.profile }) });
  const verdict = {};
  try {
    verdict.region = await create().config.region();
  } catch (error) {
    if (String(error.message).startsWith("Region is missing")) verdict.region = null;
    else verdict.region_error = error.name;
  }
  method = null;
  inProfile = false;
  requests = [];
  role = "";
  try {
    const credentials = await create().config.credentials();
    return {
      ...verdict,
      stage: "credentials",
      method,
      key: credentials.accessKeyId,
      token: Boolean(credentials.sessionToken),
      error: null,
    };
  } catch (error) {
    const message = String(error.message);
    if (message.startsWith("Could not load credentials from any")) return { ...verdict, stage: "none" };
    const service = new URL(setup.env.AWS_ENDPOINT_URL).host;
    // What stands for metadata and containers may be refused at the same address.
    const asked = requests.some((one) => one.startsWith(service) && !/\/(?:latest|container)\b/.test(one));
    if (asked) return { ...verdict, stage: "first-use", method, role, error: "ECONNREFUSED" };
    if (message.startsWith("Region is missing")) {
      return { ...verdict, stage: "first-use", method, error: "RegionIsMissing" };
    }
    return { ...verdict, stage: "resolve", method, error: error.name, message };
  }
}

const version = load("@aws-sdk/client-sts/package.json").version;
process.stdout.write(JSON.stringify({ ready: version }) + "\n");
for await (const line of readline.createInterface({ input: process.stdin })) {
  let verdict;
  try {
    verdict = await judge(JSON.parse(line));
  } catch (error) {
    verdict = { failure: String(error?.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(verdict) + "\n");
}
