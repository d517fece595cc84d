import type { HandlerKind } from '@imperal/contract/host-protocol'
import { ContextUnavailable } from '../errors.ts'
import { type JsonObject, type JsonValue, toJson } from '../values/json.ts'
import { reasonOf, type Transport } from './transport.ts'

export interface NotifyOptions {
  priority?: 'low' | 'normal' | 'high' | 'urgent'
  channel?: 'in_app' | 'email' | 'telegram' | (string & {})
  subject?: string
  body?: string
  [extra: string]: JsonValue | undefined
}

/** Notifications. A failed delivery is logged, never thrown. */
export interface NotifyClient {
  (message: string, options?: NotifyOptions): Promise<void>
  send(message: string, options?: NotifyOptions): Promise<void>
  push(options: { title: string; body: string } & NotifyOptions): Promise<void>
}

/** The notifications of webhooks. */
export interface WebhookNotifyClient extends NotifyClient {
  forUser(userId: string): NotifyClient
}

export interface NotifyScope {
  readonly kind: HandlerKind
  readonly mayActForUsers: boolean
}

export function createNotify(transport: Transport, scope: NotifyScope): WebhookNotifyClient {
  const deliver = async (message: string, options: NotifyOptions): Promise<void> => {
    const body = { ...(toJson(options, 'options') as JsonObject), message }
    try {
      await transport.call('notify', 'send', body)
    } catch (error) {
      transport.log('warn', `notification not delivered: ${reasonOf(error)}`)
    }
  }
  const notify = (message: string, options: NotifyOptions = {}) => deliver(message, options)
  return Object.assign(notify, {
    send: (message: string, options: NotifyOptions = {}) => deliver(message, { channel: 'in_app', ...options }),
    push: ({ title, body, ...rest }: { title: string; body: string } & NotifyOptions) =>
      deliver(title, { ...rest, title, subject: title, body }),
    forUser: (userId: string) => {
      if (!scope.mayActForUsers) throw new ContextUnavailable('notify.forUser', scope.kind)
      return createNotify(transport.forUser(userId), { ...scope, mayActForUsers: false })
    },
  })
}
