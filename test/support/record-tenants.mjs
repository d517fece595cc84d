// Loaded into a server by `--import`: notes for whom the database acted while a request was answered, and what
// it named meanwhile. One line of JSON for each thing that was not seen before.
import { AsyncLocalStorage } from 'node:async_hooks'
import { appendFileSync } from 'node:fs'
import http from 'node:http'
import pg from 'pg'

const file = process.env.RECORD_TENANTS
const requests = new AsyncLocalStorage()
const seen = new Set()

function note(line) {
  const text = JSON.stringify(line)
  if (seen.has(text)) return
  seen.add(text)
  appendFileSync(file, `${text}\n`)
}

/** Whose request it is: the user and role that a session names, or the kind of another credential. */
function callerOf({ headers }) {
  if (headers['x-service-token'] !== undefined) return { kind: 'service' }
  const credential = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? headers['x-api-key']
  if (credential === undefined) return { kind: 'nobody' }
  const claims = credential.split('.')
  if (claims.length !== 3) return { kind: 'key', key: credential }
  const { sub, role } = JSON.parse(Buffer.from(claims[1], 'base64url').toString())
  return { kind: 'session', user: sub, role }
}

const emit = http.Server.prototype.emit
http.Server.prototype.emit = function (event, ...args) {
  if (event !== 'request') return emit.call(this, event, ...args)
  const [request] = args
  const about = { ...callerOf(request), method: request.method, path: request.url.split('?')[0] }
  const ofRequest = { about, isOver: false }
  args[1].once('close', () => {
    ofRequest.isOver = true
  })
  return requests.run(ofRequest, () => emit.call(this, event, ...args))
}

const TENANT = /set local imperal\.tenant = '([^']*)'/
// Tables, and functions of the database with `()`: `from kernel.task`, `insert into kernel.task (…)`, `select ledger.seal(…)`.
const WRITES = /\b(?:into|update)\s+"?([a-z_]+)"?\."?([a-z_]+)"?/gi
const READS = /(?<!\bdistinct )\b(?:from|join)\s+(?:only\s+)?"?([a-z_]+)"?\."?([a-z_]+)\b"?(?!\()/gi
const CALLS = /(?<!\b(?:into|update)\s)\b([a-z_]+)\.([a-z_]+)(?=\()/gi

function namesIn(text) {
  const tables = [...text.matchAll(WRITES), ...text.matchAll(READS)].map(([, schema, name]) => `${schema}.${name}`)
  const functions = [...text.matchAll(CALLS)].map(([, schema, name]) => `${schema}.${name}()`)
  return [...new Set([...tables, ...functions])].sort()
}
const SOURCE = /apps\/server\/src\/(?!foundation\/db\/)([^\s:)]+)/

// Transactions of a connection follow one another, so what was set last counts for what is sent next.
const tenants = new WeakMap()
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (first, ...rest) {
  const [text, values] = typeof first === 'string' ? [first, rest[0]] : [first?.text ?? '', first?.values]
  const tenant = text.includes("set_config('imperal.tenant'") ? values?.[0] : TENANT.exec(text)?.[1]
  if (tenant !== undefined) tenants.set(this, tenant)
  else if (/^(?:commit|rollback)\b/i.test(text)) tenants.delete(this)
  const ofRequest = requests.getStore()
  const now = tenants.get(this)
  // What a request left running, and what it happened to start, goes on after its answer; that is no request any more.
  if (ofRequest?.isOver === false && now !== undefined) {
    const stack = {}
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 40
    Error.captureStackTrace(stack)
    Error.stackTraceLimit = limit
    // What several callers share leaves in the turn of the first of them.
    const shared = stack.stack.includes('SharedTransactions')
    note({ ...ofRequest.about, tenant: now, names: namesIn(text), shared, file: SOURCE.exec(stack.stack)?.[1] })
  }
  return query.call(this, first, ...rest)
}
