import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { KEY_BYTES } from './cipher.ts'
import { keysErrors } from './errors.ts'
import type { KeyProvider } from './key-provider.ts'

export interface KeyServiceOptions {
  /** Address of the mount, `https://vault.example.com:8200/v1/transit`. */
  readonly url: string
  /** Name of the key in the service. */
  readonly key: string
  /** Asked before each request, so that a token that an agent renews is used at once. */
  readonly token: () => string
  readonly timeoutMs: number
}

const LONGEST_ANSWER = 64 * 1024
const Encrypted = z.object({ data: z.object({ ciphertext: z.string().regex(/^[a-z]+:v\d{1,9}:\S+$/) }) })
const Decrypted = z.object({ data: z.object({ plaintext: z.base64() }) })
const KeyFacts = z.object({ data: z.object({ latest_version: z.number().int().positive() }) })

const versionOf = (ciphertext: string): number => Number(ciphertext.split(':')[1]?.slice(1))
const digestOf = (context: string): Buffer => createHash('sha256').update(context).digest()

async function readAnswer(answer: Response): Promise<unknown> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > LONGEST_ANSWER) throw keysErrors.SERVICE_UNAVAILABLE({ reason: 'its answer has no end' })
  }
  return text === '' ? {} : JSON.parse(text)
}

// Neither addresses with credentials nor anything of an answer's body goes into a message.
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } }
  if (name === 'TimeoutError') return 'it took too long'
  if (cause?.code !== undefined) return cause.code
  return error instanceof SyntaxError || error instanceof z.ZodError
    ? 'its answer is not what it should be'
    : 'no answer'
}

/**
 * Keys in a service that speaks the HTTP protocol of the transit engine of Vault and OpenBao: they never leave it. What
 * is wrapped carries the digest of its context, which is compared when it comes back, whatever the service checked.
 */
export function openTransitKeys(options: KeyServiceOptions): KeyProvider {
  const base = options.url.replace(/\/+$/, '')
  const name = encodeURIComponent(options.key)
  const idOf = (version: number): string => `transit:${options.key}:v${version}`

  async function ask<S extends z.ZodType>(
    path: string,
    schema: S,
    request: { readonly method: 'GET' | 'POST'; readonly body?: Record<string, unknown> },
  ): Promise<z.output<S>> {
    try {
      const answer = await fetch(`${base}/${path}`, {
        method: request.method,
        headers: { 'x-vault-token': options.token(), 'x-vault-request': 'true', 'content-type': 'application/json' },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: AbortSignal.timeout(options.timeoutMs),
        // A token is for one address only.
        redirect: 'error',
      })
      if (!answer.ok) {
        await answer.body?.cancel()
        throw keysErrors.SERVICE_UNAVAILABLE({ reason: `it answered ${answer.status}` })
      }
      return schema.parse(await readAnswer(answer))
    } catch (error) {
      if ((error as { code?: unknown }).code === 'KEYS_SERVICE_UNAVAILABLE') throw error
      throw keysErrors.SERVICE_UNAVAILABLE({ reason: reasonOf(error) }, error)
    }
  }

  const currentKeyId = async (): Promise<string> => {
    const { data } = await ask(`keys/${name}`, KeyFacts, { method: 'GET' })
    return idOf(data.latest_version)
  }

  return {
    scheme: 'transit',
    currentKeyId,
    async wrap(dataKey, context) {
      const plaintext = Buffer.concat([dataKey, digestOf(context)]).toString('base64')
      const { data } = await ask(`encrypt/${name}`, Encrypted, { method: 'POST', body: { plaintext } })
      return { wrapped: data.ciphertext, wrappedBy: idOf(versionOf(data.ciphertext)) }
    },
    async unwrap({ wrapped, wrappedBy }, context) {
      if (!wrappedBy.startsWith(`transit:${options.key}:`)) throw keysErrors.FOREIGN({ keyId: wrappedBy })
      const { data } = await ask(`decrypt/${name}`, Decrypted, { method: 'POST', body: { ciphertext: wrapped } })
      const plain = Buffer.from(data.plaintext, 'base64')
      const isOurs = plain.length === KEY_BYTES + 32 && timingSafeEqual(plain.subarray(KEY_BYTES), digestOf(context))
      if (!isOurs) throw keysErrors.SERVICE_UNAVAILABLE({ reason: 'it gave back another key than it was given' })
      return plain.subarray(0, KEY_BYTES)
    },
    async rotate() {
      await ask(`keys/${name}/rotate`, z.unknown(), { method: 'POST', body: {} })
      return currentKeyId()
    },
  }
}
