import type { JsonValue } from '@imperal/contract'
import type { UiAction, UiNode } from '@imperal/contract/ui'
import { use, useSyncExternalStore } from 'react'
import { type Act, useAct } from '../host/use-act.ts'
import { useDeclared } from '../host/use-declared.ts'
import { FormContext, type FormScope } from './form-context.ts'
import { useLastWord } from './use-last-word.ts'

export interface BoundField<T extends JsonValue> {
  readonly value: T
  /** Changes the value; nothing is fired. */
  readonly set: (value: T) => void
  /** Changes the value and fires the control's own action with it, after the call that may still run. */
  readonly commit: (value: T) => Promise<void>
  readonly error: string
  readonly act: Act
  readonly form: FormScope | null
}

const never = () => () => undefined

/** Binds a control to its form, or to itself when there is none (ui 2.0.2). `error` of the tree outranks a failure. */
export function useField<T extends JsonValue>(
  node: UiNode,
  field: {
    readonly name: string
    readonly declared: T
    readonly error?: string
    readonly action?: UiAction | null
    readonly optimistic?: boolean
  },
): BoundField<T> {
  const form = use(FormContext)
  const act = useAct(node.path)
  const [local, setLocal] = useDeclared(field.declared, node.resetToken)
  const subscribe = form?.store.subscribe ?? never
  const stored = useSyncExternalStore(
    subscribe,
    () => form?.store.values[field.name],
    () => form?.store.values[field.name],
  )
  const message = useSyncExternalStore(
    subscribe,
    () => form?.store.errors[field.name],
    () => form?.store.errors[field.name],
  )
  const value = form === null ? local : ((stored ?? field.declared) as T) // a form keeps each name's own kind of value
  const keep = (next: T) => (form === null ? setLocal(next) : form.store.set(field.name, next))
  const { held, hold, send } = useLastWord<T>(field.declared, keep)
  const set = (next: T) => {
    keep(next)
    hold(next)
  }
  const commit = async (next: T) => {
    set(next)
    const { action } = field
    if (!action) return
    await send(next, async () => {
      const outcome = await act.run(action, { [field.name]: next })
      if (field.optimistic && (outcome === null || !outcome.ok)) set(value)
    })
  }
  return {
    value: held === null ? value : held.value,
    set,
    commit,
    error: field.error || message || act.error?.message || '',
    act,
    form,
  }
}
