import { isBelow } from '../../hosts/index.ts'
import type { KernelParts } from '../parts.ts'
import type { CallSource } from '../types.ts'
import {
  type AppInUse,
  type AvailableCall,
  type Pass,
  type ReceivedCall,
  type Refusal,
  type RefusedCall,
  refuse,
} from './stages.ts'

/** Sources that reach an app whether or not the acting identity has it installed: they have no user, or run around the install. */
const BEYOND_INSTALLS: ReadonlySet<CallSource> = new Set(['schedule', 'signal', 'webhook', 'health', 'lifecycle'])

async function appInUse(parts: KernelParts, { actor, intent }: Pass): Promise<AppInUse | null> {
  const user = { tenantId: actor.tenantId, userId: actor.userId }
  if (!BEYOND_INSTALLS.has(intent.source)) return parts.registry.resolve(user, intent.appId)
  const [app, version] = await Promise.all([parts.registry.app(intent.appId), parts.registry.liveVersion(intent.appId)])
  return app === null || version === null ? null : { app, version, install: null }
}

/** Doors through which people use an app themselves. */
const BY_PEOPLE: ReadonlySet<CallSource> = new Set(['chat', 'panel', 'api', 'mcp'])

/** An upgrade that was held up is tried again when the app is used (7.3). The call does not wait for it. */
function noticeUse(parts: KernelParts, { actor, intent }: Pass, { install }: AppInUse): void {
  if (install?.needsAttention !== true || !BY_PEOPLE.has(intent.source)) return
  const user = { tenantId: actor.tenantId, userId: actor.userId }
  parts.registry.hooks
    .retryUpgrade(user, intent.appId)
    .catch((error) => parts.log.warn({ err: error, app: intent.appId }, 'a held upgrade was not taken up'))
}

/** Whether this machine keeps apps of others apart as strictly as the operator wants. */
export const mayRunHere = (parts: KernelParts, { app }: Pick<AppInUse, 'app'>): boolean =>
  app.firstParty || !isBelow(parts.hosts.isolation().level, parts.settings.minimumIsolation)

function whyNot(parts: KernelParts, use: AppInUse | null, pass: Pass): Refusal | null {
  const missing: Refusal = {
    ledger: 'none',
    code: 'UNKNOWN_TOOL',
    message: `There is no app ${pass.intent.appId} for you here.`,
    http: { status: 404 },
  }
  if (use === null) return missing
  const denied = (message: string): Refusal => ({
    ledger: 'denied',
    code: 'PERMISSION_DENIED',
    message,
    http: { status: 403 },
  })
  if (use.app.status === 'suspended') return denied(`The app ${use.app.name} is suspended.`)
  if (!mayRunHere(parts, use)) {
    const { level } = parts.hosts.isolation()
    return denied(`${use.app.name} may not run here: this machine isolates apps at the level ${level} only.`)
  }
  if (BEYOND_INSTALLS.has(pass.intent.source)) return null
  if (use.install === null && !use.app.system) return missing
  if (use.install?.isDisabled) return denied(`The app ${use.app.name} is switched off for you.`)
  return null
}

/** G3: the app is live, installed and enabled for the user, and has a handler of that name for callers of that kind. */
export async function checkAvailability(parts: KernelParts, call: ReceivedCall): Promise<AvailableCall | RefusedCall> {
  const { pass } = call
  const use = await appInUse(parts, pass)
  const refusal = whyNot(parts, use, pass)
  if (refusal !== null || use === null) return { ...refuse(call, refusal as Refusal), use } // `use` is null only with a refusal
  const table = parts.handlerTable(use.version)
  const handler = table.find(pass.intent.source, pass.intent.function)
  if (handler !== null) {
    noticeUse(parts, pass, use)
    return { stage: 'available', pass, use, handler } as AvailableCall // the only place that may say so
  }
  const known = table.functions.map((entry) => entry.functionName)
  return {
    ...refuse(call, {
      ledger: 'validation_rejected',
      code: 'UNKNOWN_SUB_FUNCTION',
      message: `${use.app.name} has no function ${pass.intent.function}.`,
      data: { available: known.slice(0, 50) },
    }),
    use,
  }
}
