// Starts the database folder of a failed test run, for a look with any PostgreSQL client: node test/support/open-postgres.ts <folder>
import { startEmbeddedPostgres } from '../../apps/server/src/foundation/postgres/index.ts'

const folder = process.argv[2]
if (folder === undefined) {
  process.stderr.write('Usage: node test/support/open-postgres.ts <folder>\n')
  process.exit(2)
}
const server = await startEmbeddedPostgres({ dataDir: folder, log: () => {} })
const { host, port, user } = server.superuserConnection
process.stdout.write(`postgresql://${user}@/postgres?host=${host}&port=${port}\nCtrl-C stops it.\n`)
process.once('SIGINT', () => void server.stop())
await server.exited
