import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the service behaves: `well`, or as one that is in trouble. */
export type Mood = 'well' | 'sealed' | 'slow' | 'forbidden' | 'other-key' | 'nonsense' | 'endless' | 'redirect'

export interface KeyService {
  /** Address of the transit mount. */
  readonly url: string
  readonly token: string
  mood: Mood
  /** Paths of the requests so far, without the mount. */
  readonly asked: string[]
  /** Versions of the key, oldest first. */
  readonly versions: readonly Buffer[]
  /** The port refuses connections until `comeBack`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

const TOKEN = 'hvs.token-of-the-tests'
const MOUNT = '/v1/transit'

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text === '' ? {} : JSON.parse(text)
}

/** A key service that speaks the protocol of a transit engine: encrypt, decrypt, rotate and facts of one key. */
export async function startKeyService(): Promise<KeyService> {
  const versions = [randomBytes(32)]
  const asked: string[] = []
  const state = { mood: 'well' as Mood }
  const seal = (plaintext: string): string => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', versions.at(-1) as Buffer, nonce)
    const sealed = Buffer.concat([cipher.update(plaintext, 'base64'), cipher.final(), cipher.getAuthTag()])
    return `vault:v${versions.length}:${Buffer.concat([nonce, sealed]).toString('base64')}`
  }
  const open = (ciphertext: string): string => {
    const [, version = '', text = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? []
    const bytes = Buffer.from(text, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', versions[Number(version) - 1] as Buffer, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('base64')
  }
  const work: Record<string, (body: Record<string, string>) => object> = {
    'POST /encrypt/imperal': ({ plaintext = '' }) => ({ ciphertext: seal(plaintext), key_version: versions.length }),
    'POST /decrypt/imperal': ({ ciphertext = '' }) =>
      state.mood === 'other-key' ? { plaintext: randomBytes(64).toString('base64') } : { plaintext: open(ciphertext) },
    'POST /keys/imperal/rotate': () => {
      versions.push(randomBytes(32))
      return { latest_version: versions.length }
    },
    'GET /keys/imperal': () => ({ latest_version: versions.length, type: 'aes256-gcm96' }),
  }
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(MOUNT, '')
    asked.push(path)
    const body = await bodyOf(request)
    const say = (status: number, value: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (request.headers['x-vault-token'] !== TOKEN) return say(403, { errors: ['permission denied'] })
    const found = work[`${request.method} ${path}`]
    switch (state.mood) {
      case 'sealed':
        return say(503, { errors: ['Vault is sealed'] })
      case 'forbidden':
        return say(403, { errors: ['permission denied'] })
      case 'slow':
        return // never answers
      case 'nonsense':
        return void response.writeHead(200).end('<html>a captive portal</html>')
      case 'redirect':
        return void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end()
      case 'endless': {
        response.writeHead(200)
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(16_384)));
        }
        response.on('drain', more)
        return more()
      }
      default:
        return found === undefined ? say(404, { errors: [] }) : say(200, { data: found(body) })
    }
  }
  let server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const goAway = async () => {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${port}${MOUNT}`,
    token: TOKEN,
    get mood() {
      return state.mood
    },
    set mood(mood) {
      state.mood = mood
    },
    asked,
    versions,
    goAway,
    async comeBack() {
      server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    close: goAway,
  }
}
