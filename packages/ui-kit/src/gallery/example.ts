import type { JsonObject } from '@imperal/contract'
import type { UiComponentType, UiComposedName } from '@imperal/contract/ui'

/** A node as it travels, for examples. */
export interface WireNode {
  readonly type: string
  readonly props: Readonly<Record<string, unknown>>
  readonly id?: string
}

/** One way to use a component. */
export interface Example {
  readonly name: string
  readonly tree: WireNode
  /** Drawn over the page or told to the shell: shown when somebody asks for it. */
  readonly onDemand?: boolean
  /** What the app answers to a function that the example calls: a tree, such as the next rows of a list. */
  readonly answers?: (fn: string, params: JsonObject) => WireNode | undefined
}

/** Components, and builders that stand for one. */
export type GalleryName = UiComponentType | UiComposedName

export const node = (type: string, props: Readonly<Record<string, unknown>> = {}): WireNode => ({ type, props })
export const call = (name: string, params: object = {}) => ({ action: 'call', function: name, params })
export const text = (content: string, variant = 'body'): WireNode => node('Text', { content, variant })
export const badge = (label: string, color: string): WireNode => node('Badge', { label, color })
export const button = (label: string, more: object = {}): WireNode =>
  node('Button', { label, variant: 'secondary', disabled: false, size: 'md', ...more })
