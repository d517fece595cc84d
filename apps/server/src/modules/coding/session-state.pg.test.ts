import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SessionAction, type SessionState, TRANSITIONS } from './session-state.ts'
import { openBench, text, use, waitFor } from './test-terminal.ts'
import { giveUp, parkOffline } from './watch-sessions.ts'

let isBroke = false
const coding = {
  terms: () => ({ graceCap: 100, lowWarnThreshold: 0 }),
  charges: () => false,
  cost: () => (isBroke ? 10 : 0),
  spend: async () => ({ taken: 0, available: 0 }),
  spent: () => {},
}
const bench = await openBench({
  billing: {
    coding,
    plan: async () => ({ features: { coding: true } }),
    balance: async () => ({ available: 1 }),
  } as never,
  limitFactor: 0,
})
const { fixture, request, as } = bench
const ada = await fixture.person()
afterAll(() => bench.close())

// The database itself notes every change of state: no code of the module can leave one out.
beforeAll(async () => {
  await fixture.rows(`create table public.seen (session_id text, before text, after text);
    grant all on public.seen to public`)
  await fixture.rows(`create function public.note() returns trigger language plpgsql security definer as $$
    begin
      if (old.status, coalesce(old.parked_reason, '')) is distinct from (new.status, coalesce(new.parked_reason, '')) then
        insert into public.seen values (new.session_id, old.status || coalesce('(' || old.parked_reason || ')', ''),
          new.status || coalesce('(' || new.parked_reason || ')', ''));
      end if;
      return new;
    end $$`)
  await fixture.rows(`create trigger note after update on coding.session for each row execute function public.note()`)
})

type Does = 'begin' | 'answer' | 'approve' | 'refuse' | 'cancel' | 'leave' | 'return' | 'forget' | 'inject'
type Model = 'talk' | 'read' | 'write' | 'broke'

interface Move {
  readonly does: Does
  /** What the model says when it is asked next. */
  readonly model: Model
}

const ANSWERS = {
  talk: () => [text('Done.')],
  read: () => [use('read_file', { path: 'a' })],
  write: () => [use('write_file', { path: 'a', content: 'b' })],
  broke: () => [use('read_file', { path: 'a' })],
} as const

const moves = fc.array(
  fc.record<Move>({
    does: fc.constantFrom<Does>(
      'begin',
      'begin',
      'answer',
      'answer',
      'approve',
      'refuse',
      'cancel',
      'leave',
      'return',
      'forget',
      'inject',
    ),
    model: fc.constantFrom<Model>('talk', 'read', 'write', 'broke'),
  }),
  { minLength: 4, maxLength: 14 },
)

const path = (id: string, rest: string) => `/v1/agent/sessions/${id}/${rest}`
const openOf = async (id: string, kind: string) =>
  (
    await fixture.rows<{ req_id: string }>(
      `select req_id from coding.request where session_id = $1 and state = 'open' and kind = $2`,
      [id, kind],
    )
  )[0]?.req_id

let begun = 0
async function act(id: string, repo: string, { does, model }: Move): Promise<void> {
  bench.script(() => ANSWERS[model]())
  isBroke = model === 'broke'
  const post = (rest: string, body?: object) => request(as(ada), 'POST', path(id, rest), body)
  if (does === 'begin')
    await request(as(ada), 'POST', '/v1/agent/sessions', {
      user_id: ada.userId,
      task: 'x',
      steer_iid: `i${++begun}`,
      coding_context: { repo_key: repo },
    })
  if (does === 'answer')
    await post('result', { req_id: (await openOf(id, 'tool')) ?? 'none', result: { ok: true, content: 'x' } })
  if (does === 'approve' || does === 'refuse')
    await post('result', { req_id: (await openOf(id, 'consent')) ?? 'none', result: { approved: does === 'approve' } })
  if (does === 'cancel') await post('cancel')
  if (does === 'inject') await post('inject', { text: 'y', steer_iid: `j${++begun}` })
  if (does === 'leave') {
    await fixture.rows(`update coding.session set terminal_seen_at = now() - interval '1 hour' where session_id = $1`, [
      id,
    ])
    await parkOffline(bench.parts)
  }
  if (does === 'return')
    await (await import('./stream.ts')).arrive(
      bench.parts,
      { tenantId: ada.tenantId, userId: ada.userId, sessionId: id },
      1e12,
    )
  if (does === 'forget') {
    await fixture.rows(
      `update coding.session set parked_at = now() - interval '2 days' where session_id = $1 and status = 'parked'`,
      [id],
    )
    await giveUp(bench.parts)
  }
  await waitFor(async () => {
    const [row] = await fixture.rows<{ busy: boolean }>(
      `select s.status = 'running' and not exists (select from coding.request r where r.session_id = s.session_id and r.state = 'open') as busy
       from coding.session s where session_id = $1`,
      [id],
    )
    return row === undefined || row.busy === false
  })
}

const ENDINGS = ['final', 'marathon_complete', 'marathon_paused']
let sessions = 0

async function walk(done: readonly Move[]): Promise<void> {
  const repo = `w${++sessions}`
  const id = `coding-${ada.userId}-r${repo}`
  for (const move of done) await act(id, repo, move)
  const seen = await fixture.rows<{ before: SessionState; after: SessionState }>(
    'select before, after from public.seen where session_id = $1',
    [id],
  )
  const wrong = seen.filter(({ before, after }) => !Object.values(TRANSITIONS[before]).includes(after))
  expect(wrong).toEqual([])
  const turns = await fixture.rows<{ task_id: string; ended_at: Date | null; ends: number }>(
    `select t.task_id, t.ended_at, count(f.position)::int as ends from coding.turn t
     left join coding.frame f on f.session_id = t.session_id and f.frame->>'task_id' = t.task_id and f.frame->>'type' = any($2)
     where t.session_id = $1 group by 1, 2`,
    [id, ENDINGS],
  )
  for (const turn of turns) expect(turn.ends).toBe(turn.ended_at === null ? 0 : 1)
  expect(turns.filter(({ ended_at }) => ended_at === null).length).toBeLessThanOrEqual(1)
}

/** Each edge of the table once, so that none of them is only on paper. */
const TOUR: readonly (readonly Move[])[] = [
  [{ does: 'begin', model: 'talk' }],
  [
    { does: 'begin', model: 'write' },
    { does: 'approve', model: 'talk' },
    { does: 'answer', model: 'talk' },
    { does: 'answer', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'write' },
    { does: 'cancel', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'write' },
    { does: 'forget', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'read' },
    { does: 'cancel', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'read' },
    { does: 'leave', model: 'talk' },
    { does: 'return', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'read' },
    { does: 'leave', model: 'talk' },
    { does: 'cancel', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'read' },
    { does: 'leave', model: 'talk' },
    { does: 'forget', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'broke' },
    { does: 'begin', model: 'talk' },
  ],
  [
    { does: 'begin', model: 'broke' },
    { does: 'cancel', model: 'talk' },
  ],
]

test('[api 5.10] whatever happens to a coding session, it moves along the table, and a turn ends with exactly one frame', async () => {
  for (const stops of TOUR) await walk(stops)
  await fc.assert(fc.asyncProperty(moves, walk), { numRuns: 25 })
  const seen = await fixture.rows<{ edge: string }>('select distinct before || $1 || after as edge from public.seen', [
    ' -> ',
  ])
  const table = Object.entries(TRANSITIONS).flatMap(([before, row]) =>
    Object.values(row as Partial<Record<SessionAction, SessionState>>).map((after) => `${before} -> ${after}`),
  )
  expect(seen.map(({ edge }) => edge).sort()).toEqual([...new Set(table)].sort())
}, 240_000)
