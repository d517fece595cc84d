import { randomInt } from 'node:crypto'
import type { DeviceRequest, TokenResponse } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { type Caller, type IdentityContext, MINUTE, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { newDeviceMail } from './mails.ts'
import { audit } from './records.ts'
import { CHALLENGE, hashOf, provesChallenge, randomToken } from './secret-hash.ts'
import { DEVICE_SECONDS, startSession, tokenResponse } from './sessions.ts'
import type { DeviceLoginTable } from './tables.ts'

export const DEVICE_LIFE_S = 600
const POLL_S = 5
const WRONG_VERIFIERS = 5
// No vowels, so that no words appear; nothing that looks like something else.
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ23456789'
const GUESS = { purpose: 'device_code', limit: 10, windowMs: MINUTE, doubling: false } as const

type Device = DeviceLoginTable
type Panel = Principal & { readonly userId: string }

function newUserCode(): string {
  const text = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return `${text.slice(0, 4)}-${text.slice(4)}`
}

/** As people type it: any case, with or without the hyphen. */
export function normalizeUserCode(typed: string): string {
  const text = typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  return `${text.slice(0, 4)}-${text.slice(4)}`
}

/** Begins the sign-in of a device (RFC 8628 with PKCE). @throws IDENTITY_BAD_CHALLENGE */
export async function authorizeDevice(
  context: IdentityContext,
  request: {
    readonly challenge: string
    readonly method: string
    readonly clientName?: string | undefined
    readonly surface?: string | undefined
  },
  caller: Caller,
): Promise<{ deviceCode: string; userCode: string }> {
  if (request.method !== 'S256' || !CHALLENGE.test(request.challenge)) throw identityErrors.BAD_CHALLENGE()
  const deviceCode = randomToken()
  const userCode = newUserCode()
  await context.db.everyTenant((tx) =>
    tx
      .insertInto('identity.device_login')
      .values({
        device_hash: hashOf(deviceCode),
        user_code: userCode,
        code_challenge: request.challenge,
        client_name: request.clientName || 'A terminal',
        surface: request.surface || 'terminal',
        ip_address: caller.ip,
        user_agent: caller.userAgent?.slice(0, 400) ?? null,
        status: 'pending',
        poll_seconds: POLL_S,
        polled_at: null,
        wrong_verifiers: 0,
        tenant_id: null,
        user_id: null,
        label: null,
        created_at: moment(context),
        expires_at: moment(context, DEVICE_LIFE_S * 1000),
      })
      .execute(),
  )
  return { deviceCode, userCode }
}

const isOver = (context: IdentityContext, device: Device): boolean => device.expires_at.getTime() <= context.clock.now()

async function lookUp(context: IdentityContext, user: Panel, typed: string): Promise<Device> {
  const subject = `${user.tenantId}\n${user.userId}`
  await context.attempts.check(GUESS, subject)
  const device = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.device_login')
      .selectAll()
      .where('user_code', '=', normalizeUserCode(typed))
      .executeTakeFirst(),
  )
  // What somebody else decided is nobody's business but theirs.
  const visible = device && (device.status === 'pending' || device.user_id === user.userId)
  if (visible) return device
  await context.attempts.take(GUESS, subject)
  throw identityErrors.DEVICE_NOT_FOUND()
}

/** What the approval page shows. @throws IDENTITY_DEVICE_NOT_FOUND, IDENTITY_TOO_MANY_ATTEMPTS */
export async function showDevice(context: IdentityContext, user: Panel, typed: string): Promise<DeviceRequest> {
  const device = await lookUp(context, user, typed)
  const open = device.status === 'pending' || device.status === 'approved'
  return {
    user_code: device.user_code,
    client_name: device.client_name,
    surface: device.surface,
    ip_address: device.ip_address,
    created_at: device.created_at.toISOString(),
    expires_at: device.expires_at.toISOString(),
    status: device.status === 'dead' || (open && isOver(context, device)) ? 'expired' : device.status,
  }
}

interface Decision {
  readonly typed: string
  readonly verdict: 'approved' | 'denied'
  readonly label?: string | undefined
}

/** Of ten decisions at once one counts. @throws IDENTITY_DEVICE_NOT_FOUND, IDENTITY_DEVICE_DECIDED, IDENTITY_DEVICE_EXPIRED */
export async function decideDevice(
  context: IdentityContext,
  user: Panel,
  decision: Decision & { readonly caller: Caller },
): Promise<void> {
  const { verdict, caller } = decision
  const device = await lookUp(context, user, decision.typed)
  if (device.status !== 'pending') throw identityErrors.DEVICE_DECIDED({ state: device.status, action: verdict })
  if (isOver(context, device)) throw identityErrors.DEVICE_EXPIRED()
  const { tenantId, userId } = user
  await context.db.everyTenant(async (tx) => {
    const decided = await tx
      .updateTable('identity.device_login')
      .set({ status: verdict, tenant_id: tenantId, user_id: userId, label: decision.label || null })
      .where('device_hash', '=', device.device_hash)
      .where('status', '=', 'pending')
      .returning('user_code')
      .executeTakeFirst()
    if (!decided) throw identityErrors.DEVICE_DECIDED({ state: 'decided', action: verdict })
    const metadata = { client: device.client_name, surface: device.surface }
    await audit(context, tx, { tenantId, userId, action: `auth.device_${verdict}`, metadata, caller })
  })
  if (verdict === 'approved' && user.email !== null) {
    const values = { firstName: '', client: device.client_name, ip: device.ip_address }
    context.post.post(newDeviceMail(context.policy.publicUrl, user.email, { ...values, userId: user.userId }))
  }
}

type Poll =
  | { readonly kind: 'waiting'; readonly error: 'authorization_pending' | 'slow_down' }
  | { readonly kind: 'refused'; readonly error: 'DEVICE_DENIED' | 'DEVICE_CODE_EXPIRED' | 'DEVICE_GRANT_INVALID' }
  | { readonly kind: 'tokens'; readonly response: TokenResponse }

const refusedBecause = (error: Extract<Poll, { kind: 'refused' }>['error']): Poll => ({ kind: 'refused', error })

function update(tx: Tx, device: Device, values: Partial<Device>) {
  return tx.updateTable('identity.device_login').set(values).where('device_hash', '=', device.device_hash).execute()
}

async function waiting(context: IdentityContext, tx: Tx, device: Device): Promise<Poll> {
  const now = context.clock.now()
  const early = device.polled_at !== null && now - device.polled_at.getTime() < device.poll_seconds * 1000
  await update(tx, device, {
    polled_at: moment(context),
    ...(early ? { poll_seconds: device.poll_seconds + POLL_S } : {}),
  })
  return { kind: 'waiting', error: early ? 'slow_down' : 'authorization_pending' }
}

async function wrongVerifier(tx: Tx, device: Device): Promise<Poll> {
  const wrong = device.wrong_verifiers + 1
  await update(tx, device, { wrong_verifiers: wrong, ...(wrong >= WRONG_VERIFIERS ? { status: 'dead' } : {}) })
  return refusedBecause('DEVICE_GRANT_INVALID')
}

async function consume(context: IdentityContext, tx: Tx, device: Device, caller: Caller): Promise<Poll> {
  if (device.user_id === null) return refusedBecause('DEVICE_GRANT_INVALID')
  const { pair } = await startSession(context, tx, {
    userId: device.user_id,
    kind: {
      surface: device.surface,
      label: device.label ?? device.client_name,
      tokenUse: 'cli',
      accessSeconds: DEVICE_SECONDS,
    },
    caller,
  })
  await update(tx, device, { status: 'consumed' })
  return { kind: 'tokens', response: tokenResponse(context, pair) }
}

/**
 * One poll of a waiting device. The code works once: of ten polls at once after the approval one gets tokens.
 * @throws IDENTITY_DEVICE_DENIED, IDENTITY_DEVICE_CODE_EXPIRED, IDENTITY_DEVICE_GRANT_INVALID
 */
export async function pollDevice(
  context: IdentityContext,
  given: { readonly deviceCode: string; readonly verifier: string },
  caller: Caller,
): Promise<TokenResponse | { error: 'authorization_pending' | 'slow_down' }> {
  const poll = await context.db.everyTenant(async (tx): Promise<Poll> => {
    const device = await tx
      .selectFrom('identity.device_login')
      .selectAll()
      .where('device_hash', '=', hashOf(given.deviceCode))
      .forUpdate()
      .executeTakeFirst()
    if (!device || device.status === 'consumed' || device.status === 'dead')
      return refusedBecause('DEVICE_GRANT_INVALID')
    if (device.status === 'denied') return refusedBecause('DEVICE_DENIED')
    if (isOver(context, device)) return refusedBecause('DEVICE_CODE_EXPIRED')
    if (device.status === 'pending') return waiting(context, tx, device)
    if (!provesChallenge(given.verifier, device.code_challenge)) return wrongVerifier(tx, device)
    return consume(context, tx, device, caller)
  })
  if (poll.kind === 'refused') throw identityErrors[poll.error]()
  return poll.kind === 'tokens' ? poll.response : { error: poll.error }
}
