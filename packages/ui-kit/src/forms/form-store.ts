import type { JsonValue } from '@imperal/contract'

type Values = Readonly<Record<string, JsonValue>>
type Messages = Readonly<Record<string, string>>

/** The values and messages of one form, outside of React so that typing redraws one field only. */
export class FormStore {
  #initial: Values
  #values: Values
  #errors: Messages = {}
  #resetKey: string
  readonly #listeners = new Set<() => void>()

  constructor(initial: Values, resetKey: string) {
    this.#initial = initial
    this.#values = initial
    this.#resetKey = resetKey
  }

  get values(): Values {
    return this.#values
  }

  get errors(): Messages {
    return this.#errors
  }

  get dirty(): boolean {
    return JSON.stringify(this.#values) !== JSON.stringify(this.#initial)
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(name: string, value: JsonValue): void {
    const { [name]: _gone, ...errors } = this.#errors
    this.#values = { ...this.#values, [name]: value }
    this.#errors = errors
    this.#changed()
  }

  setErrors(errors: Messages): void {
    this.#errors = errors
    this.#changed()
  }

  reset(): void {
    this.#values = this.#initial
    this.#errors = {}
    this.#changed()
  }

  /** Takes over what a refreshed tree declares: everything when the form was reset, else the fields whose declaration changed. */
  sync(initial: Values, resetKey: string): void {
    if (JSON.stringify(initial) === JSON.stringify(this.#initial) && resetKey === this.#resetKey) return
    const fresh = resetKey !== this.#resetKey
    const changed = Object.entries(initial).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(this.#initial[name]),
    )
    this.#values = fresh ? initial : { ...this.#values, ...Object.fromEntries(changed) }
    if (fresh) this.#errors = {}
    this.#initial = initial
    this.#resetKey = resetKey
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
