import { ActionCreateRequest, serviceTalk as routes } from '@imperal/contract'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import { newTraceId } from '../../foundation/ids.ts'
import { recordAction } from '../kernel/index.ts'
import { servicesErrors } from './errors.ts'
import { type Subject, scopeOf, subjectOf, writerOf } from './subject.ts'
import type { ServiceParts } from './types.ts'

const LONGEST_BYTES = 65_536
// The mark that the SDK appends to a cut text does not count (api 1.17).
const MARK = '…(truncated)'
const KNOWN = new Set('user_id message channel extension_id title subject body priority link'.split(' '))

/** @throws SERVICES_NOT_INSTALLED unless the user has the app installed, and not switched off */
async function requireInstalled(parts: ServiceParts, user: Subject, appId: string): Promise<string> {
  const use = await parts.registry.resolve(user, appId)
  const has = use !== null && (use.app.system || use.install !== null) && use.install?.isDisabled !== true
  if (!has) throw servicesErrors.NOT_INSTALLED()
  return use.app.name
}

function notifyRoute(parts: ServiceParts): MountedRoute {
  return implement(routes.notify, async ({ body, principal, headers }) => {
    const appId = body.extension_id === '' ? undefined : body.extension_id
    const user = await subjectOf(parts, { principal, headers, userId: body.user_id, appId })
    const name = appId === undefined ? null : await requireInstalled(parts, user, appId)
    const sent = await parts.notifications.notify(writerOf(parts, user.tenantId), {
      ...user,
      appId: appId ?? null,
      title: body.title || body.subject || name || 'Imperal',
      body: body.body || body.message,
      message: body.message,
      priority: body.priority,
      channel: body.channel,
      link: body.link || null,
      extra: JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(body).filter(([key]) => !KNOWN.has(key))))),
    })
    return sent === null
      ? { notification_id: null, status: 'suppressed' as const, channels: [] }
      : { notification_id: sent.id, status: 'queued' as const, channels: [...sent.channels] }
  })
}

function injectRoute(parts: ServiceParts): MountedRoute {
  return implement(routes.inject, async ({ body, principal, headers }) => {
    if (principal?.userId == null) throw servicesErrors.USER_NEEDED()
    const scope = await scopeOf(parts, { principal, headers, userId: body.user_id, appId: body.ext_id })
    await requireInstalled(parts, scope, scope.appId)
    const { text } = body
    if (Buffer.byteLength(text.endsWith(MARK) ? text.slice(0, -MARK.length) : text) > LONGEST_BYTES)
      throw servicesErrors.TEXT_TOO_LONG()
    const said = await parts.deliver(scope, 'default', {
      text,
      type: body.msg_type,
      status: 'done',
      appId: scope.appId,
    })
    // One row for each (I-LONGRUN-CHAT-INJECT-AUDIT-EVERY), with the length in place of the words.
    const action = ActionCreateRequest.parse({
      ...{ trace_id: newTraceId(), user_id: scope.userId, tenant_id: scope.tenantId, app_id: scope.appId },
      ...{ tool_name: 'chat.inject', action_type: 'write', status: 'completed' },
      args_masked: { characters: text.length, msg_type: body.msg_type, message_id: said.message_id },
    })
    await recordAction(parts, { ...scope, agencyId: principal.agencyId }, action)
    if (body.refresh_panels != null)
      await parts.outbox.send({
        tenantId: scope.tenantId,
        userId: scope.userId,
        type: 'panel_refresh',
        payload: { app_id: scope.appId, panels: [...body.refresh_panels] },
      })
    return { message_id: said.message_id, delivered: true as const }
  })
}

function surfacesRoute(parts: ServiceParts): MountedRoute {
  return implement(routes.surfaces, async ({ params, principal, headers }) => {
    const user = await subjectOf(parts, { principal, headers, userId: params.user_id })
    const [actor, settings] = await Promise.all([
      parts.identity.findUser(user.userId),
      parts.identity.settings(user.tenantId, user.userId),
    ])
    const isHere = parts.outbox
      .connected()
      .some(({ tenantId, userId }) => tenantId === user.tenantId && userId === user.userId)
    const { enabled = true, default: usual = ['bell'] } = settings.notifications
    const mailed = enabled && usual.includes('email')
    return {
      surfaces: [
        { id: 'panel', kind: 'panel' as const, label: 'Web panel', connected: isHere },
        ...(actor?.email ? [{ id: 'email', kind: 'email' as const, label: actor.email, connected: mailed }] : []),
      ],
    }
  })
}

/** Names that clients send when nobody chose a model. */
const UNCHOSEN = new Set(['', 'gpt-4o-mini', 'default'])

function completeRoute(parts: ServiceParts): MountedRoute {
  return implement(routes.complete, async ({ body, principal, headers, signal }) => {
    const appId = body.extension_id === '' ? undefined : body.extension_id
    const named = { principal, headers, tenantId: body.tenant_id, userId: body.user_id }
    const user = appId === undefined ? await subjectOf(parts, named) : await scopeOf(parts, { ...named, appId })
    const { prompt, messages } = body
    if ((prompt === undefined) === (messages == null)) throw servicesErrors.PROMPT_OR_MESSAGES()
    const words = messages ?? [{ role: 'user' as const, content: prompt ?? '' }]
    const answer = await parts.llm.complete({
      purpose: 'execution',
      tenantId: user.tenantId,
      userId: user.userId,
      appId: appId ?? null,
      messages: words.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
      system: [body.system, ...words.filter(({ role }) => role === 'system').map(({ content }) => content)]
        .filter((text) => text !== '')
        .join('\n\n'),
      model: UNCHOSEN.has(body.model) ? undefined : body.model,
      maxTokens: body.max_tokens,
      temperature: body.temperature,
      signal,
    })
    return {
      text: answer.text,
      model: answer.model,
      tokens_used: answer.usage.total_tokens,
      usage: { ...answer.usage },
      stop_reason: answer.stopReason,
    }
  })
}

/** What services say to people and ask of models for them (api.md 3.21, 3.25, 3.26). */
export const talkRoutes = (parts: ServiceParts): MountedRoute[] => [
  notifyRoute(parts),
  injectRoute(parts),
  surfacesRoute(parts),
  completeRoute(parts),
]
