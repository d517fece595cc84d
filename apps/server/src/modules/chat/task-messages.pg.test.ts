import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import { finishReply, listMessages, sayOnce, type TurnResult, tellTask } from './messages.ts'
import { storeTurn } from './store-turn.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection, { maximum: 12 })
afterAll(() => db.close())

const ada = { tenantId: 'default', userId: 'imp_u_ada001' }
const promoted = (taskId: string): TurnResult => ({
  text: 'It goes on.',
  type: 'task_promoted',
  status: 'done',
  taskId,
})
const result = (taskId: string, text = 'Done.') => ({ text, type: 'response', status: 'done', taskId }) as const
const tell = (taskId: string, conversationId: string, text?: string) =>
  db.tenant(ada.tenantId, (tx) => tellTask(tx, ada, conversationId, result(taskId, text)))
const messages = async (conversationId: string) =>
  (await listMessages(db, ada, { conversationId, before: undefined, limit: 50 })).messages
const turn = async (conversationId: string, end: TurnResult) => {
  const said = { conversationId, text: 'refine it', clientMessageId: null, surface: 'panel', appId: null }
  const { reply } = await storeTurn(db, ada, said)
  const finish = () => db.tenant(ada.tenantId, (tx) => finishReply(tx, ada, reply.message_id, end))
  return { reply, finish }
}

test('[K4.10] the result of a task takes the place of the message that said that it goes on', async () => {
  const { reply, finish } = await turn('cnv_place', promoted('task_1'))
  expect(await finish()).toMatchObject({ type: 'task_promoted', task_id: 'task_1' })
  await tell('task_1', 'cnv_place')
  expect((await messages('cnv_place')).slice(1)).toEqual([
    expect.objectContaining({ message_id: reply.message_id, text: 'Done.', type: 'response', task_id: 'task_1' }),
  ])
})

test('[K4.10] without such a message it is a new one', async () => {
  await tell('task_2', 'cnv_new')
  expect(await messages('cnv_new')).toEqual([expect.objectContaining({ text: 'Done.', task_id: 'task_2' })])
})

test('[K4.14] ten deliveries at once say it once, in place or as a new message', async () => {
  const { finish } = await turn('cnv_once', promoted('task_3'))
  await finish()
  await Promise.all(Array.from({ length: 10 }, (_, n) => tell('task_3', 'cnv_once', `Done ${n}.`)))
  await Promise.all(Array.from({ length: 10 }, (_, n) => tell('task_4', 'cnv_once', `Also ${n}.`)))
  const ids = (await messages('cnv_once')).map((message) => message.task_id)
  expect(ids).toEqual([null, 'task_3', 'task_4'])
})

test('[K4.14] a task that ends before its turn does is said once, and nothing seems to go on', async () => {
  const { finish } = await turn('cnv_fast', promoted('task_5'))
  await tell('task_5', 'cnv_fast')
  await finish()
  const found = await messages('cnv_fast')
  expect(found.map(({ type, task_id }) => [type, task_id])).toEqual([
    ['response', null],
    ['function_call', null],
    ['response', 'task_5'],
  ])
})

test('[K6.24] what is said under one id is said once, whoever says it', async () => {
  const say = (messageId: string) =>
    db.tenant(ada.tenantId, (tx) =>
      sayOnce(tx, ada, 'cnv_notice', { text: 'It ran.', type: 'system', status: 'done', messageId }),
    )
  const said = await Promise.all(Array.from({ length: 10 }, () => say('msg_notice')))
  expect(said.filter((message) => message !== null)).toHaveLength(1)
  expect(await say('msg_other')).not.toBeNull()
  expect(await messages('cnv_notice')).toHaveLength(2)
})
