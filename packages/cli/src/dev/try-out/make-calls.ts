import type { Client } from '@imperal/client'
import { auth, type CallResponse, confirmations, extensions, type JsonObject } from '@imperal/contract'
import * as z from 'zod'
import { CliFailure } from '../../failure.ts'
import type { TryAnswer } from './wire.ts'

export const CallRequest = z.object({ function: z.string().min(1), params: z.record(z.string(), z.json()) })
export const DecideRequest = z.object({ confirmation_id: z.string().min(1), decision: z.enum(['confirm', 'cancel']) })

/** Calls in the name of whoever is signed in at the command line; the page never sees the token. */
export interface Caller {
  call(appId: string, request: z.output<typeof CallRequest>): Promise<TryAnswer>
  decide(request: z.output<typeof DecideRequest>): Promise<TryAnswer>
}

async function timed(work: () => Promise<CallResponse>): Promise<TryAnswer> {
  const started = performance.now()
  const response = await work()
  return { response, milliseconds: Math.round(performance.now() - started) }
}

const declined: CallResponse = {
  status: 'error',
  data: {},
  summary: null,
  error: 'You declined; nothing was run.',
  ui: null,
}

export function createCaller(client: Client): Caller {
  let user: Promise<{ user_id: string; tenant_id: string }> | undefined
  const me = () =>
    (user ??= client.send(auth.me).then(
      ({ imperal_id, tenant_id }) => ({ user_id: imperal_id, tenant_id }),
      (error: unknown) => {
        user = undefined
        throw error
      },
    ))
  return {
    call: (appId, { function: name, params }) =>
      timed(async () => {
        const body = { ...(await me()), function: name, params: params as JsonObject }
        return client.send(extensions.call, { params: { app_id: appId }, body })
      }),
    decide: ({ confirmation_id, decision }) =>
      timed(async () => {
        const params = { confirmation_id }
        if (decision === 'cancel') {
          await client.send(confirmations.cancel, { params, body: {} })
          return declined
        }
        const { results } = await client.send(confirmations.confirm, { params, body: {} })
        const [response] = results
        if (response === undefined) throw new CliFailure('The platform confirmed it and gave no result.')
        return response
      }),
  }
}
