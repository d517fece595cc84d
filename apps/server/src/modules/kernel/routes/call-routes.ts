import { type CallResponse, extensions, type JsonObject, type OperateRequest, OperateResult } from '@imperal/contract'
import {
  httpErrors,
  implement,
  type MountedRoute,
  type Principal,
  type RouteRequest,
  reply,
} from '../../../foundation/http/index.ts'
import type { KernelParts } from '../parts.ts'
import type { CallIntent, CallOutcome, Kernel, KernelCaller } from '../types.ts'
import { actingFor } from './acting-for.ts'
import { refusalError, sourceOf } from './call-answer.ts'

const principalOf = (principal: Principal | null): Principal => {
  if (principal === null) throw httpErrors.UNAUTHENTICATED()
  return principal
}

const keyOf = ({ 'idempotency-key': given }: RouteRequest<unknown>['headers']): string | undefined =>
  typeof given === 'string' ? given : undefined

const MOST_AT_ONCE = 8

/** The whole batch is refused only for what is the same for each of its calls; everything else is that item's answer. */
async function runBatch(kernel: Kernel, intents: readonly CallIntent[]): Promise<CallOutcome[]> {
  const outcomes: CallOutcome[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < intents.length; index = next++) {
      const intent = intents[index]
      if (intent !== undefined) outcomes[index] = await kernel.call(intent)
    }
  }
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, intents.length) }, worker))
  return outcomes
}

const WHOLE_BATCH: ReadonlySet<number> = new Set([404, 503])

function batchAnswer(outcomes: readonly CallOutcome[], appId: string): CallResponse[] {
  const first = outcomes[0]?.refusal
  if (
    first !== undefined &&
    WHOLE_BATCH.has(first.status) &&
    outcomes.every((outcome) => outcome.refusal?.status === first.status)
  )
    throw refusalError(first, appId)
  return outcomes.map((outcome) => outcome.response)
}

function operateAnswer(outcome: CallOutcome): OperateResult {
  const { response } = outcome
  if (response.error_code === 'CONFIRMATION_REQUIRED') {
    const { confirmation, ...asked } = response.data as { confirmation: JsonObject } & JsonObject // made by the confirm stage
    if (confirmation.kind === 'money') return OperateResult.parse({ ...asked, kind: 'panel_approval_required' })
    return OperateResult.parse({ ...confirmation, kind: 'confirmation', summary: confirmation.title })
  }
  const { error, ...rest } = response
  // How a question about money ended takes the place of `status` (api.md 3.8).
  const ended =
    response.error_code === 'MONEY_RELEASE_DENIED' ? (response.data as { status?: string }).status : undefined
  const content = {
    ...rest,
    ...(error === null ? {} : { error }),
    ...(ended === undefined ? {} : { status: ended }),
  } as unknown as JsonObject // a CallResponse is JSON
  return { kind: 'tool_result', content }
}

function operateIntent(body: OperateRequest, appId: string, user: KernelCaller): CallIntent {
  return {
    ...user,
    source: 'mcp',
    appId,
    function: body.function,
    params: body.params,
    confirmationBypassed: body.confirmation_bypassed,
  }
}

/** Direct calls (api.md 3.8). */
export function callRoutes(parts: KernelParts, kernel: Kernel): MountedRoute[] {
  return [
    implement(extensions.call, async ({ params, body, principal, headers }) => {
      const caller = principalOf(principal)
      const user = await actingFor(parts, caller, body)
      const outcome = await kernel.call({
        ...user,
        source: sourceOf(caller),
        appId: params.app_id,
        function: body.function,
        params: body.params,
        idempotencyKey: keyOf(headers),
      })
      if (outcome.refusal !== undefined) throw refusalError(outcome.refusal, params.app_id)
      return outcome.promoted?.late === true ? reply(202, outcome.response) : outcome.response
    }),
    implement(extensions.batch, async ({ params, body, principal }) => {
      const caller = principalOf(principal)
      const user = await actingFor(parts, caller, body)
      const source = sourceOf(caller)
      const intents = body.calls.map((call, index) => ({
        ...user,
        ...call,
        source,
        appId: params.app_id,
        partOfBatch: index > 0,
      }))
      return batchAnswer(await runBatch(kernel, intents), params.app_id)
    }),
    implement(extensions.operate, async ({ params, body, principal }) => {
      const user = await actingFor(parts, principalOf(principal), body)
      const outcome = await kernel.call(operateIntent(body, params.app_id, user))
      if (outcome.refusal !== undefined) throw refusalError(outcome.refusal, params.app_id)
      return operateAnswer(outcome)
    }),
    implement(extensions.access, async () => {
      const apps = await parts.registry.liveApps()
      return {
        extensions: apps.map(({ app }) => ({
          app_id: app.appId,
          status: app.status,
          system: app.system,
          access_policy: (app.config.access_policy ?? {}) as JsonObject, // an object when operators set one
        })),
      }
    }),
  ]
}
