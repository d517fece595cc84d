import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StripeServer, startStripeServer } from '../../../../../../test/support/stripe-server.ts'
import { type BillingFixture, openBillingFixture, type Person } from '../test-fixture.ts'
import { nextState, SUBSCRIPTION_MACHINE, type SubscriptionEvent, type SubscriptionState, stateOf } from './machine.ts'

const DAY = 86_400_000

/** api.md 5.8 as it is printed, arrow by arrow. */
const PRINTED: readonly [SubscriptionState, SubscriptionEvent, SubscriptionState][] = [
  ['free', 'subscribe', 'active'],
  ['active', 'cancel', 'cancelling'],
  ['cancelling', 'resume', 'active'],
  ['active', 'renewal_failed', 'past_due'],
  ['past_due', 'renewed', 'active'],
  ['past_due', 'grace_over', 'expired'],
  ['expired', 'renewed', 'active'],
  ['cancelling', 'period_end', 'free'],
  ['active', 'upgrade', 'active'],
  ['active', 'downgrade', 'changing'],
  ['changing', 'period_end', 'active'],
]
/** What the page leaves out: renewal itself, a change of mind, and a new beginning after the end. */
const OURS: typeof PRINTED = [
  ['active', 'renewed', 'active'],
  ['changing', 'keep', 'active'],
  ['changing', 'cancel', 'cancelling'],
  ['changing', 'upgrade', 'active'],
  ['changing', 'downgrade', 'changing'],
  ['changing', 'renewal_failed', 'past_due'],
  ['past_due', 'renewal_failed', 'past_due'],
  ['expired', 'subscribe', 'active'],
]

let stripe: StripeServer
let fixture: BillingFixture
beforeAll(async () => {
  stripe = await startStripeServer()
  const { secretKey, webhookSecret } = stripe
  const settings = { stripe: { secretKey, webhookSecret, publishableKey: 'pk' }, stripeUrl: stripe.url }
  fixture = await openBillingFixture(settings)
})
afterAll(async () => {
  await fixture.close()
  await stripe.close()
})

describe('the machine of api.md 5.8', () => {
  test('[api 5.8] is what is printed there and the arrows that are declared beside it, nothing else', () => {
    const arrows = Object.entries(SUBSCRIPTION_MACHINE).flatMap(([from, events]) =>
      Object.entries(events).map(([event, to]) => `${from} ${event} ${to}`),
    )
    expect(arrows.toSorted()).toEqual([...PRINTED, ...OURS].map((arrow) => arrow.join(' ')).toSorted())
  })

  /** A person as the machine sees one, and what people and time do to one. */
  async function newPerson() {
    const user: Person = fixture.someone()
    await fixture.send('POST', '/v1/billing/payment-methods/setup', user)
    const customer = [...stripe.customers.values()].find((one) => one.metadata.user_id === user.userId)
    const card = stripe.addCard(customer?.id ?? '')
    const row = async () =>
      (
        await fixture.rows<{
          status: 'active' | 'past_due' | 'expired'
          cancel_at_period_end: boolean
          pending_plan: string | null
          plan_id: string
          expires_at: Date
        }>('select * from billing.subscription where user_id = $1', [user.userId])
      )[0]
    const post = async (path: string, body: object = {}) =>
      (await fixture.send('POST', `/v1/billing/${path}`, user, body)).status
    const look = () => fixture.run('billing.renew')
    const toEnd = async (more = 0) => {
      const end = (await row())?.expires_at.getTime() ?? 0
      fixture.clock.advance(Math.max(0, end + more - fixture.clock.now()))
    }
    /** Gives the person that plan, so that the other one is above or below it. */
    const have = (planId: string) =>
      fixture.rows(`update billing.subscription set plan_id = $2, period = 'monthly' where user_id = $1`, [
        user.userId,
        planId,
      ])
    return {
      state: async () => stateOf(await row()),
      /** The HTTP status of what a person did; null for what time does. */
      does: {
        subscribe: () => post('subscribe', { plan_id: 'pro' }),
        cancel: () => post('cancel'),
        resume: () => post('resume'),
        upgrade: async () => {
          await have('pro')
          return post('change-plan', { plan_id: 'business' })
        },
        downgrade: async () => {
          await have('business')
          return post('change-plan', { plan_id: 'pro' })
        },
        keep: async () => {
          const now = await row()
          return post('change-plan', {
            plan_id: now?.plan_id ?? 'pro',
            period: (now as { period?: string })?.period ?? 'monthly',
          })
        },
        renewed: async (state: SubscriptionState) => {
          if (state === 'past_due' || state === 'expired') return post('renew')
          await toEnd()
          await look()
          return null
        },
        renewal_failed: async () => {
          stripe.behave(card, 'declines')
          await toEnd()
          fixture.clock.advance(DAY)
          await look()
          stripe.behave(card, 'pays')
          return null
        },
        grace_over: async () => {
          stripe.behave(card, 'declines')
          await toEnd(7 * DAY)
          await look()
          stripe.behave(card, 'pays')
          return null
        },
        period_end: async () => {
          await toEnd()
          await look()
          return null
        },
      } satisfies Record<SubscriptionEvent, (state: SubscriptionState) => Promise<number | null>>,
    }
  }

  /** What time brings about only where the machine says so; elsewhere the same wait means something else. */
  const OF_TIME: ReadonlySet<SubscriptionEvent> = new Set(['renewal_failed', 'grace_over', 'period_end'])
  const EVENTS = [...new Set([...PRINTED, ...OURS].map(([, event]) => event))]

  test('[api 5.8] any walk through the real routes and the real clock of renewals goes where the machine says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...EVENTS), { maxLength: 14 }), async (walk) => {
        const person = await newPerson()
        let state: SubscriptionState = 'free'
        for (const event of walk) {
          const next = nextState(state, event)
          const waits = OF_TIME.has(event) || (event === 'renewed' && (state === 'active' || next === null))
          if (next === null && waits && state !== 'free') {
            if (event !== 'renewed' || state === 'cancelling' || state === 'changing') continue
          }
          if (event === 'keep' && state !== 'changing') continue
          const status = await person.does[event](state)
          if (status !== null) expect([event, state, status < 400]).toEqual([event, state, next !== null])
          state = next ?? state
          expect([event, await person.state()]).toEqual([event, state])
        }
      }),
      { numRuns: 30 },
    )
  }, 120_000)
})
