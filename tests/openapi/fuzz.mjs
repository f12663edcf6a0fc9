// Fuzzes the gateway by schema/openapi.yaml, as a partner whose signatures are good, or a member
// service by schema/member.yaml, as a channel whose token is good: what is wrong
// with a request comes from openapi-fuzzer-core, the values around it from json-schema-faker, anew
// in each round. No answer may be 5xx, hang, or be neither JSON nor a problem.
//
// usage: node fuzz.mjs SETTINGS   (JSON: schema, tools, port, ca, members, seconds, seed; of a
//        partner key, code, day, now; of a channel token; functional/openapi_fuzz.py writes it)
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';

const settings = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const require = createRequire(`${settings.tools}/`);
const { parse } = require('yaml');
const fuzzer = require('openapi-fuzzer-core');
const { generate } = await import(`${settings.tools}/node_modules/json-schema-faker/dist/index.js`);

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch']);
const TIMEOUT_MS = 15_000;
const AT_ONCE = 8;
const api = parse(fs.readFileSync(settings.schema, 'utf8'));
const key = settings.key && crypto.createPrivateKey(fs.readFileSync(settings.key));
const keyId = key && crypto.createHash('sha256')
  .update(crypto.createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))
  .digest('hex').slice(0, 16);
const agent = new https.Agent({ ca: fs.readFileSync(settings.ca), keepAlive: true,
  maxSockets: AT_ONCE });

// --- randomness that a seed repeats (mulberry32) -------------------------------------------------

let state = settings.seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

// --- from OpenAPI 3 to what the fuzzer reads -----------------------------------------------------

function resolved(thing) {
  if (!thing || !thing.$ref) return thing;
  return thing.$ref.slice(2).split('/').reduce((at, name) => at[name], api);
}

// With everything that it leads to in its place.
function deep(thing) {
  const whole = resolved(thing);
  if (Array.isArray(whole)) return whole.map(deep);
  if (!whole || typeof whole !== 'object') return whole;
  return Object.fromEntries(Object.entries(whole).map(([name, one]) => [name, deep(one)]));
}

// Values that get somewhere: a member that is there, ids that this run has used.
const used = [];
function likely(name) {
  if (name === 'member' || name === 'number') return pick(settings.members);
  if (name === 'parent' && used.length > 0) return pick(used);
  if (name === 'code') return settings.code;
  if (name === 'day') return settings.day;
  if (name === 'reference' && used.length > 0) return pick(used).split('/')[2];
  if (name === 'points' || name === 'units') return 1 + below(50);
  return undefined;
}

async function example(name, schema) {
  const value = random() < 0.8 ? likely(name) : undefined;
  return value ?? generate(deep(schema), { seed: below(2 ** 31), alwaysFakeOptionals: true });
}

async function definition(schema) {
  const properties = {};
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    const whole = resolved(one);
    properties[name] = { ...whole, minLength: 1, example: await example(name, whole) };
  }
  return { ...schema, properties };
}

async function parameters(route, operation) {
  const all = [...(route.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
  const flat = [];
  for (const one of all.filter((p) => p.in !== 'header')) {
    const schema = resolved(one.schema);
    flat.push({ ...schema, name: one.name, in: one.in, minLength: 1,
      example: await example(one.name, schema) });
  }
  const json = operation.requestBody?.content?.['application/json']?.schema;
  if (json) flat.push({ in: 'body', name: 'body', schema: { $ref: json.$ref.replace(
    '#/components/schemas/', '#/definitions/') } });
  return flat;
}

async function requests() {
  const definitions = {};
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    definitions[name] = await definition(schema);
  }
  const paths = {};
  for (const [path, route] of Object.entries(api.paths)) {
    paths[path] = {};
    for (const [method, operation] of Object.entries(route)) {
      if (METHODS.has(method)) {
        paths[path][method] = { parameters: await parameters(route, operation) };
      }
    }
  }
  return [...fuzzer.swagger({ basePath: '', paths, definitions }).map((one) => one.request),
    ...(key ? await whole(definitions) : lookUps())];
}

// Of a channel: each look-up of a member who is there.
function lookUps() {
  return Object.keys(api.paths)
    .map((path) => ({ method: 'get', path, pathParams: { number: pick(settings.members) } }));
}

// Each operation with a body as its schema wants it, too.
async function whole(definitions) {
  const good = [];
  for (const [path, route] of Object.entries(api.paths)) {
    const schema = route.post?.requestBody?.content?.['application/json']?.schema;
    if (!schema) continue;
    const body = {};
    const of = definitions[schema.$ref.split('/').pop()];
    for (const [name, one] of Object.entries(of.properties)) body[name] = one.example;
    const pathParams = {};
    for (const name of ['code', 'day', 'reference']) pathParams[name] = likely(name) ?? 'none';
    good.push({ method: 'post', path, pathParams, body });
  }
  for (const method of ['put', 'get']) {
    good.push({ method, path: '/v1/days/{date}', pathParams: { date: fileDate } });
  }
  return good;
}

// --- a request as it goes over the wire ----------------------------------------------------------

function target({ path, pathParams = {}, queryParams = {} }) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(pathParams[name] ?? 'none')));
  const query = Object.entries(queryParams)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  return query ? `${filled}?${query}` : filled;
}

// Something like a day's file, and the line of a signature by nobody: both are read whole.
const fileDate = settings.day && `${settings.day.slice(0, 4)}-${settings.day.slice(4, 6)}-${settings.day.slice(6)}`;
function dayFile() {
  const rows = ['REDEMPTION', 'ACCRUAL', 'EXCHANGE_OUT', 'REFUND', 'NOT_CREDITED', 'NONE', '']
    .filter(() => random() < 0.5)
    .map((kind) => [kind, `${settings.code}/${settings.day}/U-${count}`, likely('member') ?? 'none',
      likely('points') ?? below(1000), ''].join(','));
  const header = `POINTHOUSE,PARTNER_DAY,1,${settings.code},${fileDate},${1 + below(3)}`;
  return [random() < 0.8 ? header : 'none', ...rows, `END,${rows.length},${below(9)},0`, '']
    .join(random() < 0.9 ? '\n' : '\r\n');
}
const fileSignature = () => (random() < 0.2 ? 'none'
  : `POINTHOUSE-SIGNATURE,1,DAY,${keyId},${crypto.randomBytes(64).toString('hex')}`);

let count = 0;
function signed(method, to, body) {
  const [path, query] = to.split('?');
  const headers = {};
  const parts = [['@method', method], ['@path', path]];
  if (query !== undefined) parts.push(['@query', `?${query}`]);
  if (body !== undefined) {
    const digest = crypto.createHash('sha256').update(body).digest('base64');
    headers['Content-Type'] = method === 'PUT' ? 'text/csv' : 'application/json';
    if (method === 'PUT') headers['Pointhouse-Signature'] = fileSignature();
    headers['Content-Length'] = Buffer.byteLength(body);
    headers['Content-Digest'] = `sha-256=:${digest}:`;
    parts.push(['content-digest', headers['Content-Digest']]);
  }
  if (method === 'POST') {
    headers['Idempotency-Key'] = random() < 0.1 && used.length > 0 ? pick(used)
      : `${settings.code}/${settings.day}/F-${count++}`;
    parts.push(['idempotency-key', headers['Idempotency-Key']]);
  }
  const given = `(${parts.map(([name]) => `"${name}"`).join(' ')});created=${settings.now};`
    + `nonce="${crypto.randomBytes(16).toString('hex')}";keyid="${keyId}";alg="ed25519"`;
  const base = parts.map(([name, value]) => `"${name}": ${value}\n`).join('')
    + `"@signature-params": ${given}`;
  headers['Signature-Input'] = `sig1=${given}`;
  headers.Signature = `sig1=:${crypto.sign(null, Buffer.from(base), key).toString('base64')}:`;
  return headers;
}

function send(request) {
  const method = request.method.toUpperCase();
  const to = target(request);
  const body = method === 'GET' ? undefined : method === 'PUT' ? dayFile()
    : JSON.stringify(request.body ?? {});
  const headers = key ? signed(method, to, body)
    : { Authorization: `Bearer ${settings.token}` };
  return new Promise((resolve, reject) => {
    const asked = https.request({ host: 'localhost', port: settings.port, path: to, method,
      headers, agent, timeout: TIMEOUT_MS }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ method, to, body, id: headers['Idempotency-Key'],
        status: answer.statusCode, type: answer.headers['content-type'],
        text: Buffer.concat(chunks).toString('utf8') }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer to ${method} ${to} ${body}`)));
    asked.on('error', (error) => {
      // The gateway closes a connection after many requests: the same again on another one.
      if (error.code === 'ECONNRESET' && !request.again) {
        resolve(send({ ...request, again: true }));
      } else {
        reject(error);
      }
    });
    asked.end(body);
  });
}

function judged(answer) {
  const json = JSON.parse(answer.text);
  if (answer.status >= 500) throw new Error(`${JSON.stringify(answer)}`);
  const wanted = answer.status < 400 ? 'application/json' : 'application/problem+json';
  if (answer.type !== wanted || (answer.status >= 400 && !(json.code && json.what_now))) {
    throw new Error(`neither JSON nor a problem: ${JSON.stringify(answer)}`);
  }
  if (answer.status === 200 && answer.id) used.push(answer.id);
  return json.code ?? json.state ?? 'ANSWER';
}

// --- until the time is over ----------------------------------------------------------------------

const statuses = new Map();
const codes = new Map();
const add = (map, name) => map.set(name, (map.get(name) ?? 0) + 1);
const until = Date.now() + 1000 * settings.seconds;
let rounds = 0;
while (Date.now() < until) {
  const all = await requests();
  rounds += 1;
  const worker = async () => {
    while (all.length > 0 && Date.now() < until) {
      const answer = await send(all.splice(below(all.length), 1)[0]);
      add(codes, judged(answer));
      add(statuses, answer.status);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
agent.destroy();
const sorted = (map) => [...map].sort((a, b) => b[1] - a[1]).map((p) => p.join(' ')).join(', ');
const total = [...statuses.values()].reduce((a, b) => a + b, 0);
console.log(`${total} requests in ${rounds} rounds; by status: ${sorted(statuses)}`);
console.log(`by code: ${sorted(codes)}`);
if (!(key ? used.length : statuses.get(200))) {
  throw new Error('nothing was ever carried out: the fuzzer gets nowhere');
}
