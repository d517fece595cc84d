/**
 * `npm run bench -- marketplace`: searching and sorting 10,000 published apps over HTTP, in one process, against the search
 * query alone on the same database. Prints requests per second, p50 and p99 in ms at 8 connections.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import fastify from 'fastify'
import pg from 'pg'
import { openBus } from '../apps/server/src/foundation/bus.ts'
import { systemClock } from '../apps/server/src/foundation/clock.ts'
import { migrate, openDatabase } from '../apps/server/src/foundation/db/index.ts'
import { installErrorHandling, mountRoutes } from '../apps/server/src/foundation/http/index.ts'
import { createLog } from '../apps/server/src/foundation/log.ts'
import { startEmbeddedPostgres } from '../apps/server/src/foundation/postgres/index.ts'
import { openInstallDoor, openMarketplace } from '../apps/server/src/modules/marketplace/index.ts'
import { openOutbox } from '../apps/server/src/modules/outbox/index.ts'
import { openRegistry, type Registry } from '../apps/server/src/modules/registry/index.ts'

const APPS = 10_000
const SECONDS = 4
const WORDS =
  'garden note invoice travel recipe budget photo music weather robot market letter ship school health'.split(' ')

const SEED = `
insert into registry.artefact (hash, bundle) values ('bench', 'export default 1');
insert into registry.app (app_id, name, short_description, long_description, category, tags, status, owner_tenant_id, live_version,
  install_count, review_count, rating_total, action_count, published_at)
select 'app-' || n, initcap(w[1 + n % 15]) || ' ' || n, 'Helps with ' || w[1 + n * 7 % 15] || ' and ' || w[1 + n * 3 % 15],
  repeat('A longer text about ' || w[1 + n * 11 % 15] || '. ', 20), (array['productivity', 'finance', 'travel', 'general'])[1 + n % 4],
  jsonb_build_array(w[1 + n % 15]), 'active', 'default', '1.0.0', n * 37 % 5000, n % 50, (n % 50) * (1 + n % 5), n * 91 % 9000,
  now() - make_interval(mins => n)
from generate_series(1, ${APPS}) n, (select string_to_array('${WORDS.join(' ')}', ' ') as w) words;
insert into registry.version (app_id, version, manifest, artefact_hash)
select app_id, '1.0.0', jsonb_build_object('manifest_schema_version', 3, 'app_id', app_id, 'version', '1.0.0', 'capabilities', '[]'::jsonb,
  'required_scopes', '[]'::jsonb, 'tools', '[]'::jsonb, 'signals', '[]'::jsonb, 'schedules', '[]'::jsonb), 'bench'
from registry.app;
analyze registry.app; analyze registry.version;`

async function load(name: string, url: string): Promise<void> {
  await autocannon({ url, connections: 8, duration: 1 })
  const { requests, latency, non2xx } = await autocannon({ url, connections: 8, duration: SECONDS })
  const failed = non2xx > 0 ? ` failed ${non2xx}` : ''
  process.stdout.write(
    `${name.padEnd(34)} ${Math.round(requests.average)}/s p50 ${latency.p50} p99 ${latency.p99}${failed}\n`,
  )
}

/** The query alone: what the database can do at most. */
async function bare(connection: pg.ClientConfig): Promise<{ url: string; close: () => Promise<void> }> {
  const pool = new pg.Pool({ ...connection, max: 8 })
  const server = createServer(async (_request, response) => {
    const { rows } = await pool.query({
      name: 'search',
      text: `select app_id, name, short_description from registry.app a where status = 'active' and search @@ to_tsquery('simple', $1)
             order by ts_rank(search, to_tsquery('simple', $1)) desc, app_id limit 20`,
      values: ['garden:*'],
    })
    response.end(JSON.stringify(rows))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      await pool.end()
    },
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: () => {} })
  try {
    await migrate(postgres.ownerConnection)
    const owner = new pg.Client(postgres.superuserConnection)
    await owner.connect()
    await owner.query(SEED)
    await owner.end()
    const log = createLog({ level: 'silent' })
    const db = openDatabase(postgres.connection)
    const bus = await openBus(postgres.connection, log)
    const clock = systemClock
    const outbox = await openOutbox({ db, bus, log, clock })
    const personOf = async () => null
    const audit = { record: async () => {}, append: async () => {} }
    const registry: Registry = openRegistry({ db, bus, log, clock, audit, outbox, personOf, installs: () => installs })
    const billing = { plan: async () => ({ limits: {} }) as never, basePrice: () => 0 }
    const installs = openInstallDoor({ db, registry, billing, audit, principalFor: async () => null })
    const marketplace = openMarketplace({
      ...{ db, registry, log, clock, installs, audit, billing, publicUrl: 'http://127.0.0.1' },
      jobs: { upkeep: () => async () => {} },
      catalog: async () => [],
      developers: { publicProfile: async () => null, namesOf: async () => new Map(), changelogOf: async () => '' },
      lifecycle: {
        runHook: async () => {},
        settleHook: async () => 'none',
        ensureSkeletons: async () => {},
        dropSkeletons: async () => {},
        forgetData: async () => {},
        purgeData: async () => {},
      },
      nicknamesOf: async () => new Map(),
      usesOf: async () => 0,
      usesByApp: async () => new Map(),
    })
    const app = fastify()
    installErrorHandling(app, log)
    mountRoutes(app, marketplace.routes, {
      ...{ log, limitFactor: 0, checkResponses: false },
      authenticate: async () => null,
      limiter: { take: async () => ({ allowed: true, limit: 1, remaining: 1, reset: 1 }) } as never,
    })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const alone = await bare(postgres.superuserConnection)
    const browse = `${url}/v1/marketplace/apps`
    await load('the search query alone', alone.url)
    await load('search, best match first', `${browse}?search=garden`)
    await load('search for two words', `${browse}?search=garden%20invoice`)
    await load('a category', `${browse}?category=finance`)
    for (const sort of ['actions', 'rating', 'newest', 'name']) await load(`all by ${sort}`, `${browse}?sort=${sort}`)
    await load('page 250', `${browse}?sort=rating&limit=20&offset=5000`)
    await alone.close()
    await app.close()
    await marketplace.close()
    await registry.close()
    await outbox.close()
    await bus.close()
    await db.close()
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
