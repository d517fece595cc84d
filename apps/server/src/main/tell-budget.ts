import type { BudgetAlert } from '../modules/llm/index.ts'
import type { Facts } from './open-facts.ts'
import type { Ground } from './open-ground.ts'

const number = new Intl.NumberFormat('en')

function wordsOf({ user, percent, used, cap }: BudgetAlert): { title: string; body: string } {
  const whose = user === null ? 'The installation has' : 'You have'
  const figures = `${number.format(used)} of ${number.format(cap)} tokens of this month`
  return percent >= 100
    ? {
        title: 'The token budget is used up',
        body: `${whose} used ${figures}. Until the next month the assistant works without the installation’s model.`,
      }
    : { title: `${percent} % of the token budget is used`, body: `${whose} used ${figures}.` }
}

/** Tells a budget to whom it concerns: the user, or every administrator of the platform. */
export const tellBudget =
  ({ db }: Ground, { identity, notifications }: Facts) =>
  async (alert: BudgetAlert): Promise<void> => {
    const { title, body } = wordsOf(alert)
    const link = alert.user === null ? '/admin/models' : '/settings/usage'
    for (const user of alert.user === null ? await identity.administrators() : [alert.user])
      await notifications.notify(
        { tenantId: user.tenantId, atomic: (statements) => db.atomic(user.tenantId, statements) },
        { ...user, appId: null, title, body, message: body, priority: 'high', channel: 'in_app', link, extra: {} },
      )
  }
