import { type CallResponse, confirmations, keyOpens, keyScopeOf } from '@imperal/contract'
import type { CallToolResult, ElicitRequestFormParams, ElicitResult } from '@modelcontextprotocol/sdk/types.js'
import type { CallOutcome, CatalogFunction, ConfirmationCard, Kernel, KernelCaller } from '../kernel/index.ts'

export interface ToolCall {
  readonly caller: KernelCaller
  readonly fn: CatalogFunction
  readonly params: Record<string, unknown>
  readonly signal: AbortSignal
  /** Shows a form to the person at the client, on the stream of the call; null: the client cannot show one. */
  readonly ask: ((form: ElicitRequestFormParams, timeoutMs: number) => Promise<ElicitResult | null>) | null
}

export interface CallParts {
  readonly kernel: Pick<Kernel, 'call' | 'decide'>
  readonly publicUrl: string
}

const said = (text: string, isError: boolean): CallToolResult => ({ content: [{ type: 'text', text }], isError })

/** The answer of a function for a model: its sentence, and its data as JSON. */
function resultOf(response: CallResponse): CallToolResult {
  const isError = response.status === 'error'
  const { summary, data, error, error_code: code, trace_id: trace } = response
  const sentence = isError ? (error ?? 'The call failed.') : (summary ?? '')
  const json = data === null || data === undefined ? '' : JSON.stringify(data)
  return {
    content: [sentence, json === '{}' ? '' : json]
      .filter((text) => text !== '')
      .map((text) => ({ type: 'text' as const, text })),
    structuredContent: {
      status: response.status,
      summary,
      data: data ?? null,
      ...(isError ? { error, ...(code === undefined ? {} : { error_code: code }) } : {}),
      ...(trace === undefined ? {} : { trace_id: trace }),
    },
    isError,
  }
}

function cardOf(outcome: CallOutcome): ConfirmationCard | null {
  if (outcome.response.error_code !== 'CONFIRMATION_REQUIRED') return null
  return (outcome.response.data as { confirmation: ConfirmationCard }).confirmation // made by the confirm stage
}

/** Whoever answers a question decides like on `POST /v1/confirmations/{id}/confirm`: a narrowed credential needs its scope. */
function mayDecide({ limitedTo }: KernelCaller): boolean {
  const scope = keyScopeOf(confirmations.confirm)
  return limitedTo === undefined || (scope !== null && keyOpens(limitedTo, scope))
}

const valuesOf = (card: ConfirmationCard): string =>
  card.items.map((item) => JSON.stringify(item.args_masked ?? item)).join('\n')

/** Asks the person at the client. Null: there was no answer, and the card waits on in the panel. */
async function decisionOf(
  ask: NonNullable<ToolCall['ask']>,
  card: ConfirmationCard,
): Promise<'confirm' | 'cancel' | null> {
  const answer = await ask(
    {
      mode: 'form',
      message: [card.title, card.message, valuesOf(card)].filter((text) => text !== '').join('\n\n'),
      requestedSchema: {
        type: 'object',
        properties: {
          approve: {
            type: 'boolean',
            title: 'Run this now',
            description: 'It runs once, with exactly these values.',
            default: false,
          },
        },
        required: ['approve'],
      },
    },
    Math.max(1_000, Date.parse(card.expires_at) - Date.now()),
  )
  if (answer === null || answer.action === 'cancel') return null
  return answer.action === 'accept' && answer.content?.approve === true ? 'confirm' : 'cancel'
}

/** Runs a function for an MCP client, through the corridor like every other call. */
export async function callTool(parts: CallParts, call: ToolCall): Promise<CallToolResult> {
  const { caller, fn, params, signal, ask } = call
  const outcome = await parts.kernel.call({
    ...caller,
    source: 'mcp',
    appId: fn.appId,
    function: fn.name,
    params: params as never, // JSON: it came as a message of the protocol
    signal,
  })
  if (outcome.refusal !== undefined) return said(outcome.refusal.message, true)
  const card = cardOf(outcome)
  if (card === null) return resultOf(outcome.response)
  // Money is released at the panel alone, whatever the client can show (kernel 3.5.5).
  const isMoney = card.kind === 'money'
  const decision = ask !== null && mayDecide(caller) && !isMoney ? await decisionOf(ask, card) : null
  if (decision === null) {
    const where = `${parts.publicUrl}/?confirmation=${card.confirmation_id}`
    const after = isMoney
      ? 'call it again after that, with the same arguments'
      : 'it runs there then. Do not call it again'
    return said(`${card.title} A person has to approve it first, at ${where} — ${after}.`, true)
  }
  const { results } = await parts.kernel.decide(caller, card.confirmation_id, decision, 'mcp')
  if (decision === 'cancel') return said('The person declined. Nothing was done.', true)
  const [first] = results
  return first === undefined ? said('Nothing was done.', true) : resultOf(first)
}
