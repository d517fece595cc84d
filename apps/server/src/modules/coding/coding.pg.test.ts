import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { chatFunction, success } from '../kernel/test-fixture.ts'
import { openBench, text, use, waitFor } from './test-terminal.ts'
import { parkOffline } from './watch-sessions.ts'

const bench = await openBench()
const { fixture, request, as, start, follow } = bench
const [ada, eve] = [await fixture.person(), await fixture.person()]
const mallory = await fixture.person({ tenantId: 'other' })
await fixture.app(
  'notes',
  { tools: [chatFunction('list_notes', 'read'), chatFunction('delete_note', 'destructive')] },
  [ada],
)
let deleted = 0
fixture.handler('notes', 'function', 'list_notes', async () => success({ notes: [{ title: 'Milk' }] }))
fixture.handler('notes', 'function', 'delete_note', async () => {
  deleted++
  return success({})
})
afterAll(() => bench.close())
beforeEach(() => bench.script(() => [text('Done.')]))

let repos = 0
const fresh = () => ({ coding_context: { repo_key: `repo${++repos}` } })
const service = (userId: string | null = null) =>
  ({ ...as(ada), kind: 'service', userId, credential: 'service_token', sessionId: null }) as never
const statusOf = async (sessionId: string) => {
  const [row] = await fixture.rows<{ status: string; parked_reason: string | null }>(
    'select status, parked_reason from coding.session where session_id = $1',
    [sessionId],
  )
  return `${row?.status}${row?.parked_reason ? ` ${row.parked_reason}` : ''}`
}
const result = (sessionId: string, reqId: unknown, value: object) =>
  request(as(ada), 'POST', `/v1/agent/sessions/${sessionId}/result`, { req_id: reqId, result: value })
const texts = (frames: readonly { type: string }[]) => frames.map(({ type }) => type)

describe('a turn, as a terminal sees it (api.md 8.2)', () => {
  test('the model reads through the terminal and answers; the same task sent again is the same turn', async () => {
    let round = 0
    bench.script(() => (round++ === 0 ? [text('I look.'), use('read_file', { path: 'a.ts' })] : [text('It says hi.')]))
    const began = await start(ada, 'What does a.ts say?', { ...fresh(), steer_iid: 'first' })
    expect(began).toMatchObject({ status: 200, body: { last_id: '0-0', task_id: expect.stringMatching(/^task_/) } })
    const { session_id: id, task_id: task } = began.body
    expect(id).toBe(`coding-${ada.userId}-rrepo${repos}`)
    const stream = await follow(ada, id, '0-0')
    const asked = await stream.next(({ type }) => type === 'tool_request')
    expect(asked).toMatchObject({
      tool: 'read_file',
      args: { path: 'a.ts' },
      task_id: task,
      id: expect.stringMatching(/^\d{13}-\d+$/),
    })
    expect(await result(id, asked.req_id, { ok: true, content: 'hi from ada@example.com' })).toMatchObject({
      body: { ok: true, duplicate: false },
    })
    const final = await stream.next(({ type }) => type === 'final')
    expect(final).toMatchObject({ text: 'It says hi.', awaits_reply: false })
    expect(await result(id, asked.req_id, { ok: false, content: 'other' })).toMatchObject({
      body: { ok: true, duplicate: true },
    })
    expect(await result(id, 'req_nobody', { ok: true, content: '' })).toEqual({
      status: 200,
      body: { ok: true, ignored: true },
    })
    expect(texts(stream.frames)).toEqual([
      ...['usage', 'thinking', 'step_started', 'action', 'tool_request', 'step_finished', 'action', 'usage', 'final'],
    ])
    const again = await start(ada, 'What does a.ts say?', {
      coding_context: { repo_key: `repo${repos}` },
      steer_iid: 'first',
    })
    expect(again.body).toMatchObject({ session_id: id, task_id: task, last_id: '0-0' })
    const thread = (await request(as(ada), 'GET', `/v1/agent/sessions/${id}/thread`)).body as {
      messages: { role: string; content: string }[]
    }
    expect(thread.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: What does a.ts say?',
      'assistant: I look.\n[tool_use read_file] {"path":"a.ts"}',
      'user: [tool_result] hi from ada@example.com',
      'assistant: It says hi.',
    ])
    const finished = stream.frames.find(({ type }) => type === 'step_finished')
    expect(finished?.summary_facts).toEqual({ count: 1, entity_kind: 'line' })
    const ref = encodeURIComponent(`terminal:${id}:${finished?.step_id}`)
    expect((await request(as(ada), 'GET', `/v1/activity/steps/${ref}`)).body).toMatchObject({
      ...{ ok: true, app_id: 'terminal', tool: 'read_file', args: { preview: '{"path":"a.ts"}', truncated: false } },
      result: { preview: 'hi from a***@example.com', truncated: false, total_bytes: 23 },
    })
    expect((await request(as(eve), 'GET', `/v1/activity/steps/${ref}`)).status).toBe(404)
    stream.close()
  })

  test('a reader that comes back gets what it missed, once, from its last id', async () => {
    const { session_id: id } = (await start(ada, 'Say done.', fresh())).body
    const first = await follow(ada, id, '0-0')
    const final = await first.next(({ type }) => type === 'final')
    first.close()
    const second = await follow(ada, id, first.frames[0]?.id)
    await second.next(({ id: at }) => at === final.id)
    expect(second.frames).toEqual(first.frames.slice(1))
    second.close()
  })

  test('[I-VISIBLE-ASSISTANT-QUESTION] a question is marked as one', async () => {
    bench.script(() => [text('Shall I use tabs?')])
    const { session_id: id } = (await start(ada, 'Format it.', fresh())).body
    const stream = await follow(ada, id)
    expect(await stream.next(({ type }) => type === 'final')).toMatchObject({ awaits_reply: true })
    stream.close()
  })

  test('[I-WEBBEE-CODE-TODO-SCRATCHPAD] the list is sent whole each time it changes', async () => {
    const lists = [
      [
        { content: 'a', status: 'in_progress' },
        { content: 'b', status: 'pending' },
      ],
      [
        { content: 'a', status: 'completed' },
        { content: 'b', status: 'in_progress' },
        { content: 'c', status: 'pending' },
      ],
    ]
    let round = 0
    bench.script(() => (round < 2 ? [use('todo', { todos: lists[round++] as never })] : [text('Later.')]))
    const { session_id: id } = (await start(ada, 'Plan.', fresh())).body
    const stream = await follow(ada, id)
    await stream.next(({ type }) => type === 'final')
    expect(stream.frames.filter(({ type }) => type === 'todo')).toMatchObject([
      { todos: lists[0], total: 2, completed: 0 },
      { todos: lists[1], total: 3, completed: 1 },
    ])
    stream.close()
  })

  test('long work tells its milestones and ends with all of them, or says that it stalls', async () => {
    let round = 0
    const steps = [
      [use('plan_milestones', { milestones: ['One', 'Two'] })],
      [use('finish_milestone', { index: 0 })],
      [text('Tired.')],
      [use('finish_milestone', { index: 1 })],
    ]
    bench.script(() => steps[round++] ?? [text('All done.')])
    const { session_id: id } = (await start(ada, 'Build it.', { ...fresh(), marathon: true, goal: 'A house' })).body
    expect(id).toMatch(/^marathon-/)
    const stream = await follow(ada, id)
    await stream.next(({ type }) => type === 'marathon_complete')
    expect(stream.frames.filter(({ type }) => /^marathon|^milestone/.test(type))).toMatchObject([
      { type: 'marathon_plan', milestone_count: 2, milestones: ['One', 'Two'] },
      { type: 'milestone', index: 0, title: 'One', done: true },
      { type: 'milestone', index: 1, title: 'Two', done: true },
      { type: 'marathon_complete', text: 'All done.' },
    ])
    stream.close()
    bench.script((asked) =>
      asked.messages.length < 2 ? [use('plan_milestones', { milestones: ['One'] })] : [text('Tired.')],
    )
    const stalled = (await start(ada, 'Build another.', { ...fresh(), marathon: true })).body.session_id
    const other = await follow(ada, stalled)
    expect(await other.next(({ type }) => type.startsWith('marathon_p') && type !== 'marathon_plan')).toMatchObject({
      reason: 'stalled',
    })
    other.close()
  })
})

describe('consent', () => {
  const write = async (more: JsonObject = {}) => {
    let round = 0
    bench.script(() => (round++ === 0 ? [use('write_file', { path: 'a.ts', content: 'x' })] : [text('Written.')]))
    const { session_id: id } = (await start(ada, 'Write it.', { ...fresh(), ...more })).body
    return id
  }

  test('[I-MARATHON-USER-WAKE] a pending consent is asked again when the person returns: once, under the same id', async () => {
    const id = await write()
    const first = await follow(ada, id)
    const asked = await first.next(({ type }) => type === 'confirm_request')
    first.close()
    expect(await statusOf(id)).toBe('parked consent')
    // Its frame has not been read yet: it comes with the others, and not twice.
    const late = await follow(ada, id, '0-0')
    await late.next(({ type }) => type === 'confirm_request')
    late.close()
    const returned = await follow(ada, id, asked.id)
    const again = await returned.next(({ type }) => type === 'confirm_request')
    expect(again).toMatchObject({ req_id: asked.req_id, tool: 'write_file', app_id: 'terminal' })
    expect(again.id).not.toBe(asked.id)
    // Asking again is no answer.
    expect(await statusOf(id)).toBe('parked consent')
    expect((await request(as(ada), 'GET', '/v1/agent/sessions/active')).body).toMatchObject({
      sessions: expect.arrayContaining([
        expect.objectContaining({
          session_id: id,
          status: 'parked',
          pending_consent: expect.objectContaining({ req_id: asked.req_id }),
        }),
      ]),
    })
    await result(id, asked.req_id, { approved: true })
    const checkpoint = await returned.next(({ type }) => type === 'tool_request')
    expect(checkpoint.tool).toBe('checkpoint')
    await result(id, checkpoint.req_id, { ok: true, content: 'cp1' })
    const wanted = await returned.next(({ type, tool }) => type === 'tool_request' && tool === 'write_file')
    await result(id, wanted.req_id, { ok: true, content: 'ok' })
    await returned.next(({ type }) => type === 'final')
    expect(returned.frames.filter(({ type }) => type === 'confirm_request')).toHaveLength(1)
    returned.close()
  })

  test('who declines is told to the model, and nothing is done', async () => {
    const id = await write()
    const stream = await follow(ada, id)
    const asked = await stream.next(({ type }) => type === 'confirm_request')
    await result(id, asked.req_id, { approved: false, reason: 'use b.ts' })
    await stream.next(({ type }) => type === 'final')
    expect(stream.frames.some(({ type }) => type === 'tool_request')).toBe(false)
    expect(JSON.stringify(bench.asked.at(-1)?.messages)).toContain('use b.ts')
    stream.close()
  })

  test('a destructive function of an app waits for the person in every mode and runs once', async () => {
    let round = 0
    const call = { app_id: 'notes', function: 'delete_note', arguments: { note_id: 'n1' } }
    bench.script(() =>
      round++ === 0 ? [use('find_functions', { query: 'delete note' }), use('call_function', call)] : [text('Gone.')],
    )
    const body = fresh()
    const id = `coding-${ada.userId}-r${body.coding_context.repo_key}`
    await request(as(ada), 'GET', `/v1/agent/sessions/${id}/pending-steer?mode=autopilot&label=Work`)
    await start(ada, 'Delete the note.', body)
    const stream = await follow(ada, id)
    const asked = await stream.next(({ type }) => type === 'confirm_request')
    expect(asked).toMatchObject({ app_id: 'notes', tool: 'delete_note', args: { note_id: 'n1' } })
    expect(deleted).toBe(0)
    const answers = await Promise.all(Array.from({ length: 5 }, () => result(id, asked.req_id, { approved: true })))
    expect(answers.filter(({ body: answer }) => (answer as { duplicate: boolean }).duplicate === false)).toHaveLength(1)
    await stream.next(({ type }) => type === 'final')
    expect(deleted).toBe(1)
    expect(JSON.stringify(bench.asked.at(-1)?.messages)).toContain('delete_note')
    stream.close()
  })

  test('a credential that may not decide is sent to the panel', async () => {
    let round = 0
    const call = { app_id: 'notes', function: 'delete_note', arguments: {} }
    bench.script(() => (round++ === 0 ? [use('call_function', call)] : [text('Wait.')]))
    const body = fresh()
    const limited = as(ada, { limitedTo: ['agent:write', 'notes:*'], credential: 'api_key' })
    const began = await request(limited, 'POST', '/v1/agent/sessions', {
      user_id: ada.userId,
      task: 'x',
      steer_iid: 'k1',
      ...body,
    })
    const { session_id: id } = began.body as { session_id: string }
    const stream = await follow(ada, id)
    expect(await stream.next(({ type }) => type === 'panel_release_required')).toMatchObject({
      panel_url: expect.stringContaining('http://panel.test/?confirmation='),
    })
    await stream.next(({ type }) => type === 'final')
    stream.close()
  })
})

describe('saying something meanwhile', () => {
  test('it joins the turn that runs, once, and can be taken back before it is read', async () => {
    let round = 0
    bench.script(() => (round++ === 0 ? [use('read_file', { path: 'a' })] : [text('Fine.')]))
    const { session_id: id } = (await start(ada, 'Go.', fresh())).body
    const path = `/v1/agent/sessions/${id}`
    const stream = await follow(ada, id)
    const asked = await stream.next(({ type }) => type === 'tool_request')
    const say = (words: string, iid: string) =>
      request(as(ada), 'POST', `${path}/inject`, { text: words, steer_iid: iid })
    for (const [words, iid] of [
      ['faster', 's1'],
      ['faster', 's1'],
      ['slower', 's2'],
    ] as const)
      expect((await say(words, iid)).body).toEqual({ ok: true })
    const drop = (iid: string) => request(as(ada), 'POST', `${path}/drop`, { steer_iid: iid })
    expect([(await drop('s2')).body, (await drop('s2')).body, (await drop('s9')).body]).toEqual([
      { ok: true },
      { ok: false },
      { ok: false },
    ])
    await result(id, asked.req_id, { ok: true, content: '' })
    await stream.next(({ type }) => type === 'final')
    const said = JSON.stringify(bench.asked.at(-1)?.messages)
    expect([said.split('faster').length - 1, said.includes('slower')]).toEqual([1, false])
    expect(
      stream.frames.filter(({ type }) => /^task_/.test(type)).map(({ type, steer_iid }) => `${type} ${steer_iid}`),
    ).toEqual([...['task_queued s1', 'task_queued s2', 'task_dequeued s2', 'task_dequeued s1']])
    expect((await say('late', 's3')).body).toEqual({ ok: false })
    stream.close()
  })

  test('cancelling ends the turn with one frame, keeps the thread whole, and a late result is ignored', async () => {
    bench.script(() => [use('read_file', { path: 'a' }), use('read_file', { path: 'b' })])
    const body = fresh()
    const { session_id: id } = (await start(ada, 'Read.', body)).body
    const stream = await follow(ada, id)
    const asked = await stream.next(({ type }) => type === 'tool_request')
    expect((await request(as(ada), 'POST', `/v1/agent/sessions/${id}/cancel`)).body).toEqual({ ok: true })
    expect(await stream.next(({ type }) => type === 'final')).toMatchObject({ stopped: true })
    expect(await statusOf(id)).toBe('idle')
    expect((await result(id, asked.req_id, { ok: true, content: 'late' })).body).toEqual({ ok: true, ignored: true })
    bench.script((asking) => {
      const blocks = asking.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content))
      const used = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
      const told = blocks.flatMap((block) => (block.type === 'tool_result' ? [block.toolUseId] : []))
      return [text(used.length === 2 && used.join() === told.join() ? 'whole' : 'broken')]
    })
    await start(ada, 'And now?', body)
    expect(await stream.next(({ type, stopped }) => type === 'final' && stopped === undefined)).toMatchObject({
      text: 'whole',
    })
    stream.close()
  })
})

describe('from elsewhere (the service that carries messengers)', () => {
  const base = `/v1/internal/coding-remote/${ada.userId}`
  test('nobody steers what its person has not opened; then an idle terminal gets each instruction once', async () => {
    const body = fresh()
    const { session_id: id } = (await start(ada, 'Hello.', body)).body
    await waitFor(async () => (await statusOf(id)) === 'idle')
    const steer = { text: 'Run the tests', surface: 'telegram', session_id: id }
    expect((await request(service(), 'POST', `${base}/steer`, steer)).status).toBe(403)
    const remote = `/v1/agent/sessions/${id}/remote`
    expect((await request(as(ada), 'PUT', remote, { steer: ['pigeon'] })).status).toBe(422)
    expect(
      (await request(as(ada), 'PUT', remote, { enabled: true, mirror: ['web-panel'], steer: ['telegram'] })).body,
    ).toEqual({
      state: { enabled: true, mirror: ['panel'], steer: ['telegram'] },
    })
    expect((await request(service(), 'POST', `${base}/steer`, { ...steer, surface: 'discord' })).status).toBe(403)
    expect((await request(service(), 'POST', `${base}/steer`, steer)).body).toEqual({ ok: true, session_id: id })
    expect(
      (await request(service(), 'POST', `${base}/mode`, { mode: 'autopilot', surface: 'telegram', session_id: id }))
        .status,
    ).toBe(200)
    const poll = () => request(as(ada), 'GET', `/v1/agent/sessions/${id}/pending-steer?mode=plan&label=Desk`)
    const first = (await poll()).body as { items: { iid: string; text: string }[] }
    expect(first).toMatchObject({
      items: [{ text: 'Run the tests', surface: 'telegram' }],
      requested_mode: { mode: 'autopilot', surface: 'telegram' },
      attach: null,
    })
    expect((await poll()).body).toEqual({ items: [], requested_mode: null, attach: null })
    // The terminal sends it as a task of its own, under the same id.
    const begun = await start(ada, 'Run the tests', {
      ...body,
      steer_iid: first.items[0]?.iid ?? '',
      surface: 'telegram',
    })
    expect(begun.status).toBe(200)
    expect((await request(service(), 'GET', base)).body).toMatchObject({
      active: true,
      session_id: id,
      applied_mode: 'plan',
      state: { enabled: true },
      last_seen: expect.any(Number),
    })
    expect((await request(service(), 'GET', `${base}/sessions`)).body).toMatchObject({
      sessions: expect.arrayContaining([expect.objectContaining({ session_id: id, label: 'Desk', slot: null })]),
    })
    await waitFor(async () => (await statusOf(id)) === 'idle')
    expect((await request(service(), 'POST', `${base}/stop`, { session_id: id, surface: 'telegram' })).status).toBe(404)
    expect(
      (await request(service(), 'POST', `${base}/consent`, { session_id: id, text: 'yes', surface: 'telegram' }))
        .status,
    ).toBe(404)
  })

  test('a question is answered in words, and a turn stopped; each is an event of the platform', async () => {
    let round = 0
    bench.script(() => (round++ === 0 ? [use('bash', { command: 'rm x' })] : [text('ok')]))
    const { session_id: id } = (await start(ada, 'Remove x.', fresh())).body
    await request(as(ada), 'PUT', `/v1/agent/sessions/${id}/remote`, {
      enabled: true,
      steer: ['telegram'],
      mirror: ['telegram'],
    })
    await waitFor(async () => (await statusOf(id)) === 'parked consent')
    expect((await request(service(), 'GET', `${base}/sessions`)).body).toMatchObject({
      sessions: expect.arrayContaining([
        expect.objectContaining({
          session_id: id,
          pending_consent: expect.objectContaining({ tool: 'bash', summary: 'bash: rm x' }),
        }),
      ]),
    })
    const from = { session_id: id, surface: 'telegram' }
    expect((await request(service(ada.userId), 'POST', `${base}/consent`, { ...from, text: 'yes' })).body).toEqual({
      ok: true,
      session_id: id,
    })
    await waitFor(async () => (await statusOf(id)) === 'running')
    expect((await request(service(), 'POST', `${base}/stop`, from)).body).toEqual({ ok: true, session_id: id })
    expect(await statusOf(id)).toBe('idle')
    await waitFor(() =>
      ['route_changed', 'consent_replied', 'stopped'].every((name) =>
        fixture.streamed.some(
          ({ payload }) =>
            payload.event_type === `coding-remote.${name}` && (payload.data as JsonObject).session_id === id,
        ),
      ),
    )
  })

  test('a service that acts for somebody is that person, and a session of somebody else is refused', async () => {
    expect((await request(service(eve.userId), 'GET', base)).status).toBe(403)
    expect(
      (await request(service(), 'PUT', base, { session_id: `coding-${eve.userId}-rx`, enabled: true })).status,
    ).toBe(403)
    expect((await request(service(), 'GET', '/v1/internal/coding-remote/imp_u_nobody99')).status).toBe(404)
    expect((await request(service(), 'GET', `/v1/internal/coding-remote/${mallory.userId}`)).body).toMatchObject({
      active: false,
      session_id: null,
    })
  })
})

describe('whose session it is', () => {
  test('[lessons 9] a session of another user, of another tenant and none are the same, on every route', async () => {
    const { session_id: id } = (await start(ada, 'Secret canary.', fresh())).body
    const places = (session: string) =>
      [
        ['GET', `/v1/agent/sessions/${session}/thread`],
        ['GET', `/v1/agent/sessions/${session}/pending-steer`],
        ['GET', `/v1/agent/sessions/${session}/remote`],
        ['GET', `/v1/agent/sessions/${session}/stream`],
        ['PUT', `/v1/agent/sessions/${session}/remote`, { enabled: true }],
        ['POST', `/v1/agent/sessions/${session}/cancel`],
        ['POST', `/v1/agent/sessions/${session}/result`, { req_id: 'r', result: { approved: true } }],
        ['POST', `/v1/agent/sessions/${session}/inject`, { text: 'x', steer_iid: 'i' }],
        ['POST', `/v1/agent/sessions/${session}/drop`, { steer_iid: 'i' }],
      ] as const
    for (const person of [eve, mallory])
      for (const [index, [method, path, body]] of places(id).entries()) {
        const foreign = await request(as(person), method, path, body)
        const none = await request(as(person), method, places('nothing')[index]?.[1] ?? '', body)
        expect([path, foreign.status, (foreign.body as { message: string }).message]).toEqual([
          path,
          404,
          (none.body as { message: string }).message,
        ])
      }
    expect((await request(as(eve), 'GET', '/v1/agent/sessions/active')).body).toEqual({ sessions: [] })
    expect(
      (await request(as(eve), 'POST', '/v1/agent/sessions', { user_id: ada.userId, task: 'x', steer_iid: 'y' })).status,
    ).toBe(403)
  })

  test('a stream ends with the account of its terminal, also one that was open', async () => {
    const gone = await fixture.person()
    const { body } = await start(gone, 'Wait.', fresh())
    const [stream, other] = [
      await follow(gone, body.session_id),
      await follow(ada, (await start(ada, 'Wait.', fresh())).body.session_id),
    ]
    await stream.next(({ type }) => type === 'final')
    await fixture.rows("update identity.account set status = 'inactive' where user_id = $1", [gone.userId])
    fixture.identity.planChanged(gone.userId)
    await waitFor(() => stream.ended())
    const late = await follow(gone, body.session_id, '0-0')
    await waitFor(() => late.ended())
    await other.next(({ type }) => type === 'final')
    expect([late.frames, other.ended()]).toEqual([[], false])
    other.close()
  })

  test('an id that nothing has happened under answers empty', async () => {
    const path = `/v1/agent/sessions/marathon-${eve.userId}-rboot`
    expect((await request(as(eve), 'GET', `${path}/thread`)).body).toEqual({ messages: [] })
    expect((await request(as(eve), 'GET', `${path}/remote`)).body).toEqual({
      state: { enabled: false, mirror: [], steer: [] },
    })
    expect((await request(as(eve), 'GET', `${path}/pending-steer`)).body).toEqual({
      items: [],
      requested_mode: null,
      attach: null,
    })
  })
})

describe('what lets nobody in', () => {
  test('a plan without coding, unless an administrator allows it; and who is denied it whatever the plan', async () => {
    const denied = await fixture.person({ attributes: { coding_access: 'deny' } })
    expect((await start(denied, 'x')).status).toBe(403)
    const allowed = await fixture.person({ attributes: { coding_access: 'allow' } })
    expect((await start(allowed, 'x')).status).toBe(200)
  })

  test('more turns than the role has at once', async () => {
    const busy = await fixture.person()
    bench.script(() => [use('read_file', { path: 'a' })])
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => start(busy, 'x', { coding_context: { repo_key: `r${index}` } })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429, 429])
  })
})

test('a terminal that went away while it was asked parks the session; when it comes back it is asked again', async () => {
  bench.script(({ messages }) => (messages.length < 2 ? [use('read_file', { path: 'a' })] : [text('ok')]))
  const begun = await start(ada, 'Read.', fresh())
  expect(begun).toMatchObject({ status: 200 })
  const { session_id: id } = begun.body
  await waitFor(async () => (await fixture.rows('select from coding.request where session_id = $1', [id])).length === 1)
  await fixture.rows(
    `update coding.session set terminal_seen_at = now() - interval '5 minutes' where session_id = $1`,
    [id],
  )
  await parkOffline(bench.parts)
  expect(await statusOf(id)).toBe('parked terminal_offline')
  const stream = await follow(ada, id, '0-999999999')
  const asked = await stream.next(({ type }) => type === 'tool_request')
  expect(await statusOf(id)).toBe('running')
  await result(id, asked.req_id, { ok: true, content: '' })
  await stream.next(({ type }) => type === 'final')
  stream.close()
})

test('[K1.3] what a node left is gone on with by another one, and nothing happens twice', async () => {
  let hang = true
  bench.script(({ signal }) =>
    hang
      ? new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))))
      : [text('From the other node.')],
  )
  const { session_id: id } = (await start(ada, 'Go.', fresh())).body
  await waitFor(
    async () =>
      (await fixture.rows('select from coding.session where session_id = $1 and lease_until is not null', [id]))
        .length === 1,
  )
  hang = false
  await fixture.rows(`update coding.session set lease_until = now() - interval '1 second' where session_id = $1`, [id])
  const other = (await import('./engine.ts')).openEngine(bench.parts)
  other.kick({ tenantId: ada.tenantId, userId: ada.userId, sessionId: id })
  await waitFor(async () => (await statusOf(id)) === 'idle')
  const finals = await fixture.rows<{ frame: JsonObject }>(
    `select frame from coding.frame where session_id = $1 and frame->>'type' = 'final'`,
    [id],
  )
  expect(finals.map(({ frame }) => frame.text)).toEqual(['From the other node.'])
  await other.close()
})
