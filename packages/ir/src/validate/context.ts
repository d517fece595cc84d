import type { ActionTypes } from '../derive/action-type.ts'
import type { IrDocument, IrStep } from '../document.ts'
import type { Issues } from '../issues.ts'

/** What the checks of one document share. */
export interface Validation {
  readonly document: IrDocument
  readonly types: ActionTypes
  readonly issues: Issues
}

/** A list of steps and how messages name it: a function, a panel or a section. */
export interface StepList {
  /** Name that step problems begin with (`<fn>[<i>]`). */
  readonly name: string
  /** Dotted place of the list. */
  readonly path: string
  readonly steps: readonly IrStep[]
}
