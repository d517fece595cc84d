import type { UiComponentType, UiNode, UiProps } from '@imperal/contract/ui'
import { type ComponentType, createContext } from 'react'

/** What every view gets: its node, and the node's props with their types. */
export interface ViewProps<K extends UiComponentType> {
  readonly node: UiNode
  readonly props: UiProps<K>
}

/** A view for every component of the table; a missing one does not compile (ui 7.4). */
export type ViewRegistry = { readonly [K in UiComponentType]: ComponentType<ViewProps<K>> }

/** The views of the enclosing tree, so that views can draw their children without importing each other. */
export const ViewsContext = createContext<ViewRegistry | null>(null)
