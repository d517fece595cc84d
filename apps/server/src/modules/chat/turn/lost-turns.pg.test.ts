import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../../test/support/database.ts'
import { openDatabase } from '../../../foundation/db/index.ts'
import { createLog } from '../../../foundation/log.ts'
import { listMessages } from '../messages.ts'
import { storeTurn } from '../store-turn.ts'
import { claimTurn } from './claim-turn.ts'
import type { TurnTools } from './turn-tools.ts'
import { openTurnWorker } from './turn-worker.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection, { maximum: 12 })
afterAll(() => db.close())

const ada = { tenantId: 'default', userId: 'imp_u_ada001' }
const keyOf = (conversationId: string) => ({ ...ada, conversationId })
const ask = (conversationId: string) =>
  storeTurn(db, ada, { conversationId, text: 'do it', clientMessageId: null, surface: 'panel', appId: null })
/** As time leaves the lease of a node that is gone. */
const lose = () =>
  db.tenant(ada.tenantId, (tx) =>
    tx
      .updateTable('chat.turn')
      .set({ lease_until: new Date(0) })
      .where('ended_at', 'is', null)
      .where('lease_until', 'is not', null)
      .execute(),
  )
const answer = async (conversationId: string) =>
  (await listMessages(db, ada, { conversationId, before: undefined, limit: 50 })).messages.at(-1)

/** A worker that cannot do anything: each turn that it begins goes wrong. */
function openWorker() {
  const outbox = { sendEphemeral: () => {} }
  const tools = { db, outbox, log: createLog({ level: 'silent' }) } as unknown as TurnTools // what its end needs
  return openTurnWorker(tools, async () => {})
}

test('[K1.1] [K1.3] a turn that takes three nodes with it is ended by the fourth, and says so', async () => {
  await ask('cnv_deadly')
  for (const node of ['one', 'two', 'three']) {
    expect(await claimTurn(db, node, keyOf('cnv_deadly'))).not.toBeNull()
    await lose()
  }
  const worker = openWorker()
  worker.kick(keyOf('cnv_deadly'))
  await expect.poll(() => answer('cnv_deadly')).toMatchObject({ status: 'failed', type: 'error' })
  expect((await answer('cnv_deadly'))?.text).toMatch(/^I began this 3 times and was cut off each time/)
  // What waits behind it has its turn.
  expect(await claimTurn(db, 'four', keyOf('cnv_deadly'))).toBeNull()
  await worker.close()
})

test('[K1.3] one that lost fewer, or whose nodes were stopped in good order, is taken up again', async () => {
  await ask('cnv_unlucky')
  for (const node of ['one', 'two']) {
    await claimTurn(db, node, keyOf('cnv_unlucky'))
    await lose()
  }
  for (let restart = 0; restart < 5; restart++) {
    const hold = await claimTurn(db, 'restarting', keyOf('cnv_unlucky'))
    expect(hold?.losses).toBe(2)
    await db.tenant(ada.tenantId, (tx) =>
      tx.updateTable('chat.turn').set({ lease_until: null, node_id: null }).where('ended_at', 'is', null).execute(),
    )
  }
  const worker = openWorker()
  worker.kick(keyOf('cnv_unlucky'))
  await expect.poll(() => answer('cnv_unlucky')).toMatchObject({ status: 'failed' })
  expect((await answer('cnv_unlucky'))?.text).toMatch(/^Something went wrong on our side/)
  await worker.close()
})
