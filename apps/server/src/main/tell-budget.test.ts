import { expect, test } from 'vitest'
import type { BudgetAlert } from '../modules/llm/index.ts'
import { tellBudget } from './tell-budget.ts'

interface Notice {
  readonly tenantId: string
  readonly userId: string
  readonly title: string
  readonly body: string
  readonly link: string
}

/** Tells one alert; gives who was told what. */
async function told(alert: Pick<BudgetAlert, 'percent' | 'used' | 'cap'> & { user: object | null }): Promise<Notice[]> {
  const notices: Notice[] = []
  const ground = { db: { atomic: async () => {} } }
  const facts = {
    identity: {
      administrators: async () => [
        { tenantId: 'default', userId: 'imp_u_ada00001' },
        { tenantId: 'north', userId: 'imp_u_bob00001' },
      ],
    },
    notifications: { notify: async (_scope: object, notice: Notice) => void notices.push(notice) },
  }
  await tellBudget(ground as never, facts as never)(alert as BudgetAlert) // what telling reads of them
  return notices
}
const user = { tenantId: 'default', userId: 'imp_u_eve00001' }

test('a budget of one user is told to that user alone, with where to see it', async () => {
  expect(await told({ user, percent: 80, used: 80_000, cap: 100_000 })).toMatchObject([
    {
      ...user,
      title: '80 % of the token budget is used',
      body: 'You have used 80,000 of 100,000 tokens of this month.',
      link: '/settings/usage',
    },
  ])
})

test('the budget of the installation is told to every administrator of the platform', async () => {
  const notices = await told({ user: null, percent: 80, used: 8, cap: 10 })
  expect(notices.map(({ userId, tenantId }) => [tenantId, userId])).toEqual([
    ['default', 'imp_u_ada00001'],
    ['north', 'imp_u_bob00001'],
  ])
  expect(notices[0]).toMatchObject({
    body: 'The installation has used 8 of 10 tokens of this month.',
    link: '/admin/models',
  })
})

test.each([100, 130])('a budget that is spent, at %d %%, says what no longer works', async (percent) => {
  const [notice] = await told({ user, percent, used: 100_001, cap: 100_000 })
  expect(notice).toMatchObject({ title: 'The token budget is used up' })
  expect(notice?.body).toMatch(/100,001 of 100,000 .* without the installation’s model\./)
})
