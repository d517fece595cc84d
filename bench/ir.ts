/**
 * `npm run bench -- ir`: a declarative function against the same function in a code host, over HTTP, in turns: one write
 * of a document, and one read of twenty. Prints requests per second, p50 and p99 in ms, and the processor time of one
 * request in the server and everything that it started. On a busy machine only the processor time means anything.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import { buildApp, deployApp } from '../test/support/extension.ts'
import { type Session, signIn } from '../test/support/session.ts'
import { processorTime } from './processor-time.ts'
import { type Platform, startPlatform } from './start-platform.ts'

const ROUNDS = 3
const SECONDS = 4
const CONNECTIONS = [1, 16]
const PEOPLE = 40
const APPS = ['bench-code', 'bench-document']

const CODE = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('bench-code', {
  version: '1.0.0', displayName: 'Bench code', description: 'The code twin of a declarative app, to compare what calls of both cost.',
  icon: 'icon.svg', capabilities: ['bench-code:read', 'bench-code:write'],
})
const chat = new ChatExtension(ext, { toolName: 'bench_code', description: 'Adds and lists rows for a comparison.' })
chat.function('add', { description: 'Adds one row with a title and answers its id.', actionType: 'write', effects: ['create:row'],
  params: z.object({ title: z.string() }), returns: z.object({ id: z.string(), title: z.string() }) },
  async (ctx, { title }) => {
    const row = await ctx.store.create('row', { title, done: false })
    return ActionResult.success({ id: row.id, title }, 'Added ' + title + '.')
  })
chat.function('list', { description: 'Lists the twenty rows that were added last.',
  params: z.object({}), returns: z.object({ total: z.number(), rows: z.array(z.json()) }) },
  async (ctx) => {
    const page = await ctx.store.query('row', { where: { done: false }, orderBy: '-created_at', limit: 20 })
    return ActionResult.success({ total: page.data.length, rows: page.data.map((row) => ({ id: row.id, ...row.data })) }, page.data.length + ' rows.')
  })
`
const steps = (...all: object[]) => ({ kind: 'declarative', steps: all })
const DOCUMENT = {
  ir_version: '1.0',
  app: {
    ...{ id: 'bench-document', version: '1.0.0', title: 'Bench document', capabilities: ['store:write'] },
    description: 'The declarative twin of a code app, to compare what calls of both cost.',
    functions: [
      {
        ...{ name: 'add', description: 'Adds one row with a title and answers its id.' },
        params_schema: { title: { type: 'string', required: true } },
        impl: steps({
          ...{ id: 'new', op: 'store.create', args: { kind: 'row', data: { title: '{{args.title}}', done: false } } },
          ...{ result: { id: '{{prev.id}}', title: '{{args.title}}' }, summary: 'Added {{args.title}}.' },
        }),
      },
      {
        ...{ name: 'list', description: 'Lists the twenty rows that were added last.' },
        impl: steps({
          ...{ id: 'all', op: 'store.list', args: { kind: 'row', where: { done: false }, limit: 20 } },
          ...{ result: { total: '{{prev.count}}', rows: '{{prev.docs}}' }, summary: '{{steps.all.count}} rows.' },
        }),
      },
    ],
  },
}

interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly cost: number | null
  readonly failed: number
}

interface Work {
  readonly appId: string
  readonly name: string
  readonly params: object
}

async function load(server: Platform, people: readonly Session[], work: Work, connections: number): Promise<Figures> {
  const requests = people.map((who) => ({
    method: 'POST' as const,
    path: `/v1/extensions/${work.appId}/call`,
    headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: who.userId, function: work.name, params: work.params }),
  }))
  const before = processorTime(server.pid)
  const result = await autocannon({ url: server.url, connections, duration: SECONDS, requests })
  const after = processorTime(server.pid)
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors,
    cost: before === null || after === null ? null : (after - before) / Math.max(1, result.requests.total),
  }
}

const median = (figures: readonly Figures[]): Figures =>
  [...figures].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(figures.length / 2)] as Figures
const show = ({ perSecond, p50, p99, cost, failed }: Figures): string =>
  `${Math.round(perSecond)}/s p50 ${p50} p99 ${p99}${cost === null ? '' : ` cpu ${cost.toFixed(2)} ms`}${failed > 0 ? ` failed ${failed}` : ''}`

const ABOUT = { short_description: 'For a comparison.', description: 'An app with all that a reviewer wants to see.' }
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>'

async function must(owner: Session, path: string, body: object): Promise<void> {
  const answer = await owner.request('POST', path, body)
  if (answer.status > 201) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** Publishes the two apps: request limits count per person, so the load has to come from many. */
async function publish(server: Platform, owner: Session): Promise<void> {
  for (const appId of APPS)
    await must(owner, '/v1/developer/apps', { app_id: appId, name: appId, category: 'productivity', ...ABOUT })
  const answer = await deployApp(server.url, owner, await buildApp(CODE))
  if (answer.status !== 'live') throw new Error(answer.error_message ?? answer.status)
  const app = { ...DOCUMENT.app, icon: ICON }
  await must(owner, '/v1/developer/apps/bench-document/ir', { ir_dict: { ...DOCUMENT, app }, dev_mode: false })
  await must(owner, '/v1/developer/apps/bench-code/submit', {})
  for (const appId of APPS) await must(owner, `/v1/admin/apps/${appId}/approve`, {})
}

async function visitors(server: Platform, owner: Session): Promise<Session[]> {
  const people: Session[] = []
  for (let index = 0; index < PEOPLE; index++) {
    const [email, password] = [`p${index}@bench.example`, 'bench-password']
    await must(owner, '/v1/users', { email, password })
    const person = await signIn(server, email, password)
    for (const appId of APPS) await must(person, `/v1/marketplace/apps/${appId}/install`, {})
    people.push(person)
  }
  return people
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-bench-'))
  const server = await startPlatform(folder)
  try {
    const owner = await signIn(server, server.adminEmail, server.adminPassword)
    await publish(server, owner)
    const people = await visitors(server, owner)
    for (const name of ['add', 'list']) {
      const params = name === 'add' ? { title: 'hello' } : {}
      for (const appId of APPS) await load(server, people, { appId, name, params }, 4)
      for (const connections of CONNECTIONS) {
        const seen: Record<string, Figures[]> = { 'bench-code': [], 'bench-document': [] }
        for (let round = 0; round < ROUNDS; round++)
          for (const appId of Object.keys(seen))
            seen[appId]?.push(await load(server, people, { appId, name, params }, connections))
        const [code, document] = [median(seen['bench-code'] ?? []), median(seen['bench-document'] ?? [])]
        process.stdout.write(
          `${name}, ${connections} connections: code ${show(code)} · document ${show(document)} · the document answers ${(document.perSecond / code.perSecond).toFixed(2)} times as often\n`,
        )
      }
    }
  } finally {
    const ended = once(server.child, 'exit')
    server.child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}
await main()
