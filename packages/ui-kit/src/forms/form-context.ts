import { createContext } from 'react'
import type { FormStore } from './form-store.ts'

export interface FormScope {
  readonly store: FormStore
  readonly pending: boolean
  readonly submit: () => void
}

/** The enclosing form; null outside of one. */
export const FormContext = createContext<FormScope | null>(null)
