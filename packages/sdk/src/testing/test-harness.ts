import { checkIdShape, checkPlaceholderArgs } from '@imperal/contract/guards'
import type { HandlerKind } from '@imperal/contract/host-protocol'
import { reasonOf } from '../clients/transport.ts'
import { toBase64Url, utf8 } from '../encoding.ts'
import { ExtensionError, NotFoundError, TaskCancelled } from '../errors.ts'
import { ResultMismatch } from '../extension/chat-extension.ts'
import type { Extension } from '../extension/extension.ts'
import { compareVersions } from '../manifest/sections.ts'
import { createExtensionPort } from '../port/create-port.ts'
import { ActionResult } from '../values/action-result.ts'
import { eventFromWire, eventToWire, type PlatformEvent } from '../values/event.ts'
import { type HealthStatus, toHealthStatus } from '../values/health.ts'
import { isObject, type JsonObject, type JsonValue, toJson } from '../values/json.ts'
import type { UIOutput } from '../values/ui-output.ts'
import { type WebhookRequest, type WebhookResponse, webhookResponseFromWire } from '../values/webhook.ts'
import type { MemoryKernel } from './memory-kernel.ts'
import { mockContextOn } from './mock-context.ts'
import type { MockContextOptions, MockControls } from './mock-types.ts'
import { callOf, controlsOf, createKernel, ownerOf } from './setup.ts'

export type HarnessOptions = Omit<MockContextOptions<'function'>, 'extension' | 'kind'>

const HOOKS = { onInstall: 'on_install', onUninstall: 'on_uninstall', onEnable: 'on_enable', onDisable: 'on_disable' }

/** Drives a whole extension as the platform does, over one kernel in memory that all its calls share. */
export class TestHarness {
  readonly mock: MockControls
  readonly #extension: Extension
  readonly #options: MockContextOptions<'function'>
  readonly #kernel: MemoryKernel

  constructor(extension: Extension, options: HarnessOptions = {}) {
    this.#extension = extension
    this.#options = { ...options, extension }
    this.#kernel = createKernel(this.#options)
    this.mock = controlsOf(this.#kernel, ownerOf(this.#options, 'function'), 'function')
  }

  /**
   * The full dispatch without a model: known name, id shapes, placeholders, validation, handler, check against
   * `returns`. A refusal or a failing handler comes back as an error result with its code; only a result that does not
   * fit, and a cancelled task, reject.
   */
  async call(functionName: string, args: unknown): Promise<ActionResult<JsonObject>> {
    const input = toJson(args ?? {}, 'args')
    const refusal = this.#refusal(functionName, isObject(input) ? (input as JsonObject) : {})
    if (refusal !== undefined) return refusal
    try {
      return ActionResult.fromWire(await this.#invoke('function', functionName, input))
    } catch (error) {
      if (error instanceof ResultMismatch || error instanceof TaskCancelled) throw error
      this.#kernel.logs.push({ level: 'error', message: `${functionName} failed: ${reasonOf(error)}` })
      return ActionResult.error('Something went wrong.', { code: 'INTERNAL' })
    }
  }

  /** What the tool's handler returns. */
  async tool(name: string, params: JsonObject = {}): Promise<unknown> {
    const tool = this.#extension.tools.get(name)
    if (tool === undefined) throw new NotFoundError('tool', name)
    return tool.handler(mockContextOn(this.#kernel, { ...this.#options, kind: 'tool' }), params)
  }

  /**
   * A file that the user gives to a tool of the app, as its sink takes it: as text, or as a path in `ctx.storage`.
   * @throws NotFoundError when the tool is no file sink
   */
  async file(
    tool: string,
    file: { name: string; content: string | Uint8Array; contentType?: string },
    params: JsonObject = {},
  ): Promise<unknown> {
    const sink = this.#extension.fileSinks.get(tool)
    if (sink === undefined) throw new NotFoundError('file sink', tool)
    const { content, name, contentType = 'text/plain' } = file
    const given = { ...params, [sink.arg]: await this.#given(sink.argKind, content, name, contentType) }
    return this.#extension.functions.has(tool) ? this.call(tool, given) : this.tool(tool, given)
  }

  async #given(kind: string, content: string | Uint8Array, name: string, contentType: string): Promise<string> {
    if (kind === 'text') return typeof content === 'string' ? content : new TextDecoder().decode(content)
    const { storage } = mockContextOn(this.#kernel, { ...this.#options, kind: 'tool' })
    const folder = kind === 'bytes_ref' ? '.incoming' : 'uploads'
    return (await storage.upload(`${folder}/file_test/${name}`, content, { contentType })).path
  }

  async panel(panelId: string, params: JsonObject = {}): Promise<UIOutput> {
    const answer = await this.#invoke('panel', panelId, params)
    const output = isObject(answer) && 'ui' in answer ? answer.ui : answer
    return output as UIOutput // the port gives a node, an object or null
  }

  /** Ids of the rows that a panel marks while another one stands in the center with these params. */
  async marked(panelId: string, center: string, params: JsonObject = {}): Promise<string[]> {
    const ids: string[] = []
    const open: unknown[] = [await this.panel(panelId, { __active__: { panel_id: center, params } })]
    for (let at = open.shift(); at !== undefined; at = open.shift()) {
      if (typeof at !== 'object' || at === null) continue
      const { selected, id } = at as { selected?: unknown; id?: unknown } // any part of a tree
      if (selected === true) ids.push(String(id))
      open.unshift(...Object.values(at).filter((part) => part !== undefined && part !== null))
    }
    return ids
  }

  /** Runs the probe and keeps its section, as the kernel does. */
  async skeleton(section: string): Promise<JsonObject> {
    const data = (await this.#invoke('skeleton', section, {})) as JsonObject // the port gives the section
    if (!this.#kernel.keepSection(section, data))
      throw new ExtensionError(
        this.#extension.appId,
        `Skeleton '${section}' is above 64 KB: the platform would not keep it`,
      )
    return data
  }

  async schedule(name: string): Promise<void> {
    await this.#invoke('schedule', name, {})
  }

  async signal(name: string, payload: JsonObject = {}): Promise<void> {
    await this.#invoke('signal', name, payload)
  }

  /** Delivers an event to all handlers of its type; rejects when one fails. */
  async event(event: Partial<PlatformEvent> & { eventType: string }): Promise<void> {
    const { userId } = ownerOf(this.#options, 'event')
    const envelope = eventToWire({
      ...eventFromWire({ timestamp: this.#kernel.clock.iso(), user_id: userId, tenant_id: 'default' }),
      ...event,
    })
    await this.#invoke('event', event.eventType, envelope)
  }

  async webhook(path: string, request: Partial<WebhookRequest> = {}): Promise<WebhookResponse> {
    const body = request.rawBody ?? utf8(request.body ?? '')
    const wire = await this.#invoke('webhook', path, {
      method: request.method ?? 'POST',
      headers: { ...request.headers },
      body_base64: toBase64Url(body),
      query_params: { ...request.queryParams },
    })
    return webhookResponseFromWire(wire as JsonObject) // the port gives a reply
  }

  async hook(name: keyof typeof HOOKS): Promise<void> {
    await this.#invoke('lifecycle', HOOKS[name], {})
  }

  /** Runs every upgrade hook with from < v ≤ to in ascending order, and gives their versions. */
  async upgrade(from: string, to: string): Promise<readonly string[]> {
    const versions = [...this.#extension.lifecycle.values()]
      .flatMap(({ version }) => (version === undefined ? [] : [version]))
      .filter((version) => compareVersions(from, version) < 0 && compareVersions(version, to) <= 0)
      .toSorted(compareVersions)
    for (const version of versions) await this.#invoke('lifecycle', `on_upgrade:${version}`, {}, { from, to })
    return versions
  }

  async health(): Promise<HealthStatus> {
    return toHealthStatus(await this.#invoke('health', 'health', {}))
  }

  #refusal(name: string, input: JsonObject): ActionResult<JsonObject> | undefined {
    if (!this.#extension.functions.has(name)) {
      const known = [...this.#extension.functions.keys()].join(', ')
      return ActionResult.error(`There is no function '${name}' here. Available: [${known}]`, {
        code: 'UNKNOWN_SUB_FUNCTION',
      })
    }
    const invented = checkIdShape(input)
    if (invented !== null) return ActionResult.error(invented.hint, { code: invented.errorCode })
    const placeholder = checkPlaceholderArgs({ id: 'test', name, input })
    return placeholder === null ? undefined : ActionResult.error(placeholder, { code: 'VALIDATION_MISSING_FIELD' })
  }

  #invoke(
    kind: HandlerKind,
    name: string,
    params: JsonValue,
    versions?: { from: string; to: string },
  ): Promise<JsonValue> {
    const { clock } = this.#kernel
    const port = createExtensionPort(this.#extension, { now: clock.now, strictResults: true })
    const call = callOf(this.#kernel, this.#options, {
      kind,
      name,
      params,
      ...(versions === undefined ? {} : { versions }),
    })
    return port.invoke(call, this.#kernel.portFor(ownerOf(this.#options, kind)))
  }
}
