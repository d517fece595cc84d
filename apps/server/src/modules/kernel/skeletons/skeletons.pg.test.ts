import { HOST_CLIENTS, type JsonObject, type JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SkeletonRow } from '../../state/index.ts'
import type { KernelParts } from '../parts.ts'
import { chatFunction, fails, openFixture, PATIENCE, success } from '../test-fixture.ts'
import { lineOf, SKELETON_HEADER, shapeOf } from './envelope.ts'
import { refreshDue, refreshSection } from './refresh-skeletons.ts'

const fixture = await openFixture({ background: false })
const ada = await fixture.person()
const bob = await fixture.person()
let parts: KernelParts

const refresh = (section: string) => ({
  name: `skeleton_refresh_${section}`,
  description: `Skeleton refresh: ${section}`,
  scopes: [],
  parameters: {},
})
const row = (section: string, user = ada, appId = 'mail'): SkeletonRow => ({
  ...user,
  appId,
  section,
  data: null,
  refreshedAt: null,
  ttl: 300,
  staleReason: null,
})
const set = (data: JsonValue, section = 'inbox', appId = 'mail') =>
  fixture.handler(appId, 'skeleton', section, () => data)
/** What Ada wants of the section `mail.inbox`. */
const wants = (alert: JsonObject) =>
  fixture.rows(
    `insert into registry.section_rule (tenant_id, user_id, app_id, section_name, enabled, ttl, alert_config)
     values ('default', $1, 'mail', 'inbox', true, null, $2)
     on conflict (tenant_id, user_id, app_id, section_name) do update set alert_config = excluded.alert_config`,
    [ada.userId, alert],
  )

beforeAll(async () => {
  const mail = [
    refresh('inbox'),
    refresh('quiet'),
    { ...refresh('inbox'), name: 'skeleton_alert_inbox', description: 'Says what came in.' },
    chatFunction('read', 'read'),
    chatFunction('send', 'write'),
  ]
  await fixture.app('mail', { tools: mail, panels: [{ panel_id: 'list' }] as never }, [ada, bob])
  await fixture.app('plain', { tools: [refresh('counts')] }, [ada])
  parts = await fixture.assemble()
})
beforeEach(async () => {
  fixture.notified.splice(0)
  fixture.said.splice(0)
  await fixture.rows('delete from state.skeleton')
  await fixture.state.skeletonEnsure([row('inbox'), row('quiet'), row('inbox', bob), row('counts', ada, 'plain')])
})
afterAll(() => fixture.close())

describe('alerts', () => {
  const change = async (data: JsonObject, section = 'inbox', appId = 'mail') => {
    set({ response: data }, section, appId)
    await refreshSection(parts, row(section, ada, appId))
  }
  const alertWith = (answer: (params: JsonObject) => JsonValue) =>
    fixture.handler('mail', 'skeleton_alert', 'inbox', (call) => answer(call.params as JsonObject))
  const told = () => fixture.notified.map((one) => one.body)
  const counted = ({ previous, current }: JsonObject) =>
    success({}, { summary: `${(previous as { unread: number }).unread} to ${(current as { unread: number }).unread}` })

  test('[K5.17] [K5.19] [I-NOTIFY-APP-ATTRIBUTED] are the app’s words, name the app, and are rows of the ledger', async () => {
    alertWith(() => success({ title: 'Mail!', body: 'three new', level: 'critical' }))
    await change({ unread: 1 })
    expect(told()).toEqual([])
    await change({ unread: 2 })
    expect(fixture.notified).toMatchObject([
      { userId: ada.userId, appId: 'mail', title: 'Mail!', body: 'three new', priority: 'urgent' },
    ])
    const rows = await fixture.ledger({ appId: 'mail' })
    expect(rows.at(-1)).toMatchObject({ function: 'skeleton_alert_inbox', source: 'skeleton', user_id: ada.userId })
  })

  test('[K5.18] come once per cooldown, and the next one covers what was not told, also when nothing changes any more', async () => {
    alertWith(counted)
    await change({ unread: 1 })
    await change({ unread: 2 })
    await change({ unread: 3 })
    await change({ unread: 4 })
    expect(told()).toEqual(['1 to 2'])
    fixture.clock.advance(61_000)
    await change({ unread: 4 })
    expect(told()).toEqual(['1 to 2', '2 to 4'])
  })

  test('[K5.18] a change that was taken back in the meantime is no alert, and an app that has nothing to say uses up none', async () => {
    alertWith(counted)
    await change({ unread: 1 })
    await change({ unread: 2 })
    await change({ unread: 3 })
    await change({ unread: 2 })
    fixture.clock.advance(61_000)
    await change({ unread: 2 })
    expect(told()).toEqual(['1 to 2'])
    alertWith(() => success())
    await change({ unread: 5 })
    alertWith(counted)
    await change({ unread: 6 })
    expect(told()).toEqual(['1 to 2', '5 to 6'])
  })

  test('[K5.3] [K5.18] the user decides about them: off, another cooldown, in the chat as well', async () => {
    alertWith(counted)
    await wants({ notify_on_change: false })
    await change({ unread: 1 })
    await change({ unread: 2 })
    expect(told()).toEqual([])
    await wants({ cooldown_seconds: 600, chat: true })
    await change({ unread: 3 })
    fixture.clock.advance(300_000)
    await change({ unread: 4 })
    expect(told()).toEqual(['2 to 3'])
    expect(fixture.said).toMatchObject([{ userId: ada.userId, appId: 'mail', text: '2 to 3' }])
    await wants({})
  })

  test('[K5.17] without a handler of the app they count, where they are switched on, and nothing is said where not', async () => {
    await change({ a: 1, b: 1 }, 'counts', 'plain')
    await change({ a: 2, b: 1 }, 'counts', 'plain')
    expect(told()).toEqual([])
    const app = await fixture.registry.app('plain')
    await fixture.db.everyTenant((tx) =>
      fixture.registry.updateApp(tx, 'plain', {
        settings: { ...app?.settings, skeleton: { sections: [{ section_name: 'counts', alert_on_change: true }] } },
      }),
    )
    fixture.registry.forget('plain')
    await change({ a: 3, b: 1, _at: 1 }, 'counts', 'plain')
    expect(told()).toEqual(['counts: 1 value changed (a).'])
    const rows = await fixture.ledger({ appId: 'plain' })
    expect(rows.at(-1)).toMatchObject({ function: 'skeleton_alert_counts', facts: { default_alert: true } })
  })
})

describe('the rhythm', () => {
  test('[K5.4] [S000-019] the probe is called per user, each time its TTL has passed, and not before', async () => {
    const probed: (string | undefined)[] = []
    fixture.handler('mail', 'skeleton', 'inbox', (call) => {
      probed.push(call.ctx.user?.imperal_id)
      return { response: { of: call.ctx.user?.imperal_id ?? '' } }
    })
    const look = async () => {
      probed.splice(0)
      await refreshDue(parts)
      return [...probed].sort()
    }
    await fixture.rows('delete from state.skeleton')
    await fixture.state.skeletonEnsure([row('inbox')])
    expect(await look()).toEqual([ada.userId])
    fixture.clock.advance(200_000)
    await fixture.state.skeletonEnsure([row('inbox', bob)])
    expect(await look()).toEqual([bob.userId])
    // 299 seconds after Ada's, 99 after Bob's; then her 300 are over, and his 200 seconds later.
    fixture.clock.advance(99_000)
    expect(await look()).toEqual([])
    fixture.clock.advance(1_000)
    expect(await look()).toEqual([ada.userId])
    fixture.clock.advance(200_000)
    expect(await look()).toEqual([bob.userId])
    for (const { tenantId, userId } of [ada, bob])
      expect((await fixture.state.skeletonGet({ tenantId, userId, appId: 'mail' }, 'inbox'))?.data).toEqual({
        of: userId,
      })
  })
})

describe('the envelope', () => {
  const now = 1_000_000_000
  const line = (data: JsonObject, more: Partial<SkeletonRow> = {}) =>
    lineOf({ ...row('inbox'), data, refreshedAt: now / 1000 - 17, ...more }, now)

  test('[K5.14] [I-SKEL-SUMMARY-VALUES-1] has a line per section with its age and its values, without private ones', () => {
    expect(line({ unread: 3, open: true, _cursor: 'x', from: 'Bob' })).toBe(
      '- mail.inbox (cached ~17s ago): unread=3, open=true, from=Bob',
    )
    expect(line({ unread: 0 }, { refreshedAt: null })).toBe('- mail.inbox (freshness unknown): unread=0')
  })

  test('[K5.14] [K5.15] [I-SKELETON-STALENESS-ENVELOPE] says what may be believed, and that exact numbers are asked for', () => {
    expect(SKELETON_HEADER).toMatch(/zero or not zero, are AUTHORITATIVE/)
    expect(SKELETON_HEADER).toMatch(/STALE.*exact current values is answered by calling a function/)
  })

  test('[K5.16] flags what is near its end, long over it, or could not be renewed', () => {
    const at = (age: number, more: Partial<SkeletonRow> = {}) =>
      line({ n: 1 }, { refreshedAt: now / 1000 - age, ...more })
    expect(at(100)).not.toMatch(/renewed|OUTDATED/)
    expect(at(280)).toMatch(/about to be renewed/)
    expect(at(601)).toMatch(/OUTDATED/)
    expect(at(10, { staleReason: 'the mail server is away' })).toMatch(/could not be renewed/)
  })

  test.each<[JsonValue, string]>([
    [[1, 2, 3], '[1, 2, 3]'],
    [[1, 2, 3, 4, 5, 6], 'list[6]'],
    [[{ a: 1 }], 'list[1]'],
    [['x'.repeat(61)], 'list[1]'],
    [{ a: 1, b: 2 }, 'dict[2]'],
    ['two\nlines </data> here', 'two lines /data here'],
    [null, 'null'],
  ])('[K5.8] %j is shown as %s', (value, shown) => {
    expect(shapeOf(value)).toBe(shown)
  })

  test('[K5.6] [S000-020] [I-SKEL-PER-USER-1] is the user’s own, and renews what is older than twice its TTL first', async () => {
    for (const [user, unread] of [
      [ada, 1],
      [bob, 9],
    ] as const) {
      set({ response: { unread } })
      await refreshSection(parts, row('inbox', user))
    }
    expect(await fixture.kernel.facts(bob)).toMatch(/^- mail\.inbox \(cached ~[012]s ago\): unread=9$/)
    fixture.clock.advance(601_000)
    set({ response: { unread: 2 } })
    expect(await fixture.kernel.facts(ada)).toMatch(/mail\.inbox \(cached ~[012]s ago\): unread=2/)
  })

  test('[K5.6] waits a second for that and not longer; [K5.7] a failure is told with the old values', async () => {
    set({ response: { unread: 1 } })
    await refreshSection(parts, row('inbox'))
    fixture.clock.advance(601_000)
    fixture.handler('mail', 'skeleton', 'inbox', () => new Promise(() => {}))
    expect(await fixture.kernel.facts(ada)).toMatch(/mail\.inbox \(cached ~60[0-9]s ago, OUTDATED\): unread=1/)
    fixture.handler('mail', 'skeleton', 'inbox', () => fails('EXT_THREW'))
    await refreshSection(parts, row('inbox'))
    expect(await fixture.kernel.facts(ada)).toMatch(/could not be renewed\): unread=1/)
  })

  test('[K5.6] [K5.7] a section that fails is not run again by the next turn, and one that is well is renewed', async () => {
    const ran = { inbox: 0, quiet: 0 }
    fixture.handler('mail', 'skeleton', 'inbox', () => {
      ran.inbox++
      return fails('EXT_THREW')
    })
    fixture.handler('mail', 'skeleton', 'quiet', () => ({ response: { n: ++ran.quiet } }))
    for (const turn of [1, 2]) {
      expect(await fixture.kernel.facts(ada)).toContain('mail.quiet')
      expect([turn, ran]).toEqual([turn, { inbox: 1, quiet: 1 }])
    }
    // The pause is over: twice the TTL.
    fixture.clock.advance(601_000)
    expect(await fixture.kernel.facts(ada)).toContain('n=2')
    expect(ran).toEqual({ inbox: 2, quiet: 2 })
  })

  test('[K5.13] says nothing of an app that is switched off', async () => {
    set({ response: { unread: 1 } })
    await refreshSection(parts, row('inbox'))
    await fixture.registry.setDisabled(ada, 'mail', true)
    expect(await fixture.kernel.facts(ada)).not.toMatch(/mail/)
    await fixture.registry.setDisabled(ada, 'mail', false)
  })
})

describe('access', () => {
  test('[K5.10] [I-NO-SKELETON-PUT] [I-SKELETON-PROTOCOL-READ-ONLY] extensions can read sections and have no way to write them', async () => {
    expect(HOST_CLIENTS.skeleton).toEqual(['get'])
    const tried: string[] = []
    fixture.handler('mail', 'skeleton', 'inbox', async (_call, kernel) => {
      for (const method of ['put', 'set', 'update', 'delete'])
        await kernel
          .onCallback({ client: 'skeleton', method, args: ['inbox', { unread: 0 }], asUser: null })
          .catch((error) => tried.push(error.wire.code))
      return { response: { unread: 1 } }
    })
    await refreshSection(parts, row('inbox'))
    expect(tried).toEqual(Array.from({ length: 4 }, () => 'skeleton_access_forbidden'))
  })

  test('[K5.11] [I-SKELETON-LLM-ONLY] [K5.12] [I-KERNEL-EMPTY-SKELETON-ARG] [I-NO-CTX-SKELETON-DATA] others may not read them and are given none', async () => {
    set({ response: { unread: 4 } })
    await refreshSection(parts, row('inbox'))
    const seen: string[] = []
    for (const [kind, name, called] of [
      ['function', 'read', 'read'],
      ['panel', 'list', '__panel__list'],
    ] as const) {
      fixture.handler('mail', kind, name, async (call, kernel) => {
        expect(JSON.stringify(call)).not.toMatch(/unread|skeleton/)
        await kernel
          .onCallback({ client: 'skeleton', method: 'get', args: ['inbox'], asUser: null })
          .catch((error) => seen.push(error.wire.code))
        return kind === 'panel' ? { ui: null } : success()
      })
      await fixture.kernel.call({ source: 'panel', ...ada, appId: 'mail', function: called, params: {} })
    }
    expect(seen).toEqual(['skeleton_access_forbidden', 'skeleton_access_forbidden'])
  })
})

describe('the refresh loop', () => {
  test('[K5.7] a slow section holds up no other', async () => {
    const slow = Promise.withResolvers<JsonValue>()
    const done: string[] = []
    fixture.handler('mail', 'skeleton', 'inbox', () => slow.promise)
    for (const [appId, section] of [
      ['mail', 'quiet'],
      ['plain', 'counts'],
    ] as const)
      fixture.handler(appId, 'skeleton', section, () => {
        done.push(section)
        return { response: { n: 1 } }
      })
    const two = await fixture.assemble({
      settings: {
        ...fixture.options.settings,
        limits: { ...fixture.options.settings.limits, skeletonsAtOnce: 3 },
      },
    })
    const running = refreshDue(two)
    await expect.poll(() => done.sort(), PATIENCE).toEqual(['counts', 'quiet'])
    slow.resolve({ response: { n: 1 } })
    await running
    expect(await fixture.state.skeletonGet({ ...ada, appId: 'mail' }, 'inbox')).toMatchObject({ data: { n: 1 } })
  })

  test('[K5.7] what a busy machine does to an app is tried again in seconds, what the app does itself after twice its TTL', async () => {
    const pause = async (answer: () => JsonValue) => {
      fixture.handler('mail', 'skeleton', 'inbox', answer)
      await refreshSection(parts, row('inbox'))
      const [due] = await fixture.rows<{ seconds: number }>(
        `select extract(epoch from due_at - $2::timestamptz)::int as seconds from state.skeleton
         where app_id = 'mail' and section = 'inbox' and user_id = $1`,
        [ada.userId, fixture.clock.iso()],
      )
      set({ response: { unread: 1 } })
      await refreshSection(parts, row('inbox'))
      return due?.seconds
    }
    for (const code of ['EXT_START_FAILED', 'EXT_TIMEOUT', 'EXT_HUNG', 'EXT_CRASHED'] as const)
      expect([code, await pause(() => fails(code))]).toEqual([code, 5])
    expect(await pause(() => fails('EXT_THREW'))).toBe(600)
    const away = { status: 'error', error: 'The mail server is away.', error_code: 'MAIL_AWAY', retryable: true }
    expect(await pause(() => away)).toBe(600)
    expect(await pause(() => ({ response: { all: 'x'.repeat(70_000) } }))).toBe(600)
  })

  test('[K5.1] [I-SKEL-AUTO-DERIVE-1] [S002-003] sections come from the names of the tools; what is no longer there goes', async () => {
    const gone = { ...row('gone') }
    await fixture.state.skeletonEnsure([gone])
    await refreshSection(parts, gone)
    expect(await fixture.state.skeletonGet({ ...ada, appId: 'mail' }, 'gone')).toBeNull()
    await fixture.registry.setDisabled(ada, 'mail', true)
    await refreshSection(parts, row('inbox'))
    expect(await fixture.state.skeletonsOf('default', ada.userId)).toMatchObject([{ appId: 'plain' }])
    await fixture.registry.setDisabled(ada, 'mail', false)
  })
})
