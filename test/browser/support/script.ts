import { afterAll, beforeEach } from 'vitest'
import { type Task, taskOf } from '../../support/assistant.ts'
import {
  type ModelAnswer,
  type ModelProvider,
  type ModelRequest,
  settingsFor,
  startModelProvider,
} from '../../support/model-provider.ts'

export type Script = Partial<Record<Task, (request: ModelRequest) => ModelAnswer>>

/** The model of a stage. What it answers is set by each test, task by task, and forgotten after it. */
export interface ScriptedModel {
  /** Answers from now on; a task without an answer is refused by the provider. */
  script: Script
  readonly requests: readonly ModelRequest[]
  /** Where it answers, for people who bring a key of their own. */
  readonly url: string
  /** Starts it, and gives the settings of a server that asks it. */
  start(): Promise<Record<string, string>>
  /** The settings of a server that asks it, once it was started. */
  settings(): Record<string, string>
}

/** A stand-in at the network edge that lives as long as the file. Nobody narrates unless the test says so. */
export function useScriptedModel(): ScriptedModel {
  let provider: ModelProvider | undefined
  const model = {
    script: {} as Script,
    get requests() {
      return provider?.requests ?? []
    },
    get url() {
      return provider?.url ?? ''
    },
    async start() {
      provider = await startModelProvider((request) => model.script[taskOf(request)]?.(request) ?? { status: 400 })
      return model.settings()
    },
    settings: () => ({ ...settingsFor({ url: model.url }), IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' }),
  }
  beforeEach(() => {
    model.script = { narrate: () => ({ status: 500 }) }
  })
  afterAll(() => provider?.close())
  return model
}
