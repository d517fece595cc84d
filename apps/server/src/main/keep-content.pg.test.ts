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
  await keepContent({ db: home.db, clock: home.clock, identity: home.identity })
  const left = async (table: string, column: string) =>
    (await home.rows<Record<string, string>>(`select ${column} from ${table} order by 1`)).map((row) => row[column])
  expect(await left('chat.message', 'message_id')).toEqual(['msg_elsewhere', 'msg_young'])
  expect(await left('chat.conversation', 'conversation_id')).toEqual(['cnv_elsewhere', 'cnv_young'])
})
