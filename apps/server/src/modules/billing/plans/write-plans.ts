import { readFileSync } from 'node:fs'
import type { Database } from '../../../foundation/db/index.ts'
import { defineErrors } from '../../../foundation/errors.ts'
import { DEFAULT_PLANS, PlanFile } from './default-plans.ts'
import { FREE } from './types.ts'

export const planErrors = defineErrors('PLANS', {
  UNUSABLE: {
    kind: 'invalid',
    message: (details: { file: string; problems: string }) =>
      `The plans of ${details.file} cannot be used: ${details.problems}.`,
    hint: 'The guide for operators shows a file with plans.',
  },
})

/** @throws PLANS_UNUSABLE with everything that is wrong */
function readPlans(file: string): PlanFile {
  const unusable = (problems: string) => planErrors.UNUSABLE({ file, problems })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error))
  }
  const parsed = PlanFile.safeParse(value)
  const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.') || 'the list'}: ${issue.message}`) ?? []
  if (parsed.success) {
    const ids = parsed.data.map((plan) => plan.id)
    if (new Set(ids).size < ids.length) problems.push('two plans have the same id')
    if (!ids.includes(FREE)) problems.push(`there is no plan ${FREE}, which everybody begins with`)
  }
  if (!parsed.success || problems.length > 0) throw unusable(problems.join('; '))
  return parsed.data
}

const toRow = (plan: PlanFile[number], position: number) => ({
  plan_id: plan.id,
  name: plan.name,
  position,
  price_cents: plan.price_cents,
  annual_price_cents: plan.annual_price_cents ?? plan.price_cents * 12,
  included_tokens: plan.included_tokens,
  cap: plan.cap ?? plan.included_tokens,
  features: JSON.stringify(plan.features),
  limits: JSON.stringify(plan.limits),
  self_service: plan.self_service,
  by_contract: plan.by_contract,
})

/**
 * Writes the plans at the start: those of the operator's file as they are there, without one those that the platform comes
 * with where the database does not know them yet. Plans that are in no file any more stay, for somebody may have them.
 */
export async function writePlans(db: Database, file: string | undefined): Promise<void> {
  const rows = (file === undefined ? PlanFile.parse(DEFAULT_PLANS) : readPlans(file)).map(toRow)
  await db.everyTenant(async (tx) => {
    for (const row of rows) {
      const { plan_id, ...values } = row
      await tx
        .insertInto('billing.plan')
        .values(row)
        .onConflict((conflict) =>
          file === undefined ? conflict.doNothing() : conflict.column('plan_id').doUpdateSet(values),
        )
        .execute()
    }
  })
}
