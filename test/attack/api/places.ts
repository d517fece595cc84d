import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { AnyRoute, ErrorKind } from '@imperal/contract'
import { errorCatalogs } from '../../../apps/server/src/foundation/errors.ts'
import '../../../apps/server/src/foundation/http/problem.ts'
import '../../../apps/server/src/foundation/keys/errors.ts'
import '../../../apps/server/src/modules/billing/plans/write-plans.ts'
import { ROUTES } from '../../support/routes.ts'

/** An operation with the path at which the main address serves it. */
export interface Place {
  readonly route: AnyRoute
  readonly path: string
}

/** Operations for the platform's own apps alone, which no socket serves. */
export const INSIDE: readonly AnyRoute[] = ROUTES.filter(({ id }) => id.startsWith('mailbox.'))

/** Everything that the main address answers; the registry lies under `/registry`. */
export const PLACES: readonly Place[] = ROUTES.filter((route) => !INSIDE.includes(route)).map((route) => ({
  route,
  path: route.id.startsWith('registry.') ? `/registry${route.path}` : route.path,
}))

export const placeOf = (id: string): Place => {
  const place = PLACES.find(({ route }) => route.id === id)
  if (place === undefined) throw new Error(`${id} is gone`)
  return place
}

export const namesIn = (place: string): string[] => [...place.matchAll(/\{(\w+)\*?\}/g)].map((match) => match[1] ?? '')

export const fill = (place: string, value: (name: string) => string): string =>
  place.replace(/\{(\w+)\*?\}/g, (_whole, name: string) => encodeURIComponent(value(name)))

/** Well-formed ids of nothing, by the parameter that takes them; everything else takes any text. */
const MISSING: Readonly<Record<string, string>> = {
  app_id: 'no-such-app',
  ext_id: 'no-such-app',
  confirmation_id: `conf_${'0'.repeat(32)}`,
  trace_id: '0'.repeat(16),
  developer_id: 'imp_u_nobody00',
  user_id: 'imp_u_nobody00',
  imperal_id: 'imp_u_nobody00',
  user_code: 'BCDF-GHJK',
  role_id: '00000000-0000-4000-8000-000000000000',
  scope_id: '987654321',
  rule_id: '987654321',
  review_id: '987654321',
  payout_id: '987654321',
  payment_id: `pay_${'0'.repeat(26)}`,
  file_id: 'att_00000000000000000000000000000000',
  delivery_id: '00000000-0000-4000-8000-000000000000',
  name: 'no_such_secret',
  case: 'no_such_mail',
  scope: 'user',
}
export const missing = (name: string): string => MISSING[name] ?? 'nothing-of-that-id'

const MODULES = path.resolve(import.meta.dirname, '../../../apps/server/src/modules')
await Promise.all(
  readdirSync(MODULES).map((name) => import(`${MODULES}/${name}/errors.ts`).catch(() => undefined)), // not every module has errors
)

/** The kind of a permanent error code; undefined when no catalog has it. */
export function kindOf(code: string): ErrorKind | undefined {
  for (const [prefix, entries] of errorCatalogs())
    if (code.startsWith(`${prefix}_`) && entries.has(code)) return entries.get(code)?.kind
  return undefined
}

export const answers = (route: AnyRoute, kind: ErrorKind): boolean =>
  (route.errors ?? []).some((code) => kindOf(code) === kind)
