import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A local service that speaks the protocol of S3 and refuses whatever is not signed as version 4 wants it. */
export interface S3Server {
  readonly bucketUrl: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Contents by key. */
  readonly objects: ReadonlyMap<string, { content: Buffer; at: Date }>
  /** Requests that were refused, with the reason. */
  readonly refused: string[]
  /** Makes a content look older. */
  age(key: string, milliseconds: number): void
  /** Answers 503 to everything until it is told otherwise. */
  isDown: boolean
  close(): Promise<void>
}

const REGION = 'eu-test-1'
const BUCKET = 'files'
const KEYS = { id: 'AKIATESTTESTTEST', secret: 'a secret that signs and never travels' }

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const escapeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

function signatureOf(
  request: IncomingMessage,
  url: URL,
  parts: { scope: string; signed: string; date: string },
): string {
  const query = [...url.searchParams]
    .map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`)
    .sort()
    .join('&')
  const names = parts.signed.split(';')
  const headers = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('')
  const canonical = [
    request.method,
    url.pathname,
    query,
    headers,
    parts.signed,
    String(request.headers['x-amz-content-sha256']),
  ].join('\n')
  const [day = '', region = '', service = ''] = parts.scope.split('/')
  const key = hmac(hmac(hmac(hmac(`AWS4${KEYS.secret}`, day), region), service), 'aws4_request')
  return hmac(key, ['AWS4-HMAC-SHA256', parts.date, parts.scope, sha256(canonical)].join('\n')).toString('hex')
}

/** Null when the request is signed by our key, for this content and this moment; else what is wrong. */
function whatIsWrong(request: IncomingMessage, url: URL, body: Buffer): string | null {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    )
  if (match === null) return 'not signed'
  const [, id = '', scope = '', signed = '', signature = ''] = match
  const date = String(request.headers['x-amz-date'])
  if (id !== KEYS.id || scope !== `${date.slice(0, 8)}/${REGION}/s3/aws4_request`) return 'signed for something else'
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (Math.abs(Date.now() - at) > 900_000) return 'signed too long ago'
  if (!['host', 'x-amz-date', 'x-amz-content-sha256'].every((name) => signed.split(';').includes(name)))
    return 'not everything is signed'
  const digest = request.headers['x-amz-content-sha256']
  if (digest !== 'UNSIGNED-PAYLOAD' && digest !== sha256(body)) return 'another content than was signed'
  const wanted = Buffer.from(signatureOf(request, url, { scope, signed, date }))
  return timingSafeEqual(wanted, Buffer.from(signature)) ? null : 'a wrong signature'
}

const errorXml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`

interface Answer {
  readonly status: number
  readonly body?: Buffer | string
  readonly headers?: Record<string, string>
}

function openBucket() {
  const objects = new Map<string, { content: Buffer; at: Date }>()
  const uploads = new Map<string, Map<number, Buffer>>()
  const etag = (content: Buffer) => `"${createHash('md5').update(content).digest('hex')}"`

  const list = (query: URLSearchParams): Answer => {
    const after = query.get('continuation-token') ?? ''
    const most = Number(query.get('max-keys') ?? 1000)
    const keys = [...objects.keys()].filter((key) => key > after && key.startsWith(query.get('prefix') ?? '')).sort()
    const shown = keys.slice(0, most)
    const rows = shown.map((key) => {
      const { content, at } = objects.get(key) as { content: Buffer; at: Date }
      return `<Contents><Key>${key}</Key><LastModified>${at.toISOString()}</LastModified><ETag>${etag(content)}</ETag><Size>${content.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
    })
    const more = keys.length > shown.length
    return {
      status: 200,
      body: `<?xml version="1.0"?><ListBucketResult><Name>${BUCKET}</Name><KeyCount>${shown.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${shown.at(-1)}</NextContinuationToken>` : ''}${rows.join('')}</ListBucketResult>`,
      headers: { 'content-type': 'application/xml' },
    }
  }
  const get = (key: string, range: string | undefined): Answer => {
    const found = objects.get(key)
    if (found === undefined) return { status: 404, body: errorXml('NoSuchKey') }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
    if (from === undefined) return { status: 200, body: found.content, headers: { etag: etag(found.content) } }
    const end =
      to === '' || to === undefined ? found.content.length - 1 : Math.min(Number(to), found.content.length - 1)
    if (Number(from) > end) return { status: 416, body: errorXml('InvalidRange') }
    const headers = { 'content-range': `bytes ${from}-${end}/${found.content.length}` }
    return { status: 206, body: found.content.subarray(Number(from), end + 1), headers }
  }
  const multipart = (method: string, key: string, query: URLSearchParams, body: Buffer): Answer | null => {
    const id = query.get('uploadId')
    if (method === 'POST' && query.has('uploads')) {
      const fresh = `upload-${uploads.size + 1}`
      uploads.set(fresh, new Map())
      return {
        status: 200,
        body: `<?xml version="1.0"?><InitiateMultipartUploadResult><Bucket>${BUCKET}</Bucket><Key>${key}</Key><UploadId>${fresh}</UploadId></InitiateMultipartUploadResult>`,
      }
    }
    const parts = id === null ? undefined : uploads.get(id)
    if (id === null) return null
    if (parts === undefined) return { status: 404, body: errorXml('NoSuchUpload') }
    if (method === 'PUT') {
      parts.set(Number(query.get('partNumber')), body)
      return { status: 200, headers: { etag: etag(body) } }
    }
    uploads.delete(id)
    if (method === 'DELETE') return { status: 204 }
    const whole = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, content]) => content))
    objects.set(key, { content: whole, at: new Date() })
    return {
      status: 200,
      body: `<?xml version="1.0"?><CompleteMultipartUploadResult><Location>/${BUCKET}/${key}</Location><Bucket>${BUCKET}</Bucket><Key>${key}</Key><ETag>${etag(whole)}</ETag></CompleteMultipartUploadResult>`,
    }
  }
  const answer = (
    method: string,
    key: string,
    query: URLSearchParams,
    request: { body: Buffer; range?: string | undefined },
  ) => {
    const ofUpload = multipart(method, key, query, request.body)
    if (ofUpload !== null) return ofUpload
    if (method === 'GET' && key === '') return list(query)
    if (method === 'GET' || method === 'HEAD') return get(key, request.range)
    if (method === 'DELETE') {
      objects.delete(key)
      return { status: 204 }
    }
    if (method !== 'PUT') return { status: 405, body: errorXml('MethodNotAllowed') }
    objects.set(key, { content: request.body, at: new Date() })
    return { status: 200, headers: { etag: etag(request.body) } }
  }
  return { objects, answer }
}

export async function startS3Server(): Promise<S3Server> {
  const bucket = openBucket()
  const refused: string[] = []
  const state = { isDown: false }
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const body = await buffer(request).catch(() => null)
    if (body === null) return // whoever sent it is gone
    const wrong = whatIsWrong(request, url, body)
    if (wrong !== null) refused.push(`${request.method} ${url.pathname}: ${wrong}`)
    const key = decodeURIComponent(url.pathname.replace(new RegExp(`^/${BUCKET}/?`), ''))
    const answer: Answer = state.isDown
      ? { status: 503, body: errorXml('SlowDown') }
      : wrong !== null
        ? { status: 403, body: errorXml('SignatureDoesNotMatch') }
        : bucket.answer(request.method ?? '', key, url.searchParams, { body, range: request.headers.range })
    response.writeHead(answer.status, answer.headers)
    response.end(request.method === 'HEAD' ? undefined : answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    bucketUrl: `http://127.0.0.1:${port}/${BUCKET}`,
    accessKeyId: KEYS.id,
    secretAccessKey: KEYS.secret,
    objects: bucket.objects,
    refused,
    age(key, milliseconds) {
      const found = bucket.objects.get(key)
      if (found !== undefined) bucket.objects.set(key, { ...found, at: new Date(found.at.getTime() - milliseconds) })
    },
    get isDown() {
      return state.isDown
    },
    set isDown(value) {
      state.isDown = value
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

export const S3_REGION = REGION
