import { type CallAction, parseUiTree, type UiProps } from '@imperal/contract/ui'
import type { UiToast } from '../host/ui-host.ts'

const typeOf = (wire: unknown) => parseUiTree(wire).node?.type ?? ''

/** True when a panel has nothing to show and leaves its slot free (ui 5.6). */
export function isEmptyRoot(wire: unknown): boolean {
  return typeOf(wire) === 'Empty'
}

/** What a tree wants to be done when its app opens; null when it wants nothing (ui 5.6). */
export const autoActionOf = (wire: unknown): CallAction | null => parseUiTree(wire).autoAction

/** True when a tree is drawn over the shell instead of in a pane (ui 3.4). */
export function isOverlayRoot(wire: unknown): boolean {
  return ['Dialog', 'Modal', 'SlideOver'].includes(typeOf(wire))
}

/** The message of a Toast root, for the shell's region; null for any other tree. Its action, if any, is the caller's to bind. */
export function toastOf(wire: unknown): UiToast | null {
  const { node } = parseUiTree(wire)
  if (node?.type !== 'Toast') return null
  const props = node.props as UiProps<'Toast'> // the type was checked
  return { message: props.message, title: props.title, variant: props.variant, duration: props.duration }
}
