import { z } from 'zod'

export const RULE_ID = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
export const RulePath = z.object({ rule_id: RULE_ID })
