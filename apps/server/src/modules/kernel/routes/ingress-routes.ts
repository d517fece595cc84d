import { ingress, type WebhookReply } from '@imperal/contract'
import { implement, type MountedRoute, type RouteRequest, reply } from '../../../foundation/http/index.ts'
import { kernelErrors } from '../errors.ts'
import { readHealth } from '../health/check-health.ts'
import { findWebhook, receiveWebhook } from '../ingress/receive-webhook.ts'
import type { KernelParts } from '../parts.ts'

type WebhookRequest = RouteRequest<typeof ingress.webhookPost>

const wrongMethod = (allowed: string, requestId: string) => {
  const message = `This webhook answers ${allowed} only.`
  return reply(
    405,
    JSON.stringify({ detail: message, error: 'method_not_allowed', message, status: 405, request_id: requestId }),
    { allow: allowed, 'content-type': 'application/json; charset=utf-8' },
  )
}

/** Requests from outside, answered by extensions (api.md 3.20, 7.5), and the last health of an extension. */
export function ingressRoutes(parts: KernelParts): MountedRoute[] {
  const webhook = (method: string) => async (request: WebhookRequest) => {
    const found = await findWebhook(parts, request.params.app_id, request.params['*'])
    if (found === null) throw kernelErrors.WEBHOOK_NOT_FOUND()
    if (found.method !== method) return wrongMethod(found.method, request.requestId)
    const wire: WebhookReply = await receiveWebhook(parts, found, {
      method,
      headers: request.headers,
      query: request.query,
      body: request.raw,
      ip: request.ip,
      requestId: request.requestId,
    })
    return reply(wire.status_code, Buffer.from(wire.body_base64, 'base64url'), wire.headers)
  }
  return [
    implement(ingress.webhookGet, webhook('GET')),
    implement(ingress.webhookPost, webhook('POST')),
    implement(ingress.webhookPut, webhook('PUT')),
    implement(ingress.webhookDelete, webhook('DELETE')),
    implement(ingress.health, async ({ user, params }) => {
      if ((await parts.registry.resolve(user, params.app_id)) === null)
        throw kernelErrors.APP_NOT_FOUND({ appId: params.app_id })
      return readHealth(parts, params.app_id)
    }),
  ]
}
