import type { JsonObject } from '@imperal/contract'
import type { UiHost } from '@imperal/ui-kit'
import type { Example } from '@imperal/ui-kit/gallery'
import { useMemo, useState } from 'react'
import { toasts } from '../../data/toasts.ts'

/** The function that no example's app can run, so that people see how a failure looks. */
const FAILS = 'fail'

/** What the app of an example was told last, as one line. */
export interface Heard {
  readonly host: UiHost
  readonly line: string
}

const said = (params: JsonObject): string => (Object.keys(params).length > 0 ? ` ${JSON.stringify(params)}` : '')

/** An app that runs nothing, and tells what it would have been asked to run. */
export function useSpecimenHost(answers: Example['answers'] | undefined): Heard {
  const [line, setLine] = useState('')
  const host = useMemo<UiHost>(
    () => ({
      appId: 'gallery',
      appName: 'Gallery',
      async onAction(action) {
        if (action.action === 'send') {
          setLine(`said “${action.message}”`)
          return { ok: true }
        }
        setLine(`called ${action.function}${said(action.params)}`)
        if (action.function !== FAILS) return { ok: true, ui: answers?.(action.function, action.params) }
        return {
          ok: false,
          error: { message: 'The server did not answer in 30 s', code: 'EXAMPLE_TIMEOUT', retryable: true },
        }
      },
      navigate: (path) => setLine(`went to ${path}`),
      openExternal: (url) => setLine(`opened ${url}`),
      toast: (toast) => toasts.show(toast),
    }),
    [answers],
  )
  return { host, line }
}
