import type { AnyRoute } from '@imperal/contract'
import type { z } from 'zod'
import { type Session, send } from '../../support/session.ts'
import { type Hints, validInput } from './arbitrary.ts'
import type { World } from './world.ts'

/** Whoever asks, with what a request of theirs has to say of them. */
export interface Asker {
  readonly headers: Readonly<Record<string, string>>
  readonly userId: string
  readonly tenantId: string
}

export const personOf = (session: Session, tenantId = 'default'): Asker => ({
  headers: { authorization: `Bearer ${session.token}` },
  userId: session.userId,
  tenantId,
})

/** A service in the name of somebody. */
export const actingFor = ({ server }: World, session: Session, tenantId = 'default'): Asker => ({
  headers: { 'x-service-token': server.serviceToken, 'x-acting-user': session.userId },
  userId: session.userId,
  tenantId,
})

const ADMINISTRATION: ReadonlySet<string> = new Set(['admin', 'svc-or-admin'])
/** Those who are not administrators get 403 for every user but themselves, whether there is one or not. */
const isOfUsers = ({ errors = [] }: AnyRoute): boolean => errors.includes('IDENTITY_NOT_YOURS')

/** Somebody whom the route lets in, and to whom it says that there is nothing rather than that they may not. */
export function letIn({ server, admin, ada }: World, route: AnyRoute): Asker {
  const service = { 'x-service-token': server.serviceToken }
  // Whose secret it is says the acting user; billing and mail want to know which administrator stands behind a change.
  const acting = route.id === 'secrets.read' ? ada : /^(billing_internal|service_mail)\./.test(route.id) ? admin : null
  if (route.auth === 'svc' || route.auth === 'regkey')
    return {
      headers: acting === null ? service : { ...service, 'x-acting-user': acting.userId },
      userId: ada.userId,
      tenantId: 'default',
    }
  return personOf(ADMINISTRATION.has(route.auth) || route.platformOnly === true || isOfUsers(route) ? admin : ada)
}

const hintsFor = ({ userId, tenantId }: Asker): Hints => ({
  user_id: [userId],
  tenant_id: [tenantId],
  extension_id: ['notes'],
  app_id: ['notes'],
  function: ['list_notes'],
  tool: ['list_notes'],
  params: [{}],
  version: ['1.0.0'],
  icon_svg: ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'],
  manifest_json: [undefined],
})

/** Valid inputs by route and asker: what an address is asked with differs in nothing but the address. */
const inputs = new Map<string, unknown>()

function inputFor(route: AnyRoute, part: 'body' | 'query', asker: Asker): unknown {
  const name = `${part} ${route.id} ${asker.userId}`
  const schema = route[part] as z.ZodType | undefined
  if (!inputs.has(name)) inputs.set(name, schema === undefined ? undefined : validInput(schema, hintsFor(asker)))
  return inputs.get(name)
}

const asQuery = (value: unknown): string =>
  new URLSearchParams(
    Object.entries(value ?? {}).map(([name, one]): [string, string] => [name, String(one)]),
  ).toString()

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Sends a request that is right in all that its address, or `named`, does not name. */
export async function askWell(
  world: World,
  route: AnyRoute,
  address: string,
  asker: Asker,
  named: { readonly body?: object; readonly query?: object } = {},
): Promise<Answer> {
  const own = route.method === 'GET' ? undefined : inputFor(route, 'body', asker)
  const body = named.body === undefined ? own : { ...(own as object), ...named.body }
  const query = asQuery({ ...(inputFor(route, 'query', asker) as object), ...named.query })
  const url = `${world.server.url}${address}${query === '' ? '' : `?${query}`}`
  if (route.responseKind !== 'bytes') return send(url, route.method, body, asker.headers)
  const response = await fetch(url, {
    method: route.method,
    headers: { ...asker.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

/** The one shape of refusals (api.md 1.10). */
export const isRefusal = ({ status, body }: Answer): boolean =>
  typeof body === 'object' &&
  body !== null &&
  ['detail', 'error', 'message', 'request_id'].every((member) => member in body) &&
  (body as { status?: unknown }).status === status
