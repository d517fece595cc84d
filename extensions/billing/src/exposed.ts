import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'

// Asked before the person is asked to release money: nobody should release what cannot be done.
for (const name of ['change_plan', 'upgrade_plan', 'downgrade_plan'])
  ext.expose(
    `check_${name}`,
    { actionType: 'read', params: z.object({ plan_id: z.string(), period: z.string().optional() }) },
    async (ctx, { plan_id }) => {
      const plans = await ctx.billing.listPlans()
      if (plans.some(({ id }) => id === plan_id)) return {}
      const known = plans.map(({ id }) => id).join(', ')
      return ActionResult.error(
        `There is no plan “${plan_id}”. ${known === '' ? 'None is on offer here.' : `On offer are: ${known}.`}`,
        { code: 'UNKNOWN_PLAN' },
      )
    },
  )
