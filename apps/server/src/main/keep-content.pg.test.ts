import { afterAll, expect, test } from 'vitest'
import { openPeople } from '../modules/identity/administration/test-people.ts'
import { keepContent } from './keep-content.ts'

const home = await openPeople()
afterAll(() => home.close())

const DAY_MS = 86_400_000
const say = (userId: string, id: string, daysAgo: number) => {
  const at = new Date(home.clock.now() - daysAgo * DAY_MS)
  return Promise.all([
    home.rows(
      `insert into chat.conversation (tenant_id, user_id, conversation_id, updated_at) values ('default', $1, $2, $3)`,
      [userId, `cnv_${id}`, at],
    ),
    home.rows(
      `insert into chat.message (tenant_id, user_id, conversation_id, message_id, role, status, text, created_at)
       values ('default', $1, $2, $3, 'user', 'done', 'something', $4)`,
      [userId, `cnv_${id}`, `msg_${id}`, at],
    ),
  ])
}

test('[kernel 11.2] what people of an agency said is kept as long as it wants, and nobody else’s is touched', async () => {
  const agency = { agency_id: 'brief', display_name: 'Brief', settings: { retention_days: 30 } }
  expect((await home.root.ask('POST', '/v1/agencies', agency)).statusCode).toBe(201)
  const member = await home.add({ more: { agency_id: 'brief' } })
  const other = await home.add()
  await say(member.userId, 'old', 31)
  await say(member.userId, 'young', 29)
  await say(other.userId, 'elsewhere', 31)
  const turn = (userId: string, id: string, daysAgo: number) =>
    home.rows(
      `insert into chat.turn (turn_id, tenant_id, user_id, conversation_id, message_id, reply_id, state, trace_id, request, ended_at)
       values ($2, 'default', $1, 'cnv', $2, $2, 'CLOSED', 't', '{"text":"something"}', $3)`,
      [userId, `trn_${id}`, new Date(home.clock.now() - daysAgo * DAY_MS)],
    )
  await turn(member.userId, 'old', 31)
  await turn(member.userId, 'young', 29)
  await turn(other.userId, 'elsewhere', 31)
  await keepContent({ db: home.db, clock: home.clock, identity: home.identity })
  const left = async (table: string, column: string) =>
    (await home.rows<Record<string, string>>(`select ${column} from ${table} order by 1`)).map((row) => row[column])
  expect(await left('chat.message', 'message_id')).toEqual(['msg_elsewhere', 'msg_young'])
  expect(await left('chat.turn', 'turn_id')).toEqual(['trn_elsewhere', 'trn_young'])
  expect(await left('chat.conversation', 'conversation_id')).toEqual(['cnv_elsewhere', 'cnv_young'])
})
