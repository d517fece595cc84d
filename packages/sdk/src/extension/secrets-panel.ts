import { reasonOf } from '../clients/transport.ts'
import type { PanelContext } from '../context/types.ts'
import type { JsonObject } from '../values/json.ts'
import type { SecretStatus } from '../values/results.ts'
import type { PanelOptions, SecretSpec } from './declarations.ts'

export const SECRETS_PANEL_ID = 'secrets'
export const SECRETS_PANEL: PanelOptions = { slot: 'right', title: 'Secrets', icon: 'KeyRound', refresh: 'manual' }

/** The panel that every extension has (sdk.md 1.2). It shows states and leads to the host's page; it never reads a value. */
export async function renderSecretsPanel(
  ctx: PanelContext,
  specs: readonly SecretSpec[],
  webhookPaths: readonly string[],
): Promise<JsonObject> {
  const states = new Map((await listStates(ctx, specs)).map((state) => [state.name, state]))
  // Secrets of the app as a whole are shown to whom the platform lists them: its owner.
  const shown = specs.filter(({ name, scope }) => scope === 'user' || states.has(name))
  if (shown.length + webhookPaths.length === 0) {
    return node('Empty', { message: 'This app uses no secrets.', icon: 'KeyRound' })
  }
  const page = `/ext/${ctx.appId}/secrets`
  return stack('v', 3, [
    node('Header', { text: `Secrets of ${ctx.appId}`, level: 2 }),
    node('Text', {
      content: 'Values are stored encrypted and never shown again, not even to you.',
      variant: 'body',
    }),
    ...shown.map((spec) => card(spec, states.get(spec.name), page)),
    node('Link', { label: 'Manage all secrets', on_click: { action: 'navigate', path: page } }),
    ...webhookAddresses(ctx, webhookPaths),
  ])
}

function webhookAddresses(ctx: PanelContext, paths: readonly string[]): JsonObject[] {
  if (paths.length === 0) return []
  const items = paths.map((path) => ({ key: path, value: ctx.webhookUrl(path), copyable: true }))
  return [node('Header', { text: 'Webhook addresses', level: 3 }), node('KeyValue', { items, columns: 1 })]
}

async function listStates(ctx: PanelContext, specs: readonly SecretSpec[]): Promise<readonly SecretStatus[]> {
  if (specs.length === 0) return []
  try {
    return await ctx.secrets.list()
  } catch (error) {
    ctx.log(`secrets panel shows nothing as set: ${reasonOf(error)}`, 'warn')
    return []
  }
}

function card(spec: SecretSpec, state: SecretStatus | undefined, page: string): JsonObject {
  const isSet = state?.isSet === true
  const lastRead = state?.lastAccessedAt ?? null
  return node('Card', {
    title: spec.name,
    subtitle: spec.description,
    content: stack('v', 2, [
      stack('h', 2, badges(spec, isSet)),
      ...(isSet && lastRead !== null ? [caption(`Last read ${dayAndTime(lastRead)}`)] : []),
      ...(spec.writeMode === 'extension' ? [caption('Only the app itself writes this value.')] : []),
      ...(spec.scope === 'app' ? [caption('One value for all users of the app.')] : []),
      ...(spec.rotationHintDays === undefined ? [] : [caption(`Renew it every ${spec.rotationHintDays} days.`)]),
    ]),
    footer: node('Button', {
      label: isSet ? 'Manage' : 'Set value',
      variant: isSet ? 'secondary' : 'primary',
      disabled: false,
      size: 'sm',
      on_click: { action: 'navigate', path: `${page}#${spec.name}` },
    }),
  })
}

function badges(spec: SecretSpec, isSet: boolean): JsonObject[] {
  return [
    node('Badge', { label: isSet ? 'Set' : 'Not set', color: isSet ? 'green' : 'gray' }),
    ...(spec.required ? [node('Badge', { label: 'Required', color: 'gray' })] : []),
  ]
}

const caption = (content: string): JsonObject => node('Text', { content, variant: 'caption' })
const stack = (direction: 'h' | 'v', gap: number, children: JsonObject[]): JsonObject =>
  node('Stack', { direction, gap, children })
const node = (type: string, props: JsonObject): JsonObject => ({ type, props })

/** Unix seconds as `2026-01-31 07:00 UTC`. */
function dayAndTime(seconds: number): string {
  const iso = new Date(seconds * 1000).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}
