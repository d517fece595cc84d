import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react'
import { type Failure, failureOf } from './failure.ts'

export type FieldErrors<V> = { readonly [K in keyof V]?: string | undefined }

export interface FormOptions<V> {
  readonly initial: V
  /** Sentences for values that need no server to be wrong. */
  readonly check?: (values: V) => FieldErrors<V>
  readonly send: (values: V) => Promise<void>
  /** The field that a refusal is about, when the server names none. */
  readonly blame?: (failure: Failure) => (keyof V & string) | null
}

type TextNames<V> = { [K in keyof V]: V[K] extends string ? K : never }[keyof V] & string

export interface Form<V> {
  readonly values: V
  readonly errors: FieldErrors<V>
  /** What the server refused as a whole, not one field of it. */
  readonly failure: Failure | null
  readonly pending: boolean
  readonly changed: boolean
  set<K extends keyof V>(name: K, value: V[K]): void
  /** What a text control needs. */
  text(name: TextNames<V>): {
    readonly name: string
    readonly value: string
    readonly error: string | undefined
    readonly onValue: (value: string) => void
  }
  reset(values?: V): void
  readonly form: {
    readonly ref: React.RefObject<HTMLFormElement | null>
    readonly noValidate: true
    readonly onSubmit: (event: FormEvent) => void
  }
}

/** Values, errors and sending of one form. After a refusal the first wrong field has the focus. */
export function useForm<V extends object>({ initial, check, send, blame }: FormOptions<V>): Form<V> {
  const [values, setValues] = useState(initial)
  const [base, setBase] = useState(initial)
  const [errors, setErrors] = useState<FieldErrors<V>>({})
  const [failure, setFailure] = useState<Failure | null>(null)
  const [pending, setPending] = useState(false)
  const ref = useRef<HTMLFormElement>(null)

  const set = useCallback(<K extends keyof V>(name: K, value: V[K]) => {
    setValues((before) => ({ ...before, [name]: value }))
    setErrors((before) => ({ ...before, [name]: undefined }))
  }, [])
  const reset = (next: V = initial) => {
    setValues(next)
    setBase(next)
    setErrors({})
    setFailure(null)
  }

  useEffect(() => {
    if (!Object.values(errors).some((error) => error !== undefined)) return
    const controls = ref.current?.querySelectorAll<HTMLElement>('[aria-invalid="true"]') ?? []
    const inside = [...controls].includes(document.activeElement as HTMLElement)
    if (!inside) controls[0]?.focus()
  }, [errors])

  const refuse = (error: unknown) => {
    const refused = failureOf(error)
    const named = Object.entries(refused.fields).filter(([name]) => name in (values as object))
    const blamed = named.length === 0 ? (blame?.(refused) ?? null) : null
    const own = blamed === null ? Object.fromEntries(named) : { [blamed]: refused.message }
    setErrors(own as FieldErrors<V>)
    setFailure(Object.keys(own).length > 0 ? null : refused)
  }
  const submit = async () => {
    setFailure(null)
    const found = check?.(values) ?? {}
    setErrors(found)
    if (Object.values(found).some((error) => error !== undefined)) return
    setPending(true)
    await send(values).catch(refuse)
    setPending(false)
  }

  return {
    values,
    errors,
    failure,
    pending,
    changed: Object.entries(values).some(([name, value]) => value !== base[name as keyof V]),
    set,
    reset,
    text: (name) => ({
      name,
      value: values[name] as string,
      error: errors[name],
      onValue: (value: string) => set(name, value as V[typeof name]),
    }),
    form: {
      ref,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault()
        if (!pending) void submit()
      },
    },
  }
}
