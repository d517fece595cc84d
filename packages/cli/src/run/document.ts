import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Client } from '@imperal/client'
import { type DocumentIssue, ir, type JsonObject } from '@imperal/contract'
import { issueLines } from '@imperal/validators'
import { jsonPlaces } from '@imperal/validators/project'
import type { DocumentOptions } from '../commands/document.ts'
import type { Run } from '../define-command.ts'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiAddress } from '../platform/api-address.ts'
import { ensureApp } from '../platform/ensure-app.ts'
import { openSession } from '../platform/session.ts'

interface Source {
  readonly file: string
  readonly text: string
  readonly appId: string
  readonly manifest: JsonObject
  readonly document: JsonObject
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

async function readSource(io: Io, file: string): Promise<Source> {
  const text = await readFile(path.resolve(io.cwd, file), 'utf8').catch(() => {
    throw new CliFailure(`${file} cannot be read.`)
  })
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new CliFailure(`${file} is no JSON: ${error instanceof Error ? error.message : error}`)
  }
  if (!isObject(document)) throw new CliFailure(`${file} is no document: it has to be a JSON object.`)
  const app = isObject(document.app) ? document.app : document
  const appId = app.id ?? app.app_id
  if (typeof appId !== 'string' || appId === '') throw new CliFailure(`${file} names no app (app.id, or app_id).`)
  const manifest = { name: app.title ?? appId, description: app.description ?? '' }
  return { file, text, appId, document, manifest }
}

/** Findings as `imperal validate` prints them: the line of the file, the place in the document, and below what to do. */
function show(io: Io, { file, text }: Source, issues: readonly DocumentIssue[]): void {
  const placeOf = jsonPlaces(text)
  for (const { rule, level, message, path: place = '', fix = '' } of issues) {
    // What a review misses is nowhere in the document.
    const line = rule === 'REVIEW' ? 0 : placeOf(place.split('.').filter(Boolean)).line
    const where = place === '' || message.startsWith(place) ? message : `${place}: ${message}`
    const lines = issueLines({ rule, level, file, line, message: where, fix })
    for (const line of lines) (level === 'ERROR' ? io.err : io.out)(line)
  }
}

async function checkOne(client: Client, io: Io, source: Source): Promise<boolean> {
  const body = { ir_dict: source.document, app_id: source.appId }
  const { valid, issues } = await client.send(ir.validate, { body })
  show(io, source, issues)
  io.out(`${source.file}: ${valid ? 'valid' : 'not valid'}.`)
  return valid
}

async function deployOne(client: Client, io: Io, source: Source, review: boolean): Promise<void> {
  const body = { ir_dict: source.document, dev_mode: !review }
  const receipt = await client.send(ir.deploy, { params: { app_id: source.appId }, body })
  // Those of the document alone were shown by the check; what the deploy takes away is known only now.
  const taken = receipt.warnings.filter(({ rule }) => rule === 'IR70' || rule === 'REVIEW')
  if (!receipt.unchanged) show(io, source, taken)
  const what = receipt.unchanged ? 'unchanged at' : 'deployed as'
  io.out(
    `${source.appId} ${receipt.ir_version}: ${what} revision ${receipt.revision} (${receipt.functions.join(', ')}).`,
  )
  if (receipt.review === 'submitted') io.out(`${source.appId} waits for review.`)
}

export const run: Run<typeof DocumentOptions> = async ({ args, options }, io) => {
  const sources = await Promise.all(args.map((file) => readSource(io, file)))
  const { client } = openSession(io, apiAddress(io, options.api))
  let isGood = true
  for (const source of sources) isGood = (await checkOne(client, io, source)) && isGood
  if (!isGood) return 1
  if (options.check) return 0
  for (const source of sources) {
    await ensureApp(client, io, source, options.yes)
    await deployOne(client, io, source, options.review)
  }
  return 0
}
