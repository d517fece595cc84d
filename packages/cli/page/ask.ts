import type { CallResponse, JsonObject } from '@imperal/contract'
import type { TryAnswer } from '../src/dev/try-out/wire.ts'

const failed = (error: string): TryAnswer => ({
  response: { status: 'error', data: {}, summary: null, error, ui: null },
  milliseconds: 0,
})

async function post(path: string, body: object): Promise<TryAnswer> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const content = (await answer.json()) as TryAnswer & { error?: string }
    return answer.ok ? content : failed(content.error ?? `The command line answered ${answer.status}.`)
  } catch {
    return failed('`imperal dev` does not answer. Is it still running?')
  }
}

/** Runs a function of the app that is live. */
export const call = (name: string, params: JsonObject): Promise<TryAnswer> => post('/call', { function: name, params })

/** Answers what a destructive function asked. */
export const decide = (id: string, decision: 'confirm' | 'cancel'): Promise<TryAnswer> =>
  post('/decide', { confirmation_id: id, decision })

/** Id of the question that an answer stopped for; null for every other answer. */
export function questionOf({ error_code, data }: CallResponse): string | null {
  if (error_code !== 'CONFIRMATION_REQUIRED') return null
  const { confirmation } = (data ?? {}) as { confirmation?: { confirmation_id?: string } }
  return confirmation?.confirmation_id ?? null
}
