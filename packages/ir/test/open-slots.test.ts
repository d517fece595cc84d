import type { JsonObject } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { automationsOf, toManifest } from '../src/index.ts'
import { completed, deployed, envelope, errorsOf, fn, warningsOf } from './support.ts'

const keep = { id: 'keep', op: 'store.create', args: { kind: 'note', data: { title: '{{title}}' } } }
const app = (more: JsonObject, functions: JsonObject[] = []): JsonObject =>
  envelope([fn('note', [keep], { event: 'noted' }), ...functions], more)
const needy = fn('needy', [keep], { params_schema: { title: { type: 'string', required: true } } })
const wipe = fn('wipe', [{ id: 'wipe', op: 'store.delete', args: { kind: 'note', id: '{{id}}' } }])

describe('events and hooks (ir 3.7)', () => {
  const raw = app({
    events: { subscribes: [{ type: 'crm.deal.created', function: 'note' }] },
    lifecycle: { on_install: 'note' },
  })

  test('the manifest declares them as code does', () => {
    expect(toManifest(completed(raw))).toMatchObject({
      events: { subscribes: [{ type: 'crm.deal.created', handler: 'note' }], emits: [{ type: 'sample-app.noted' }] },
      lifecycle: { on_install: true },
    })
  })

  test('[I11.6] a hook runs its function without params, and says what that declares to say', async () => {
    const { hook, call, sent } = deployed(raw)
    expect(await hook('on_install')).toMatchObject({ status: 'success', summary: 'note: done' })
    const emitted = () => sent.filter(({ method }) => method === 'emit')
    expect(emitted()).toMatchObject([{ client: 'extensions', args: ['sample-app.noted', { id: 'doc_1' }] }])
    await call('note', { title: 'Asked' }) // here the corridor says it
    expect(emitted()).toHaveLength(1)
    expect(await deployed(raw).hook('on_uninstall')).toMatchObject({ error_code: 'UNKNOWN_SUB_FUNCTION' })
  })

  test('[I4.12] a run that wrote something and then failed does not ask to be tried again', async () => {
    const twice = fn('twice', [keep, { id: 'gone', op: 'ai.complete', args: { prompt: 'Think.' } }])
    const subscribed = envelope([twice], { events: { subscribes: [{ type: 'crm.deal.created', function: 'twice' }] } })
    const broken = async (client: string) => {
      if (client === 'ai') throw Object.assign(new Error('down'), { code: 'unavailable' })
      return { id: 'doc_1', collection: 'note', data: {}, etag: 'e', created_at: '', updated_at: '' }
    }
    const asked = await deployed(subscribed, { callback: broken }).call('twice')
    expect(asked).toMatchObject({ error_code: 'BACKEND_5XX', retryable: true })
    const heard = await deployed(subscribed, { callback: broken, hasClient: false }).call('twice')
    expect(heard).toMatchObject({ error_code: 'BACKEND_5XX', retryable: false })
  })
})

describe('automations (ir 3.7)', () => {
  const automation = (more: JsonObject) => app({ automations: [{ id: 'a', function: 'note', ...more }] }, [needy, wipe])
  const on = { event: 'crm.deal.created' }

  test('their params read the data of the event, in the words of rules', () => {
    const params = {
      title: "{{event.title}} for {{price | format:',.2f'}}",
      rest: ['{{args.lines | count}}', "{{name | default:'no one'}}", '{{event}}', "{{'{{'}}x}}", 3],
    }
    expect(automationsOf(completed(automation({ trigger: on, params })))).toEqual([
      {
        ...{ id: 'a', event: 'crm.deal.created', cron: null, function: 'note' },
        args: {
          title: "{{event.data.title}} for {{event.data.price | format:',.2f'}}",
          rest: [
            '{{count(event.data.lines)}}',
            "{{event.data.name | default:'no one'}}",
            '{{event.data}}',
            "{{'{{'}}x}}",
            3,
          ],
        },
      },
    ])
  })

  test.each<readonly [string, JsonObject]>([
    ['IR1 app.automations.0.trigger: Field required', {}],
    ["IR1 app.automations.0.trigger: Value error, exactly one of 'event' and 'cron' is needed", { trigger: {} }],
    [
      "IR1 app.automations.0.trigger: Value error, 'cron' is no recurring time: the minute 61 is not between 0 and 59",
      { trigger: { cron: '61 * * * *' } },
    ],
    ["IR49 app.automations.0: 'needy' needs params (title)", { trigger: on, function: 'needy' }],
    ['IR49 app.automations.0: destructive call from an automation', { trigger: on, function: 'wipe' }],
    ["IR49 app.automations.0: unknown function 'nope'", { trigger: on, function: 'nope' }],
    [
      "IR43 app.automations.0: an automation has no 'prev'; its params read the event's data",
      { trigger: on, params: { title: '{{prev.id}}' } },
    ],
  ])('%s', (message, more) => {
    expect(errorsOf(automation(more))).toContain(message)
  })

  test('an id names one automation, and what the format does not know is told', () => {
    const one = { id: 'a', trigger: on, function: 'note' }
    expect(errorsOf(app({ automations: [one, one] }))).toContain("IR30 duplicate automation 'a'")
    expect(errorsOf(app({ automations: [{ ...one, id: 1 }] }))[0]).toMatch(/^IR1 app\.automations\.0\.id/)
    const odd = { ...one, trigger: { ...on, often: true } }
    expect(warningsOf(app({ automations: [odd] }))).toContain(
      'IR39 app.automations.0.trigger.often: not used in format 1.0',
    )
  })

  test.each<readonly [string, JsonObject]>([
    ['IR1 app.events.subscribes: Input should be a valid list', { subscribes: {} }],
    ['IR1 app.events.subscribes.0: Input should be a valid dictionary', { subscribes: ['note'] }],
    ['IR1 app.events.subscribes.0.type: Field required', { subscribes: [{ function: 'note' }] }],
    [
      'IR49 app.events.subscribes.0: destructive call from a subscription',
      { subscribes: [{ type: 'x.y', function: 'wipe' }] },
    ],
  ])('%s', (message, events) => {
    expect(errorsOf(app({ events }, [wipe]))).toContain(message)
  })
})
