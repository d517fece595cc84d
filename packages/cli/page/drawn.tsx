import type { JsonObject } from '@imperal/contract'
import { type ActionOutcome, createToasts, ToastRegion, type UiHost, UiTree } from '@imperal/ui-kit'
import { useMemo, useState } from 'react'
import type { TryState } from '../src/dev/try-out/wire.ts'
import { call, decide, questionOf } from './ask.ts'

async function act(name: string, params: JsonObject): Promise<ActionOutcome> {
  let { response } = await call(name, params)
  const question = questionOf(response)
  if (question !== null) {
    const yes = window.confirm(`${name} asks for your consent. Run it?`)
    response = (await decide(question, yes ? 'confirm' : 'cancel')).response
  }
  if (response.status === 'success') return { ok: true, ui: response.ui, data: response.data as JsonObject }
  const { developer } = (response.data ?? {}) as { developer?: { error: string; at?: string } }
  const cause =
    developer === undefined ? '' : ` ${developer.error}${developer.at === undefined ? '' : ` (${developer.at})`}`
  return { ok: false, error: { message: `${response.error ?? 'It failed.'}${cause}`, code: response.error_code } }
}

/** A tree of the app as the panel draws it; its actions are calls of this page. */
export function Drawn({ node, app, onCalled }: { node: unknown; app: TryState; onCalled?: () => void }) {
  const [toasts] = useState(() => createToasts())
  const host = useMemo<UiHost>(
    () => ({
      appId: app.appId,
      appName: app.name,
      development: true,
      onAction: async (action) => {
        if (action.action !== 'call')
          return { ok: false, error: { message: 'Messages to the chat are sent in the panel of the platform.' } }
        const outcome = await act(action.function, action.params)
        if (outcome.ok) onCalled?.()
        return outcome
      },
      navigate: (path) => toasts.show({ message: `The platform would go to ${path}.` }),
      openExternal: (url) => window.open(url, '_blank', 'noopener,noreferrer'),
      toast: (toast) => toasts.show(toast),
    }),
    [app, toasts, onCalled],
  )
  return (
    <div className="try-drawn">
      <UiTree node={node} host={host} />
      <ToastRegion toasts={toasts} />
    </div>
  )
}
