import { type DocumentIssue, ir, type JsonObject, type JsonValue } from '@imperal/contract'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'

/** What a document would register. */
export interface Registered {
  readonly functions: readonly { readonly name: string; readonly description: string; readonly schema: JsonObject }[]
  readonly panels: readonly { readonly id: string; readonly title: string }[]
}

export type Check =
  | { readonly state: 'checking' }
  /** The text is no JSON. */
  | { readonly state: 'broken'; readonly message: string }
  | {
      readonly state: 'checked'
      readonly document: JsonValue
      readonly valid: boolean
      readonly issues: readonly DocumentIssue[]
      readonly registered: Registered
    }
  | { readonly state: 'failed'; readonly message: string }

const PAUSE_MS = 350
const NOTHING: Registered = { functions: [], panels: [] }

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function registeredOf(manifest: JsonObject | null): Registered {
  if (manifest === null) return NOTHING
  const functions = list(manifest.tools).map((tool) => ({
    name: text(tool.name),
    description: text(tool.description),
    schema: isObject(tool.params_schema) ? tool.params_schema : {},
  }))
  const panels = list(manifest.panels).map((panel) => ({
    id: text(panel.panel_id),
    title: text(panel.title) || text(panel.panel_id),
  }))
  return { functions, panels }
}

async function check(appId: string, source: string, signal: AbortSignal): Promise<Check> {
  let document: JsonValue
  try {
    document = JSON.parse(source)
  } catch (error) {
    return { state: 'broken', message: error instanceof Error ? error.message : t('The text is not JSON.') }
  }
  try {
    const { valid, issues, manifest } = await api.send(ir.validate, {
      body: { ir_dict: document, app_id: appId },
      signal,
    })
    return { state: 'checked', document, valid, issues, registered: registeredOf(manifest) }
  } catch (error) {
    return { state: 'failed', message: failureOf(error).message }
  }
}

export interface Checking {
  readonly check: Check
  /** The check is of the text as it stands now; else of an earlier one, until its writer pauses. */
  readonly isCurrent: boolean
  /** Checks a text without waiting for a pause. */
  readonly now: (source: string) => Promise<Check>
}

/** Checks the text whenever its writer pauses. What the last check found stays until the next one is there. */
export function useCheck(appId: string, source: string): Checking {
  const [found, setFound] = useState<{ readonly check: Check; readonly source: string | null }>({
    check: { state: 'checking' },
    source: null,
  })
  // Answers may overtake one another; the one to the last question counts.
  const asked = useRef(0)
  const pausing = useRef<{ readonly stop: () => void } | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    const timer = setTimeout(async () => {
      asked.current += 1
      const number = asked.current
      const next = await check(appId, source, controller.signal)
      if (!controller.signal.aborted && number === asked.current) setFound({ check: next, source })
    }, PAUSE_MS)
    const stop = () => {
      clearTimeout(timer)
      controller.abort()
    }
    pausing.current = { stop }
    return stop
  }, [appId, source])
  const now = useCallback(
    async (text: string) => {
      pausing.current?.stop()
      asked.current += 1
      const number = asked.current
      const next = await check(appId, text, new AbortController().signal)
      if (number === asked.current) setFound({ check: next, source: text })
      return next
    },
    [appId],
  )
  return { check: found.check, isCurrent: found.source === source, now }
}
