import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ContextSnapshot, HandlerKind, JsonObject, JsonValue, KernelPort } from '@imperal/contract'
import { createIrExtension, type IrDocument, MemoryPlatform, type RunOptions, validateDocument } from '../src/index.ts'

export const NOW = Date.parse('2026-06-21T10:00:00.000Z')

export const documentNamed = (name: string): JsonObject =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'documents', `${name}.json`), 'utf8'))

export function completed(raw: JsonValue): IrDocument {
  const { document, issues } = validateDocument(raw)
  if (document === null) throw new Error(issues.map((issue) => `${issue.rule} ${issue.message}`).join('\n'))
  return document
}

export const errorsOf = (raw: JsonValue): string[] =>
  validateDocument(raw)
    .issues.filter((issue) => issue.level === 'ERROR')
    .map(({ rule, message }) => `${rule} ${message}`)

export const warningsOf = (raw: JsonValue): string[] =>
  validateDocument(raw)
    .issues.filter((issue) => issue.level === 'WARN')
    .map(({ rule, message }) => `${rule} ${message}`)

const ctx = { user: { imperal_id: 'imp_u_ada001', tenant_id: 'default' } } as ContextSnapshot // all that a run reads of it

/** A deployed document on an empty store: what the corridor hands to the engine and gets back. */
export function deployed(raw: JsonValue, options: { callback?: KernelPort['callback'] } & RunOptions = {}) {
  const { callback, ...run } = options
  const platform = new MemoryPlatform(() => NOW)
  const extension = createIrExtension(completed(raw), { now: () => NOW, ...run })
  const sent: { client: string; method: string; args: readonly JsonValue[] }[] = []
  const kernel = {
    callback: async (client: string, method: string, args: readonly JsonValue[]) => {
      sent.push({ client, method, args })
      if (method === 'emit') return null // heard by others, which are none here
      return (callback ?? platform.callback)(client, method, args)
    },
    log: () => {},
    background: async () => '',
  } as unknown as KernelPort // the engine starts no background work
  const invoke = (kind: HandlerKind, name: string, params: JsonObject = {}) =>
    extension.invoke({ id: 'call_1', kind, name, params, ctx, signal: new AbortController().signal }, kernel)
  return {
    platform,
    sent,
    call: async (name: string, params: JsonObject = {}) =>
      JSON.parse(JSON.stringify(await invoke('function', name, params))) as JsonObject,
    panel: async (name: string, params: JsonObject = {}) =>
      JSON.parse(JSON.stringify(await invoke('panel', name, params))) as JsonObject,
    hook: async (name: string) => JSON.parse(JSON.stringify(await invoke('lifecycle', name))) as JsonObject,
    section: async (name: string) => JSON.parse(JSON.stringify(await invoke('skeleton', name))) as JsonObject,
  }
}

/** An envelope around functions given as steps. */
export function envelope(functions: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    ir_version: '1.0',
    app: {
      id: 'sample-app',
      version: '1.0.0',
      title: 'Sample app',
      description: 'An app that exists for the tests of the declarative engine only.',
      capabilities: ['store:write', 'ai:complete', 'notify:push'],
      functions: functions as JsonObject[],
      ...more,
    },
  }
}

export const fn = (name: string, steps: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  name,
  description: 'A function that exists for the tests only.',
  impl: { kind: 'declarative', steps: steps as JsonObject[] },
  ...more,
})
