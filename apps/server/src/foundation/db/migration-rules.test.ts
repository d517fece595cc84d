import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const modules = path.join(import.meta.dirname, '../..')

/** Written before this rule, or for tables without tenants. What has run somewhere is not changed any more. */
const BEFORE = [
  'foundation/db/migrations/0003-jobs.sql',
  'modules/automations/migrations/0001-automations.sql',
  'modules/billing/migrations/0002-ledger.down.sql',
  'modules/identity/migrations/0001-identity.sql',
  'modules/identity/migrations/0002-administration.sql',
  'modules/ir/migrations/0002-run-revision.down.sql',
  'modules/ir/migrations/0002-run-revision.sql',
  'modules/kernel/migrations/0005-events.sql',
  'modules/kernel/migrations/0006-durable-tasks.down.sql',
  'modules/kernel/migrations/0006-durable-tasks.sql',
  'modules/outbox/migrations/0001-outbox.sql',
  'modules/state/migrations/0002-skeleton-alerts.down.sql',
]

const changesRows = (text: string): boolean =>
  text
    .replaceAll(/\$(\w*)\$.*?\$\1\$/gs, '')
    .replaceAll(/--.*/g, '')
    .split(';')
    .some((statement) => /^\s*(?:with|insert\s+into|update|delete\s+from)\b/i.test(statement))

test('a migration that changes rows says for which tenants: row-level security holds for the owner as well', () => {
  const files = globSync('**/migrations/*.sql', { cwd: modules })
  expect(files.length).toBeGreaterThan(60)
  const silent = files.filter((file) => {
    const text = readFileSync(path.join(modules, file), 'utf8')
    return changesRows(text) && !text.includes("set_config('imperal.tenant'")
  })
  expect(silent.sort()).toEqual(BEFORE)
})
